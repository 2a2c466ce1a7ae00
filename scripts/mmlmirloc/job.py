"""What every workflow job does before and after its work: logging, one thread, readable failures."""

import logging
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from mmlmirloc.errors import InputError

# A variable of the environment: jobs log to their files and nowhere else, and show no bars.
QUIET = "MMLMIRLOC_QUIET"
FORMAT = "%(asctime)s %(levelname)s %(message)s"

logger = logging.getLogger("mmlmirloc")


@contextmanager
def job(log: str) -> Iterator[logging.Logger]:
    """Log to the rule's log file and, unless :data:`QUIET`, to stderr; end with a message, no traceback, on InputError.

    Parameters
    ----------
    log : str
        Path of the rule's log file.

    Raises
    ------
    SystemExit
        With status 1 after an :class:`InputError` was logged. Any other exception is a defect of
        the workflow: its traceback goes to the log and it is raised again.
    """
    handlers: list[logging.Handler] = [logging.FileHandler(log, mode="w", encoding="utf-8")]
    if not os.environ.get(QUIET):
        handlers.append(logging.StreamHandler(sys.stderr))
    for handler in handlers:
        handler.setFormatter(logging.Formatter(FORMAT))
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield logger
    except InputError as error:
        logger.error("%s", error)
        raise SystemExit(1) from None
    except Exception:
        logger.exception("This is a defect of the workflow, please report it with this log")
        raise
    finally:
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()


def silence_transformers() -> None:
    """Keep transformers from reporting on the files that it loads; who loads them checks what matters."""
    from transformers.utils import logging as reports

    reports.set_verbosity_error()
    reports.disable_progress_bar()


def progress(items: Iterable, description: str, **options) -> Iterable:
    """Show a progress bar over ``items`` on stderr; silent where stderr is not a terminal, or :data:`QUIET` is set."""
    if os.environ.get(QUIET) or (not sys.stderr.isatty() and os.environ.get("MMLMIRLOC_PROGRESS") != "1"):
        return items
    from tqdm import tqdm

    return tqdm(items, desc=description, **options)
