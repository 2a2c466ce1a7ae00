"""How far numbers can be trusted: intervals over repeats, paired differences to what knows no sequence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.data.homology import groups_of
from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.calibration import expected_calibration_error, reliability
from mmlmirloc.evaluation.metrics import auc_within
from mmlmirloc.evaluation.names import CHOSEN, CONSTANT, ERA, FIXED
from mmlmirloc.evaluation.statistics import finite_quantile, holm, mcnemar, nadeau_bengio, row_weights, unit_numbers
from mmlmirloc.evaluation.summary import Scores, require_lines
from mmlmirloc.files import damaged, read_arrays, read_table, write_table
from mmlmirloc.objectives import ROW_METRICS, auc_macro, ratio, row_mean

ENDS = ("", "_low", "_high")
#: Fifths of the dataset by accession number, and thirds by length.
FIFTHS, THIRDS = 5, 3


@dataclass(frozen=True)
class Run:
    """One model on the test rows of one repeat.

    Attributes
    ----------
    accessions : list of str
        The n rows.
    truth, scores, calibrated : numpy.ndarray
        Shape (n, locations).
    sets : dict of str to numpy.ndarray
        Rule to label sets of shape (n, locations).
    known : dict of str to numpy.ndarray
        Rule to shape (n,): 1 where some training row has the row's set.
    fifths : numpy.ndarray
        Shape (n,): fifth of the dataset by accession number, 0 the oldest.
    implication : tuple of int
        Positions of two locations of which the first should imply the second.
    """

    accessions: list[str]
    truth: np.ndarray
    scores: np.ndarray
    calibrated: np.ndarray
    sets: dict[str, np.ndarray]
    known: dict[str, np.ndarray]
    fifths: np.ndarray
    implication: tuple[int, int]


def _set_metric(name: str) -> Callable:
    return lambda run, rule, weights: row_mean(ROW_METRICS[name](run.truth, run.sets[rule]), weights)


def _known_sets(run: Run, rule: str, weights) -> float | np.ndarray:
    return row_mean(run.known[rule], weights)


def _implied(run: Run, rule: str, weights) -> float | np.ndarray:
    sets, (first, second) = run.sets[rule], run.implication
    weights, one = np.ones((1, len(sets))) if weights is None else weights, weights is None
    both = np.einsum("dn,n->d", weights, sets[:, first] * sets[:, second])
    share = ratio(both, np.einsum("dn,n->d", weights, sets[:, first]), np.nan)
    return float(share[0]) if one else share


def _brier(field: str) -> Callable:
    return lambda run, rule, weights: row_mean(((getattr(run, field) - run.truth) ** 2).mean(axis=1), weights)


def _calibration_error(field: str) -> Callable:
    def measure(run, rule, weights):
        # No interval for one split: a bin's frequency is no mean over rows.
        error = expected_calibration_error(run.truth, getattr(run, field))
        return error if weights is None else np.full(len(weights), np.nan)

    return measure


@dataclass(frozen=True)
class Measure:
    """A column of numbers of the trust table.

    Attributes
    ----------
    display : str
        Its name for readers.
    sign : int
        1 where higher is better, -1 where lower is, 0 where neither; only the former two are compared with references.
    by_rule : bool
        Whether it is of label sets, hence one number for each rule.
    function : callable
        (run, rule, weights) to the value, with weights (draws, n) to (draws,).
    """

    display: str
    sign: int
    by_rule: bool
    function: Callable


MEASURES = {
    "accuracy": Measure("Accuracy", 1, True, _set_metric("accuracy")),
    "auc_macro": Measure("Macro AUC", 1, False, lambda run, rule, weights: auc_macro(run.truth, run.scores, weights)),
    "subset_accuracy": Measure("Subset accuracy", 1, True, _set_metric("subset_accuracy")),
    "f1": Measure("F1", 1, True, _set_metric("f1")),
    "hamming_loss": Measure("Hamming loss", -1, True, _set_metric("hamming_loss")),
    "auc_within_fifths": Measure(
        "Macro AUC within fifths by accession",
        1,
        False,
        lambda run, rule, weights: auc_within(run.truth, run.scores, run.fifths, weights),
    ),
    "brier": Measure("Brier score", 0, False, _brier("scores")),
    "brier_calibrated": Measure("Brier score, calibrated", 0, False, _brier("calibrated")),
    "calibration_error": Measure("Calibration error", 0, False, _calibration_error("scores")),
    "calibration_error_calibrated": Measure(
        "Calibration error, calibrated", 0, False, _calibration_error("calibrated")
    ),
    "known_label_sets": Measure("Label sets that training rows have", 0, True, _known_sets),
    "implication": Measure("Implication kept", 0, True, _implied),
}
"""The paper's five first. Names of metrics are those of every table."""


