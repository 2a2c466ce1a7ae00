import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score
from test_network import TOKENS, TRAINING, planted_tokens

from mmlmirloc.features import Features, Rows
from mmlmirloc.models.mirlocator import Learner, written

SETTINGS = {"width": 3, "hidden": 2, "attention": 2, "dropout": 0.5, "smoothing": 0.0, "vocabulary": 6}
LOCATIONS = ["nucleus", "exosome"]
TRAINED = TRAINING | TOKENS | {"attention": 8, "dropout": 0.1, "smoothing": 0.1}


@pytest.fixture
def learner():
    torch.manual_seed(1)
    learner = Learner(SETTINGS, LOCATIONS, 1)
    learner.module = learner.build([4]).eval()
    return learner


def scores(learner, *words):
    return learner.score(Rows({"tokens": Features(np.array(words))}, np.empty((len(words), 0))))


def scripted(learner, steps):
    """Let the decoder write with these probabilities of nucleus, exosome and end; return what it is told before."""
    told, left = [], iter(steps)

    def step(encoded, symbol):
        told.append(symbol.tolist())
        return torch.log(torch.tensor([next(left)])), encoded

    learner.module.step = step
    return told


def test_sets_are_written_in_order_with_an_end():
    labels = torch.tensor([[1, 0, 1], [0, 0, 0], [1, 1, 1], [0, 1, 0]])
    # Exosome is the second column and is written first, then cytoplasm; 3 is the end.
    assert written(labels, np.array([1, 2, 0])).tolist() == [
        [2, 0, 3, -100],
        [3, -100, -100, -100],
        [1, 2, 0, 3],
        [1, 3, -100, -100],
    ]


def test_the_most_frequent_location_of_the_training_rows_is_written_first():
    def rows(labels):
        return Rows({"tokens": Features(np.array([[2, 3, 4]] * len(labels)))}, np.array(labels))

    learner = Learner(TRAINED | {"epochs": 1, "vocabulary": 6}, ["nucleus", "exosome", "cytoplasm", "microvesicle"], 1)
    learner.fit(rows([[0, 1, 1, 0], [0, 0, 1, 1]]), rows([[1, 0, 0, 0], [1, 0, 0, 0]]))
    # Of equals the first column.
    assert learner.order.tolist() == [2, 1, 3, 0]


@pytest.mark.parametrize(
    ("steps", "told", "expected"),
    [
        # Nucleus is written, then the end: exosome was nearest to be written at the second step.
        ([[0.7, 0.1, 0.2], [0.1, 0.3, 0.6]], [[3], [0]], [0.7, 0.3]),
        # The end is written at once, so that the second step counts for nothing.
        ([[0.2, 0.1, 0.7], [0.9, 0.05, 0.05]], [[3], [2]], [0.2, 0.1]),
        ([[0.6, 0.3, 0.1], [0.1, 0.8, 0.1]], [[3], [0]], [0.6, 0.8]),
    ],
)
def test_scores_are_the_highest_probabilities_until_the_end(learner, steps, told, expected):
    asked = scripted(learner, steps)
    assert scores(learner, [2, 3])[0] == pytest.approx(expected, abs=1e-6)
    assert asked == told


def test_the_loss_is_the_cross_entropy_of_what_is_to_be_written(learner):
    steps = [[0.7, 0.1, 0.2], [0.1, 0.3, 0.6], [0.5, 0.3, 0.2]]
    # After the first loss the scores are asked for, two steps more.
    told = scripted(learner, [*steps, *steps[:2]])
    learner.order = np.array([1, 0])
    loss, logits = learner.losses(learner.module, [torch.tensor([[2, 3]])], torch.tensor([[1.0, 1.0]]))
    # Exosome, nucleus, end, each told the one before.
    assert loss.item() == pytest.approx(-np.log(0.1) - np.log(0.1) - np.log(0.2), rel=1e-5)
    assert told[:3] == [[3], [1], [0]]
    assert torch.sigmoid(logits)[0].tolist() == pytest.approx([0.7, 0.3])
    # One that has exosome alone ends after the second step; the third is not counted.
    scripted(learner, [*steps, *steps[:2]])
    loss, _ = learner.losses(learner.module, [torch.tensor([[2, 3]])], torch.tensor([[0.0, 1.0]]))
    assert loss.item() == pytest.approx(-np.log(0.1) - np.log(0.6), rel=1e-5)


