"""What of a visitor's records is known: mature sequences that lie in a known hairpin, and names.

A mature sequence is no input of a model. It is answered as an arm of its hairpins, by the atlas.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from mmlmirloc.atlas.names import Names, looks_like_name
from mmlmirloc.atlas.shipped import FILE, FOLDER, MATURE, WORDS, Atlas, Line
from mmlmirloc.atlas.words import LETTERS, Words
from mmlmirloc.errors import InputError
from mmlmirloc.files import damaged, read_arrays
from mmlmirloc.predicting.cleaning import Cleaned, Expected, Record, clean, looks_like_bases

# Bases of what is looked for in known hairpins.
MATURE_LENGTHS = range(LETTERS, 29)
AS_MATURE = Expected(MATURE, MATURE_LENGTHS[0], MATURE_LENGTHS[-1])
# What a prediction by the atlas has in the place of views.
VIEWS = "atlas"


class Known:
    """The atlas behind a predictor, read when it is first needed.

    Parameters
    ----------
    path : path
        The atlas; its index of words lies beside it.
    locations : sequence of str
        The predictor's, which the atlas must have as well.
    """

    def __init__(self, path: str | Path, locations: Sequence[str]):
        self.path, self.locations = Path(path), list(locations)

    @classmethod
    def shipped(cls, locations: Sequence[str]) -> "Known | None":
        """Return what is shipped beside the models; None where there is none."""
        there = (FOLDER / FILE).is_file() and (FOLDER / WORDS).is_file()
        return cls(FOLDER / FILE, locations) if there else None

    @cached_property
    def atlas(self) -> Atlas:
        """The atlas.

        Raises
        ------
        InputError
            When it cannot be read, or is of other locations than the predictor.
        """
        atlas = Atlas.load(self.path)
        if atlas.locations != self.locations:
            raise InputError(
                "The atlas is of other locations than the model",
                self.path,
                ", ".join(self.locations),
                "make it anew with the model: snakemake results/tables/atlas.tsv",
            )
        return atlas

    @cached_property
    def names(self) -> Names:
        """The names of the atlas."""
        return Names(self.atlas)

    @cached_property
    def words(self) -> Words:
        """The index of words; an InputError when it cannot be read."""
        path = self.path.with_name(WORDS)
        try:
            return Words(**read_arrays(path))
        except (TypeError, ValueError) as error:
            raise damaged(path, error) from None

    def expanded(self, records: Iterable[tuple]) -> Iterator[Record]:
        """Yield records, each mature sequence of a known hairpin as one record per hairpin that it lies in.

        A sequence of such a length that lies in none is refused.
        """
        for one in records:
            record = Record(*one)
            short = None if record.known or record.refusal else mature_of(record)
            yield from self._arms(record, short) if short else [record]

    def _arms(self, record: Record, cleaned: Cleaned) -> list[Record]:
        sequence = cleaned.sequence
        places = self.words.find(sequence)
        found = [self._arm(place.hairpin, place.start, place.start + len(sequence) - 1) for place in places]
        if not found:
            told = (
                f"{len(sequence)} bases, as a mature miRNA has, and in no known hairpin ({self.atlas.prefix}); "
                "give its hairpin (precursor)"
            )
            return [record._replace(refusal=told)]
        several = f"it lies at {len(found)} places, one line each" if len(found) > 1 else ""
        treated = (*cleaned.remarks, *record.remarks)
        return [
            record._replace(
                sequence=sequence,
                remarks=tuple(filter(None, (*treated, told, several, source_of(line)))),
                known=line,
            )
            for line, told in found
        ]

    def _arm(self, hairpin: str, start: int, end: int) -> tuple[Line, str]:
        """Return the line that answers for some places of a hairpin, and how it was found."""
        lines = self.atlas.of_hairpin(hairpin)
        arms = [line for line in lines if line["molecule"] == MATURE and line["start"]]
        common = [min(end, arm["end"]) - max(start, arm["start"]) + 1 for arm in arms]
        most = max(common, default=0)
        if most * 2 < end - start + 1:
            own = next(line for line in lines if line["molecule"] != MATURE)
            return own, f"bases {start}-{end} of {own['name']}, where no mature miRNA is recorded"
        arm = arms[common.index(most)]
        exact = (arm["start"], arm["end"]) == (start, end)
        told = f"mature sequence: {'' if exact else 'a variant of '}{arm['name']}, {arm['arm']} arm of "
        places = "" if exact else f" (bases {start}-{end}; {arm['name']} has {arm['start']}-{arm['end']})"
        return arm, f"{told}{arm['hairpin_name']}{places}"

    def named(self, query: str) -> list[Record]:
        """Return a record for each line of the atlas that a name means; a refused one where it is not found."""
        resolved = self.names.resolve(query)
        if not resolved.lines:
            return [Record(query, "", refusal=resolved.remarks)]
        lines = [self.atlas.line(number) for number in resolved.lines]
        return [
            Record(query, "", tuple(filter(None, (who(line), resolved.remarks, source_of(line)))), known=line)
            for line in lines
        ]


def mature_of(record: Record) -> Cleaned | None:
    """Return the sequence of a record that has as many bases as a mature miRNA, cleaned; None for any other."""
    if len(record.sequence) > 4 * MATURE_LENGTHS.stop:
        return None
    cleaned = clean(record.sequence, AS_MATURE)
    return cleaned if len(cleaned.sequence) in MATURE_LENGTHS else None


def who(line: Line) -> str:
    """Return what a line is of, in words."""
    if line["molecule"] == MATURE:
        return f"{line['name']} ({line['accession']}), {line['arm']} arm of {line['hairpin_name']}"
    return f"{line['name']} ({line['accession']})"


def source_of(line: Line) -> str:
    """Return how the atlas predicted a line, in words."""
    return f"answered by the atlas ({line['source']}, {line['model']})"


def known_answer(line: Line, locations: Sequence[str]) -> dict:
    """Return what the predictor's table has of a line of the atlas."""
    return {
        **{name: line[name] for name in number_columns(locations)},
        "training": "no",
        "nearest_identity": line["nearest_identity"],
        "flags": line["flags"],
        "views": VIEWS,
    }


def number_columns(locations: Sequence[str]) -> list[str]:
    """Return the names of the columns with a number of each location: its probability, and whether it is predicted."""
    return [f"{what}_{location}" for what in ("probability", "predicted") for location in locations]


def names_among(text: str) -> list[tuple[bool, str]]:
    """Return the parts of a text in order, each with whether it is a name that stands on a line of its own.

    A line below a header or above bases is a part of a record.
    """
    lines = text.splitlines(keepends=True)
    parts: list[tuple[bool, str]] = []
    for place, line in enumerate(lines):
        before = next((one for one in reversed(lines[:place]) if one.strip()), "")
        after = next((one for one in lines[place + 1 :] if one.strip()), "")
        name = looks_like_name(line) and not before.lstrip().startswith((">", "@")) and not looks_like_bases(after)
        if not name and parts and not parts[-1][0]:
            parts[-1] = (False, parts[-1][1] + line)
        else:
            parts.append((name, line.strip() if name else line))
    return [(name, part) for name, part in parts if part.strip()]
