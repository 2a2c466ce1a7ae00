"""How far a benchmark of names and networks is solved by what only tells how much a name was studied.

PMiSLocMF (2024) and those after it know a miRNA by its known diseases and drugs. This forest knows no disease and no
drug, but how many of each are known.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mmlmirloc.declarations import defaults
from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import LABEL_METRICS
from mmlmirloc.evaluation.statistics import bootstrap_interval
from mmlmirloc.features import Features, Rows
from mmlmirloc.files import write_table
from mmlmirloc.models.forest import Learner
from mmlmirloc.sources import annotation
from mmlmirloc.views.record import NUMBERS

LOCATIONS = ("cytoplasm", "exosome", "nucleolus", "nucleus", "extracellular_vesicle", "microvesicle", "mitochondrion")
# Columns with the published folds: of all names, a name without a record counting as one without a location, and of
# those with a record alone.
FOLDS = ("fold_auc", "fold_multilabel")
NETWORKS = {"diseases": "miRNA_disease.csv", "drugs": "miRNA_drug.csv"}
KNOWN = "number of diseases, number of drugs, number in the name, hyphens in the name"


def measure_degrees(
    table: str | Path, networks: Mapping[str, str | Path], output: str | Path, draws: int, seed: int
) -> None:
    """Score each published fold by a forest that was trained on the others, and measure all rows together.

    Parameters
    ----------
    table : path
        name, a 0/1 column for each of ``LOCATIONS``, and ``FOLDS``: a number, or empty for a row that is left out.
    networks : mapping
        Name -> a 0/1 table without a header, a line for each row of ``table`` and a column for each disease or drug.
    output : path
        Output: folds, rows, metric (``roc_auc`` or ``pr_auc``, the mean over locations), mean, ci_low, ci_high (95%,
        bootstrap over rows).
    draws, seed : int
        Of the bootstrap; the seed also of the forests.

    Raises
    ------
    InputError
        When a file cannot be read, lacks a column, or a network has other rows than the table.
    """
    rows = annotation.read(table)
    missing = [name for name in ("name", *LOCATIONS, *FOLDS) if name not in rows.columns]
    if missing:
        raise InputError(f"The benchmark has no column {', '.join(missing)}", table, "its columns", "take its own file")
    values = known_of(rows["name"], {name: _network(path, len(rows)) for name, path in networks.items()})
    labels = rows[list(LOCATIONS)].astype(int).to_numpy()
    lines = []
    for folds in FOLDS:
        fold = pd.to_numeric(rows[folds], errors="coerce").to_numpy()
        used = np.isfinite(fold)
        scores = out_of_fold(values[used], labels[used], fold[used], seed)
        for metric in LABEL_METRICS:
            value, low, high = _mean_over_locations(metric, labels[used], scores, draws, seed)
            lines.append([folds, int(used.sum()), metric, value, low, high])
    write_table(pd.DataFrame(lines, columns=["folds", "rows", "metric", "mean", "ci_low", "ci_high"]), output)


def known_of(names: pd.Series, networks: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return what the forest knows of each name, float32: its degree in each network, its number, its hyphens."""
    found = [NUMBERS["name"].match(name) for name in names]
    number = [float(match[1]) if match else -1.0 for match in found]
    degrees = [network.sum(axis=1) for network in networks.values()]
    return np.column_stack([*degrees, number, names.str.count("-")]).astype(np.float32)


def out_of_fold(values: np.ndarray, labels: np.ndarray, fold: np.ndarray, seed: int) -> np.ndarray:
    """Return scores (n, locations) of each row by a forest that was trained on the other folds."""
    scores = np.empty(labels.shape)
    settings: Mapping[str, Any] = defaults(Learner.SETTINGS)
    for one in np.unique(fold):
        train, test = fold != one, fold == one
        learner = Learner(settings, list(LOCATIONS), seed)
        learner.fit(_rows(values[train], labels[train]), _rows(values[:0], labels[:0]))
        scores[test] = learner.score(_rows(values[test], labels[test][:, :0]))
    return scores


def _rows(values: np.ndarray, labels: np.ndarray) -> Rows:
    return Rows({"degrees": Features(values)}, labels)


def _network(path: str | Path, rows: int) -> np.ndarray:
    table = annotation.read(path, header=False)
    if len(table) != rows:
        raise InputError(f"The network has {len(table)} lines", path, f"{rows}, one for each name", "take its own file")
    return table.apply(lambda column: annotation.numbers(column, path)).to_numpy()


def _mean_over_locations(metric: str, labels: np.ndarray, scores: np.ndarray, draws: int, seed: int) -> Sequence[float]:
    measure = LABEL_METRICS[metric].measure

    def mean(weights: np.ndarray) -> np.ndarray:
        return measure(labels, scores, None, weights).mean(axis=-1)

    low, high = bootstrap_interval(mean, len(labels), None, draws, seed)
    return float(mean(np.ones((1, len(labels))))[0]), low, high


if __name__ == "__main__":
    folder, written = (Path(argument) for argument in sys.argv[1:])
    places = {name: folder / "networks" / file for name, file in NETWORKS.items()}
    try:
        measure_degrees(folder / "pmislocmf_1041.tsv", places, written, draws=2000, seed=1)
    except InputError as error:
        sys.exit(str(error))
