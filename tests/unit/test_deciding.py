"""From scores to probabilities and label sets: layout, and that test labels have no say in anything."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from score_files import LOCATIONS

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.deciding import PROBABILITIES, decide
from mmlmirloc.evaluation.names import CHOSEN, FIXED
from mmlmirloc.evaluation.rules import RULES
from mmlmirloc.scores import Scores, ValidationScores

REPEATS = (1, 2, 3)
FOLDS, PER_FOLD, TESTED = 3, 12, 5
NAMES = [f"MI{900 + row}" for row in range(TESTED)]


def validation_rows(repeat):
    """Validation scores of one repeat, that say something of the truth."""
    generator = np.random.default_rng(repeat)
    truth = (generator.random((FOLDS * PER_FOLD, 2)) < [0.7, 0.4]).astype(int)
    scores = np.clip(0.25 * truth + 0.6 * generator.random(truth.shape), 0, 1).round(3)
    names = [f"R{repeat}-{number}" for number in range(len(truth))]
    return ValidationScores(names, truth, scores, np.repeat(np.arange(FOLDS), PER_FOLD))


def scored_rows(repeat):
    generator = np.random.default_rng(100 + repeat)
    truth = (generator.random((TESTED, 2)) < 0.5).astype(int)
    return Scores(NAMES, truth, generator.random((2, TESTED, 2)).round(3))


def same(repeat, rows):
    return rows


def run(validation=same, test=same, constant=False, objective="accuracy"):
    """Decide on rows changed by the two functions; return probabilities, decisions and rules."""
    return decide(
        "net",
        {repeat: validation(repeat, validation_rows(repeat)) for repeat in REPEATS},
        {repeat: test(repeat, scored_rows(repeat)) for repeat in REPEATS},
        LOCATIONS,
        0.5,
        objective,
        constant,
    )


@cache
def decided():
    """What is decided on rows as they are; to look at, not to change."""
    return run()


def flip(repeat, rows):
    return replace(rows, truth=1 - rows.truth)


def test_layout():
    probabilities, decisions, rules = decided()
    assert probabilities.columns.tolist() == PROBABILITIES
    assert PROBABILITIES == ["model", "repeat", "accession", "location", "score", "calibrated", "truth"]
    expected = [("net", repeat, name, location) for repeat in REPEATS for name in NAMES for location in LOCATIONS]
    assert list(probabilities[PROBABILITIES[:4]].itertuples(index=False, name=None)) == expected
    assert decisions.columns.tolist() == ["model", "repeat", "accession", "rule", *LOCATIONS, "known"]
    expected = [("net", repeat, rule, name) for repeat in REPEATS for rule in (*RULES, CHOSEN) for name in NAMES]
    found = decisions[["model", "repeat", "rule", "accession"]]
    assert list(found.itertuples(index=False, name=None)) == expected
    assert decisions[LOCATIONS].isin([0, 1]).all(axis=None)
    assert rules.columns.tolist() == ["model", "repeat", "rule", "value", "chosen", "auc_macro"]
    assert rules["rule"].tolist() == [*RULES] * 3 and set(rules["model"]) == {"net"}
    assert (rules.groupby("repeat")["chosen"].sum() == 1).all()


def test_scores_are_the_mean_of_the_fold_models_and_fixed_is_their_threshold():
    probabilities, decisions, _ = decided()
    for repeat in REPEATS:
        rows = scored_rows(repeat)
        mean = rows.by_fold.mean(axis=0)
        part = probabilities[probabilities["repeat"] == repeat]
        assert part["score"].tolist() == pytest.approx(mean.ravel().tolist())
        assert part["truth"].tolist() == rows.truth.ravel().tolist()
        fixed = decisions[(decisions["repeat"] == repeat) & (decisions["rule"] == FIXED)]
        assert fixed[LOCATIONS].to_numpy().tolist() == (mean >= 0.5).astype(int).tolist()


def test_known_says_whether_a_training_row_has_the_set():
    def one_location_each(repeat, rows):
        # Training rows are nucleus or exosome in turn, never both and never neither.
        return replace(rows, truth=np.eye(2, dtype=int)[np.arange(len(rows.truth)) % 2])

    _, decisions, _ = run(validation=one_location_each)
    expected = (decisions[LOCATIONS].sum(axis=1) == 1).astype(int)
    assert decisions["known"].tolist() == expected.tolist() and set(expected) == {0, 1}


@pytest.mark.parametrize(("objective", "best"), [("accuracy", "max"), ("hamming_loss", "min")])
def test_the_chosen_rule_is_the_best_on_validation_rows_of_its_repeat(objective, best):
    _, decisions, rules = run(objective=objective)
    for repeat, part in rules.groupby("repeat"):
        (chosen,) = part.loc[part["chosen"] == 1, "rule"]
        # The first of equals.
        assert chosen == part.loc[part["value"] == part["value"].agg(best), "rule"].iloc[0]
        answers = {
            rule: sets[LOCATIONS].to_numpy() for rule, sets in decisions[decisions["repeat"] == repeat].groupby("rule")
        }
        assert np.array_equal(answers[CHOSEN], answers[chosen])


def test_the_area_is_that_of_validation_scores():
    _, _, rules = run(validation=lambda repeat, rows: replace(rows, scores=np.abs(rows.truth - 0.1 * repeat)))
    assert set(rules["auc_macro"]) == {1.0}
    _, _, rules = run(validation=lambda repeat, rows: replace(rows, scores=np.full(rows.truth.shape, 0.3)))
    assert set(rules["auc_macro"]) == {0.5}


def all_to(value):
    return lambda repeat, rows: replace(rows, truth=np.full_like(rows.truth, value))


@pytest.mark.parametrize("change", [flip, all_to(0), all_to(1)])
def test_test_labels_change_nothing_but_the_column_that_holds_them(change):
    one, other = decided(), run(test=change)
    pd.testing.assert_frame_equal(one[1], other[1])
    pd.testing.assert_frame_equal(one[2], other[2])
    pd.testing.assert_frame_equal(one[0].drop(columns="truth"), other[0].drop(columns="truth"))
    assert one[0]["truth"].tolist() != other[0]["truth"].tolist()


def test_training_rows_decide_in_their_own_repeat_only():
    one = decided()
    other = run(validation=lambda repeat, rows: flip(repeat, rows) if repeat == 2 else rows)
    for place, (first, second) in enumerate(zip(one, other)):
        for repeat in REPEATS:
            equal = first[first["repeat"] == repeat].equals(second[second["repeat"] == repeat])
            assert equal == (repeat != 2), (place, repeat)


def test_the_order_of_the_repeats_of_the_training_rows_does_not_matter():
    validation, tests = ({repeat: rows(repeat) for repeat in REPEATS} for rows in (validation_rows, scored_rows))
    turned = dict(reversed(validation.items()))
    found = decide("net", turned, tests, LOCATIONS, 0.5, "accuracy", False)
    for first, second in zip(decided(), found):
        pd.testing.assert_frame_equal(first, second)


def test_a_constant_model_keeps_its_answer():
    def answer(repeat, rows):
        if isinstance(rows, Scores):
            return replace(rows, by_fold=np.full_like(rows.by_fold, 0.9))
        return replace(rows, scores=np.full_like(rows.scores, 0.9))

    _, decisions, rules = run(answer, answer, constant=True)
    assert decisions["rule"].unique().tolist() == [FIXED, CHOSEN]
    assert (decisions[LOCATIONS] == 1).all(axis=None)
    assert rules["rule"].tolist() == [FIXED] * 3 and rules["chosen"].tolist() == [1] * 3


@pytest.mark.parametrize(
    ("validated", "scored"),
    [((1, 2), (1, 2, 3)), ((1, 2, 3), (1, 2)), ((1, 2), (1, 3)), ((), (1,))],
    ids=["one less", "one more", "others", "none"],
)
def test_scores_of_other_repeats(validated, scored):
    validation = {repeat: validation_rows(repeat) for repeat in validated}
    tests = {repeat: scored_rows(repeat) for repeat in scored}
    with pytest.raises(InputError, match=r"Model net has test scores .* \[.*\], validation scores of \[.*\]") as caught:
        decide("net", validation, tests, LOCATIONS, 0.5, "accuracy", False)
    assert str(list(scored)) in caught.value.what and str(list(validated)) in caught.value.what
