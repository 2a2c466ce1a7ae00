"""F1 of all test rows of a cross-validation taken together, as the systems on mature miRNAs were published."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.names import CHOSEN, FIXED
from mmlmirloc.files import read_table, write_table
from mmlmirloc.scores import read_labels

KEYS = ["repeat", "accession"]


def pooled_f1(decisions: pd.DataFrame, truth: pd.DataFrame, locations: Sequence[str]) -> pd.DataFrame:
    """Measure the label sets of each model by two F1 over all rows.

    Parameters
    ----------
    decisions : pandas.DataFrame
        model, repeat, accession, rule and a 0/1 column for each location; other rules than ``fixed`` and ``chosen``
        are left out.
    truth : pandas.DataFrame
        repeat, accession and the same columns: each test row once.
    locations : sequence of str
        The columns.

    Returns
    -------
    pandas.DataFrame
        model, rule, rows, micro_f1 (of all labels taken together) and macro_f1 (the mean of that of each location, 0
        where a location is neither recorded nor predicted), the models in the order of ``decisions``.

    Raises
    ------
    InputError
        When a model lacks a test row.
    """
    from sklearn.metrics import f1_score

    lines = []
    rules = decisions[decisions["rule"].isin([FIXED, CHOSEN])]
    for (model, rule), part in rules.groupby(["model", "rule"], sort=False):
        both = truth.merge(part, on=KEYS, suffixes=("", "_predicted"), validate="one_to_one")
        if len(both) < len(truth):
            raise InputError(
                f"{model} has label sets of {len(both)} of {len(truth)} test rows",
                "its decisions",
                "label sets of the rows of all folds",
                "run the model on each fold",
            )
        recorded, predicted = both[list(locations)], both[[f"{name}_predicted" for name in locations]]
        pair = recorded.to_numpy(), predicted.to_numpy()
        values = [f1_score(*pair, average=average, zero_division=0) for average in ("micro", "macro")]
        lines.append([model, rule, len(both), *values])
    return pd.DataFrame(lines, columns=["model", "rule", "rows", "micro_f1", "macro_f1"])


def write_pooled_f1(folder: str | Path, output: str | Path) -> None:
    """Measure the protocol ``given`` of a run on a labelled table, whose folds are tested one after the other.

    Parameters
    ----------
    folder : path
        The results of the run.
    output : path
        Output: what :func:`pooled_f1` returns.

    Raises
    ------
    InputError
        When the run has not ended, or its files are damaged.
    """
    path = Path(folder) / "judgements/given/decisions.tsv"
    decisions = read_table(path, columns=["model", *KEYS, "rule"], text=["model", "accession", "rule"])
    files = sorted((Path(folder) / "splits/given").glob("repeat-*/test.tsv"))
    known = [*KEYS, "sequence"]
    locations = [name for name in read_table(files[0], columns=known).columns if name not in known] if files else []
    truth = [part.reset_index().assign(repeat=repeat) for repeat, part in read_labels(files, locations).items()]
    if not truth:
        raise InputError(
            "The run has no test rows of the split given", folder, "splits/given", "run it on a table with folds first"
        )
    write_table(pooled_f1(decisions, pd.concat(truth), locations), output)


if __name__ == "__main__":
    try:
        write_pooled_f1(*sys.argv[1:])
    except InputError as error:
        sys.exit(str(error))
