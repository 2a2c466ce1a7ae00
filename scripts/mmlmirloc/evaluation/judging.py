"""Judge all models of a split in one go: decide, measure, compare."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mmlmirloc.evaluation.comparing import Comparison, Protocol, calibration_curves, describe_dataset, runs_of
from mmlmirloc.evaluation.deciding import decide
from mmlmirloc.evaluation.one_split import measure_split
from mmlmirloc.files import damaged, read_table, write_table
from mmlmirloc.job import progress
from mmlmirloc.scores import Scores, ValidationScores, read_scores, read_validation

FIRST = 1


@dataclass(frozen=True)
class Compared:
    """The models of a comparison, and what they are held against.

    Attributes
    ----------
    models : sequence of str
        In the order of its tables.
    references : mapping of str to str
        Name of a reference, such as ``era``, to its model.
    locus : str or None
        A computed view of one column, which sets rows apart in the strata.
    """

    models: Sequence[str]
    references: Mapping[str, str]
    locus: str | None


@dataclass(frozen=True)
class Judged:
    """Where the verdicts on a split are written.

    Attributes
    ----------
    probabilities, decisions, rules : str
        Tables of :func:`mmlmirloc.evaluation.deciding.decide`.
    metrics : str
        Table of :func:`mmlmirloc.evaluation.one_split.measure_split`: the first repeat, as in the paper.
    summary, strata, curves : str
        comparison, model, label, then the columns of :class:`mmlmirloc.evaluation.comparing.Comparison` and of
        :func:`mmlmirloc.evaluation.comparing.calibration_curves`.
    """

    probabilities: str
    decisions: str
    rules: str
    metrics: str
    summary: str
    strata: str
    curves: str


def judge_split(
    scores: str | Path,
    tests: Sequence[str | Path],
    validation: Sequence[tuple[str | Path, str | Path]],
    mirnas: str | Path,
    groups: str | Path,
    outputs: Judged,
    labels: Mapping[str, str],
    constants: Sequence[str],
    references: Sequence[str],
    era: str,
    measured: Sequence[str],
    comparisons: Mapping[str, Compared],
    locations: Sequence[str],
    threshold: float,
    objective: str,
    implication: Sequence[str],
    fewest: int,
    draws: int,
    level: float,
    seed: int,
    aged: bool = True,
) -> None:
    """Decide, measure and compare all models of a split.

    Parameters
    ----------
    scores : path
        Test scores of all models.
    tests : sequence of path
        The test rows, batch by batch.
    validation : sequence of tuple
        Scores of validation rows, of one model or of several, and the training rows: one for each batch.
    mirnas, groups : path
        The dataset that the split divides, and its homology groups.
    outputs : Judged
        Where to write.
    labels : mapping
        Model -> name for readers, of all models, in the order of models.tsv.
    constants : sequence of str
        Models that always answer the same.
    references : sequence of str
        Those of the constants of which the best is what every model is held against.
    era : str
        The predictor that knows nothing but when a miRNA was discovered.
    measured : sequence of str
        Models that are measured on the first repeat by itself, as in the paper; the references among them.
    comparisons : mapping
        Name -> what is compared over all repeats.
    locations : sequence of str
        In the order of the scores.
    threshold : float
        Of the rule ``fixed``.
    objective : str
        The metric of label sets by which thresholds and rules are chosen.
    implication : sequence of str
        Two locations, the first of which should imply the second; or none.
    fewest : int
        With fewer repeats, but more than one, there is no interval, and nothing is said of a reference.
    draws, level, seed
        Of the bootstrap and the intervals.
    aged : bool
        Whether accessions tell age.

    Raises
    ------
    InputError
        When files are damaged, or models have other test rows than each other.
    """
    found = read_scores([scores], tests, locations, labels)
    compared = [model for model in labels if any(model in one.models for one in comparisons.values())]
    held_out = read_batches(validation, locations)
    probabilities, decisions = _decide(
        compared, found, held_out, constants, outputs, locations=locations, threshold=threshold, objective=objective
    )
    first = {model: found[model][FIRST] for model in measured}
    learners = [model for model in measured if model not in constants]
    metrics = measure_split(first, learners, references, era, locations, threshold, draws, level, seed)
    write_table(metrics, outputs.metrics)
    trained = len(next(iter(next(iter(held_out.values())).values())).truth) if held_out else 0
    tables = [
        _compare(
            name,
            one,
            {model: (found[model], probabilities[model], decisions[model]) for model in one.models},
            Protocol(describe_dataset(mirnas, one.locus, aged), groups, trained, fewest, threshold, draws, level, seed),
            [model for model in references if model in one.models],
            labels,
            locations,
            implication,
        )
        for name, one in comparisons.items()
    ]
    for output, parts in zip((outputs.summary, outputs.strata, outputs.curves), zip(*tables)):
        write_table(pd.concat(parts, ignore_index=True), output)


def read_batches(
    validation: Sequence[tuple[str | Path, str | Path]], locations: Sequence[str]
) -> dict[str, dict[int, ValidationScores]]:
    """Read the validation rows of all batches of some models: model -> repeat -> scores.

    Raises
    ------
    InputError
        When a file is damaged, or a repeat stands in two batches of a model.
    """
    found: dict[str, dict[int, ValidationScores]] = {}
    for path, train in validation:
        for model, batch in read_validation(path, train, locations).items():
            known = found.setdefault(model, {})
            twice = sorted(known.keys() & batch.keys())
            if twice:
                raise damaged(path, ValueError(f"repeat {twice[0]} stands in another batch too"))
            known |= batch
    return found


def _decide(
    models: Sequence[str],
    found: Mapping[str, Mapping[int, Scores]],
    held_out: Mapping[str, Mapping[int, ValidationScores]],
    constants: Sequence[str],
    outputs: Judged,
    **settings,
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    """Write what every rule makes of each model; return probabilities and decisions by model, as they were written."""
    parts = [
        decide(model, held_out.get(model, {}), found[model], constant=model in constants, **settings)
        for model in progress(models, "models")
    ]
    for output, tables in zip((outputs.probabilities, outputs.decisions, outputs.rules), zip(*parts)):
        write_table(pd.concat(tables), output)
    # Measured as written, so that whoever reads the files finds the same numbers.
    return tuple(
        dict(list(read_table(path, text=["model", "accession", "location", "rule"]).groupby("model")))
        for path in (outputs.probabilities, outputs.decisions)
    )


def _compare(
    name: str,
    compared: Compared,
    answers: Mapping[str, tuple[Mapping[int, Scores], pd.DataFrame, pd.DataFrame]],
    protocol: Protocol,
    constants: Sequence[str],
    labels: Mapping[str, str],
    locations: Sequence[str],
    implication: Sequence[str],
) -> list[pd.DataFrame]:
    """Return summary, strata and curves of one comparison."""
    runs = {model: runs_of(*tables, protocol.dataset, locations, implication) for model, tables in answers.items()}
    comparison = Comparison(runs, constants, compared.references, protocol)
    tables = [comparison.summary(), comparison.strata(protocol.dataset), calibration_curves(runs, locations)]
    for table in tables:
        table.insert(1, "label", table["model"].map(labels))
        table.insert(0, "comparison", name)
    return tables
