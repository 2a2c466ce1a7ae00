"""Wild type against mutant: what a change of a hairpin does to its prediction, held against the model's own doubt."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from mmlmirloc.errors import InputError
from mmlmirloc.files import whole
from mmlmirloc.predicting.cleaning import Cleaned, Record, clean_record
from mmlmirloc.predicting.objects import records_of
from mmlmirloc.predicting.predictor import Predictor
from mmlmirloc.predicting.reading import open_records

BATCH = 500
# Substitutions that are listed one by one.
LISTED = 10
STANDARD = "-"
THE_CALL = "mmlmirloc.compare"


class Pair(NamedTuple):
    """A hairpin and a changed one."""

    wild_type: Record
    mutant: Record


def paired(wild_types: Iterable[tuple], mutants: Iterable[tuple] | None, where: str = THE_CALL) -> list[Pair]:
    """Pair wild types with mutants.

    Without ``mutants``, wild types and mutants take turns. Else they are paired by name where both have the same names,
    each once; a single wild type goes with each mutant; else they are paired by their order.

    Raises
    ------
    InputError
        When there are none, their numbers differ, or some names are the same at other places, so that neither name nor
        order tells the pairs.
    """
    first = [Record(*record) for record in wild_types]
    if mutants is None:
        if len(first) % 2 or not first:
            raise unpaired(f"There are {len(first)} sequences, which are no pairs", where)
        return [Pair(*both) for both in zip(first[::2], first[1::2])]
    second = [Record(*record) for record in mutants]
    if not first or not second:
        raise unpaired("There is no wild type or no mutant", where)
    if len(first) == 1:
        return [Pair(first[0], mutant) for mutant in second]
    names, others = ([record.name for record in records] for records in (first, second))
    if sorted(names) == sorted(others) and len(set(names)) == len(names):
        by_name = {record.name: record for record in second}
        return [Pair(record, by_name[record.name]) for record in first]
    if len(first) != len(second):
        raise unpaired(f"There are {len(first)} wild types and {len(second)} mutants", where)
    if moved := [one for one, other in zip(names, others) if one != other and one in others]:
        raise unpaired(f"Names tell other pairs than the order does ({moved[0]})", where)
    return [Pair(*both) for both in zip(first, second)]


def unpaired(what: str, where: str) -> InputError:
    """Say that sequences cannot be paired."""
    return InputError(
        what,
        where,
        "as many mutants as wild types, with the same names or in the same order; one wild type and its mutants; or "
        "one list in which each wild type is followed by its mutant",
        "add or name the sequences",
    )


def compare_pairs(predictor: Predictor, pairs: Sequence[Pair]) -> pd.DataFrame:
    """Compare the predictions of pairs.

    Parameters
    ----------
    predictor : Predictor
        The model.
    pairs : sequence of Pair
        Hairpins, each a record as :meth:`Predictor.predict` takes it.

    Returns
    -------
    pandas.DataFrame
        A line per pair and location, in order. wild_type and mutant (names), status (``ok``, or ``refused`` where one
        of the two is), remarks, differences (``U20C`` for another base at place 20, or how many bases were added),
        location, probability_wild_type, probability_mutant, change (the second minus the first), sd_over_folds,
        within (``yes`` where the change is not larger than that), predicted_wild_type, predicted_mutant (0 or 1),
        set_change (``gained``, ``lost`` or empty), flags (of both, each named).

        ``sd_over_folds`` is how much the fold models of the one model disagree about one and the same sequence: the
        standard deviation (n - 1) over them of its calibrated probability, of wild type or mutant, whichever is larger.
    """
    columns = ["location", "probability_wild_type", "probability_mutant", "change", "sd_over_folds", "within"]
    columns += ["predicted_wild_type", "predicted_mutant", "set_change"]
    heads = ["wild_type", "mutant", "status", "remarks", "differences"]
    parts = []
    for start in range(0, len(pairs), BATCH):
        batch = pairs[start : start + BATCH]
        cleaned = [tuple(clean_record(record, predictor.expected) for record in pair) for pair in batch]
        sequences = list(dict.fromkeys(one.sequence for both in cleaned if usable(both) for one in both))
        place = {sequence: number for number, sequence in enumerate(sequences)}
        table = predictor.predict([("", sequence) for sequence in sequences])
        spread = predictor.by_fold(sequences).std(axis=0, ddof=1) if sequences else np.empty((0, 0))
        for pair, both in zip(batch, cleaned):
            head = {"wild_type": pair.wild_type.name, "mutant": pair.mutant.name}
            head |= {"status": "ok" if usable(both) else "refused", "remarks": told(both)}
            rows = [place[one.sequence] for one in both] if usable(both) else []
            for number, location in enumerate(predictor.locations):
                line = head | {"differences": differences(*both) if rows else "", "location": location}
                line |= {"within": "", "set_change": "", "flags": ""}
                if rows:
                    line |= change(table.iloc[rows], location, float(spread[rows, number].max()))
                    line["flags"] = flags_of(table["flags"].iloc[rows])
                parts.append(line)
    found = pd.DataFrame(parts, columns=[*heads, *columns, "flags"])
    numbers = {name: float for name in columns if name.startswith(("probability", "change", "sd"))}
    whole_numbers = dict.fromkeys(("predicted_wild_type", "predicted_mutant"), "Int64")
    return found.astype(numbers | whole_numbers)


def change(rows: pd.DataFrame, location: str, spread: float) -> dict:
    """Return the change of a location between two rows of the predictor's table, wild type and mutant."""
    before, after = rows[f"probability_{location}"].tolist()
    was, becomes = map(int, rows[f"predicted_{location}"])
    return {
        "probability_wild_type": before,
        "probability_mutant": after,
        "change": after - before,
        "sd_over_folds": spread,
        "within": "yes" if abs(after - before) <= spread else "no",
        "predicted_wild_type": was,
        "predicted_mutant": becomes,
        "set_change": {1: "gained", 0: "", -1: "lost"}[becomes - was],
    }


