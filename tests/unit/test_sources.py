"""Sources: fetched from a small scripted server on this machine, or read from files made here."""

import bz2
import gzip
import hashlib
import io
import json
import logging
import lzma
import os
import socket
import threading
import time
import zipfile
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import huggingface_hub
import numpy as np
import pytest
from safetensors.numpy import save

from mmlmirloc.errors import InputError
from mmlmirloc.sources import coordinates, mirbase, rnalocate
from mmlmirloc.sources.download import is_address
from mmlmirloc.sources.fetch import fetch, fetch_rnabert

COLUMNS = "RNALocate_ID Gene_ID Gene_Name Gene_symbol RNA_category Species PMID SubCellular_Localization Description"
ROW = "1\tmiRBase:MI0000060\ta\tb\tmiRNA\tHomo sapiens\t9\tNucleus\tit <p> was α\n"
TABLE = COLUMNS.replace(" ", "\t") + "\n" + ROW
HAIRPIN = ">x-mir-1 MI0000001 X y stem-loop\nACGU\nNNACG\n>x-mir-2 MI0000002 X y stem-loop\nUUU\n"
MATURE = ">x-miR-1 MIMAT0000001 X y miR-1\nACGU\n"
GFF = "##gff-version 3\n# note\nchr1\t.\tmiRNA_primary_transcript\t1\t9\t.\t+\t.\tID=MI0000001;Alias=MI0000001\n"
PLAIN = {"rnalocate": TABLE, "hairpin": HAIRPIN, "mature": MATURE, "coordinates": GFF}
PAGE = "\n<!DOCTYPE html>\n<html><body>Maintenance</body></html>"


