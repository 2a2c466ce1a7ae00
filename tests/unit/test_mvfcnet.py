import numpy as np
import pytest
import torch

from mmlmirloc.features import Features, Rows
from mmlmirloc.models.mvfcnet import Learner, network

SETTINGS = {"pooling": {}, "width": 2, "common": "shared", "private": True, "dropout": 0.3}
LOCATIONS = ["nucleus", "exosome"]
# Two views of one row, V^1 = (1, 2) and V^2 = (3).
VIEWS = {"lexical": Features(np.array([[1.0, 2.0]])), "semantic": Features(np.array([[3.0]]))}

# Eq. 7, private: relu(1.5, -1) = (1.5, 0) and relu(5, 1).
PRIVATE = {
    "private.0.weight": [[1, 0], [0, -1]],
    "private.0.bias": [0.5, 1],
    "private.1.weight": [[2], [-1]],
    "private.1.bias": [-1, 4],
}
# Eq. 7, one W_comm for both: the projections are (3, -1) and (3, 0), the commons relu(1, -0.5) = (1, 0) and
# relu(3, 0.5); eq. 10: their mean is (2, 0.25). Without the relu it would be (2, 0).
SHARED = {
    "project.0.weight": [[1, 1], [1, -1]],
    "project.1.weight": [[1], [0]],
    "common.weight": [[1, 2], [-1, 1]],
    "common.bias": [0, 3.5],
}
# Eq. 7, a W_comm for each: relu(3, -1) = (3, 0) and relu(3, 1); eq. 10: (3, 0.5).
PER_VIEW = {
    "common.0.weight": [[1, 1], [1, -1]],
    "common.0.bias": [0, 0],
    "common.1.weight": [[1], [-1]],
    "common.1.bias": [0, 4],
}


def with_weights(weights, predict, **settings):
    """Return a learner with these weights and W_pred; its b_pred is (0.5, -1)."""
    learner = Learner(SETTINGS | settings, LOCATIONS, 1)
    learner.module = network([2, 1], 2, learner.settings)
    tensors = weights | {"predict.weight": predict, "predict.bias": [0.5, -1]}
    # Strict: the network has exactly these weights, so what is switched off is not there.
    learner.module.load_state_dict({name: torch.tensor(value, dtype=torch.float32) for name, value in tensors.items()})
    return learner


@pytest.mark.parametrize(
    ("weights", "predict", "settings", "logits"),
    [
        # Eq. 8: (1.5, 0, 5, 1, 2, 0.25). Eq. 9: 9.75 + 0.5, and 3 - 5 + 2 - 0.5 - 1.
        (PRIVATE | SHARED, [[1] * 6, [2, 7, -1, 0, 1, -2]], {}, [10.25, -1.5]),
        # (1.5, 0, 5, 1, 3, 0.5): 11 + 0.5, and 3 - 5 + 3 - 1 - 1.
        (PRIVATE | PER_VIEW, [[1] * 6, [2, 7, -1, 0, 1, -2]], {"common": "per_view"}, [11.5, -1]),
        # (1.5, 0, 5, 1): 7.5 + 0.5, and 3 - 5 - 1.
        (PRIVATE, [[1] * 4, [2, 7, -1, 0]], {"common": "none"}, [8, -3]),
        # (2, 0.25): 2.25 + 0.5, and 2 - 0.5 - 1.
        (SHARED, [[1, 1], [1, -2]], {"private": False}, [2.75, 0.5]),
        # (3, 0.5): 3.5 + 0.5, and 3 - 1 - 1.
        (PER_VIEW, [[1, 1], [1, -2]], {"private": False, "common": "per_view"}, [4, 1]),
    ],
    ids=["shared", "per_view", "no_common", "only_shared", "only_per_view"],
)
def test_equations_7_to_10_by_hand(weights, predict, settings, logits):
    learner = with_weights(weights, predict, **settings)
    scores = learner.score(Rows(VIEWS, np.empty((1, 0))))
    assert scores == pytest.approx(1 / (1 + np.exp(-np.array([logits]))), rel=1e-5)
    learner.module.eval()
    with torch.no_grad():
        assert learner.module(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0]])).tolist() == [pytest.approx(logits)]


def test_one_view_has_its_own_common_as_the_mean():
    # Only the second view: projection (3, 0), common relu(3, 0.5), 3.5 + 0.5 and 3 - 1 - 1.
    module = network([1], 2, SETTINGS | {"private": False}).eval()
    weights = {name.replace("1", "0"): value for name, value in SHARED.items() if name != "project.0.weight"}
    weights |= {"predict.weight": [[1, 1], [1, -2]], "predict.bias": [0.5, -1]}
    module.load_state_dict({name: torch.tensor(value, dtype=torch.float32) for name, value in weights.items()})
    assert module(torch.tensor([[3.0]])).tolist() == [pytest.approx([4, 1])]


def test_dropout_is_for_training_only():
    module = network([2, 1], 2, SETTINGS | {"width": 64, "dropout": 0.9})
    inputs = torch.ones(1, 2), torch.ones(1, 1)
    assert not torch.equal(module(*inputs), module(*inputs))
    module.eval()
    assert torch.equal(module(*inputs), module(*inputs))


@pytest.mark.parametrize(
    ("settings", "views", "what"),
    [
        ({"common": "none", "private": False}, ["lexical"], "MVFCNet is left with no features"),
        ({}, [], "The network has no view"),
    ],
)
def test_settings_that_leave_no_network_are_refused(settings, views, what):
    with pytest.raises(ValueError, match=what):
        Learner.check(SETTINGS | settings, views, LOCATIONS)
    Learner.check(SETTINGS, ["lexical"], LOCATIONS)