def test_smoothing_spreads_a_share_of_the_target(learner):
    learner.settings = SETTINGS | {"smoothing": 0.3}
    scripted(learner, [[0.7, 0.1, 0.2]] * 5)
    loss, _ = learner.losses(learner.module, [torch.tensor([[2, 3]])], torch.tensor([[0.0, 0.0]]))
    spread = -(np.log(0.7) + np.log(0.1) + np.log(0.2)) / 3
    assert loss.item() == pytest.approx(0.7 * -np.log(0.2) + 0.3 * spread, rel=1e-5)


def test_a_step_by_hand(learner):
    """LSTM cell on the symbol and the context so far; additive attention; a linear layer; the symbols as weights."""
    module, weight = learner.module, {name: value.numpy() for name, value in learner.module.state_dict().items()}

    def sigmoid(values):
        return 1 / (1 + np.exp(-values))

    with torch.no_grad():
        states = module.encoder(module.embedding(torch.tensor([[2, 5, 3]])))[0][0].numpy()
        logits, (*_, context) = module.step(module.encode(torch.tensor([[2, 5, 3]])), torch.tensor([3]))
    memory = weight["bridge.weight"] @ states[-1] + weight["bridge.bias"]
    start = weight["symbols.weight"][3]
    gates = weight["decoder.weight_ih"] @ np.concatenate([start, np.zeros(4)])
    gates += weight["decoder.bias_ih"] + weight["decoder.bias_hh"]
    enter, forget, new, out = np.split(gates, 4)
    state = sigmoid(out) * np.tanh(sigmoid(forget) * memory + sigmoid(enter) * np.tanh(new))
    keys = np.tanh(states @ weight["of_states.weight"].T + weight["of_decoder.weight"] @ state)
    energy = np.exp(keys @ weight["energy.weight"][0])
    expected = energy @ states / energy.sum()
    assert context[0].numpy() == pytest.approx(expected, abs=1e-6)
    output = weight["output.weight"] @ np.concatenate([state, expected, start]) + weight["output.bias"]
    assert logits[0].numpy() == pytest.approx(weight["symbols.weight"][:3] @ output + weight["bias"], abs=1e-6)


def test_padding_changes_nothing(learner):
    alone = scores(learner, [2, 5, 3])
    assert scores(learner, [4, 4, 2, 3, 5], [2, 5, 3, 0, 0])[1] == pytest.approx(alone[0], abs=1e-6)
    assert np.abs(scores(learner, [2, 5, 3, 4]) - alone).max() > 1e-5
    assert np.isfinite(scores(learner, [0, 0, 0], [2, 0, 0])).all()


def test_a_planted_signal_is_learnt_and_the_best_epoch_kept():
    rows = planted_tokens(300, np.random.default_rng(7))
    train, validation, test = (
        Rows({name: view.rows(index) for name, view in rows.views.items()}, rows.labels[index])
        for index in np.split(np.arange(300), [180, 220])
    )
    learner = Learner(TRAINED | {"epochs": 30}, LOCATIONS, 1)
    history = learner.fit(train, validation)
    assert min(roc_auc_score(test.labels, learner.score(test), average=None)) > 0.9
    with torch.inference_mode():
        inputs = [torch.as_tensor(validation.views["tokens"].values)]
        losses, _ = learner.losses(learner.module, inputs, torch.as_tensor(validation.labels))
    assert losses.mean().item() == pytest.approx(min(epoch["validation_loss"] for epoch in history), abs=1e-5)
