"""Structured logs: one JSON object per line, with nothing of what visitors sent."""

import json
import logging
import traceback
from datetime import UTC, datetime

logger = logging.getLogger("mmlmirloc.serving")


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON.

    Of an exception it keeps type and places, and leaves out its message: that may quote the input.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return ``record`` as JSON; what was given as ``extra={"fields": ...}`` becomes keys of its own."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = without_message(record.exc_info[1])
        return json.dumps(line)


def without_message(error: BaseException) -> dict:
    """Return type and places of ``error`` and of what caused it."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    found = {"type": type(error).__name__, "frames": frames}
    cause = error.__cause__ or error.__context__
    return {**found, "cause": without_message(cause)} if cause else found


CONFIGURATION = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": JsonLines}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stdout"}},
    "loggers": {
        name: {"handlers": ["lines"], "level": "INFO", "propagate": False} for name in ("uvicorn", "mmlmirloc.serving")
    },
}
"""For ``logging.config``: uvicorn's own lines and ours, on standard output."""
