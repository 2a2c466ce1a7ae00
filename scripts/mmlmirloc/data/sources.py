"""The upstream files: fetched or read, unpacked, and looked at before anything builds on them."""

import gzip
import hashlib
import io
import json
import re
import shutil
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from mmlmirloc.errors import InputError
from mmlmirloc.files import whole
from mmlmirloc.job import logger, progress

RNALOCATE_COLUMNS = ("Gene_ID", "Gene_Name", "Gene_symbol", "RNA_category", "Species", "SubCellular_Localization")
RNABERT_FILES = ("config.json", "model.safetensors")
TIMEOUT = (15, 60)  # seconds to connect, seconds between two pieces of the body
PIECE = 1 << 16  # bytes read at once
PAGE_MARKS = re.compile(r"</?(?:!doctype|html|head|body|pre|p|br)\b[^>]*>|&gt;", re.IGNORECASE)
SEQUENCE_LINE = re.compile(r"[A-Za-z*.\-]*\s*")

Result = TypeVar("Result")


@dataclass
class Problem(Exception):
    """Why a source cannot be used; ``again`` when another try may go better."""

    what: str
    expected: str
    advice: str
    again: bool = False


def is_address(source: str) -> bool:
    """Tell whether ``source`` is an http or https address (else it is a local path)."""
    return re.match(r"https?://", source, re.IGNORECASE) is not None


def fetch(source: str, output: Path, kind: str, sha256: str = "", attempts: int = 4, wait: float = 2.0) -> None:
    """Write the plain content of ``source`` to ``output``, whole or not at all.

    Zip (its first file), gzip and plain content are told apart by the content, never by the name.
    The text is read as UTF-8, else as latin-1 (RNALocate's encoding), and written as UTF-8 with LF
    line ends. The received bytes are held in memory: the largest upstream table is some tens of MB.

    Parameters
    ----------
    source : str
        An http or https address, or a local path.
    output : Path
        The file to write.
    kind : {"rnalocate", "hairpin", "mature", "coordinates"}
        What the content must be: RNALocate's table (TSV with a header and `RNALOCATE_COLUMNS`), miRBase's
        hairpin or mature FASTA, or GFF3.
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
    check = CHECKS[kind]
    try:
        received = retried(lambda: download(source), attempts, wait) if is_address(source) else read_local(source)
        text = decoded(unpacked(verified(received, source, sha256)))
        check(text)
    except Problem as problem:
        hint = f"{problem.advice}; `sources.{kind}` in the config may be another address or a local file"
        raise InputError(problem.what, source, problem.expected, hint) from None
    with whole(output) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


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
        if is_directory(source):
            directory = Path(source).expanduser()
        else:
            directory = retried(lambda: download_snapshot(source), attempts=3, wait=2.0)
        check_rnabert(directory)
    except Problem as problem:
        hint = (
            f"{problem.advice}; give a local directory with `sources: rnabert: path/to/directory` in the config, "
            "or set the weights of the semantic view to `random`"
        )
        raise InputError(problem.what, source, problem.expected, hint) from None
    config, weights = (Path(output) / name for name in RNABERT_FILES)
    with whole(config) as temporary_config, whole(weights) as temporary_weights:
        shutil.copyfile(directory / config.name, temporary_config)
        shutil.copyfile(directory / weights.name, temporary_weights)


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
        with progress((), address.rsplit("/", 1)[-1], total=total, unit="B", unit_scale=True) as bar:
            for piece in raw.stream(PIECE, decode_content=False):
                received += piece
                bar.update(len(piece))
    except HTTPError as error:
        raise Problem(
            f"The download was interrupted after {len(received)} bytes",
            f"{total or 'all'} bytes",
            "try again, or download it by hand",
            again=True,
        ) from error
    return bytes(received)


def read_local(source: str) -> bytes:
    """Return the bytes of a local file."""
    try:
        return Path(source).expanduser().read_bytes()
    except FileNotFoundError:
        what, advice = "A source file is missing", "check the path: it is relative to where the command is run"
    except IsADirectoryError:
        what, advice = "A source is a directory", "name the file in it"
    except PermissionError:
        what, advice = "A source file may not be read (permission denied)", "check its permissions (chmod u+r)"
    except OSError as error:
        what, advice = f"A source file cannot be read ({error.strerror})", "check the disk and the path"
    raise Problem(what, "a readable file, or an address that starts with http:// or https://", advice)


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


def refuse_nothing_and_pages(content: bytes) -> None:
    """Refuse an empty file and an HTML page; no table, FASTA or GFF starts with ``<``."""
    start = content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start and not content.strip():
        raise Problem("The file is empty", "a file with content", "download it again")
    if start.startswith(b"<"):
        raise page()


def page() -> Problem:
    """Describe HTML in the place of data."""
    return Problem(
        "An HTML page came in the place of data",
        "the file itself, as plain text, gzip or zip",
        "open the address in a browser to see what the server says, and save the file by hand",
    )


def unpacked(received: bytes) -> bytes:
    """Return the plain content of a zip's first file, of gzip, or of what is neither."""
    if received.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        content = attempt_unpacking("zip", first_file, received)
    elif received.startswith(b"\x1f\x8b"):
        content = attempt_unpacking("gzip", gzip.decompress, received)
    else:
        return received
    refuse_nothing_and_pages(content)
    return content


