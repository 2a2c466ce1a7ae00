"""The label set of the most similar sequence, by hand."""

import numpy as np
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features, Rows
from mmlmirloc.models.nearest import Learner, identities
from mmlmirloc.views.kmer_tokens import View

SETTINGS = {"vocabulary": 6}
LOCATIONS = ["nucleus", "exosome"]
SEQUENCES = ["ACGU", "ACGG", "UUUUUUUU"]
LABELS = np.array([[1, 0], [1, 1], [0, 1]])


def bases(sequences, positions=12, k=1):
    return View({"k": k, "positions": positions}).compute(sequences)


def rows(sequences, labels=None, **options):
    labels = np.empty((len(sequences), 0)) if labels is None else labels
    return Rows({"bases": bases(sequences, **options)}, labels)


def fitted(train=None, settings=SETTINGS):
    learner = Learner(settings, LOCATIONS, 1)
    assert learner.fit(rows(SEQUENCES, LABELS) if train is None else train, rows(["GGGG"], np.array([[1, 1]]))) == []
    return learner


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("ACGU", "ACGU", 1),
        # One substitution of four.
        ("ACGU", "ACGA", 3 / 4),
        # One insertion: of the longer sequence's five.
        ("ACGU", "ACCGU", 4 / 5),
        ("ACCGU", "ACGU", 4 / 5),
        # A shift by one is a deletion and an insertion, not a substitution of each base.
        ("ACGUACGU", "CGUACGUA", 6 / 8),
        ("AAAA", "UUUU", 0),
        ("AAAA", "AA", 2 / 4),
        # Another letter is a base of its own, like itself.
        ("ANGU", "ANGU", 1),
        ("ANGU", "AAGU", 3 / 4),
        ("", "ACGU", 0),
    ],
)
def test_identity_by_hand(first, second, expected):
    found = identities(bases([first]).values, bases([second]).values)
    assert found == pytest.approx(np.array([[expected]]))


def test_padding_is_no_base():
    # The longer table of positions alone must not make two sequences more alike.
    queries, others = bases(["ACGU", "A"], positions=5).values, bases(["ACGA", "A", "UUU"], positions=40).values
    assert identities(queries, others) == pytest.approx(np.array([[3 / 4, 1 / 4, 1 / 4], [1 / 4, 1, 0]]))


@pytest.mark.parametrize(
    ("sequence", "expected"),
    [
        ("ACGU", [1, 0]),
        ("ACGG", [1, 1]),
        ("UUUUUUU", [0, 1]),
        # One insertion into each of the first two: both equally near, the mean of their labels.
        ("ACGUG", [1, 0.5]),
        # As far from all as can be.
        ("", [2 / 3, 2 / 3]),
    ],
)
def test_the_nearest_rows_labels(sequence, expected):
    assert fitted().score(rows([sequence])) == pytest.approx(np.array([expected]))


def test_rows_are_scored_apart_and_in_their_order():
    together = fitted().score(rows(["UUUU", "ACGG", "ACGU"]))
    assert together.tolist() == [[0, 1], [1, 1], [1, 0]]


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "fold-00.model"
    fitted().save(path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match="A cached file is damaged") as caught:
        Learner.load(path, SETTINGS, LOCATIONS)
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    ("views", "message"),
    [
        ({}, r"The views \(none\) are not token numbers"),
        ({"gc": Features(np.ones((1, 1), np.float32))}, "The views gc are not token numbers"),
        ({"one": bases(["A"]), "two": bases(["A"])}, "The views one, two are not token numbers"),
        # Words of two bases have 4^2 + 2 numbers.
        ({"words": bases(["UUU"], k=2)}, "The view words has token number 17, the embedding 6 rows"),
    ],
)
def test_another_view_is_refused(views, message):
    wrong = Rows(views, np.array([[1, 0]]))
    with pytest.raises(InputError, match=message):
        fitted(wrong)
    with pytest.raises(InputError, match=message):
        fitted().score(wrong)
