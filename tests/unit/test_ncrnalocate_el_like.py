from collections import Counter
from functools import partial

import numpy as np
import planted_rows
import pytest
import skops.io
from sklearn.metrics import roc_auc_score

from mmlmirloc.errors import InputError
from mmlmirloc.features import Rows
from mmlmirloc.models import ncrnalocate_el_like
from mmlmirloc.models.ncrnalocate_el_like import Learner, fit_mlknn, label_sets, score_mlknn
from mmlmirloc.models.shared.trees import flat_forest, score_forest

SETTINGS = planted_rows.SETTINGS["ncrnalocate_el_like"]
LOCATIONS = ["nucleus", "exosome", "microvesicle"]


planted = partial(planted_rows.planted, widths=(3, 3))


def fitted(train, validation=None, seed=1, **overrides):
    learner = Learner(SETTINGS | overrides, LOCATIONS[: train.labels.shape[1]], seed)
    assert learner.fit(train, validation or planted(5, 9)) == []
    return learner


TRAIN, TEST = planted(150, 1), planted(150, 2)


@pytest.fixture(scope="module")
def learner():
    return fitted(TRAIN)


def test_mlknn_by_hand():
    # k = 1. Nearest other row of 0, 1, 2.5, 10, 11: 1, 0, 1, 11, 10; does it bear the label: 1, 1, 1, 0, 0.
    # Prior (1 + 2) / (2 + 5) = 3/7. With the label: counts (0, 2), likelihood (1/4, 3/4).
    # Without it: counts (2, 1), likelihood (3/5, 2/5).
    values = np.array([[0.0], [1.0], [2.5], [10.0], [11.0]])
    model = fit_mlknn(values, np.array([[1], [1], [0], [0], [0]]), 1)
    assert model["prior"] == pytest.approx([3 / 7])
    assert model["likelihood"][:, 0] == pytest.approx(np.array([[3 / 5, 2 / 5], [1 / 4, 3 / 4]]))
    # Next to 0 (labelled): (3/7 * 3/4) / (3/7 * 3/4 + 4/7 * 2/5) = 45/77; next to 11: 15/63.
    assert score_mlknn(model, np.array([[0.2], [12.0]])) == pytest.approx(np.array([[45 / 77], [15 / 63]]))


def test_mlknn_takes_all_other_rows_where_there_are_fewer_than_k():
    model = fit_mlknn(np.arange(4.0)[:, None], np.array([[1, 0], [1, 1], [0, 0], [0, 1]]), 10)
    assert model["likelihood"].shape == (2, 2, 4)
    assert model["likelihood"].sum(axis=2) == pytest.approx(np.ones((2, 2)))


def test_a_forest_scores_the_sum_of_the_sets_that_hold_a_label():
    from sklearn.ensemble import RandomForestClassifier

    kinds = np.array([[0, 1], [1, 0], [1, 1]])
    train, test = (rows.views["a"].values.astype(np.float64) for rows in (TRAIN, TEST))
    forest = RandomForestClassifier(30, random_state=0).fit(train, TRAIN.labels[:, 0] + TRAIN.labels[:, 1])
    none, one, two = forest.predict_proba(test).T
    scores = score_forest(flat_forest(forest, kinds), test)
    assert scores == pytest.approx(np.stack([one + two, none + two], axis=1))


def test_label_sets_are_distinct_and_no_more_than_there_are():
    sets = [tuple(chosen) for chosen in label_sets(4, 3, 6, np.random.default_rng(0))]
    assert sets == [(0, 1, 2), (0, 1, 3), (0, 2, 3), (1, 2, 3)]
    few = [tuple(chosen) for chosen in label_sets(7, 3, 6, np.random.default_rng(0))]
    assert len(set(few)) == 6
    assert [tuple(chosen) for chosen in label_sets(2, 3, 6, np.random.default_rng(0))] == [(0, 1)]


