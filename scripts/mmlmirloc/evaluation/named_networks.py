"""A benchmark of names and networks: systems that know a miRNA by its diseases and drugs, beside how many it has.

PMiSLocMF (2024) and those before and after it know a miRNA by its known diseases, drugs and targets. The control knows
no disease and no drug, but how many of each are known.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from mmlmirloc.data.groups import components, shared
from mmlmirloc.declarations import defaults
from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import LABEL_METRICS
from mmlmirloc.evaluation.statistics import bootstrap_interval
from mmlmirloc.features import Features, Rows
from mmlmirloc.files import write_table
from mmlmirloc.job import logger
from mmlmirloc.registry import load
from mmlmirloc.sources import annotation
from mmlmirloc.views.kmer import View
from mmlmirloc.views.record import NUMBERS

LOCATIONS = ("cytoplasm", "exosome", "nucleolus", "nucleus", "extracellular_vesicle", "microvesicle", "mitochondrion")
# Columns with the published folds: of all names, a name without a record counting as one without a location, and of
# those with a record alone.
FOLDS = ("fold_auc", "fold_multilabel")
NETWORKS = {
    "diseases": "miRNA_disease.csv",
    "drugs": "miRNA_drug.csv",
    "targets": "miRNA_mRNA_colocalization.csv",
}
# Several names may be of one hairpin, such as hsa-let-7a and hsa-let-7a-1.
HAIRPINS = "all_hairpins"
WORDS = {"k": [1, 2, 3, 4], "denominator": "windows", "reverse_complement": False}


class System(NamedTuple):
    """What is measured."""

    label: str
    learner: str
    views: tuple[str, ...]
    validated: bool
    """Whether it chooses its epoch on validation rows."""
    settings: Mapping[str, int]
    """Those that are not the learner's defaults."""


CONTROL = "degrees"
SYSTEMS = {
    CONTROL: System("A forest on four numbers", "forest", ("degrees",), False, {"trees": 300}),
    "pmislocmf_like": System("PMiSLocMF (like)", "pmislocmf_like", ("diseases", "drugs", "words", "targets"), True, {}),
    "damirlocgnet_like": System("DAmiRLocGNet (like)", "damirlocgnet_like", ("diseases", "words"), True, {}),
    "mirloc_like": System("MiRLoc (like)", "mirloc_like", ("diseases", "targets"), False, {}),
}
COLUMNS = ["folds", "model", "label", "rows", "metric", "mean", "ci_low", "ci_high"]
COLUMNS += ["minus_control", "minus_control_low", "minus_control_high"]


def measure_systems(
    table: str | Path, networks: Mapping[str, str | Path], output: str | Path, draws: int, seed: int
) -> None:
    """Score each published fold by systems that were trained on the others, and measure all rows together.

    Parameters
    ----------
    table : path
        name, all_hairpins (accessions joined by ``|``), sequence (may be empty), a 0/1 column for each of
        ``LOCATIONS``, and ``FOLDS``: a number, or empty for a row that is left out.
    networks : mapping
        Those of ``NETWORKS`` -> a table without a header and with a line for each row of ``table``: whether it goes
        with each disease or drug (0 or 1), and which share of its targets is found in each location.
    output : path
        Output: the columns ``COLUMNS``. metric is ``roc_auc`` or ``pr_auc``, the mean over locations; the intervals
        (95%) are of a bootstrap over rows that name the same hairpins, that of the difference to the control on the
        same draws.
    draws, seed : int
        Of the bootstrap; the seed also of the learners, whose settings are their defaults but for those of ``SYSTEMS``.

    Raises
    ------
    InputError
        When a file cannot be read, lacks a column, or a network has other rows than the table.
    """
    rows = annotation.read(table)
    missing = [name for name in ("name", HAIRPINS, "sequence", *LOCATIONS, *FOLDS) if name not in rows.columns]
    if missing:
        raise InputError(f"The benchmark has no column {', '.join(missing)}", table, "its columns", "take its own file")
    known = {name: _network(path, len(rows)) for name, path in networks.items()}
    views = {"degrees": known_of(rows["name"], [known["diseases"], known["drugs"]])}
    views |= {"words": words_of(rows["sequence"]), **known}
    labels = rows[list(LOCATIONS)].astype(int).to_numpy()
    groups = components(len(rows), shared(cell.split("|") if cell else [] for cell in rows[HAIRPINS]))
    lines = []
    for folds in FOLDS:
        fold = pd.to_numeric(rows[folds], errors="coerce").to_numpy()
        used = np.isfinite(fold)
        part = {name: values[used] for name, values in views.items()}
        scores = {}
        for model, system in SYSTEMS.items():
            logger.info("%s: %s", folds, system.label)
            scores[model] = out_of_fold(system, part, labels[used], fold[used], seed)
        lines += [[folds, *line] for line in _measured(labels[used], scores, groups[used], draws, seed)]
    write_table(pd.DataFrame(lines, columns=COLUMNS), output)


