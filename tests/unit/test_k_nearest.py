"""K nearest rows: the shares of the nearest training rows, in units of each column's spread."""

import numpy as np
import pytest

from mmlmirloc.features import Features, Rows
from mmlmirloc.models.k_nearest import Learner

# Two columns, the second a hundred times as wide as the first: of one spread, a step in either is as far.
TRAIN = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 100.0], [1.0, 100.0]])
LABELS = np.array([[1, 0], [1, 1], [0, 0], [0, 1]])


def fitted(neighbours):
    learner = Learner({"neighbours": neighbours}, ["nucleus", "exosome"], seed=1)
    learner.fit(rows(TRAIN, LABELS), rows(TRAIN, LABELS))
    return learner


def rows(values, labels=None):
    values = np.asarray(values, dtype=np.float32)
    views = {"first": Features(values[:, :1]), "second": Features(values[:, 1:])}
    return Rows(views, np.empty((len(values), 0)) if labels is None else labels)


@pytest.mark.parametrize(
    ("neighbours", "query", "expected"),
    [
        (1, [0.1, 10.0], [1, 0]),
        # The second is that across the narrow column, .8 of its width away; across the wide one it is .9.
        (2, [0.2, 10.0], [1, 0.5]),
        (2, [0.1, 20.0], [0.5, 0]),
        # Two rows are equally near, and both count.
        (1, [0.5, 0.0], [1, 0.5]),
        (2, [0.0, 0.0], [2 / 3, 1 / 3]),
        # More than there are.
        (9, [0.0, 0.0], [0.5, 0.5]),
    ],
)
def test_the_shares_of_the_nearest_rows(neighbours, query, expected):
    np.testing.assert_allclose(fitted(neighbours).score(rows([query])), [expected])


def test_a_column_of_one_value_tells_nothing():
    learner = Learner({"neighbours": 1}, ["nucleus", "exosome"], seed=1)
    values = TRAIN * [1, 0] + [0, 7]
    learner.fit(rows(values, LABELS), rows(values, LABELS))
    np.testing.assert_allclose(learner.score(rows([[0.9, 7.0]])), [[0.5, 1]])
