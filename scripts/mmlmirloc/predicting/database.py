"""The database of a prediction with homologs: miRBase's files in a folder, searched with blastn."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from mmlmirloc.data.homologs import FIELDS, OPTIONS, write_database, write_queries
from mmlmirloc.errors import InputError
from mmlmirloc.sources.text import read_source

FILES = ("hairpin", "mature")


class Database:
    """A folder with ``hairpin.fa`` and ``mature.fa`` of miRBase, plain or gzip (as ``.fa``, ``.txt`` or ``.fa.gz``).

    The search database is made once, in a temporary folder that goes when the object does.

    Raises
    ------
    InputError
        When a file or blastn is missing.
    """

    def __init__(self, folder: Path):
        if not shutil.which("blastn") or not shutil.which("makeblastdb"):
            raise InputError(
                "blastn was not found on PATH",
                "PATH",
                "NCBI BLAST+, for a prediction with homologs",
                "install it (Debian: apt-get install ncbi-blast+), or predict without a database",
            )
        self._temporary = tempfile.TemporaryDirectory()
        work = Path(self._temporary.name)
        self.files = {name: _plain(folder, name, work) for name in FILES}
        write_database(self.files["hairpin"], work / "database.fa")
        _run("makeblastdb", "-in", str(work / "database.fa"), "-dbtype", "nucl", "-out", str(work / "database"))
        self.database = work / "database"

    def sources(self, sequences: Sequence[str], folder: Path) -> dict[str, str]:
        """Search the sequences in one call; return name -> file of what views need beside a sequence."""
        queries, hits = folder / "queries.fa", folder / "hits.tsv"
        write_queries(sequences, queries)
        found = _run("blastn", "-db", str(self.database), "-query", str(queries), *OPTIONS)
        hits.write_text("\t".join(FIELDS.values()) + "\n" + found, encoding="ascii")
        return {"hits": str(hits), "mature": str(self.files["mature"])}


def _plain(folder: Path, name: str, work: Path) -> Path:
    """Return a plain file of miRBase, unpacked where it is gzip."""
    for ending in (".fa", ".txt", ".fa.gz"):
        path = folder / f"{name}{ending}"
        if path.is_file() and ending != ".fa.gz":
            return path
        if path.is_file():
            plain = work / f"{name}.fa"
            plain.write_text(read_source(path, str), encoding="utf-8")
            return plain
    raise InputError(
        f"The database has no {name}.fa",
        folder,
        "miRBase's hairpin.fa and mature.fa, plain or gzip",
        "download them from miRBase into one folder",
    )


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InputError(
            f"{command[0]} failed ({(done.stderr.strip().splitlines() or ['without a message'])[-1]})",
            " ".join(command[:3]),
            "sequences that it can read",
            "check the files of the database",
        )
    return done.stdout