def known_of(names: pd.Series, networks: Sequence[np.ndarray]) -> np.ndarray:
    """Return what the control knows of each name, float32: its degree in each network, its number, its hyphens."""
    found = [NUMBERS["name"].match(name) for name in names]
    number = [float(match[1]) if match else -1.0 for match in found]
    degrees = [network.sum(axis=1) for network in networks]
    return np.column_stack([*degrees, number, names.str.count("-")]).astype(np.float32)


def words_of(sequences: pd.Series) -> np.ndarray:
    """Return the frequencies of words of one to four bases; zeros for a name without a sequence."""
    there = (sequences != "").to_numpy()
    found = View(WORDS).compute(sequences[there].tolist()).values
    values = np.zeros((len(sequences), found.shape[1]), dtype=np.float32)
    values[there] = found
    return values


def out_of_fold(
    system: System, views: Mapping[str, np.ndarray], labels: np.ndarray, fold: np.ndarray, seed: int
) -> np.ndarray:
    """Return scores (n, locations) of each row by a learner that was trained on other folds.

    Where the system chooses its epoch, the fold after the tested one is for that and not trained on.
    """
    scores = np.empty(labels.shape)
    learner = load("models", system.learner, "the benchmark's systems").Learner
    settings = defaults(learner.SETTINGS) | system.settings
    folds = np.unique(fold)
    for tested, validating in zip(folds, np.roll(folds, -1)):
        test = fold == tested
        validation = fold == validating if system.validated else np.zeros(len(fold), dtype=bool)
        parts = [_rows(system, views, labels, part) for part in (~test & ~validation, validation, test)]
        one = learner(settings, list(LOCATIONS), seed)
        one.fit(parts[0], parts[1])
        scores[test] = one.score(parts[2])
    return scores


def _rows(system: System, views: Mapping[str, np.ndarray], labels: np.ndarray, part: np.ndarray) -> Rows:
    return Rows({name: Features(views[name][part]) for name in system.views}, labels[part])


def _network(path: str | Path, rows: int) -> np.ndarray:
    table = annotation.read(path, header=False)
    if len(table) != rows:
        raise InputError(f"The network has {len(table)} lines", path, f"{rows}, one for each name", "take its own file")
    return table.apply(lambda column: annotation.numbers(column, path)).to_numpy(dtype=np.float32)


def _measured(
    labels: np.ndarray, scores: Mapping[str, np.ndarray], groups: np.ndarray, draws: int, seed: int
) -> list[list]:
    """Return lines of ``COLUMNS`` without the first."""
    lines = []
    everyone = np.ones((1, len(labels)))
    for metric in LABEL_METRICS:
        means = {model: _mean_over_locations(metric, labels, values) for model, values in scores.items()}
        for model, mean in means.items():
            ends = bootstrap_interval(mean, len(labels), groups, draws, seed)
            difference: Sequence[float] = (np.nan,) * 3
            if model != CONTROL:
                minus = _minus(mean, means[CONTROL])
                difference = minus(everyone)[0], *bootstrap_interval(minus, len(labels), groups, draws, seed)
            head = [model, SYSTEMS[model].label, len(labels), metric]
            lines.append([*head, mean(everyone)[0], *ends, *difference])
    return lines


def _mean_over_locations(metric: str, labels: np.ndarray, scores: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function of row weights (draws, n) that gives the metric's mean over locations, (draws,)."""
    measure = LABEL_METRICS[metric].measure
    return lambda weights: measure(labels, scores, None, weights).mean(axis=-1)


def _minus(ours: Callable, control: Callable) -> Callable[[np.ndarray], np.ndarray]:
    return lambda weights: ours(weights) - control(weights)


if __name__ == "__main__":
    folder, written = (Path(argument) for argument in sys.argv[1:])
    places = {name: folder / "networks" / file for name, file in NETWORKS.items()}
    try:
        measure_systems(folder / "pmislocmf_1041.tsv", places, written, draws=2000, seed=1)
    except InputError as error:
        sys.exit(str(error))