def zipped(**entries: str) -> bytes:
    """Return a zip archive; a name that ends with ``_`` is a folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name.replace("_", "/") if name.endswith("_") else name, text)
    return buffer.getvalue()


def encrypted(archive: bytes) -> bytes:
    """Return the one-entry ``archive`` with the encryption flag set in both of its headers."""
    content = bytearray(archive)
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


class Server:
    """Answers each path with its script, one step per request, the last one for ever.

    A step is (status, body, announced length or None for the body's own, further headers).
    """

    def __init__(self):
        self.scripts, self.asked = {}, []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                path = self.path.split("?")[0]
                steps = server.scripts.get(path, [(404, b"", None, {})])
                if self.command == "GET":
                    server.asked.append(path)
                status, content, length, headers = steps.pop(0) if len(steps) > 1 else steps[0]
                self.send_response(status)
                self.send_header("Content-Length", str(len(content) if length is None else length))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(content)

            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def script(self, path: str, *steps) -> str:
        """Set the script of ``path`` from (status, body, ...) or bodies, and return its address."""
        steps = [(200, step) if isinstance(step, bytes) else step for step in steps]
        self.scripts[path] = [step + (None, {})[len(step) - 2 :] for step in steps]
        return self.address + path

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running = Server()
    yield running
    running.close()


@pytest.fixture
def output(tmp_path):
    return tmp_path / "made" / "output.txt"


def left_behind(output: Path) -> list[Path]:
    return list(output.parent.iterdir()) if output.parent.exists() else []


def refusal(source, output, kind="hairpin", **options) -> InputError:
    """Return the InputError of a fetch that must leave nothing behind."""
    with pytest.raises(InputError) as caught:
        fetch(str(source), output, kind, wait=0, **options)
    assert left_behind(output) == []
    assert caught.value.where == str(source)
    assert f"`sources.{kind}`" in caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("https://a.b/c.fa", True),
        ("HTTP://a.b", True),
        ("ftp://a.b/c.fa", False),
        ("../http/c.fa", False),
        ("httpfile", False),
    ],
)
def test_addresses_are_http_or_https(source, expected):
    assert is_address(source) is expected


@pytest.mark.parametrize("kind", PLAIN)
@pytest.mark.parametrize(
    "pack",
    [str.encode, lambda text: gzip.compress(text.encode()), lambda text: zipped(**{"a.txt": text, "b.txt": "other"})],
    ids=["plain", "gzip", "zip"],
)
def test_content_decides_what_is_unpacked(kind, pack, server, output, tmp_path):
    # Names that lie: neither the local name nor the address may matter.
    local = tmp_path / "file.zip"
    local.write_bytes(pack(PLAIN[kind]))
    for source in (str(local), server.script("/file.gz", pack(PLAIN[kind]))):
        fetch(source, output, kind, wait=0)
        assert output.read_bytes() == PLAIN[kind].encode()
        assert left_behind(output) == [output]
        output.unlink()


def test_the_first_data_entry_of_a_zip_is_taken(output, tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(
        zipped(**{"folder_": "", "__MACOSX/._a.fa": "not this", "folder/a.fa": HAIRPIN, "b.fa": "nor this"})
    )
    fetch(str(path), output, "hairpin")
    assert output.read_text() == HAIRPIN


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (TABLE.replace("α", "é").encode("latin-1"), TABLE.replace("α", "é")),
        (TABLE.encode("utf-8"), TABLE),
        (TABLE.encode("utf-8-sig"), TABLE),
        (TABLE.replace("\n", "\r\n").encode("utf-8"), TABLE),
    ],
    ids=["latin-1", "utf-8", "utf-8 with mark", "CRLF"],
)
def test_text_is_written_as_utf8_with_lf(received, expected, output, tmp_path):
    path = tmp_path / "table.txt"
    path.write_bytes(received)
    fetch(str(path), output, "rnalocate")
    assert output.read_bytes() == expected.encode("utf-8")


ENCODINGS = {
    "UTF-16 with a mark": lambda text: text.encode("utf-16"),
    "UTF-16, other order, with a mark": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "UTF-16 without a mark": lambda text: text.encode("utf-16-le"),
    "UTF-16, other order, without a mark": lambda text: text.encode("utf-16-be"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "UTF-16, packed": lambda text: gzip.compress(text.encode("utf-16")),
    "CRLF in UTF-16": lambda text: text.replace("\n", "\r\n").encode("utf-16"),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "CRCRLF": lambda text: text.replace("\n", "\r\r\n").encode(),
    "packed twice": lambda text: zipped(**{"a.gz": gzip.compress(text.encode())}),
}


@pytest.mark.parametrize("kind", PLAIN)
@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
def test_text_of_every_encoding_is_read(kind, encode, output, tmp_path):
    path = tmp_path / "received"
    path.write_bytes(encode(PLAIN[kind]))
    fetch(str(path), output, kind)
    assert output.read_bytes() == PLAIN[kind].encode()


READERS = {
    "rnalocate": rnalocate.read,
    "hairpin": mirbase.read,
    "mature": mirbase.read,
    "coordinates": lambda path: coordinates.read(path).places,
}
SPACED = {
    "blank lines first": "\n\n{}",
    "blank lines within": lambda text: text.replace("\n", "\n\n"),
    "blank lines last": "{}\n\n\n",
    "lines of spaces": lambda text: text.replace("\n", "\n \n") if text.startswith((">", "##")) else text,
    "no line end": lambda text: text.rstrip("\n"),
}


@pytest.mark.parametrize("kind", PLAIN)
@pytest.mark.parametrize("change", SPACED.values(), ids=SPACED)
def test_blank_lines_do_no_harm_to_what_checks_and_to_what_reads(kind, change, output, tmp_path):
    path = tmp_path / "received"
    path.write_text(PLAIN[kind])
    expected = READERS[kind](path)
    path.write_text(change.format(PLAIN[kind]) if isinstance(change, str) else change(PLAIN[kind]))
    fetch(str(path), output, kind)
    for file in (output, path):
        found = READERS[kind](file)
        assert found.equals(expected) if hasattr(found, "equals") else found == expected


@pytest.mark.parametrize(
    "change",
    [
        # As a spreadsheet program and R write them.
        lambda text: text.replace("Nucleus", '"Nucleus"').replace("it <p>", '"it <p>, and'),
        lambda text: "\n".join("\t".join(f'"{field}"' for field in line.split("\t")) for line in text.splitlines()),
        lambda text: text.replace("\t", " \t "),
        # A lone line end of old Macintoshes within a field.
        lambda text: text.replace("was", "w\ras"),
    ],
    ids=["quoted cell", "quoted cells", "padded cells", "CR in a cell"],
)
def test_a_table_of_another_program_is_read_alike(change, tmp_path):
    (tmp_path / "plain.txt").write_text(TABLE, encoding="utf-8")
    (tmp_path / "changed.txt").write_text(change(TABLE), encoding="utf-8", newline="")
    table = rnalocate.read(tmp_path / "changed.txt")
    assert table.equals(rnalocate.read(tmp_path / "plain.txt"))
    assert table.iloc[0].tolist() == ["miRBase:MI0000060", "b", "miRNA", "Homo sapiens", "Nucleus"]


def test_of_several_files_in_a_zip_archive_the_one_that_serves_is_taken(output, tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(**{"README.txt": "Read this first", "mature.fa": MATURE, "hairpin.fa": HAIRPIN}))
    for kind, expected in (("hairpin", HAIRPIN), ("mature", MATURE)):
        fetch(str(path), output, kind)
        assert output.read_text() == expected
        output.unlink()
    error = refusal(path, output, "rnalocate")
    assert error.what.startswith("The zip archive holds 3 files, and none of them is what is looked for (README.txt,")
    path.write_bytes(zipped(**{"a.fa": HAIRPIN, "b.fa": HAIRPIN, "README": ""}))
    error = refusal(path, output)
    assert error.what == "The zip archive holds 3 files, and 2 of them are what is looked for (a.fa, b.fa)"


OFFICE_XML = '<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
OTHER_FILES = {
    "xlsx": (zipped(**{"[Content_Types].xml": "", "xl/workbook.xml": "<a/>"}), "A spreadsheet (xlsx)"),
    "docx": (zipped(**{"[Content_Types].xml": "", "word/document.xml": "<a/>"}), "A document (docx)"),
    "ods": (zipped(**{"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "A spreadsheet (ods)"),
    "odt": (zipped(**{"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""}), "A document (odt)"),
    "numbers": (zipped(**{"Index/Document.iwa": "x", "preview.jpg": ""}), "A spreadsheet or document of Numbers"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "A spreadsheet or document of an old Office program"),
    "xml": (OFFICE_XML.encode(), "A spreadsheet (XML)"),
    "xml in UTF-16": (OFFICE_XML.encode("utf-16"), "A spreadsheet (XML)"),
    "gnumeric": (gzip.compress(b'<?xml version="1.0"?>\n<gnm:Workbook>'), "A spreadsheet (XML)"),
    "rtf": (rb"{\rtf1\ansi hsa-let-7a-1}", "A document in Rich Text Format (RTF)"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "A PDF document"),
    "html in UTF-16": (PAGE.encode("utf-16"), "An HTML page"),
    "tar": (bytes(257) + b"ustar\x0000" + bytes(300), "A tar archive"),
    "tar.gz": (gzip.compress(bytes(257) + b"ustar\x0000" + bytes(300)), "A tar archive"),
    "bz2": (bz2.compress(HAIRPIN.encode()), "An archive packed with bzip2"),
    "xz": (lzma.compress(HAIRPIN.encode()), "An archive packed with xz"),
    "7z": (b"7z\xbc\xaf\x27\x1c\x00\x04", "A 7z archive"),
    "png": (b"\x89PNG\r\n\x1a\n", "An image (PNG)"),
    "git lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "A Git LFS pointer"),
    "binary": (HAIRPIN.encode() + bytes(9), "A binary file"),
}


@pytest.mark.parametrize("kind", PLAIN)
@pytest.mark.parametrize(("content", "what"), OTHER_FILES.values(), ids=OTHER_FILES)
def test_files_of_other_programs_are_named(kind, content, what, output, tmp_path):
    path = tmp_path / "received"
    path.write_bytes(content)
    error = refusal(path, output, kind)
    assert error.what.startswith(what)
    assert ("tab-separated text" in error.hint) == ("spreadsheet" in what)


def test_text_that_breaks_off_within_a_letter_is_damaged(output, tmp_path):
    path = tmp_path / "received"
    path.write_bytes(HAIRPIN.encode("utf-16")[:-1])
    assert refusal(path, output).what.startswith("The text starts as UTF-16-LE, but cannot be read so to its end")


@pytest.mark.parametrize("kind", PLAIN)
def test_what_the_fetch_refuses_the_reader_refuses_in_the_same_words(kind, output, tmp_path):
    path = tmp_path / "received"
    # That a file of miRBase is of the other molecule is for the fetch to say: the reader reads either.
    others = [text for other, text in PLAIN.items() if READERS[other] is not READERS[kind]]
    for content in [*(content for content, _ in OTHER_FILES.values()), *map(str.encode, others)]:
        path.write_bytes(content)
        told = refusal(path, output, kind)
        with pytest.raises(InputError) as caught:
            READERS[kind](path)
        assert (caught.value.what, caught.value.where) == (told.what, told.where)


def test_checksum_is_of_the_bytes_as_received_and_always_logged(server, output, caplog):
    packed = gzip.compress(HAIRPIN.encode(), mtime=0)
    checksum = hashlib.sha256(packed).hexdigest()
    # A server that calls a .gz file an encoding of its text must not change what the checksum is of.
    source = server.script("/hairpin.fa.gz", (200, packed, None, {"Content-Encoding": "gzip"}))
    with caplog.at_level(logging.INFO, "mmlmirloc"):
        fetch(source, output, "hairpin", sha256=checksum.upper())
        assert output.read_text() == HAIRPIN
        fetch(source, output, "hairpin")
    assert caplog.text.count(f"{len(packed)} bytes, sha256 {checksum}") == 2


def test_a_progress_bar_counts_what_has_come(server, output, monkeypatch, capsys):
    monkeypatch.setenv("MMLMIRLOC_PROGRESS", "1")
    content = HAIRPIN.encode() * 2000
    fetch(server.script("/files/a.fa", content), output, "hairpin")
    shown = capsys.readouterr().err
    assert "a.fa: 100%" in shown
    # 162,000 bytes or so in pieces of 65,536.
    assert "3/3" in shown and "x 64 KiB" in shown


def test_wrong_checksum(output, tmp_path):
    path = tmp_path / "hairpin.fa"
    path.write_text(HAIRPIN)
    error = refusal(path, output, sha256="0" * 64)
    assert error.what == f"The checksum is wrong (sha256 {hashlib.sha256(HAIRPIN.encode()).hexdigest()})"
    assert error.expected == "sha256 " + "0" * 64
    assert "correct the checksum in the config" in error.hint


@pytest.mark.parametrize("status", [503, 500, 429])
def test_passing_refusals_are_tried_again_with_doubled_pauses(status, server, output, monkeypatch):
    pauses = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    source = server.script("/a.fa", (status, b""), (status, b""), HAIRPIN.encode())
    fetch(source, output, "hairpin", wait=3)
    assert output.read_text() == HAIRPIN
    assert server.asked == ["/a.fa"] * 3
    assert pauses == [3, 6]


def test_lasting_server_trouble(server, output):
    error = refusal(server.script("/a.fa", (503, b"")), output, attempts=3)
    assert error.what == "The server answered 503 Service Unavailable (tried 3 times)"
    assert error.expected == "200 OK"
    assert error.hint.startswith("try later")
    assert server.asked == ["/a.fa"] * 3


def test_missing_address_is_not_tried_again(server, output):
    error = refusal(server.address + "/gone.fa", output)
    assert error.what == "The server answered 404 Not Found"
    assert error.hint.startswith("check the address")
    assert server.asked == ["/gone.fa"]


def test_interrupted_download_is_tried_again(server, output):
    content = HAIRPIN.encode()
    fetch(server.script("/a.fa", (200, content[:40], len(content)), content), output, "hairpin", wait=0)
    assert output.read_text() == HAIRPIN
    assert server.asked == ["/a.fa"] * 2


def test_download_that_is_always_interrupted(server, output):
    # Cut after a whole record: only the announced length tells.
    source = server.script("/a.fa", (200, MATURE.encode(), 1000))
    error = refusal(source, output, "mature", attempts=2)
    assert error.what == f"The download was interrupted after {len(MATURE)} bytes (tried 2 times)"
    assert error.expected == "1000 bytes"
    assert server.asked == ["/a.fa"] * 2


def test_failed_download_leaves_an_earlier_output_alone(server, tmp_path):
    output = tmp_path / "hairpin.fa"
    output.write_text("earlier")
    with pytest.raises(InputError):
        fetch(server.script("/a.fa", (200, b">a", 9)), output, "hairpin", wait=0)
    assert output.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [output]


def test_unreachable_host(output, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as taken:  # bound but not listening: connections are refused
        taken.bind(("127.0.0.1", 0))
        error = refusal(f"http://127.0.0.1:{taken.getsockname()[1]}/a.fa", output, attempts=2)
    assert error.what == "The host cannot be reached (ConnectionError) (tried 2 times)"
    assert error.hint.startswith("check the network and the proxy settings")


def test_address_without_host(output):
    error = refusal("http:///a.fa", output)
    assert error.what.startswith("The address cannot be used (")
    assert error.hint.startswith("check the spelling")


def test_html_page_with_status_200(server, output):
    error = refusal(server.script("/a.fa", PAGE.encode()), output, sha256="0" * 64)
    assert error.what == "An HTML page came in place of data"
    assert error.hint.startswith("open the address in a browser")


WRAPPED = HAIRPIN.replace(">", "&gt;").replace("\n", "<br>\n")
# With a fixed time, since what is packed names the tests.
GZIPPED = gzip.compress(HAIRPIN.encode() * 50, mtime=0)
ZIPPED = zipped(**{"a.fa": HAIRPIN * 50})
HTML = "An HTML page came in place of data"


@pytest.mark.parametrize(
    ("kind", "content", "what"),
    [
        ("rnalocate", PAGE, HTML),
        ("hairpin", f"<p>{WRAPPED}</p>", HTML),
        ("hairpin", WRAPPED, HTML),
        ("hairpin", HAIRPIN.replace("\n", "<br/>\n"), HTML),
        ("hairpin", HAIRPIN + "</p>", HTML),
        ("coordinates", GFF.replace("\n", "<br>\n"), HTML),
        ("rnalocate", TABLE.replace("\n", "<br>\n"), HTML),
        ("hairpin", gzip.compress(PAGE.encode(), mtime=0), HTML),
        ("hairpin", "", "The file is empty"),
        ("hairpin", " \n" * 1000, "The file is empty"),
        ("hairpin", gzip.compress(b"", mtime=0), "The file is empty"),
        ("hairpin", zipped(**{"a.fa": ""}), "The file is empty"),
        ("hairpin", zipped(), "The zip archive holds no file"),
        ("hairpin", zipped(**{"folder_": ""}), "The zip archive holds no file"),
        ("hairpin", GZIPPED[:-20], "The gzip archive is truncated or damaged (Compressed file ended"),
        ("hairpin", GZIPPED[:30] + b"\xff\xff" + GZIPPED[32:], "The gzip archive is truncated or damaged ("),
        ("hairpin", GZIPPED + b"more", "The gzip archive is truncated or damaged (Not a gzipped file"),
        ("hairpin", ZIPPED[:-30], "The zip archive is truncated or damaged (File is not a zip file)"),
        ("hairpin", ZIPPED[:60] + b"\xff\xff" + ZIPPED[62:], "The zip archive is truncated or damaged ("),
        ("hairpin", encrypted(ZIPPED), "The zip archive is truncated or damaged (File 'a.fa' is encrypted"),
        (
            "rnalocate",
            HAIRPIN,
            "The RNALocate table has no column Gene_ID, Gene_symbol, RNA_category, Species, SubCell",
        ),
        ("rnalocate", TABLE.replace("Gene_ID", "Gene"), "The RNALocate table has no column Gene_ID"),
        ("rnalocate", TABLE.replace("\t", ","), "The RNALocate table has no column Gene_ID, Gene_symbol"),
        ("rnalocate", TABLE.partition("\n")[0], "The RNALocate table has no rows"),
        ("hairpin", GFF, "The file is not FASTA (line 1)"),
        ("hairpin", "ACGU\n" + HAIRPIN, "The file is not FASTA (line 1)"),
        ("hairpin", HAIRPIN + "\nerror 500: no such table\n", "The file is not FASTA (line 7)"),
        ("hairpin", MATURE, "The file holds mature sequences"),
        ("mature", HAIRPIN, "The file holds hairpin sequences"),
        ("coordinates", HAIRPIN, "The file is not GFF3 (line 1)"),
        ("coordinates", GFF.replace("version 3", "version 2"), "The file is not GFF3 (line 1)"),
        ("coordinates", GFF + "chr1\t.\tmiRNA\t1\t", "The file is not GFF3 (line 4)"),
        ("coordinates", "##gff-version 3\n# nothing\n", "The GFF3 file has no features"),
    ],
)
def test_content_of_another_kind(kind, content, what, output, tmp_path):
    path = tmp_path / "received"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    error = refusal(path, output, kind)
    assert error.what.startswith(what)


def test_missing_column_names_the_found_ones(output, tmp_path):
    path = tmp_path / "v3.txt"
    path.write_text("RNALocate_ID\tSpecies\tRNA_Symbol\n1\tHomo sapiens\thsa-x\n")
    error = refusal(path, output, "rnalocate")
    assert error.what.endswith("Gene_ID, Gene_symbol, RNA_category, SubCellular_Localization")
    assert error.expected.endswith("(found: RNALocate_ID, Species, RNA_Symbol)")
    assert "RNALocate v2.0" in error.hint


@pytest.mark.parametrize(("sign", "name"), [(",", "commas"), (";", "semicolons")])
def test_a_table_of_other_separators_is_named(sign, name, output, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(TABLE.replace("\t", sign))
    assert f"stand between {name}: save the table as tab-separated text" in refusal(path, output, "rnalocate").hint


def test_missing_local_file(output, tmp_path):
    error = refusal(tmp_path / "no.fa", output)
    assert error.what == "A source file is missing"
    assert error.expected == "a readable file" and "address (http:// or https://)" in error.hint
    assert error.hint.startswith("check the path")


def test_directory_in_the_place_of_a_file(output, tmp_path):
    assert refusal(tmp_path, output).what == "A source is a directory"


def test_other_trouble_with_a_local_file(output):
    assert refusal("a" * 5000, output).what == "A source file cannot be read (File name too long)"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_local_file(output, tmp_path):
    path = tmp_path / "hairpin.fa"
    path.write_text(HAIRPIN)
    path.chmod(0)
    error = refusal(path, output)
    assert error.what == "A source file may not be read (permission denied)"
    assert error.hint.startswith("check its permissions")


CONFIG = json.dumps({"model_type": "rnabert", "hidden_size": 2}).encode()
WEIGHTS = save({"a": np.arange(4, dtype=np.float32)})


def rnabert_directory(path: Path, config: bytes | None = CONFIG, weights: bytes | None = WEIGHTS) -> Path:
    path.mkdir(parents=True)
    for name, content in (("config.json", config), ("model.safetensors", weights), ("vocab.txt", b"A")):
        if content is not None:
            (path / name).write_bytes(content)
    return path


def rnabert_refusal(source, output) -> InputError:
    """Return the InputError of a fetch of weights that must leave nothing behind."""
    with pytest.raises(InputError) as caught:
        fetch_rnabert(str(source), output)
    assert not output.exists()
    assert caught.value.where == str(source)
    assert "`sources: rnabert: path/to/directory`" in caught.value.hint
    assert "`random`" in caught.value.hint
    return caught.value


def assert_rnabert(output: Path):
    assert {path.name: path.read_bytes() for path in output.iterdir()} == {
        "config.json": CONFIG,
        "model.safetensors": WEIGHTS,
    }


def test_rnabert_from_a_directory(tmp_path, monkeypatch):
    directory = rnabert_directory(tmp_path / "multimolecule" / "rnabert")
    fetch_rnabert(str(directory), tmp_path / "absolute")
    assert_rnabert(tmp_path / "absolute")
    # An existing directory is taken before a hub id of the same spelling.
    monkeypatch.chdir(tmp_path)
    fetch_rnabert("multimolecule/rnabert", tmp_path / "relative")
    assert_rnabert(tmp_path / "relative")


@pytest.mark.parametrize("source", ["./rnabert", "/no/rnabert", "~/no_such/rnabert", "path/to/rnabert"])
def test_rnabert_paths_are_never_looked_for_on_the_hub(source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    error = rnabert_refusal(source, tmp_path / "output")
    assert error.what == "The RNABERT directory is missing"


@pytest.mark.parametrize(
    ("config", "weights", "what"),
    [
        (None, WEIGHTS, "The RNABERT directory has no config.json"),
        (None, None, "The RNABERT directory has no config.json and no model.safetensors"),
        (b"{", WEIGHTS, "config.json of RNABERT cannot be read (Expecting property name"),
        (b"\xff", WEIGHTS, "config.json of RNABERT cannot be read ('utf-8' codec"),
        (b"[]", WEIGHTS, "config.json is of the model None"),
        (b'{"model_type": "bert"}', WEIGHTS, "config.json is of the model bert"),
        (CONFIG, WEIGHTS[:-1], "model.safetensors of RNABERT cannot be read (Error while deserializing header"),
        (CONFIG, b"", "model.safetensors of RNABERT cannot be read ("),
        (CONFIG, b"version https://git-lfs", "model.safetensors of RNABERT cannot be read ("),
    ],
)
def test_rnabert_directory_with_other_files(config, weights, what, tmp_path):
    directory = rnabert_directory(tmp_path / "given", config, weights)
    assert rnabert_refusal(directory, tmp_path / "output").what.startswith(what)


@pytest.fixture
def hub(server, tmp_path, monkeypatch):
    """Make the hub's own library talk to the scripted server, with a cache of its own."""
    download = partial(huggingface_hub.snapshot_download, endpoint=server.address, cache_dir=tmp_path / "cache")
    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    return server


def script_rnabert(server: Server, name: str):
    commit = "a" * 40
    files = {"config.json": CONFIG, "model.safetensors": WEIGHTS, "pytorch_model.bin": b"not asked for"}
    tree = [{"type": "file", "path": path, "size": len(content), "oid": path} for path, content in files.items()]
    server.script(f"/api/models/{name}/revision/main", json.dumps({"id": name, "sha": commit}).encode())
    server.script(f"/api/models/{name}/tree/{commit}", json.dumps(tree).encode())
    for path, content in files.items():
        headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()}"', "X-Repo-Commit": commit}
        server.script(f"/{name}/resolve/{commit}/{path}", (200, content, None, headers))


def test_rnabert_from_the_hub(hub, tmp_path):
    script_rnabert(hub, "some/rnabert")
    fetch_rnabert("some/rnabert", tmp_path / "output")
    assert_rnabert(tmp_path / "output")
    assert not [path for path in hub.asked if path.endswith(".bin")]


def test_rnabert_unknown_to_the_hub(hub, tmp_path):
    hub.script("/api/models/some/rnabert/revision/main", (404, b"", None, {"X-Error-Code": "RepoNotFound"}))
    error = rnabert_refusal("some/rnabert", tmp_path / "output")
    assert error.what.startswith("RNABERT cannot be downloaded from the hub (RepositoryNotFoundError: 404")
    assert "tried" not in error.what


def test_rnabert_when_the_hub_is_down(hub, tmp_path):
    hub.close()
    error = rnabert_refusal("some/rnabert", tmp_path / "output")
    assert error.what.startswith("RNABERT cannot be downloaded from the hub (LocalEntryNotFoundError")
    assert error.what.endswith("(tried 3 times)")


def test_rnabert_with_an_impossible_id(tmp_path):
    error = rnabert_refusal("some/rna bert", tmp_path / "output")
    assert error.what.startswith("RNABERT cannot be downloaded from the hub (HFValidationError")
