import numpy as np
import pytest
import torch

from mmlmirloc.features import Features, Rows
from mmlmirloc.models.iloc_mirna_like import Learner

SETTINGS = {"hidden": 2, "heads": 2, "dropout": 0.5, "vocabulary": 6}
LOCATIONS = ["nucleus", "exosome"]


@pytest.fixture
def learner():
    torch.manual_seed(1)
    learner = Learner(SETTINGS, LOCATIONS, 1)
    learner.module = learner.build([4])
    return learner


def scores(learner, *tokens):
    return learner.score(Rows({"bases": Features(np.array(tokens))}, np.empty((len(tokens), 0))))


def test_bases_are_one_hot_and_another_letter_is_zero(learner):
    # A, another letter, U: columns are A, C, G, U.
    one_hot = torch.tensor([[[1.0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]]])
    module = learner.module.eval()
    with torch.inference_mode():
        logits = module.predict(module.states(one_hot, torch.tensor([3])))[0].numpy()
    assert scores(learner, [2, 1, 5])[0] == pytest.approx(1 / (1 + np.exp(-logits)), abs=1e-6)


def test_padding_changes_nothing_and_another_letter_does(learner):
    alone = scores(learner, [2, 5, 3])
    assert scores(learner, [2, 5, 3, 0, 0]) == pytest.approx(alone, abs=1e-6)
    assert scores(learner, [4, 4, 2, 3, 5], [2, 5, 3, 0, 0])[1] == pytest.approx(alone[0], abs=1e-6)
    assert np.abs(scores(learner, [2, 5, 3, 1]) - alone).max() > 1e-5


def test_dropout_is_for_training_only(learner):
    row = torch.tensor([[2, 5, 3]])
    learner.module.train()
    assert len({tuple(learner.module(row)[0].tolist()) for _ in range(20)}) > 1
    learner.module.eval()
    assert len({tuple(learner.module(row)[0].tolist()) for _ in range(5)}) == 1


def test_heads_that_do_not_part_the_states_are_refused():
    Learner.check(SETTINGS, ["bases"], LOCATIONS)
    with pytest.raises(ValueError, match="cannot be parted among 3 heads"):
        Learner.check(SETTINGS | {"heads": 3}, ["bases"], LOCATIONS)
