"""Compare models over the repeats of a split: every measure in every reading, with intervals and paired differences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.data.group_table import groups_of
from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.calibration import reliability
from mmlmirloc.evaluation.measures import MEASURES, Run, measures_of
from mmlmirloc.evaluation.metrics import METRICS
from mmlmirloc.evaluation.names import CHOSEN, CONSTANT, ENDS, ERA, FIXED, FOLD_MEAN
from mmlmirloc.evaluation.one_split import fold_mean
from mmlmirloc.evaluation.statistics import finite_quantile, holm, mcnemar, nadeau_bengio, row_weights, unit_numbers
from mmlmirloc.files import damaged, read_arrays, read_table
from mmlmirloc.objectives import ROW_METRICS, ratio
from mmlmirloc.scores import Scores

#: Fifths and twentieths of the dataset by accession number, and thirds by length.
FIFTHS, TWENTIETHS, THIRDS = 5, 20, 3
# Columns that tell age.
AGES = ("fifth", "twentieth")


@dataclass(frozen=True)
class Protocol:
    """What the models of a split have in common.

    Attributes
    ----------
    dataset : pandas.DataFrame
        Of :func:`describe_dataset`.
    groups : str
        The homology groups, drawn whole where there is one repeat.
    trained : int
        Rows that a repeat trains on.
    fewest : int
        With fewer repeats, but more than one, there is no interval, and nothing is said of a reference.
    threshold : float
        Of the reading ``fold_mean``: scores from it on are predicted.
    draws, level, seed
        Of the bootstrap and the intervals.
    """

    dataset: pd.DataFrame
    groups: str | Path
    trained: int
    fewest: int
    threshold: float
    draws: int
    level: float
    seed: int


def describe_dataset(mirnas: str | Path, locus: str | Path | None, aged: bool = True) -> pd.DataFrame:
    """Return by accession what strata are made of: fifth and twentieth by accession number, third by length, the locus.

    Parameters
    ----------
    mirnas : path
        The dataset: accession and sequence.
    locus : path or None
        A computed view of one column, above 0 for the rows that the strata set apart from the others.
    aged : bool
        Whether the accessions tell age; where they do not there is no fifth and no twentieth.
    """
    table = read_table(mirnas, columns=["accession", "sequence"], text=["accession", "sequence"])
    parts = {}
    if aged:
        number = table["accession"].str.extract(r"(\d+)", expand=False).astype(float).fillna(0)
        parts = {"fifth": parts_by_value(number, FIFTHS), "twentieth": parts_by_value(number, TWENTIETHS)}
    lengths = table["sequence"].str.len()
    parts["length"] = parts_by_value(lengths, THIRDS)
    dataset = pd.DataFrame({**parts, "bases": lengths})
    if locus is not None:
        arrays = read_arrays(locus)
        if not {"accessions", "values"} <= arrays.keys():
            raise damaged(locus, KeyError("accessions, values"))
        inside = dict(zip(arrays["accessions"].tolist(), arrays["values"][:, 0] > 0))
        dataset["locus"] = table["accession"].map(inside).fillna(False).astype(bool)
    return dataset.set_index(table["accession"])


def parts_by_value(values: pd.Series, parts: int) -> np.ndarray:
    """Number equal parts of rows by value, from 0; rows of one value stay together."""
    return np.floor((values.rank(method="min") - 1) * parts / len(values)).astype(int).to_numpy()


def runs_of(
    scores: Mapping[int, Scores],
    probabilities: pd.DataFrame,
    decisions: pd.DataFrame,
    dataset: pd.DataFrame,
    locations: Sequence[str],
    implication: Sequence[str],
) -> dict[int, Run]:
    """Join what one model made of its test rows: repeat -> run.

    Parameters
    ----------
    scores : mapping
        Repeat -> the scores of the fold models.
    probabilities, decisions : pandas.DataFrame
        The model's part of the tables of :func:`mmlmirloc.evaluation.deciding.decide`.
    dataset : pandas.DataFrame
        Of :func:`describe_dataset`.
    locations : sequence of str
        In the order of the scores.
    implication : sequence of str
        Two locations, the first of which should imply the second; or none.

    Raises
    ------
    InputError
        When a row is not in the dataset.
    """
    locations = list(locations)
    numbers = dict(list(probabilities.groupby("repeat")))
    decided = dict(list(decisions.groupby(["repeat", "rule"], sort=False)))
    rules = decisions["rule"].unique()
    places = tuple(locations.index(name) for name in implication) or None
    runs = {}
    for repeat, run in scores.items():
        absent = [accession for accession in run.accessions if accession not in dataset.index]
        if absent:
            raise damaged("scores", ValueError(f"{absent[0]} is not in the dataset"))
        part = numbers[repeat]
        score, calibrated = (part[name].to_numpy().reshape(-1, len(locations)) for name in ("score", "calibrated"))
        runs[repeat] = Run(
            run.accessions,
            run.truth,
            score,
            calibrated,
            run.by_fold,
            {rule: decided[repeat, rule][locations].to_numpy() for rule in rules},
            {rule: decided[repeat, rule]["known"].to_numpy(dtype=float) for rule in rules},
            *(dataset.loc[run.accessions, part].to_numpy() if part in dataset else None for part in AGES),
            places,
        )
    return runs


def require_same_rows(runs: Mapping[str, Mapping[int, Run]]) -> None:
    """Raise InputError unless all models have the same rows and truth in each repeat that they share."""
    first: dict[int, Run] = {}
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
    """Values, differences and intervals of all models under one protocol.

    Parameters
    ----------
    runs : mapping
        Model -> repeat -> run.
    constants : sequence of str
        Models that always answer the same.
    references : mapping of str to str
        Name of a reference, such as ``era``, to its model. Besides them each model is held against the best constant,
        that constant model which is the best on these very test rows: the choice favours the constants.
    protocol : Protocol
        What they have in common.

    Raises
    ------
    InputError
        When the models have other test rows than each other.
    """

    def __init__(
        self,
        runs: Mapping[str, Mapping[int, Run]],
        constants: Sequence[str],
        references: Mapping[str, str],
        protocol: Protocol,
    ):
        require_same_rows(runs)
        self.runs, self.constants, self.references = runs, constants, references
        self.trained, self.fewest, self.groups = protocol.trained, protocol.fewest, protocol.groups
        self.draws, self.level, self.seed = protocol.draws, protocol.level, protocol.seed
        self.single = max(len(by_repeat) for by_repeat in runs.values()) == 1
        self.values: dict[tuple[str, str, str], dict[int, float]] = {}
        self.drawn: dict[tuple[str, str, str], np.ndarray] = {}
        for model, by_repeat in runs.items():
            for metric, measure in measures_of(next(iter(by_repeat.values()))).items():
                for rule in self.rules(model) if measure.by_rule else [""]:
                    key = model, metric, rule
                    # Rounded, so that equal means have no spread.
                    self.values[key] = {n: round(measure.function(run, rule, None), 12) for n, run in by_repeat.items()}
                    if self.single:
                        self.drawn[key] = measure.function(next(iter(by_repeat.values())), rule, self.weights)
                if metric in METRICS and not self.single:
                    self.values[model, metric, FOLD_MEAN] = {
                        n: round(float(fold_mean(run.truth, run.by_fold, protocol.threshold, metric)), 12)
                        for n, run in by_repeat.items()
                    }

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
        """Return a line per model, metric and reading.

        Returns
        -------
        pandas.DataFrame
            model, metric, rule (empty for a metric of scores, where it is of the ensemble; ``fold_mean`` for the mean
            over the fold models, which is the paper's reading and is there where a split has several repeats), mean,
            sd, ci_low, ci_high, then for each reference ``minus_<reference>`` (paired difference in the same reading)
            with ``_low`` and ``_high``, ``p_<reference>`` (McNemar, of subset accuracy only, adjusted by Holm across
            models), not_above (which of constant and era the model is not clearly above), repeats, test_rows. Of
            several repeats, but fewer than the protocol's ``fewest``, there is neither an interval nor not_above.
        """
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
        claims = model not in self.constants and (self.single or len(values) >= self.fewest)
        for name in (CONSTANT, *self.references):
            ends, p_values[f"p_{name}"] = self._against(name, model, metric, rule)
            line |= {f"minus_{name}{end}": value for end, value in zip(ENDS, ends)}
            worst = ends[1] if sign > 0 else -ends[2]
            if name in (CONSTANT, ERA) and not np.isnan(ends[0]) and claims and not worst > 0:
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
        if metric == "subset_accuracy" and rule != FOLD_MEAN:
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
            if len(defined) < self.fewest:
                return (float(np.mean(defined)) if defined else np.nan), np.nan, np.nan
            return nadeau_bengio(defined, self.trained, tested, self.level)
        if self.members.max() == 0:
            # Every draw is the whole: an interval of no width would claim certainty.
            return float(values[0]), np.nan, np.nan
        ends = [float(finite_quantile(drawn, (1 + sign * self.level) / 2)) for sign in (-1, 1)]
        return float(values[0]), *ends

    def strata(self, dataset: pd.DataFrame) -> pd.DataFrame:
        """Return accuracy under the chosen rule by stratum: model, stratum, value, rows, mean, ci_low, ci_high.

        rows is the number of one repeat.
        """
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
    for fifth in np.unique(part["fifth"]) if "fifth" in part else ():
        found["accession", f"fifth {fifth + 1}"] = (part["fifth"] == fifth).to_numpy()
    for third in np.unique(part["length"]):
        bases = dataset.loc[dataset["length"] == third, "bases"]
        found["length", f"{bases.min()}-{bases.max()}"] = (part["length"] == third).to_numpy()
    if "locus" in part:
        masks = {"inside": part["locus"].to_numpy(dtype=bool), "outside": ~part["locus"].to_numpy(dtype=bool)}
        found |= {("locus", value): mask for value, mask in masks.items() if mask.any()}
    return found


def calibration_curves(runs: Mapping[str, Mapping[int, Run]], locations: Sequence[str]) -> pd.DataFrame:
    """Return reliability curves pooled over repeats: model, location, form, bin, count, predicted, observed.

    form is ``score`` or ``calibrated``.
    """
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
