"""Bring an upstream file, downloaded or local, to a plain file of its own that its format's reader accepts.

Nothing that reads a source imports this: how a file was brought changes nothing that is made from it.
"""

import hashlib
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from mmlmirloc.files import whole
from mmlmirloc.job import logger
from mmlmirloc.sources import annotation, coordinates, labelled, mirbase, rnabert, rnalocate
from mmlmirloc.sources.download import download, download_snapshot, is_address, retried
from mmlmirloc.sources.problem import Problem
from mmlmirloc.sources.signatures import refuse_nothing_and_pages
from mmlmirloc.sources.text import plain_text, read_bytes

CHECKS: dict[str, Callable[[str], None]] = {
    "rnalocate": rnalocate.check,
    "hairpin": partial(mirbase.check, molecule=mirbase.HAIRPIN),
    "mature": partial(mirbase.check, molecule=mirbase.MATURE),
    "coordinates": coordinates.check,
    "labelled": labelled.check,
}


def fetch(source: str, output: Path, kind: str, sha256: str = "", attempts: int = 4, wait: float = 2.0) -> None:
    """Write the plain content of ``source`` to ``output``, whole or not at all.

    Zip, gzip and plain content are told apart by the content, never by the name. The text is read in the encoding that
    :func:`mmlmirloc.sources.text.plain_text` finds, and written as UTF-8 with LF line ends. The received bytes are held
    in memory: the largest upstream table is some tens of MB.

    Parameters
    ----------
    source : str
        An http or https address, or a local path.
    output : Path
        The file to write.
    kind : str
        What the content must be: RNALocate's table (``rnalocate``), miRBase's FASTA (``hairpin`` or ``mature``) or GFF3
        (``coordinates``), or a labelled table (``labelled``); any other name is that of a table of annotation. It is
        checked by the code that reads it later.
    sha256 : str
        Expected checksum of the bytes as received, before unpacking; empty: not checked. The actual one is logged.
    attempts : int
        How often an address is tried: after connection errors, interrupted downloads and the statuses 429 and 5xx.
    wait : float
        Seconds before the second attempt; doubled before each further one.

    Raises
    ------
    InputError
        When the source cannot be had, has another checksum, cannot be unpacked, or is not of its kind.
    """
    check = CHECKS.get(kind, annotation.check)
    try:
        received = retried(lambda: download(source), attempts, wait) if is_address(source) else read_bytes(source)
        text = plain_text(verified(received, source, sha256), check)
        check(text)
    except Problem as problem:
        hint = f"; `sources.{kind}` in the config may be another address (http:// or https://) or a local file"
        raise problem.at(source, hint) from None
    with whole(output) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def verified(received: bytes, source: str, sha256: str) -> bytes:
    """Return ``received`` when its checksum is the expected one; log it in any case."""
    actual = hashlib.sha256(received).hexdigest()
    logger.info("%s: %d bytes, sha256 %s", source, len(received), actual)
    # Before the checksum: whoever gets an error page should be told that, not that its checksum is wrong.
    refuse_nothing_and_pages(received)
    if sha256 and actual != sha256.strip().lower():
        raise Problem(
            f"The checksum is wrong (sha256 {actual})",
            f"sha256 {sha256}",
            "the file was damaged or has another version; correct the checksum in the config if it is the wanted one",
        )
    return received


def fetch_rnabert(source: str, output: Path) -> None:
    """Write RNABERT's ``config.json`` and ``model.safetensors`` (multimolecule's layout) into ``output``.

    Parameters
    ----------
    source : str
        A local directory that holds the two files, or an id on the Hugging Face hub such as
        ``multimolecule/rnabert``. An existing directory is taken before an id; a value that starts with ``.``, ``/``
        or ``~``, or has more than one slash, is never an id.
    output : Path
        The directory to write.

    Raises
    ------
    InputError
        When the hub cannot be reached or has no such id, the directory or one of its files is missing, or a file is
        not what its name says.
    """
    try:
        if rnabert.is_directory(source):
            directory = Path(source).expanduser()
        else:
            directory = retried(lambda: download_snapshot(source), attempts=3, wait=2.0)
        rnabert.check(directory)
    except Problem as problem:
        hint = (
            "; give a local directory with `sources: rnabert: path/to/directory` in the config, "
            "or set the weights of the semantic view to `random`"
        )
        raise problem.at(source, hint) from None
    config, weights = (Path(output) / name for name in rnabert.FILES)
    with whole(config) as temporary_config, whole(weights) as temporary_weights:
        shutil.copyfile(directory / config.name, temporary_config)
        shutil.copyfile(directory / weights.name, temporary_weights)
