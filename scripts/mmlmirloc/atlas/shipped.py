"""The atlas as it is shipped, and its lines as they are asked for. Needs neither numpy nor pandas."""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from mmlmirloc.errors import InputError

FILE, WORDS = "atlas.tsv.gz", "atlas_words.npz"
FOLDER = Path(__file__).parents[1] / "shipped"
NEEDED = ("accession", "name", "molecule", "hairpin", "hairpin_name", "arm", "start", "end", "model", "answer")
HAIRPIN, MATURE = "hairpin", "mature"
WHOLE = ("start", "end", "age", "predicted")
DECIMAL = ("probability", "percentile", "nearest_identity")

Line = Mapping[str, Any]


class Atlas:
    """Lines of the atlas.

    Parameters
    ----------
    columns : sequence of str
        Names of the fields: see :func:`mmlmirloc.reporting.atlas_table.write_atlas`.
    lines : sequence of sequence of str
        The fields of each line, as text.
    words : path, optional
        The index of words, for sequences; None where there is none.
    """

    def __init__(self, columns: Sequence[str], lines: Sequence[Sequence[str]], words: Path | None = None):
        self.columns, self.words_file = list(columns), words
        self._place = {name: place for place, name in enumerate(columns)}
        answer = self._place["answer"]
        self._lines = [line for line in lines if line[answer] == "1"]
        self._others = [line for line in lines if line[answer] != "1"]

    @classmethod
    def load(cls, path: str | Path | None = None) -> "Atlas":
        """Read an atlas, plain or gzip; the shipped one without a path.

        Raises
        ------
        InputError
            When it is missing, damaged or no atlas.
        """
        path = Path(path or FOLDER / FILE)
        if not path.is_file():
            raise InputError(
                "There is no atlas",
                path,
                "the table of predictions for known miRNAs",
                "make it: snakemake results/tables/atlas.tsv, and name it with --atlas",
            )
        try:
            packed = path.read_bytes()
            text = (gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed).decode()
        except (OSError, EOFError, ValueError) as error:
            raise damaged(path, str(error)) from None
        header, *rest = text.splitlines() or [""]
        columns = header.split("\t")
        lines = [line.split("\t") for line in rest]
        if lacking := [name for name in NEEDED if name not in columns]:
            raise damaged(path, f"no column {lacking[0]}")
        if any(len(line) != len(columns) for line in lines):
            raise damaged(path, "lines of unequal length")
        words = path.with_name(WORDS)
        return cls(columns, lines, words if words.is_file() else None)

    @property
    def locations(self) -> list[str]:
        """Names of the locations."""
        start = "probability_"
        return [name.removeprefix(start) for name in self.columns if name.startswith(start)]

    @cached_property
    def prefix(self) -> str:
        """The code of the species by miRBase; empty for an atlas without lines."""
        return self._field(self._lines[0], "name").split("-")[0].lower() if self._lines else ""

    def names(self) -> Iterator[tuple[int, str, str, str]]:
        """Yield number, accession, name and molecule of each line that is an answer."""
        for number, line in enumerate(self._lines):
            yield number, self._field(line, "accession"), self._field(line, "name"), self._field(line, "molecule")

    def line(self, number: int) -> Line:
        """Return a line that is an answer, with numbers as numbers and missing ones as None."""
        return self._typed(self._lines[number])

    def beside(self, line: Line) -> list[Line]:
        """Return the lines of the other models for the same hairpin or mature miRNA in it."""
        key = (line["accession"], line["hairpin"])
        return [
            self._typed(other)
            for other in self._others
            if (self._field(other, "accession"), self._field(other, "hairpin")) == key
        ]

    def of_hairpin(self, accession: str) -> list[Line]:
        """Return the lines of a hairpin and of its arms."""
        place = self._place["hairpin"]
        return [self._typed(line) for line in self._lines if line[place] == accession]

    def _field(self, line: Sequence[str], name: str) -> str:
        return line[self._place[name]]

    def _typed(self, line: Sequence[str]) -> Line:
        return {name: typed(name, text) for name, text in zip(self.columns, line)}


def typed(name: str, text: str) -> Any:
    """Return a field as a number where its column holds numbers, None where it is missing."""
    kind = int if name.startswith(WHOLE) else float if name.startswith(DECIMAL) else str
    return (kind(text) if text else None) if kind is not str else text


def damaged(path: Path, reason: str) -> InputError:
    """Say why a file is no atlas."""
    return InputError(
        f"The atlas cannot be read ({reason})",
        path,
        "the table results/tables/atlas.tsv as the workflow writes it, plain or gzip",
        "take the atlas that is shipped, or make it again",
    )
