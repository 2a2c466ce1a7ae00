import numpy as np
import pytest
import torch

from mmlmirloc.features import Features, Rows
from mmlmirloc.models.concatenation import Learner

SETTINGS = {"pooling": {"semantic": "mean_filled"}, "width": 2, "dropout": 0.5}
VIEWS = {
    "lexical": Features(np.array([[1.0, 2.0]])),
    # Its mean over filled positions is 3.
    "semantic": Features(np.array([[[2.0], [4.0], [0.0]]]), np.array([2])),
}
# The views side by side are (1, 2, 3): relu(1, -6.5) = (1, 0); logits 2 + 0.5 and -1.
WEIGHTS = {
    "layers.0.weight": [[1, 1, -1], [0, 1, 0.5]],
    "layers.0.bias": [1, -10],
    "layers.3.weight": [[2, 3], [-1, 1]],
    "layers.3.bias": [0.5, 0],
}


def test_logits_by_hand():
    learner = Learner(SETTINGS, ["nucleus", "exosome"], 1)
    learner.module = learner.build([2, 1])
    learner.module.load_state_dict({name: torch.tensor(value, dtype=torch.float32) for name, value in WEIGHTS.items()})
    scores = learner.score(Rows(VIEWS, np.empty((1, 0))))
    assert scores == pytest.approx(1 / (1 + np.exp([[-2.5, 1]])), rel=1e-5)


def test_dropout_is_for_training_only():
    module = Learner(SETTINGS | {"width": 64}, ["nucleus"], 1).build([2])
    row = torch.ones(1, 2)
    assert not torch.equal(module(row), module(row))
    module.eval()
    assert torch.equal(module(row), module(row))


def test_a_row_without_views_is_refused():
    with pytest.raises(ValueError, match="The network has no view"):
        Learner.check(SETTINGS, [], ["nucleus"])
    Learner.check(SETTINGS, ["lexical"], ["nucleus"])
