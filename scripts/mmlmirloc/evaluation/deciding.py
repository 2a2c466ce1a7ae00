"""From scores to calibrated probabilities and label sets under every decision rule, repeat by repeat."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.evaluation.names import CHOSEN, FIXED
from mmlmirloc.evaluation.rules import RULES, FittedRules, best_rule, rule_values
from mmlmirloc.evaluation.summary import COLUMNS, Scores, read_repeats, require_lines
from mmlmirloc.files import damaged, read_table, write_table


def decide(
    validation_scores: Sequence[str | Path],
    scores: Sequence[str | Path],
    probabilities: str | Path,
    decisions: str | Path,
    rules: str | Path,
    locations: Sequence[str],
    threshold: float,
    objective: str,
    constant: bool,
) -> None:
    """Apply every decision rule to one model's test scores; what a rule fits or who chooses it sees training rows only.

    Parameters
    ----------
    validation_scores, scores : sequence of path
        Batches of repeats, in the same order: long scores of training rows, each by the fold model that did not see
        it, and of test rows, by every fold model.
    probabilities : path
        Output: repeat, accession, location, score (mean of the fold models), calibrated, truth.
    decisions : path
        Output: repeat, accession, rule, one 0/1 column per location, known (1 where some training row has the same
        set). Besides :data:`RULES` the rule ``chosen``.
    rules : path
        Output: repeat, rule, value (of the objective on validation rows), chosen (0/1).
    locations : sequence of str
        In the order of the scores.
    threshold : float
        Of the rule ``fixed``.
    objective : str
        The metric of label sets by which thresholds and the rule are chosen.
    constant : bool
        Whether the model always answers the same: then ``fixed`` is the only rule, since any other would turn its
        answer to another one.

    Raises
    ------
    InputError
        When the batches do not hold the same repeats.
    """
    locations = list(locations)
    names = (FIXED,) if constant else RULES
    outputs: list[list[pd.DataFrame]] = []
    for validated, tested in zip(validation_scores, scores, strict=True):
        known, found = validation_rows(validated, locations), read_repeats(tested, locations)
        if sorted(known) != sorted(found):
            raise damaged(tested, ValueError(f"repeats {sorted(found)}, validation scores of {sorted(known)}"))
        for repeat, test in found.items():
            truth, values, folds = known[repeat]
            fitted = FittedRules.fit(truth, values, threshold, objective)
            measured = rule_values(truth, values, folds, names, threshold, objective)
            chosen = best_rule(measured, objective)
            predicted = {rule: fitted.predict(rule, test.by_fold) for rule in names}
            predicted[CHOSEN] = predicted[chosen]
            outputs.append(
                [
                    _probabilities(test, fitted, locations),
                    _decisions(test.accessions, predicted, fitted.label_sets, locations),
                    pd.DataFrame(
                        [(rule, value, int(rule == chosen)) for rule, value in measured.items()],
                        columns=["rule", "value", "chosen"],
                    ),
                ]
            )
            for table in outputs[-1]:
                table.insert(0, "repeat", repeat)
    for path, tables in zip((probabilities, decisions, rules), zip(*outputs)):
        write_table(pd.concat(tables), path)


def validation_rows(path: str | Path, locations: list[str]) -> dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Read truth (n, labels), score (n, labels) and fold (n,) of the training rows of each repeat."""
    table = read_table(path, columns=COLUMNS, text=["accession", "location"])
    found = {}
    for repeat, part in table.groupby("repeat"):
        require_lines(part, path, accession=part["accession"].unique(), location=locations)
        truth, score, fold = (part[name].to_numpy().reshape(-1, len(locations)) for name in ("truth", "score", "fold"))
        found[int(repeat)] = truth.astype(int), score, fold[:, 0]
    return found


def _probabilities(test: Scores, fitted: FittedRules, locations: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "accession": np.repeat(test.accessions, len(locations)),
            "location": np.tile(locations, len(test.accessions)),
            "score": test.by_fold.mean(axis=0).ravel(),
            "calibrated": fitted.calibrate(test.by_fold).ravel(),
            "truth": test.truth.ravel(),
        }
    )


def _decisions(
    accessions: list[str], predicted: dict[str, np.ndarray], label_sets: np.ndarray, locations: list[str]
) -> pd.DataFrame:
    known = set(map(tuple, label_sets))
    parts = [
        pd.DataFrame(sets.astype(int), columns=locations).assign(
            accession=accessions, rule=rule, known=[int(tuple(row) in known) for row in sets.astype(int)]
        )
        for rule, sets in predicted.items()
    ]
    return pd.concat(parts)[["accession", "rule", *locations, "known"]]
