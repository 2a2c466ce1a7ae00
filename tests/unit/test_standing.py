"""Marks of the tables: which of the best constant and era a model is not clearly above, on planted scores."""

import numpy as np
import pandas as pd
import pytest
from mmlmirloc.evaluation.standing import standings

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import METRICS
from mmlmirloc.training import long_scores

LOCATIONS = ["nucleus", "exosome"]
# Forty rows: half hold the nucleus only, half the exosome only.
TRUTH = np.array([[1, 0], [0, 1]] * 20)
# Two constants, each right in half of the rows.
NUCLEUS, EXOSOME = np.tile([1.0, 0.0], (40, 1)), np.tile([0.0, 1.0], (40, 1))


def right_in(count):
    """Scores that are right in the first ``count`` rows and the other way round in the rest."""
    right = (np.arange(40) < count)[:, None]
    return np.where(right == (TRUTH == 1), 0.9, 0.1)


@pytest.fixture
def stand(tmp_path):
    def write(name, scores, truth=TRUTH):
        rows = [f"MI{number}" for number in range(len(truth))]
        # Two fold models around the mean, which decides.
        folds = [
            long_scores(rows, truth, np.clip(scores + shift, 0, 1), LOCATIONS, k)
            for k, shift in enumerate((-0.05, 0.05))
        ]
        path = tmp_path / f"{name}.tsv"
        pd.concat(folds).assign(repeat=1).to_csv(path, sep="\t", index=False)
        return path

    def run(models, era=None, truth=TRUTH):
        era = right_in(28) if era is None else era
        paths = {name: write(name, scores, truth) for name, scores in models.items()}
        constants = [write("always_nucleus", NUCLEUS), write("always_exosome", EXOSOME)]
        return standings(
            paths | {"always_nucleus": constants[0], "era": write("era", era)},
            constants,
            write("era", era),
            LOCATIONS,
            threshold=0.5,
            draws=500,
            level=0.95,
            seed=1,
        )

    return run


def test_right_everywhere_is_above_both(stand):
    found = stand({"perfect": right_in(40)})
    assert {found["perfect", metric] for metric in METRICS} == {""}


def test_right_in_as_many_rows_as_era_is_above_the_constant_only(stand):
    # 28 of 40 as era: no difference at all. The constants have 20 right, but other ones: 28 - 20 of 40 with many
    # rows on which they differ is no clear difference.
    found = stand({"like_era": right_in(28), "better": right_in(38)})
    assert found["like_era", "accuracy"] == "constant+era"
    # Ten rows right that era has wrong and none the other way; 38 against 20.
    assert found["better", "accuracy"] == ""


def test_lower_is_better_of_the_hamming_loss(stand):
    found = stand({"perfect": right_in(40), "wrong": right_in(0)})
    assert found["perfect", "hamming_loss"] == "" and found["wrong", "hamming_loss"] == "constant+era"


def test_above_the_constant_and_not_above_a_perfect_era(stand):
    found = stand({"good": right_in(36)}, era=right_in(40))
    assert {found["good", metric] for metric in ("accuracy", "subset_accuracy", "f1", "hamming_loss")} == {"era"}


def test_constants_and_era_carry_no_marks(stand):
    assert {model for model, _ in stand({"good": right_in(30)})} == {"good"}


def test_other_rows_cannot_be_compared(stand):
    with pytest.raises(InputError, match="Model good has other test rows or labels"):
        stand({"good": right_in(30)}, truth=1 - TRUTH)
