from math import cos, sin

import numpy as np
import pytest
import torch

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features, Rows
from mmlmirloc.models.mirlocpredictor import Learner, sinusoids

SETTINGS = {"width": 2, "hidden": 2, "vocabulary": 4, "pooling": "mean_all"}
LOCATIONS = ["nucleus", "exosome"]
WORDS = np.array([[0, 0], [9, 9], [0.1, -3], [0.2, 1]])  # padding, another word, words 2 and 3
# With a width of 2 the angle is the position itself.
FIRST, SECOND = np.array([sin(1), cos(1)]), np.array([sin(2), cos(2)])
NEGATIVE = [[-1, 0], [0, -1]]
NO_WORDS = np.zeros((2, 2))


def logits(tokens, left=NO_WORDS, centre=NO_WORDS, right=NO_WORDS, bias=(0, 0), pooling="mean_all"):
    """Logits of one row; the two last layers change the sign twice, which a nonlinearity between would not undo."""
    module = Learner(SETTINGS | {"pooling": pooling}, LOCATIONS, 1).build([len(tokens)])
    weights = {
        "embedding.weight": WORDS,
        "convolution.weight": np.stack([left, centre, right], axis=2),
        "convolution.bias": bias,
        "predict.0.weight": NEGATIVE,
        "predict.0.bias": [0, 0],
        "predict.1.weight": NEGATIVE,
        "predict.1.bias": [0, 0],
    }
    module.load_state_dict({name: torch.as_tensor(np.array(value)) for name, value in weights.items()})
    with torch.no_grad():
        return module.eval()(torch.tensor([tokens]))[0].numpy()


def relu(values):
    return np.maximum(values, 0)


def test_sinusoids_by_hand():
    # Positions count from 1; columns 2 and 3 have the angle position / 10000^(2/4).
    expected = [[sin(1), cos(1), sin(0.01), cos(0.01)], [sin(2), cos(2), sin(0.02), cos(0.02)]]
    assert sinusoids(2, 4) == pytest.approx(np.array(expected))


def test_sinusoids_of_an_odd_width_end_with_a_sine():
    assert sinusoids(1, 3) == pytest.approx(np.array([[sin(1), cos(1), sin(10000 ** (-2 / 3))]]))


def test_the_mean_includes_padding_and_padding_has_neither_word_nor_position():
    assert logits([2, 0, 0]) == pytest.approx((WORDS[2] + FIRST) / 3, abs=1e-6)
    assert logits([2, 3, 0, 0]) == pytest.approx((WORDS[2] + FIRST + WORDS[3] + SECOND) / 4, abs=1e-6)


def test_the_other_poolings_leave_padding_out():
    first, second = WORDS[2] + FIRST, WORDS[3] + SECOND
    assert logits([2, 3, 0, 0], pooling="mean_filled") == pytest.approx((first + second) / 2, abs=1e-6)
    assert first[0] < second[0] or first[1] < second[1]
    assert logits([2, 3, 0, 0], pooling="maximum") == pytest.approx(np.maximum(first, second), abs=1e-6)
    for pooling in ("mean_filled", "maximum"):
        assert logits([0, 0], bias=(1, -1), pooling=pooling) == pytest.approx([0, 0], abs=1e-6)


def test_a_row_of_padding_gives_the_bias():
    assert logits([0, 0, 0]) == pytest.approx([0, 0], abs=1e-6)
    # The convolution sees the padding: its bias counts at all three positions.
    assert logits([0, 0, 0], bias=(1, -1)) == pytest.approx([1, 0], abs=1e-6)


def test_the_convolution_is_rectified_and_added_to_the_words():
    word = WORDS[2] + FIRST
    assert word[1] < 0
    assert logits([2, 0], centre=np.eye(2)) == pytest.approx((word + relu(word)) / 2, abs=1e-6)


@pytest.mark.parametrize(
    ("side", "seen"),
    [
        # Looking left: nothing before the first, then the first, then (at the padding) the second.
        ("left", [0, 1, 1]),
        # Looking right: the second, then padding, then the end. The first is not seen.
        ("right", [0, 0, 1]),
    ],
)
def test_the_kernel_spans_three_positions_with_padding_at_both_ends(side, seen):
    first, second = WORDS[2] + FIRST, WORDS[3] + SECOND
    expected = (first + second + seen[1] * relu(first) + seen[2] * relu(second)) / 3
    assert logits([2, 3, 0], **{side: np.eye(2)}) == pytest.approx(expected, abs=1e-6)


def test_embedding_starts_within_a_quarter_and_padding_stays_zero_while_training():
    learner = Learner(
        SETTINGS
        | {
            "learning_rate": 0.1,
            "weight_decay": 0.1,
            "batch_size": 2,
            "epochs": 3,
            "patience": 3,
            "epoch_by": "micro_f1",
        },
        LOCATIONS,
        1,
    )
    start = learner.build([5]).embedding.weight.detach()
    assert start.abs().max() <= 0.25 and start[1:].abs().max() > 0.1 and not start[0].any()
    rows = Rows({"tokens": Features(np.array([[2, 3, 0], [3, 0, 0], [1, 2, 3]]))}, np.array([[1, 0], [0, 1], [1, 1]]))
    learner.fit(rows, rows)
    assert not learner.module.embedding.weight[0].any()


@pytest.mark.parametrize(
    ("views", "what"),
    [
        ({"lexical": Features(np.zeros((1, 3)))}, "The views lexical are not token numbers"),
        ({"a": Features(np.ones((1, 3), int)), "b": Features(np.ones((1, 3), int))}, "The views a, b are not token"),
        ({}, r"The views \(none\) are not token numbers"),
    ],
)
def test_views_other_than_token_numbers_are_refused(views, what):
    rows = Rows(views, np.array([[1, 0]]))
    with pytest.raises(InputError, match=what) as caught:
        Learner(SETTINGS, LOCATIONS, 1).fit(rows, rows)
    assert caught.value.expected == "exactly one view of kind kmer_tokens"


def test_a_vocabulary_too_small_for_the_view_is_refused():
    rows = Rows({"tokens": Features(np.array([[2, 4, 0]]))}, np.array([[1, 0]]))
    with pytest.raises(InputError, match="The view tokens has token number 4, the embedding 4 rows") as caught:
        Learner(SETTINGS, LOCATIONS, 1).fit(rows, rows)
    assert caught.value.expected == "4**k + 2 for the k of the view"