def usable(both: Sequence[Cleaned]) -> bool:
    """Whether neither of two sequences is refused."""
    return all(one.sequence for one in both)


def told(both: Sequence[Cleaned]) -> str:
    """Return the remarks on two sequences, each named, and that they are the same."""
    parts = [
        f"{which}: {remark}" for which, one in zip(("wild type", "mutant"), both) for remark in one.remarks if remark
    ]
    if usable(both) and both[0].sequence == both[1].sequence:
        parts.append("both sequences are the same")
    return "; ".join(parts)


def differences(wild_type: Cleaned, mutant: Cleaned) -> str:
    """Return how a mutant differs: substitutions as ``U20C``, at places from 1, or how many bases it has more."""
    first, second = wild_type.sequence, mutant.sequence
    if len(first) != len(second):
        return f"{len(second) - len(first):+d} bases"
    found = [f"{one}{place}{other}" for place, (one, other) in enumerate(zip(first, second), start=1) if one != other]
    return ",".join(found) if len(found) <= LISTED else f"{len(found)} substitutions"


def flags_of(flags: Iterable[str]) -> str:
    """Return the flags of wild type and mutant, each named."""
    named = zip(("wild type", "mutant"), flags)
    return ",".join(f"{which}: {flag}" for which, text in named for flag in text.split(",") if flag)


def compare(wild_type: object, mutant: object = None, model: str | Path | None = None) -> pd.DataFrame:
    """Compare what is predicted for wild types and mutants; see :func:`compare_pairs` for what is returned.

    Parameters
    ----------
    wild_type, mutant : object
        Hairpins, in all ways that :func:`mmlmirloc.predict` takes; see :func:`paired` for which goes with which.
    model : path, optional
        As of :func:`mmlmirloc.predict`.

    Raises
    ------
    InputError
        When they cannot be read or paired.
    """
    pairs = paired(records_of(wild_type), None if mutant is None else records_of(mutant))
    return compare_pairs(Predictor.load(model), pairs)


def compare_files(paths: Sequence[str], output: str, form: str, model: str | None = None) -> None:
    """Compare one file of pairs, or a file of wild types and one of mutants, into a table.

    Parameters
    ----------
    paths : sequence of path
        One or two files, ``-`` for standard input.
    output : path
        ``-`` for standard output. A file appears when it is whole.
    form : str
        ``tsv``, ``json`` (one document) or ``jsonl`` (an object per line).
    model : path, optional
        See :meth:`Predictor.load`.
    """
    if len(paths) > 2 or list(paths) == [STANDARD] * 2:
        raise unpaired(f"There are {len(paths)} files", "mmlmirloc compare")
    records = [list(open_records(path)) for path in paths]
    pairs = paired(records[0], records[1] if len(records) == 2 else None, " ".join(map(str, paths)))
    text = written(compare_pairs(Predictor.load(model), pairs), form)
    if output == STANDARD:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8")
        sys.stdout.write(text)
        return
    with whole(output) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def written(table: pd.DataFrame, form: str) -> str:
    """Return a table of :func:`compare_pairs` as TSV, or as JSON."""
    if form == "tsv":
        return table.to_csv(sep="\t", index=False, lineterminator="\n")
    lines = [json.dumps(row, ensure_ascii=False) for row in rows_of(table)]
    return "[\n" + ",\n".join(lines) + "\n]\n" if form == "json" else "".join(f"{line}\n" for line in lines)


def rows_of(table: pd.DataFrame) -> Iterator[dict]:
    """Yield the rows of a table with None for what is missing, as JSON has it."""
    for row in table.to_dict("records"):
        yield {name: None if pd.isna(value) else value for name, value in row.items()}
