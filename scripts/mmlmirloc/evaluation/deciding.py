"""From scores to calibrated probabilities and label sets under every decision rule, repeat by repeat."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.names import CHOSEN, FIXED
from mmlmirloc.evaluation.rules import RULES, FittedRules, best_rule, rule_values
from mmlmirloc.objectives import value_of
from mmlmirloc.scores import Scores, ValidationScores

PROBABILITIES = ["model", "repeat", "accession", "location", "score", "calibrated", "truth"]


def decide(
    model: str,
    validation: Mapping[int, ValidationScores],
    tests: Mapping[int, Scores],
    locations: Sequence[str],
    threshold: float,
    objective: str,
    constant: bool,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Apply every decision rule to one model's test scores; what a rule fits or who chooses it sees training rows only.

    Parameters
    ----------
    model : str
        Its id.
    validation, tests : mapping
        Repeat -> scores of its training rows, each by the fold model that did not see it, and of its test rows.
    locations : sequence of str
        In the order of the scores.
    threshold : float
        Of the rule ``fixed``.
    objective : str
        The metric of label sets by which thresholds and the rule are chosen.
    constant : bool
        Whether the model always answers the same: then ``fixed`` is the only rule, since any other would turn its
        answer into another one.

    Returns
    -------
    probabilities : pandas.DataFrame
        The columns ``PROBABILITIES``: score is the mean of the fold models.
    decisions : pandas.DataFrame
        model, repeat, accession, rule, one 0/1 column per location, known (1 where some training row has the same
        set). Besides :data:`RULES` the rule ``chosen``.
    rules : pandas.DataFrame
        model, repeat, rule, value (of the objective on validation rows), chosen (0/1), auc_macro (of the scores of
        validation rows, hence the same for all rules).

    Raises
    ------
    InputError
        When validation and test scores do not hold the same repeats.
    """
    if sorted(validation) != sorted(tests):
        raise InputError(
            f"Model {model} has test scores of the repeats {sorted(tests)}, validation scores of {sorted(validation)}",
            "scores",
            "scores of the same repeats",
            "delete the model's scores of this split and run the same command again",
        )
    names = (FIXED,) if constant else RULES
    parts = []
    for repeat, test in tests.items():
        tables = _decide(validation[repeat], test, list(locations), names, threshold, objective)
        for table in tables:
            table.insert(0, "repeat", repeat)
            table.insert(0, "model", model)
        parts.append(tables)
    return tuple(pd.concat(tables) for tables in zip(*parts))


def _decide(
    validation: ValidationScores, test: Scores, locations: list[str], names, threshold: float, objective: str
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    truth, values = validation.truth, validation.scores
    fitted = FittedRules.fit(truth, values, threshold, objective)
    measured = rule_values(truth, values, validation.folds, names, threshold, objective)
    chosen = best_rule(measured, objective)
    predicted = fitted.predict_by_each(names, test.by_fold)
    predicted[CHOSEN] = predicted[chosen]
    area = value_of("auc_macro", truth, values)
    rules = [(rule, value, int(rule == chosen), area) for rule, value in measured.items()]
    return (
        _probabilities(test, fitted, locations),
        _decisions(test.accessions, predicted, fitted.label_sets, locations),
        pd.DataFrame(rules, columns=["rule", "value", "chosen", "auc_macro"]),
    )


def _probabilities(test: Scores, fitted: FittedRules, locations: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "accession": np.repeat(test.accessions, len(locations)),
            "location": np.tile(locations, len(test.accessions)),
            "score": test.ensemble.ravel(),
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