def attempt_unpacking(form: str, unpack: Callable[[bytes], bytes], received: bytes) -> bytes:
    """Return ``unpack(received)`` and say so when the archive is not whole."""
    try:
        return unpack(received)
    # RuntimeError: zipfile's word for encryption and for compressions it does not know.
    except (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, RuntimeError) as error:
        raise Problem(
            f"The {form} archive is truncated or damaged ({error})",
            f"a whole {form} archive of {len(received)} bytes or more",
            "download it again",
        ) from error


def first_file(received: bytes) -> bytes:
    """Return the first file of a zip archive, without folders and what macOS adds."""
    with zipfile.ZipFile(io.BytesIO(received)) as archive:
        for entry in archive.infolist():
            if not entry.is_dir() and not entry.filename.startswith("__MACOSX/"):
                return archive.read(entry)
    raise Problem("The zip archive holds no file", "a zip archive whose first file is the data", "download it again")


def decoded(content: bytes) -> str:
    """Return the text with LF line ends: UTF-8 (with or without its mark), else latin-1."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return text.replace("\r\n", "\n")


def check_rnalocate(text: str) -> None:
    """Refuse a table without the columns or without rows."""
    header, _, rows = text.partition("\n")
    # Only here, since a description further down may hold a mark of its own.
    if PAGE_MARKS.search(header):
        raise page()
    found = header.split("\t")
    missing = [name for name in RNALOCATE_COLUMNS if name not in found]
    if missing:
        raise Problem(
            f"The RNALocate table has no column {', '.join(missing)}",
            f"tab-separated columns {', '.join(RNALOCATE_COLUMNS)} (found: {', '.join(found)[:300]})",
            "take the table `All RNA subcellular localization data` of RNALocate v2.0 (v3.0 has no Gene_ID)",
        )
    if not rows.strip():
        raise Problem("The RNALocate table has no rows", "a header line and rows", "download it again")


def check_hairpin(text: str) -> None:
    """Refuse what is not FASTA, and miRBase's mature sequences."""
    check_fasta(text, wrong=r">\S+\s+MIMAT\d", found="mature", expected="hairpin")


def check_mature(text: str) -> None:
    """Refuse what is not FASTA, and miRBase's hairpins."""
    check_fasta(text, wrong=r">\S+\s+MI\d", found="hairpin", expected="mature")