@dataclass(frozen=True)
class Model:
    """A model of the trust table: its files, and how to name it."""

    label: str
    constant: bool
    probabilities: str
    decisions: str


def compare_models(
    models: Mapping[str, Model],
    mirnas: str | Path,
    groups: str | Path,
    locus: str | Path | None,
    summary: str | Path,
    strata: str | Path,
    curves: str | Path,
    locations: Sequence[str],
    references: Mapping[str, str],
    implication: Sequence[str],
    draws: int,
    level: float,
    seed: int,
) -> None:
    """Measure all models under one protocol.

    Parameters
    ----------
    models : mapping
        Model id -> its files of :func:`mmlmirloc.evaluation.deciding.decide`.
    mirnas : path
        The dataset: accession and sequence.
    groups : path
        The homology groups, drawn whole where a protocol has one repeat.
    locus : path or None
        A computed view of one column, 1 for the rows that the strata set apart from the others.
    summary : path
        Output: model, label, metric, rule (empty for a metric of scores), mean, sd, ci_low, ci_high, then for each
        reference ``minus_<reference>`` (paired difference) with ``_low`` and ``_high``, ``p_<reference>`` (McNemar, of
        subset accuracy only, adjusted by Holm across models), not_above (which of constant and era the model is not
        clearly above), repeats, test_rows.
    strata : path
        Output: model, label, stratum, value, rows (of one repeat), mean, ci_low, ci_high of accuracy under the chosen
        rule.
    curves : path
        Output: model, label, location, form (score, calibrated), bin, count, predicted, observed, pooled over repeats.
    locations : sequence of str
        In the order of the scores.
    references : mapping of str to str
        Name of a reference, such as ``era``, to its model. Besides them each model is held against the best constant,
        that constant model which is the best on these very test rows: the choice favours the constants.
    implication : sequence of str
        Two locations, the first of which should imply the second.
    draws, level, seed
        Of the bootstrap and the intervals.

    Raises
    ------
    InputError
        When a model's files do not fit each other or the other models'.
    """
    locations, dataset = list(locations), _dataset(mirnas, locus)
    runs = {
        model: _read_runs(spec, dataset, locations, tuple(locations.index(name) for name in implication))
        for model, spec in models.items()
    }
    require_same_rows(runs)
    constants = [model for model, spec in models.items() if spec.constant]
    comparison = Comparison(runs, constants, references, len(dataset), groups, draws, level, seed)
    labels = {model: spec.label for model, spec in models.items()}
    write_table(_labelled(comparison.summary(), labels), summary)
    write_table(_labelled(comparison.strata(dataset), labels), strata)
    write_table(_labelled(_curves(runs, locations), labels), curves)


