"""FASTA files as the workflow writes them for the programs that it calls."""

from collections.abc import Iterable
from pathlib import Path

from mmlmirloc.files import whole


def write_fasta(records: Iterable[tuple[str, str]], path: str | Path, width: int = 0) -> None:
    """Write (header, sequence) records as FASTA, ASCII with LF line ends.

    Parameters
    ----------
    records : iterable of (str, str)
        Header without ``>``, and letters.
    path : path
        The file to write.
    width : int
        Letters per line; 0: each sequence on one line.
    """
    with whole(path) as temporary, open(temporary, "w", encoding="ascii", newline="\n") as file:
        for header, sequence in records:
            step = width or max(len(sequence), 1)
            lines = [sequence[start : start + step] for start in range(0, len(sequence), step)] or [""]
            file.write("\n".join([f">{header}", *lines]) + "\n")
