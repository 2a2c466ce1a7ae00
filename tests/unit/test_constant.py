import numpy as np
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.features import Rows
from mmlmirloc.models.constant import Learner
from mmlmirloc.objectives import OBJECTIVES

LOCATIONS = ["nucleus", "exosome", "cytoplasm"]
# N, N, NE, EC.
TRAIN = Rows({}, np.array([[1, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 1]]))
HIDDEN = Rows({}, np.empty((2, 0)))


def fitted(train=TRAIN, validation=TRAIN, **settings):
    learner = Learner({"answer": "", "metric": ""} | settings, LOCATIONS, 1)
    assert learner.fit(train, validation) == []
    return learner


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("nucleus", [1, 0, 0]),
        ("cytoplasm+nucleus", [1, 0, 1]),
        ("nucleus+exosome+cytoplasm", [1, 1, 1]),
    ],
)
def test_a_named_answer_is_given_to_every_row(answer, expected):
    assert fitted(answer=answer).score(HIDDEN).tolist() == [expected, expected]


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        # N: 1, 1, 1/2, 0 = 2.5; NE: 1/2, 1/2, 1, 1/3 = 2.33; NEC: 1/3, 1/3, 2/3, 2/3 = 2.
        ("accuracy", [1, 0, 0]),
        ("subset_accuracy", [1, 0, 0]),
        # N: 1, 1, 2/3, 0 = 2.67; NE: 2/3, 2/3, 1, 1/2 = 2.83; NEC: 1/2, 1/2, 4/5, 4/5 = 2.6.
        ("f1", [1, 1, 0]),
        # N: precision 3/4, recall 2.5/4, 0.68; NE: 2.5/4 and 3.5/4, 0.73; NEC: 2/4 and 1, 0.67.
        ("f1_of_means", [1, 1, 0]),
        # N and NE both have 4 wrong of 12: the smaller set. Taking the largest loss would give EC.
        ("hamming_loss", [1, 0, 0]),
        # Any constant has 0.5: the smallest set.
        ("auc_macro", [0, 0, 0]),
        ("auc_macro_labels", [0, 0, 0]),
    ],
)
def test_best_by_metric_by_hand(metric, expected):
    assert fitted(metric=metric).score(HIDDEN).tolist() == [expected] * 2


def test_the_hand_worked_cases_cover_every_metric():
    assert set(OBJECTIVES) == {
        *("accuracy", "subset_accuracy", "f1", "f1_of_means", "hamming_loss", "auc_macro", "auc_macro_labels")
    }


def test_of_equal_sets_the_first_location_wins():
    # E and C are each right once: E comes first among the locations.
    train = Rows({}, np.array([[0, 0, 1], [0, 1, 0]]))
    assert fitted(train, metric="subset_accuracy").score(HIDDEN)[0].tolist() == [0, 1, 0]


def test_a_tie_is_one_whatever_the_order_of_the_rows():
    train = Rows({}, np.array([[0, 1, 0], [0, 0, 0], [1, 1, 1], [1, 0, 1]]))
    # Wrong of 12: nothing 1 + 0 + 3 + 2, N 2 + 1 + 2 + 1, both 6; as sums of thirds they differ in the last bit.
    assert fitted(train, metric="hamming_loss").score(HIDDEN)[0].tolist() == [0, 0, 0]


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "fold-00.model"
    fitted(answer="nucleus").save(path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match="A cached file is damaged") as caught:
        Learner.load(path, {"answer": "nucleus", "metric": ""}, LOCATIONS)
    assert caught.value.where == str(path)
    assert caught.value.hint == "delete it and run the same command again"


@pytest.mark.parametrize("answer", ["nucleolus", "nucleus+nucleolus", "nucleus, exosome"])
def test_an_unknown_location_is_named_with_the_known_ones(answer):
    with pytest.raises(ValueError, match=r"names an unknown location '(nucleolus|nucleus, exosome)'") as caught:
        Learner.check({"answer": answer, "metric": ""}, [], LOCATIONS)
    assert caught.value.args[1] == "names among nucleus, exosome, cytoplasm, joined by +"


@pytest.mark.parametrize(("answer", "metric"), [("", ""), ("nucleus", "f1")])
def test_exactly_one_of_answer_and_metric(answer, metric):
    with pytest.raises(ValueError, match="The constant learner got answer") as caught:
        Learner.check({"answer": answer, "metric": metric}, [], LOCATIONS)
    assert caught.value.args[1] == "exactly one of answer=... and metric=..."
    Learner.check({"answer": "exosome+nucleus", "metric": ""}, [], LOCATIONS)
