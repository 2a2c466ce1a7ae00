"""What every registered learner keeps to, whatever it is: a new one is tested by being registered."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from mmlmirloc.declarations import defaults
from mmlmirloc.errors import InputError
from mmlmirloc.features import Features, Rows
from mmlmirloc.registry import known, load
from mmlmirloc.schema import check

PROJECT = Path(__file__).parents[2]
LEARNERS = yaml.safe_load((PROJECT / "config/config.yaml").read_text())["learners"]
LOCATIONS = ["nucleus", "exosome", "cytoplasm"]
# The declared settings, small; one that a learner does not have is left out.
SMALL = {
    "epochs": 3,
    "trees": 8,
    "chains": 2,
    "width": 8,
    "hidden": 6,
    "attention": 4,
    "neighbours": 5,
    "vocabulary": 18,
}
SMALL |= {"gammas": 1.0, "answer": "nucleus+exosome"}

everyone = pytest.mark.parametrize("name", known("models"))


def settings_of(name):
    settings = defaults(class_of(name).SETTINGS)
    settings = settings | {key: value for key, value in SMALL.items() if key in settings}
    by_view = {
        key: {"positions": next(iter(value.values()))} for key, value in settings.items() if isinstance(value, dict)
    }
    return settings | by_view


def class_of(name):
    return load("models", name, "a test").Learner


def rows(name, n, seed=1):
    """Rows of token numbers, or of numbers with and without positions; the labels follow from the first column."""
    random = np.random.default_rng(seed)
    if class_of(name).TOKENS:
        values, lengths = np.zeros((n, 12), dtype=np.int64), random.integers(5, 13, size=n)
        for row, length in zip(values, lengths):
            row[:length] = random.integers(2, 18, size=length)
        views = {"tokens": Features(values, lengths)}
        drive = values[:, 0] - 9.5
    else:
        flat = random.normal(size=(n, 4)).astype(np.float32)
        lengths = random.integers(1, 4, size=n)
        filled = np.arange(3) < lengths[:, None]
        by_position = (random.normal(size=(n, 3, 2)) * filled[:, :, None]).astype(np.float32)
        views = {"flat": Features(flat), "positions": Features(by_position, lengths)}
        drive = flat[:, 0]
    labels = np.stack([drive > 0, random.random(n) < 0.5, random.random(n) < 0.3], axis=1).astype(int)
    return Rows(views, labels)


def part(whole, index):
    return Rows({name: view.rows(index) for name, view in whole.views.items()}, whole.labels[index])


def fitted(name, train, validation, seed=1):
    learner = class_of(name)(settings_of(name), LOCATIONS, seed)
    return learner, learner.fit(train, validation)


@pytest.fixture(scope="module")
def trained():
    """Every learner fitted once: name to learner and test rows."""
    return {name: (fitted(name, rows(name, 60), rows(name, 20, 2))[0], rows(name, 30, 3)) for name in known("models")}


@everyone
def test_every_setting_has_a_default_that_it_allows(name):
    learner = {"settings": defaults(class_of(name).SETTINGS), "grid": {}, "search": "product"}
    check({"learners": {name: learner}}, PROJECT / "config/schemas/config.schema.yaml", "", part="learners")


@pytest.mark.parametrize("name", LEARNERS)
def test_the_config_writes_the_declared_defaults(name):
    """An overlay is the place for others."""
    assert LEARNERS[name]["settings"] == defaults(class_of(name).SETTINGS)


@everyone
def test_scores_are_probabilities_of_each_location(name, trained):
    learner, test = trained[name]
    scores = learner.score(test)
    assert scores.shape == (30, 3) and scores.dtype == np.float64
    assert np.isfinite(scores).all() and scores.min() >= 0 and scores.max() <= 1


@everyone
def test_labels_are_not_read_when_rows_are_scored(name, trained):
    learner, test = trained[name]
    scores = learner.score(test)
    for labels in (1 - test.labels, np.empty((30, 0))):
        assert np.array_equal(learner.score(replace(test, labels=labels)), scores)


@everyone
@pytest.mark.parametrize("count", [0, 1])
def test_no_row_and_one_row_are_scored_as_among_others(name, count, trained):
    learner, test = trained[name]
    scores = learner.score(part(test, np.arange(count)))
    assert scores.shape == (count, 3)
    assert scores == pytest.approx(learner.score(test)[:count], abs=1e-6)


@everyone
def test_rows_are_left_as_they_are(name):
    train, validation = rows(name, 40), rows(name, 20, 2)
    before = [features.values.copy() for features in (*train.views.values(), *validation.views.values())]
    labels = train.labels.copy()
    learner, _ = fitted(name, train, validation)
    learner.score(validation)
    after = [features.values for features in (*train.views.values(), *validation.views.values())]
    assert all(np.array_equal(one, other) for one, other in zip(before, after))
    assert np.array_equal(train.labels, labels)


@everyone
def test_the_same_seed_gives_the_same_scores_and_history(name):
    train, validation, test = rows(name, 40), rows(name, 20, 2), rows(name, 10, 3)
    first, history = fitted(name, train, validation)
    again, same = fitted(name, train, validation)
    assert same == history
    assert again.score(test).tobytes() == first.score(test).tobytes()


@everyone
def test_history_tells_every_epoch_or_nothing(name):
    _, history = fitted(name, rows(name, 40), rows(name, 20, 2))
    keys = {"epoch", "train_loss", "validation_loss", "validation_micro_f1"}
    assert [epoch.keys() for epoch in history] == [keys] * len(history)
    assert [epoch["epoch"] for epoch in history] == list(range(1, len(history) + 1))


@everyone
def test_what_is_loaded_scores_bit_for_bit_as_what_was_saved(name, trained, tmp_path):
    learner, test = trained[name]
    learner.save(tmp_path / "fold-00.model")
    assert [path.name for path in tmp_path.iterdir()] == ["fold-00.model"]
    loaded = class_of(name).load(tmp_path / "fold-00.model", settings_of(name), LOCATIONS)
    assert loaded.score(test).tobytes() == learner.score(test).tobytes()


@everyone
@pytest.mark.parametrize("content", [b"", b"<html>not found</html>"], ids=["empty", "a page"])
def test_a_damaged_file_is_named(name, content, tmp_path):
    path = tmp_path / "fold-00.model"
    path.write_bytes(content)
    with pytest.raises(InputError, match="damaged") as caught:
        class_of(name).load(path, settings_of(name), LOCATIONS)
    assert caught.value.where == str(path)


@everyone
def test_validation_rows_change_nothing_where_there_are_no_epochs(name):
    """With epochs they choose one, see test_network.py."""
    train, test = rows(name, 40), rows(name, 10, 3)
    first, history = fitted(name, train, rows(name, 20, 2))
    other, _ = fitted(name, train, rows(name, 20, 9))
    if not history:
        assert other.score(test).tobytes() == first.score(test).tobytes()


@everyone
def test_a_location_that_all_training_rows_have_or_none_is_no_obstacle(name, tmp_path):
    train, validation, test = rows(name, 40), rows(name, 20, 2), rows(name, 10, 3)
    train = replace(train, labels=np.stack([train.labels[:, 0], np.ones(40, int), np.zeros(40, int)], axis=1))
    learner, history = fitted(name, train, validation)
    scores = learner.score(test)
    assert np.isfinite(scores).all() and scores.min() >= 0 and scores.max() <= 1
    # Few epochs learn little, and a constant answers as it was told.
    if not history and name != "constant":
        assert (scores[:, 1] > scores[:, 2]).all()
    learner.save(tmp_path / "fold-00.model")
    loaded = class_of(name).load(tmp_path / "fold-00.model", settings_of(name), LOCATIONS)
    assert loaded.score(test).tobytes() == scores.tobytes()


@everyone
def test_a_single_location_is_learnt(name, tmp_path):
    train, validation, test = rows(name, 40), rows(name, 20, 2), rows(name, 10, 3)
    train, validation = (replace(one, labels=one.labels[:, :1]) for one in (train, validation))
    settings = settings_of(name) | ({"answer": "nucleus"} if name == "constant" else {})
    learner = class_of(name)(settings, ["nucleus"], 1)
    learner.fit(train, validation)
    scores = learner.score(test)
    assert scores.shape == (10, 1)
    assert np.isfinite(scores).all() and scores.min() >= 0 and scores.max() <= 1
    learner.save(tmp_path / "fold-00.model")
    loaded = class_of(name).load(tmp_path / "fold-00.model", settings, ["nucleus"])
    assert loaded.score(test).tobytes() == scores.tobytes()


@everyone
def test_learners_that_are_fitted_together_are_those_that_are_fitted_alone(name):
    """The same rows twice, and others: what is shared belongs to the rows that it was made of."""
    train, validation, test = rows(name, 40), rows(name, 20, 2), rows(name, 10, 3)
    parts = [(train, validation), (train, validation), (rows(name, 40, 5), rows(name, 20, 6))]
    seeds = [1, 2, 1]
    together = [class_of(name)(settings_of(name), LOCATIONS, seed) for seed in seeds]
    histories = class_of(name).fit_many(together, parts)
    for learner, history, (own, own_validation), seed in zip(together, histories, parts, seeds, strict=True):
        alone, alone_history = fitted(name, own, own_validation, seed)
        assert alone_history == history
        assert alone.score(test).tobytes() == learner.score(test).tobytes()