def test_the_score_is_the_mean_of_five_members(learner):
    values = np.concatenate([TEST.views[name].values for name in "ab"], axis=1, dtype=np.float64)
    train = np.concatenate([TRAIN.views[name].values for name in "ab"], axis=1, dtype=np.float64)
    members = learner.score_members((values - train.min(axis=0)) / np.ptp(train, axis=0))
    assert sorted(members) == ["chains", "mlknn", "powerset", "rakel", "relevance"]
    assert learner.score(TEST) == pytest.approx(sum(members.values()) / 5)
    for scores in members.values():
        assert roc_auc_score(TEST.labels[:, 0], scores[:, 0]) > 0.85


def test_a_label_in_no_rakel_set_is_scored_by_the_other_members():
    scores = fitted(TRAIN, labelsets=1).score(TEST)
    assert np.isfinite(scores).all()


def test_a_label_that_cannot_be_learned_gets_its_share():
    labels = TRAIN.labels.copy()
    labels[:, 1] = 1
    labels[:, 2] = 0
    labels[0, 2] = 1
    scores = fitted(Rows(TRAIN.views, labels)).score(TEST)
    assert roc_auc_score(TEST.labels[:, 0], scores[:, 0]) > 0.9
    assert (scores[:, 1:] == [1, 1 / 150]).all()


def test_nothing_to_learn_gives_constants(tmp_path):
    learner = fitted(Rows(TRAIN.views, np.ones((150, 3), int)))
    learner.save(tmp_path / "model.skops")
    again = Learner.load(tmp_path / "model.skops", SETTINGS, LOCATIONS)
    assert (learner.score(TEST) == 1).all()
    assert (again.score(TEST) == 1).all()


def test_views_are_found_by_name_not_by_order(learner):
    turned = Rows(dict(reversed(TEST.views.items())), TEST.labels)
    assert np.array_equal(learner.score(TEST), learner.score(turned))


def test_the_same_seed_gives_the_same_bits_and_another_seed_others(learner):
    assert np.array_equal(learner.score(TEST), fitted(TRAIN).score(TEST))
    assert not np.array_equal(learner.score(TEST), fitted(TRAIN, seed=2).score(TEST))


def test_fitted_together_each_scores_as_fitted_alone(monkeypatch):
    """Settings that share their forests, their chains or neither, on two training parts; no member is fitted twice."""
    count = Counter()

    def counted(name, original):
        def function(*given, **options):
            count[name] += 1
            return original(*given, **options)

        return function

    for name in ("fit_forest", "fit_mlknn"):
        monkeypatch.setattr(ncrnalocate_el_like, name, counted(name, getattr(ncrnalocate_el_like, name)))
    points = [{"C": 1.0}, {"C": 8.0}, {"min_samples_leaf": 5}]
    parts = [(TRAIN, TEST), (planted(100, 3), TEST)]
    pairs = [(changes | {"trees": 10}, part, seed) for changes in points for seed, part in enumerate(parts, start=1)]
    learners = [Learner(SETTINGS | changes, LOCATIONS, seed) for changes, _, seed in pairs]
    assert Learner.fit_many(learners, [part for _, part, _ in pairs]) == [[]] * 6
    # Of three locations: three forests of one, one of all, three of two; for two sizes of leaf and two parts.
    assert count == {"fit_forest": 7 * 2 * 2, "fit_mlknn": 2}
    scores = [learner.score(TEST) for learner in learners]
    for own, (changes, (train, _), seed) in zip(scores, pairs, strict=True):
        assert np.array_equal(own, fitted(train, seed=seed, **changes).score(TEST))
    # They do differ, so that the test can fail.
    assert len({own.tobytes() for own in scores}) == 6


class Stranger:
    def __init__(self):
        self.value = 1


def test_a_file_with_another_class_is_refused(tmp_path):
    skops.io.dump({"members": Stranger()}, tmp_path / "model.skops")
    with pytest.raises(InputError, match=r"damaged(.|\n)*Stranger"):
        Learner.load(tmp_path / "model.skops", SETTINGS, LOCATIONS)


def test_a_damaged_or_missing_file_is_named(tmp_path):
    (tmp_path / "model.skops").write_bytes(b"half a model")
    with pytest.raises(InputError, match=r"damaged(.|\n)*model.skops"):
        Learner.load(tmp_path / "model.skops", SETTINGS, LOCATIONS)
    with pytest.raises(InputError, match="A model file is missing"):
        Learner.load(tmp_path / "none.skops", SETTINGS, LOCATIONS)
