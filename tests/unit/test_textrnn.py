import numpy as np
import pytest
import torch

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features, Rows
from mmlmirloc.models.textrnn import Learner

SETTINGS = {"width": 4, "hidden": 3, "attention": 2, "dropout": 0.5, "vocabulary": 6}
LOCATIONS = ["nucleus", "exosome"]


@pytest.fixture
def learner():
    torch.manual_seed(1)
    learner = Learner(SETTINGS, LOCATIONS, 1)
    learner.module = learner.build([4])
    return learner


def scores(learner, *tokens):
    return learner.score(Rows({"tokens": Features(np.array(tokens))}, np.empty((len(tokens), 0))))


def test_score_is_attention_over_both_directions_of_the_gru(learner):
    """The formula with numpy over the states of an unpadded run: softmax(v tanh(W h + b)) pools the states."""
    module, weights = learner.module, {name: value.numpy() for name, value in learner.module.state_dict().items()}
    with torch.no_grad():
        states = module.recurrent(module.embedding(torch.tensor([[2, 5, 3]])))[0][0].numpy()
    assert states.shape == (3, 6)
    energy = np.tanh(states @ weights["attention.0.weight"].T + weights["attention.0.bias"])
    energy = np.exp(energy @ weights["attention.2.weight"][0])
    context = (energy[:, None] * states).sum(axis=0) / energy.sum()
    logits = weights["predict.weight"] @ context + weights["predict.bias"]
    assert scores(learner, [2, 5, 3])[0] == pytest.approx(1 / (1 + np.exp(-logits)), abs=1e-6)


def test_padding_changes_nothing(learner):
    alone = scores(learner, [2, 5, 3])
    assert scores(learner, [2, 5, 3, 0, 0, 0, 0]) == pytest.approx(alone, abs=1e-6)
    beside_a_longer_row = scores(learner, [4, 4, 2, 3, 5], [2, 5, 3, 0, 0])
    assert beside_a_longer_row[1] == pytest.approx(alone[0], abs=1e-6)


def test_a_word_more_changes_the_score(learner):
    assert np.abs(scores(learner, [2, 5, 3, 0]) - scores(learner, [2, 5, 3, 1])).max() > 1e-4


def test_the_order_of_rows_in_a_batch_is_kept(learner):
    rows = [[2, 0, 0], [2, 5, 3], [4, 1, 0]]
    together = scores(learner, *rows)
    assert together == pytest.approx(np.concatenate([scores(learner, row) for row in rows]), abs=1e-6)
    assert np.ptp(together, axis=0).min() > 1e-4


def test_a_row_of_padding_has_a_score_and_leaves_the_others_alone(learner):
    together = scores(learner, [0, 0, 0], [2, 5, 3])
    assert np.isfinite(together).all()
    assert together[1] == pytest.approx(scores(learner, [2, 5, 3])[0], abs=1e-6)
    assert scores(learner, [0, 0, 0]) == pytest.approx(together[:1], abs=1e-6)


def test_dropout_is_for_training_only(learner):
    row = torch.tensor([[2, 5, 3]])
    learner.module.train()
    assert len({tuple(learner.module(row)[0].tolist()) for _ in range(20)}) > 1
    learner.module.eval()
    assert len({tuple(learner.module(row)[0].tolist()) for _ in range(5)}) == 1


def test_views_other_than_token_numbers_are_refused():
    rows = Rows({"lexical": Features(np.zeros((1, 3)))}, np.array([[1, 0]]))
    with pytest.raises(InputError, match="The views lexical are not token numbers"):
        Learner(SETTINGS, LOCATIONS, 1).fit(rows, rows)


def test_a_vocabulary_too_small_for_the_view_is_refused():
    rows = Rows({"tokens": Features(np.array([[2, 6, 0]]))}, np.array([[1, 0]]))
    with pytest.raises(InputError, match="The view tokens has token number 6, the embedding 6 rows"):
        Learner(SETTINGS, LOCATIONS, 1).fit(rows, rows)
