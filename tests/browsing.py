"""A server in this process, and a real browser that visits it."""

import shutil
import threading
import time
from contextlib import contextmanager

import uvicorn

from mmlmirloc.serving import listening

CHROMIUM = shutil.which("chromium")


@contextmanager
def served(app):
    """Serve ``app`` on a free port of this machine; yields its address."""
    with listening("127.0.0.1", 0) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="on", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=60)


@contextmanager
def chromium(**options):
    """Start Debian's Chromium without a window; yields a context of it that has the given options."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Its sandbox does not work as root, as which containers run it; it visits only this machine.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_context(**options)
        browser.close()