def check_fasta(text: str, wrong: str, found: str, expected: str) -> None:
    """Refuse HTML around FASTA, text that is not FASTA, and FASTA whose first header matches ``wrong``."""
    if PAGE_MARKS.search(text):
        raise page()
    lines = enumerate(text.split("\n"), start=1)
    bad = [number for number, line in lines if not line.startswith(">") and not SEQUENCE_LINE.fullmatch(line)]
    text = text.lstrip()
    if bad or not text.startswith(">"):
        raise Problem(
            f"The file is not FASTA (line {bad[0] if bad else 1})",
            "lines of letters under headers that start with >",
            f"take miRBase's {expected}.fa",
        )
    if re.match(wrong, text):
        raise Problem(
            f"The file holds {found} sequences",
            f"miRBase's {expected} sequences",
            f"take miRBase's {expected}.fa; `sources.hairpin` and `sources.mature` may be exchanged",
        )


def check_coordinates(text: str) -> None:
    """Refuse HTML around GFF3, text that is not GFF3, and GFF3 without features."""
    if PAGE_MARKS.search(text):
        raise page()
    expected = "`##gff-version 3` in the first line, and features of nine tab-separated fields"
    advice = "take miRBase's hsa.gff3"
    lines = text.split("\n")
    if not re.match(r"##gff-version\s+3", lines[0]):
        raise Problem("The file is not GFF3 (line 1)", expected, advice)
    features = {number: line for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")}
    bad = [number for number, line in features.items() if line.count("\t") != 8]
    if bad:
        raise Problem(f"The file is not GFF3 (line {bad[0]})", expected, advice)
    if not features:
        raise Problem("The GFF3 file has no features", expected, advice)


CHECKS: dict[str, Callable[[str], None]] = {
    "rnalocate": check_rnalocate,
    "hairpin": check_hairpin,
    "mature": check_mature,
    "coordinates": check_coordinates,
}


def is_directory(source: str) -> bool:
    """Tell a directory, there or not, from an id on the hub."""
    return Path(source).expanduser().is_dir() or source.startswith((".", "/", "~")) or source.count("/") > 1


def download_snapshot(name: str) -> Path:
    """Return the hub's cached directory with the two files of ``name``."""
    import huggingface_hub
    from huggingface_hub.errors import HFValidationError, OfflineModeIsEnabled, RepositoryNotFoundError

    try:
        return Path(huggingface_hub.snapshot_download(name, allow_patterns=list(RNABERT_FILES)))
    # The hub's library raises errors of several unrelated families; the way out is the same for all.
    except Exception as error:
        lasting = (HFValidationError, OfflineModeIsEnabled, RepositoryNotFoundError)
        raise Problem(
            f"RNABERT cannot be downloaded from the hub ({type(error).__name__}: {str(error).splitlines()[0]})",
            "an id on the Hugging Face hub such as multimolecule/rnabert, and a network",
            "check the id and the network",
            again=not isinstance(error, lasting) and not isinstance(error.__cause__, lasting),
        ) from error


def check_rnabert(directory: Path) -> None:
    """Refuse a directory that does not hold RNABERT in multimolecule's layout."""
    expected = f"a directory that holds {' and '.join(RNABERT_FILES)}, as multimolecule/rnabert on the hub does"
    if not directory.is_dir():
        raise Problem("The RNABERT directory is missing", expected, "check the path")
    missing = [name for name in RNABERT_FILES if not (directory / name).is_file()]
    if missing:
        raise Problem(f"The RNABERT directory has no {' and no '.join(missing)}", expected, "check the directory")
    check_rnabert_config(directory / RNABERT_FILES[0])
    check_weights(directory / RNABERT_FILES[1])


def check_rnabert_config(path: Path) -> None:
    """Refuse a ``config.json`` of another model."""
    expected, advice = 'JSON with "model_type": "rnabert"', "take the file from multimolecule/rnabert"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Problem(f"{path.name} of RNABERT cannot be read ({error})", expected, advice) from error
    model_type = config.get("model_type") if isinstance(config, dict) else None
    if model_type != "rnabert":
        raise Problem(f"{path.name} is of the model {model_type}", expected, advice)


def check_weights(path: Path) -> None:
    """Refuse a file that safetensors cannot open (it compares the announced and the actual length)."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy"):
            pass
    except (OSError, SafetensorError) as error:
        raise Problem(
            f"{path.name} of RNABERT cannot be read ({error})",
            "a whole safetensors file",
            "take the file from multimolecule/rnabert",
        ) from error
