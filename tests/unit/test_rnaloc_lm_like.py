import numpy as np
import pytest
import torch

from mmlmirloc.features import Features, Rows
from mmlmirloc.models.rnaloc_lm_like import Learner, by_position
from mmlmirloc.models.shared.network import scaling_of

SETTINGS = {"channels": 1, "hidden": 2, "layers": 2, "heads": 2, "dropout": 0.5, "standardise": False}
LOCATIONS = ["nucleus", "exosome"]


@pytest.fixture
def learner():
    torch.manual_seed(1)
    learner = Learner(SETTINGS, LOCATIONS, 1)
    learner.module = learner.build([2, 1])
    return learner


def scores(learner, values, lengths):
    return learner.score(
        Rows({"semantic": Features(np.float32(values), np.array(lengths))}, np.empty((len(values), 0)))
    )


def test_convolutions_by_hand(learner):
    """Kernels of ones add up the first column: of 3 one to each side, of 4 two before and one after, of 5 two."""
    module = learner.module.eval()
    with torch.no_grad():
        for convolution in module.convolutions:
            convolution.weight.zero_()
            convolution.weight[:, 0] = 1
            convolution.bias.zero_()
    values = [[[1, 9], [10, 9], [100, 9], [-1000, 9]]]
    # At four positions, three of them filled; what stands at the fourth is not seen.
    channels = torch.tensor([[[11.0, 11, 111], [111, 111, 111], [110, 111, 111], [100, 110, 110]]])
    with torch.inference_mode():
        expected = torch.sigmoid(module.predict(module.states(channels, torch.tensor([3])))).numpy()
    assert scores(learner, values, [3]) == pytest.approx(expected, abs=1e-6)


def test_what_a_convolution_finds_is_rectified(learner):
    with torch.no_grad():
        for convolution in learner.module.convolutions:
            convolution.weight.fill_(1)
            convolution.bias.zero_()
    values = np.full((1, 3, 2), -1.0)
    assert scores(learner, values, [3]) == pytest.approx(scores(learner, 5 * values, [3]), abs=1e-7)


def test_padding_changes_nothing(learner):
    values = np.random.default_rng(1).normal(size=(2, 6, 2))
    alone = scores(learner, values[:1, :3], [3])
    assert scores(learner, values, [3, 6])[0] == pytest.approx(alone[0], abs=1e-6)
    assert np.abs(scores(learner, values[:1], [4]) - alone).max() > 1e-5


def test_views_stand_side_by_side_at_each_position():
    views = {
        "short": Features(np.array([[[1.0], [2.0]], [[3.0], [9.0]]]), np.array([2, 1])),
        "flat": Features(np.array([[7.0, 8.0], [5.0, 6.0]])),
        "long": Features(np.ones((2, 3, 1)), np.array([1, 3])),
    }
    values, lengths = by_position(views)
    assert values.dtype == np.float32 and lengths.tolist() == [[2], [3]]
    assert values.tolist() == [
        [[1, 7, 8, 1], [2, 7, 8, 0], [0, 7, 8, 0]],
        [[3, 5, 6, 1], [0, 5, 6, 1], [0, 5, 6, 1]],
    ]


def test_views_without_positions_are_one_position():
    values, lengths = by_position({"flat": Features(np.array([[7.0, 8.0]]))})
    assert values.tolist() == [[[7, 8]]] and lengths.tolist() == [[1]]


def test_lengths_are_not_scaled():
    assert set(scaling_of([np.ones((2, 3, 1), np.float32), np.array([[2], [3]])])) == {"mean_0", "spread_0"}


@pytest.mark.parametrize(
    ("settings", "views", "what"),
    [({"heads": 3}, ["semantic"], "cannot be parted among 3 heads"), ({}, [], "The network has no view")],
)
def test_settings_that_leave_no_network_are_refused(settings, views, what):
    Learner.check(SETTINGS, ["semantic"], LOCATIONS)
    with pytest.raises(ValueError, match=what):
        Learner.check(SETTINGS | settings, views, LOCATIONS)
