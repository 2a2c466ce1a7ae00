"""The web page and JSON API that predict locations of a visitor's own sequences.

Importing this package imports neither the web framework nor a model: both are loaded by :func:`serve`, so that every
other command starts as fast as before.
"""

import socket
import sys
from ipaddress import ip_address
from pathlib import Path

from mmlmirloc.errors import InputError
from mmlmirloc.serving.limits import Limits


def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    model: Path | None = None,
    limits: Limits | None = None,
    root_path: str = "",
) -> None:
    """Serve the page and the API until the process is told to stop (Ctrl-C or SIGTERM).

    Parameters
    ----------
    host : str
        Address to listen on. The default is reached from this machine only.
    port : int
        Port to listen on; 0 takes a free one.
    model : Path, optional
        A model file, if not that of the package.
    limits : Limits, optional
        What one request may cost, if not the defaults.
    root_path : str
        Path below which a proxy shows the page, as ``/mirloc``.

    Raises
    ------
    InputError
        When the web framework is not installed, the model cannot be loaded or the address cannot be listened on.
    """
    limits = limits or Limits()
    try:
        import python_multipart  # noqa: F401 (reads forms; the framework would miss it only when one is sent)
        import uvicorn

        from mmlmirloc.serving.app import create_app
        from mmlmirloc.serving.logs import CONFIGURATION
    except ModuleNotFoundError as error:
        raise InputError(
            f"The package {error.name} is missing",
            "mmlmirloc serve",
            "the packages that the web page needs",
            "install them: pip install 'mmlmirloc[web]'",
        ) from None
    from mmlmirloc.predicting import Predictor

    # First the address, which is cheap and often wrong; then the model, which takes a while.
    with listening(host, port) as listener:
        app = create_app(Predictor.load(model), limits, f"/{root_path.strip('/')}".rstrip("/"))
        settings = uvicorn.Config(
            app,
            log_config=CONFIGURATION,
            # Lines of addresses and queries, which may hold what a visitor wants to keep; ours hold neither.
            access_log=False,
            server_header=False,
            # Headers of a proxy are not believed; no answer depends on them.
            proxy_headers=False,
            ws="none",
            lifespan="on",
            limit_concurrency=limits.connections,
            timeout_graceful_shutdown=int(limits.seconds) + 1,
        )
        print(announcement(*listener.getsockname()[:2]), file=sys.stderr, flush=True)
        uvicorn.Server(settings).run(sockets=[listener])


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens on ``host`` and ``port``.

    Raises
    ------
    InputError
        When the address is unknown, taken or not allowed.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise InputError(
            f"Cannot listen ({error})",
            f"{host}:{port}",
            "an address of this machine and a port that no other program uses",
            "choose another --port (0 takes a free one) or --host",
        ) from None


def announcement(host: str, port: int) -> str:
    """Return what is said on stderr at the start: the address, and a warning when others can reach it."""
    address = ip_address(host)
    shown = f"[{host}]" if address.version == 6 else host
    text = f"MMLmiRLoc listens on http://{shown}:{port}/ (Ctrl-C stops it)"
    if address.is_loopback:
        return text
    return f"{text}\nOthers can reach this address. Put a proxy with TLS and a limit of requests per visitor before it."