def _labelled(table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    table.insert(1, "label", table["model"].map(labels))
    return table


def _dataset(mirnas: str | Path, locus: str | Path | None) -> pd.DataFrame:
    table = read_table(mirnas, columns=["accession", "sequence"], text=["accession", "sequence"])
    number = table["accession"].str.extract(r"(\d+)", expand=False).astype(float).fillna(0)
    lengths = table["sequence"].str.len()
    dataset = pd.DataFrame({"era": _parts(number, FIFTHS), "length": _parts(lengths, THIRDS), "bases": lengths})
    if locus is not None:
        arrays = read_arrays(locus)
        if not {"accessions", "values"} <= arrays.keys():
            raise damaged(locus, KeyError("accessions, values"))
        inside = dict(zip(arrays["accessions"].tolist(), arrays["values"][:, 0] > 0))
        dataset["locus"] = table["accession"].map(inside).fillna(False).astype(bool)
    return dataset.set_index(table["accession"])


def _parts(values: pd.Series, parts: int) -> np.ndarray:
    """Number equal parts of rows by value, from 0; rows of one value stay together."""
    return np.floor((values.rank(method="min") - 1) * parts / len(values)).astype(int).to_numpy()


def _read_runs(spec: Model, dataset: pd.DataFrame, locations: list[str], implication: tuple) -> dict[int, Run]:
    numbers = read_table(
        spec.probabilities,
        columns=["repeat", "accession", "location", "score", "calibrated", "truth"],
        text=["accession", "location"],
    )
    answers = read_table(
        spec.decisions, columns=["repeat", "accession", "rule", *locations, "known"], text=["accession", "rule"]
    )
    decided = dict(list(answers.groupby(["repeat", "rule"], sort=False)))
    rules = answers["rule"].unique()
    runs = {}
    for repeat, part in numbers.groupby("repeat"):
        accessions = part["accession"].unique().tolist()
        require_lines(part, spec.probabilities, accession=accessions, location=locations)
        shaped = {name: part[name].to_numpy().reshape(-1, len(locations)) for name in ("score", "calibrated", "truth")}
        for rule in {CHOSEN, *rules}:
            found = decided.get((repeat, rule))
            if found is None or found["accession"].tolist() != accessions:
                raise damaged(spec.decisions, ValueError(f"repeat {repeat} is not that of {spec.probabilities}"))
        absent = [accession for accession in accessions if accession not in dataset.index]
        if absent:
            raise damaged(spec.probabilities, ValueError(f"{absent[0]} is not in the dataset"))
        runs[int(repeat)] = Run(
            accessions,
            shaped["truth"].astype(int),
            shaped["score"],
            shaped["calibrated"],
            {rule: decided[repeat, rule][locations].to_numpy() for rule in rules},
            {rule: decided[repeat, rule]["known"].to_numpy(dtype=float) for rule in rules},
            dataset.loc[accessions, "era"].to_numpy(),
            implication,
        )
    return runs


def require_same_rows(runs: Mapping[str, Mapping[int, Run | Scores]]) -> None:
    """Raise InputError unless all models have the same rows and truth in each repeat that they share."""
    first: dict[int, Run | Scores] = {}
    for model, by_repeat in runs.items():
        for repeat, run in by_repeat.items():
            other = first.setdefault(repeat, run)
            if run.accessions != other.accessions or not np.array_equal(run.truth, other.truth):
                raise InputError(
                    f"Model {model} has other test rows or labels in repeat {repeat} than the models before it",
                    "scores",
                    "the same test rows for all models of a protocol",
                    "delete the model's scores of this split and run the same command again",
                )


def best_in_hindsight(values: Mapping[str, Mapping[int, float]], sign: int) -> str | None:
    """Return the model with the best mean over its repeats on the very test rows; the first of equally good ones.

    Parameters
    ----------
    values : mapping
        Model -> repeat -> value.
    sign : int
        1 where higher is better, -1 where lower is, 0 where neither: then there is no best, nor among no models.
    """
    means = {model: sign * np.mean(list(by_repeat.values())) for model, by_repeat in values.items()}
    return max(means, key=means.get) if sign and means else None


class Comparison:
    """Values, differences and intervals of all models under one protocol."""

    def __init__(
        self,
        runs: Mapping[str, Mapping[int, Run]],
        constants: Sequence[str],
        references: Mapping[str, str],
        rows: int,
        groups: str | Path,
        draws: int,
        level: float,
        seed: int,
    ):
        self.runs, self.constants, self.references = runs, constants, references
        self.rows, self.groups = rows, groups
        self.draws, self.level, self.seed = draws, level, seed
        self.single = max(len(by_repeat) for by_repeat in runs.values()) == 1
        self.values: dict[tuple[str, str, str], dict[int, float]] = {}
        self.drawn: dict[tuple[str, str, str], np.ndarray] = {}
        for model, by_repeat in runs.items():
            for metric, measure in MEASURES.items():
                for rule in self.rules(model) if measure.by_rule else [""]:
                    key = model, metric, rule
                    # Rounded, so that equal means have no spread.
                    self.values[key] = {n: round(measure.function(run, rule, None), 12) for n, run in by_repeat.items()}
                    if self.single:
                        self.drawn[key] = measure.function(next(iter(by_repeat.values())), rule, self.weights)

    def rules(self, model: str) -> list[str]:
        """Rules under which a model answers."""
        return list(next(iter(self.runs[model].values())).sets)

    @cached_property
    def weights(self) -> np.ndarray:
        """How often each test row stands in each draw of whole homology groups, (draws, n); of a single repeat."""
        return row_weights(self.members, self.draws, self.seed)

    @cached_property
    def members(self) -> np.ndarray:
        """Number of the homology group of each test row, (n,); of a single repeat."""
        run = next(iter(next(iter(self.runs.values())).values()))
        return unit_numbers(len(run.accessions), groups_of(pd.Series(run.accessions), self.groups))

    def reference(self, name: str, metric: str) -> str | None:
        """Return the model that a reference is for a metric; None where there is none among the models."""
        if name != CONSTANT:
            return self.references[name] if self.references[name] in self.runs else None
        rule = FIXED if MEASURES[metric].by_rule else ""
        constants = {model: self.values[model, metric, rule] for model in self.constants}
        return best_in_hindsight(constants, MEASURES[metric].sign)

    def summary(self) -> pd.DataFrame:
        """Return the table of :func:`compare_models`, without labels."""
        table = pd.DataFrame([self._line(*key) for key in self.values])
        for name in (CONSTANT, *self.references):
            column = f"p_{name}"
            for _, part in table[table[column].notna()].groupby(["metric", "rule"]):
                table.loc[part.index, column] = holm(part[column])
        return table

    def _line(self, model: str, metric: str, rule: str) -> dict:
        values = self.values[model, metric, rule]
        mean, low, high = self.interval(list(values.values()), self.drawn.get((model, metric, rule)))
        line = {"model": model, "metric": metric, "rule": rule, "mean": mean}
        # All measures lie in [0, 1]; an interval of two or three repeats may not.
        line |= {"sd": pd.Series(values).std(), "ci_low": np.maximum(low, 0), "ci_high": np.minimum(high, 1)}
        sign, below, p_values = MEASURES[metric].sign, [], {}
        for name in (CONSTANT, *self.references):
            ends, p_values[f"p_{name}"] = self._against(name, model, metric, rule)
            line |= {f"minus_{name}{end}": value for end, value in zip(ENDS, ends)}
            worst = ends[1] if sign > 0 else -ends[2]
            if name in (CONSTANT, ERA) and not np.isnan(ends[0]) and model not in self.constants and not worst > 0:
                below.append(name)
        run = next(iter(self.runs[model].values()))
        return (
            line
            | p_values
            | {
                "not_above": "+".join(below),
                "repeats": len(values),
                "test_rows": len(run.accessions),
            }
        )

    def _against(self, name: str, model: str, metric: str, rule: str) -> tuple[tuple, float]:
        """Return difference, low and high to a reference, and McNemar's p; nan where there is nothing to compare."""
        nothing = (np.nan, np.nan, np.nan), np.nan
        other = self.reference(name, metric) if MEASURES[metric].sign else None
        if other is None or other == model:
            return nothing
        its_rule = rule if (other, metric, rule) in self.values else FIXED
        ours, theirs = self.values[model, metric, rule], self.values[other, metric, its_rule]
        common = [repeat for repeat in ours if repeat in theirs]
        if not common:
            return nothing
        drawn = None
        if self.single:
            drawn = self.drawn[model, metric, rule] - self.drawn[other, metric, its_rule]
        ends = self.interval([ours[repeat] - theirs[repeat] for repeat in common], drawn)
        p_value = np.nan
        if metric == "subset_accuracy":
            p_value = twice_median([self._mcnemar(model, rule, other, its_rule, repeat) for repeat in common])
        return ends, p_value

    def _mcnemar(self, model: str, rule: str, other: str, its_rule: str, repeat: int) -> float:
        right = [
            (self.runs[name][repeat].sets[way] == self.runs[name][repeat].truth).all(axis=1)
            for name, way in ((model, rule), (other, its_rule))
        ]
        return mcnemar(*right)

    def interval(self, values: Sequence[float], drawn: np.ndarray | None) -> tuple[float, float, float]:
        """Return mean, low and high: Nadeau-Bengio over repeats, or the bootstrap's draws of a single one."""
        if not self.single:
            tested = len(next(iter(next(iter(self.runs.values())).values())).accessions)
            defined = [value for value in values if not np.isnan(value)]
            return nadeau_bengio(defined, self.rows - tested, tested, self.level) if defined else (np.nan,) * 3
        if self.members.max() == 0:
            # Every draw is the whole: an interval of no width would claim certainty.
            return float(values[0]), np.nan, np.nan
        ends = [float(finite_quantile(drawn, (1 + sign * self.level) / 2)) for sign in (-1, 1)]
        return float(values[0]), *ends

    def strata(self, dataset: pd.DataFrame) -> pd.DataFrame:
        """Return the strata's table of :func:`compare_models`, without labels."""
        lines = []
        for model, by_repeat in self.runs.items():
            strata = {repeat: _strata(run, dataset) for repeat, run in by_repeat.items()}
            keys = sorted({key for found in strata.values() for key in found})
            for key in keys:
                masks = {repeat: found[key] for repeat, found in strata.items() if key in found}
                right = {n: ROW_METRICS["accuracy"](run.truth, run.sets[CHOSEN]) for n, run in by_repeat.items()}
                values = [right[repeat][mask].mean() for repeat, mask in masks.items()]
                drawn = None
                if self.single:
                    mask = masks[next(iter(masks))].astype(float)
                    correct = np.einsum("dn,n->d", self.weights, mask * next(iter(right.values())))
                    drawn = ratio(correct, np.einsum("dn,n->d", self.weights, mask), np.nan)
                mean, low, high = self.interval(values, drawn)
                size = float(np.mean([mask.sum() for mask in masks.values()]))
                lines.append([model, *key, size, mean, np.maximum(low, 0), np.minimum(high, 1)])
        return pd.DataFrame(lines, columns=["model", "stratum", "value", "rows", "mean", "ci_low", "ci_high"])


def twice_median(p_values: Sequence[float]) -> float:
    """Combine the p-values of overlapping splits: twice their median, at most 1 (Meinshausen et al. 2009)."""
    return float(min(1.0, 2 * np.median(p_values))) if len(p_values) > 1 else float(p_values[0])


def _strata(run: Run, dataset: pd.DataFrame) -> dict[tuple[str, str], np.ndarray]:
    """Return (stratum, value) -> mask of the rows of a run."""
    part = dataset.loc[run.accessions]
    count = run.truth.sum(axis=1)
    found = {("locations", str(number)): count == number for number in np.unique(count)}
    for fifth in np.unique(part["era"]):
        found["accession", f"fifth {fifth + 1}"] = (part["era"] == fifth).to_numpy()
    for third in np.unique(part["length"]):
        bases = dataset.loc[dataset["length"] == third, "bases"]
        found["length", f"{bases.min()}-{bases.max()}"] = (part["length"] == third).to_numpy()
    if "locus" in part:
        masks = {"inside": part["locus"].to_numpy(dtype=bool), "outside": ~part["locus"].to_numpy(dtype=bool)}
        found |= {("locus", value): mask for value, mask in masks.items() if mask.any()}
    return found


def _curves(runs: Mapping[str, Mapping[int, Run]], locations: list[str]) -> pd.DataFrame:
    lines = []
    for model, by_repeat in runs.items():
        pooled = {
            form: np.concatenate([getattr(run, form) for run in by_repeat.values()])
            for form in ("truth", "scores", "calibrated")
        }
        for place, location in enumerate(locations):
            for form, name in (("scores", "score"), ("calibrated", "calibrated")):
                counts, predicted, observed = reliability(pooled["truth"][:, place], pooled[form][:, place])
                for number, row in enumerate(zip(counts, predicted, observed)):
                    if row[0]:
                        lines.append([model, location, name, number, *row])
    return pd.DataFrame(lines, columns=["model", "location", "form", "bin", "count", "predicted", "observed"])
