"""Downloads, tried again where another try may go better."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from mmlmirloc.job import logger, progress
from mmlmirloc.sources import rnabert
from mmlmirloc.sources.problem import Problem

TIMEOUT = (15, 60)  # seconds to connect, seconds between two pieces of the body
PIECE = 1 << 16  # bytes read at once

Result = TypeVar("Result")


def is_address(source: str) -> bool:
    """Tell whether ``source`` is an http or https address (else it is a local path)."""
    return re.match(r"https?://", source, re.IGNORECASE) is not None


def retried(action: Callable[[], Result], attempts: int, wait: float) -> Result:
    """Return what ``action`` returns, trying again with doubled pauses while its problem is a passing one."""
    for attempt in range(1, attempts):
        try:
            return action()
        except Problem as problem:
            if not problem.again:
                raise
            pause = wait * 2 ** (attempt - 1)
            logger.warning("%s; attempt %d of %d, next in %g s", problem.what, attempt, attempts, pause)
            time.sleep(pause)
    try:
        return action()
    except Problem as problem:
        if problem.again:
            problem.what = f"{problem.what} (tried {attempts} times)"
        raise


def download(address: str) -> bytes:
    """Return the body at ``address`` as the server sent it."""
    import requests

    # Undecoded, since a server may label a .gz file as gzip-encoded text: the checksum is of the file.
    options = {"stream": True, "timeout": TIMEOUT, "headers": {"Accept-Encoding": "identity"}}
    try:
        with requests.get(address, **options) as response:
            if response.status_code != requests.codes.ok:
                raise refused(response.status_code, response.reason)
            return body(response.raw, address)
    except (requests.ConnectionError, requests.Timeout) as error:
        raise Problem(
            f"The host cannot be reached ({type(error).__name__})",
            "a server that answers",
            "check the network and the proxy settings, or try later",
            again=True,
        ) from error
    except requests.RequestException as error:
        raise Problem(
            f"The address cannot be used ({error})", "an http or https address", "check the spelling"
        ) from error


def refused(status: int, reason: str) -> Problem:
    """Describe an answer that is not 200."""
    again = status == 429 or status >= 500
    advice = "try later" if again else "check the address: files move upstream"
    return Problem(f"The server answered {status} {reason}", "200 OK", advice, again)


def body(raw, address: str) -> bytes:
    """Read a response's body; ``raw`` is urllib3's response, which notices a body shorter than it was announced."""
    from urllib3.exceptions import HTTPError

    total = raw.length_remaining
    received = bytearray()
    try:
        pieces = progress(
            raw.stream(PIECE, decode_content=False),
            address.rsplit("/", 1)[-1],
            total=-(-total // PIECE) if total else None,
            unit=f"x {PIECE // 1024} KiB",
        )
        for piece in pieces:
            received += piece
    except HTTPError as error:
        raise Problem(
            f"The download was interrupted after {len(received)} bytes",
            f"{total or 'all'} bytes",
            "try again, or download it by hand",
            again=True,
        ) from error
    return bytes(received)


def download_snapshot(name: str) -> Path:
    """Return the hub's cached directory with the two files of ``name``."""
    import huggingface_hub
    from huggingface_hub.errors import HFValidationError, OfflineModeIsEnabled, RepositoryNotFoundError

    try:
        return Path(huggingface_hub.snapshot_download(name, allow_patterns=list(rnabert.FILES)))
    # The hub's library raises errors of several unrelated families; the way out is the same for all.
    except Exception as error:
        lasting = (HFValidationError, OfflineModeIsEnabled, RepositoryNotFoundError)
        raise Problem(
            f"RNABERT cannot be downloaded from the hub ({type(error).__name__}: {str(error).splitlines()[0]})",
            "an id on the Hugging Face hub such as multimolecule/rnabert, and a network",
            "check the id and the network",
            again=not isinstance(error, lasting) and not isinstance(error.__cause__, lasting),
        ) from error
