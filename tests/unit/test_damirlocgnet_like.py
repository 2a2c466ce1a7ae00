"""DAmiRLocGNet (like): its graph and its similarities by hand."""

import numpy as np
import pytest
import torch

from mmlmirloc.features import Features, Rows
from mmlmirloc.models.damirlocgnet_like import Learner, divided

SETTINGS = {"width": 1, "encoded": 1, "reconstruction": 2.0, "dropout": 0.0}
LOCATIONS = ["nucleus"]


def rows(pairs, profiles):
    views = {"pairs": Features(np.float32(pairs)), "sequence": Features(np.float32(profiles))}
    return Rows(views, np.zeros((len(pairs), 1), dtype=int))


@pytest.fixture
def learner():
    """Two training rows: the first has both diseases, the second one; their sequences have nothing in common."""
    learner = Learner(SETTINGS, LOCATIONS, 1)
    learner.prepare(rows([[1, 1], [1, 0]], [[3, 0], [0, 2]]))
    learner.module = learner.build([2, 2])
    with torch.no_grad():
        for weights in learner.module.parameters():
            weights.fill_(1)
        for name in ("encode", "tell", "predict"):
            getattr(learner.module, name).bias.zero_()
    return learner


def test_pairs_are_divided_by_the_roots_of_both_degrees():
    found = divided(np.array([[1.0, 1], [1, 0], [0, 0]]), np.array([4.0, 0]))
    # A row with two diseases, one of which four rows have: 1 / sqrt(2 * 4). A disease of no row counts as of one.
    assert found == pytest.approx(np.array([[8**-0.5, 2**-0.5], [4**-0.5, 0], [0, 0]]))


def test_similarities_are_to_the_training_rows(learner):
    _, similarities = learner.arrays(rows([[0, 0]], [[3, 4]]).views)
    assert similarities == pytest.approx(np.array([[0.6, 0.8]]))


def test_scores_by_hand(learner):
    """Degrees: of diseases 2 and 1, of rows 2 and 1. A row with the second disease alone, like the first row."""
    # Aᵀ S with S the identity: disease 1 holds 1/2 + 1/sqrt(2), disease 2 holds 1/sqrt(2).
    diseases = [0.5 + 2**-0.5, 2**-0.5]
    graph = diseases[1] * 1.0
    encoded = 1.0
    expected = 1 / (1 + np.exp(-(graph + encoded)))
    assert learner.score(rows([[0, 1]], [[5, 0]])) == pytest.approx(np.array([[expected]]))


def test_the_loss_has_the_error_of_the_similarities(learner):
    learner.module.train()
    inputs = [torch.as_tensor(array) for array in learner.arrays(rows([[0, 0]], [[5, 0]]).views)]
    losses, logits = learner.losses(learner.module, inputs, torch.ones(1, 1))
    # s = (1, 0) is told again as (1, 1): the mean square is 1/2, its weight 2.
    assert logits.tolist() == [[1.0]]
    assert losses.tolist() == pytest.approx([np.log(1 + np.exp(-1)) + 2 * 0.5])
    learner.module.eval()
    # Validation rows, which choose the epoch, are judged by their locations alone.
    assert learner.losses(learner.module, inputs, torch.ones(1, 1))[0].tolist() == pytest.approx(
        [np.log(1 + np.exp(-1))]
    )


def test_a_row_without_diseases_is_told_by_its_sequence(learner):
    assert learner.score(rows([[0, 0]], [[5, 0]])) == pytest.approx(np.array([[1 / (1 + np.exp(-1))]]))


@pytest.mark.parametrize("part", ["pairs", "sequence"])
def test_a_signal_in_either_part_is_learnt(part):
    random = np.random.default_rng(3)
    labels = random.integers(0, 2, size=(160, 1))
    pairs = (random.random((160, 6)) < 0.1).astype(float)
    profiles = random.random((160, 5))
    if part == "pairs":
        pairs[:, 0] = labels[:, 0]
    else:
        profiles[:, 0] += 3 * labels[:, 0]
    whole = rows(pairs, profiles)
    whole.labels[:] = labels
    train, validation, test = (
        Rows({name: view.rows(index) for name, view in whole.views.items()}, labels[index])
        for index in np.split(np.arange(160), [80, 110])
    )
    training = {"learning_rate": 0.01, "weight_decay": 0.0, "batch_size": 16, "epochs": 60, "patience": 20}
    settings = SETTINGS | training | {"width": 8, "encoded": 8, "reconstruction": 0.1, "epoch_by": "loss"}
    learner = Learner(settings, LOCATIONS, 1)
    learner.fit(train, validation)
    told = learner.score(test)[:, 0] > 0.5
    assert (told == labels[110:, 0]).mean() > 0.9


def test_a_row_needs_a_graph_and_a_sequence():
    with pytest.raises(ValueError, match="no graph, or no sequence"):
        Learner.check(SETTINGS, ["pairs"], LOCATIONS)
