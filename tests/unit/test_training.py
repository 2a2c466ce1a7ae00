"""Training per repeat and fold: what a fold model may know, how a point of the grid is chosen, and what is written."""

import importlib
import inspect
import json

import numpy as np
import pandas as pd
import pytest
from score_files import read_scored

from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table
from mmlmirloc.registry import load
from mmlmirloc.scores import read_scores, read_validation
from mmlmirloc.scoring import Trained, score_models
from mmlmirloc.training import Model, fold_path, repeat_folder, train_models
from mmlmirloc.views.cache import ViewFiles, fold_file
from mmlmirloc.views.making import compute_view, fit_view

LOCATIONS = ["nucleus", "exosome"]

# A learner whose model is one number per location, and which keeps a record of all that it was shown.
MEAN_LEARNER = """
import json

import numpy as np
from mmlmirloc.models import base


class Learner(base.Learner):
    def __init__(self, settings, locations, seed):
        self.settings, self.seed = settings, seed
        self.state = {}

    def fit(self, train, validation, shared=None):
        view = next(iter(train.views.values()))
        self.state = {
            "labels": train.labels.mean(axis=0).tolist(),
            "view": view.mean().mean(axis=0).astype(float).tolist(),
            "seed": self.seed,
            "rows": len(train),
            "settings": dict(self.settings),
        }
        epoch = {"epoch": 1, "train_loss": 0.5, "validation_loss": 0.25, "validation_micro_f1": 1}
        return [epoch] if self.settings["history"] else []

    def score_some(self, rows):
        base = np.full((len(rows), len(self.state["labels"])), float(self.settings["level"]))
        view = next(iter(rows.views.values()))
        return np.clip(base + self.settings["slope"] * view.mean()[:, :1], 0, 1)

    def save(self, path):
        path.write_text(json.dumps(self.state))

    @classmethod
    def load(cls, path, settings, locations):
        learner = cls(settings, locations, 0)
        learner.state = json.loads(path.read_text())
        return learner
"""


@pytest.fixture(autouse=True)
def learners(tmp_path, monkeypatch):
    folder = tmp_path / "learners"
    folder.mkdir()
    (folder / "toy_mean.py").write_text(MEAN_LEARNER)
    package = importlib.import_module("mmlmirloc.models")
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    importlib.invalidate_caches()


class Bench:
    """Twelve rows in three folds, twelve others of a second repeat, a k-mer view and a word2vec view on disk."""

    def __init__(self, folder):
        self.folder = folder
        random = np.random.default_rng(0)
        self.rows = pd.DataFrame(
            {
                "accession": [f"A{number:02d}" for number in range(15)],
                "name": [f"hsa-mir-{number}" for number in range(15)],
                "sequence": ["".join(random.choice(list("ACGU"), 30)) for _ in range(15)],
                "nucleus": [1, 1, 0] * 5,
                "exosome": [0, 1, 1] * 5,
            }
        )
        self.train = self.rows[:12].assign(fold=[0, 1, 2] * 4, repeat=1)
        self.test = self.rows[12:].assign(repeat=1)
        # Labels, folds and number of folds are others than the first repeat's.
        self.second = self.rows[:12].assign(
            accession=[f"B{number:02d}" for number in range(12)],
            sequence=["".join(random.choice(list("ACGU"), 30)) for _ in range(12)],
            nucleus=[1, 0, 0, 1] * 3,
            exosome=[1, 1, 0, 0] * 3,
            fold=[1, 1, 0] * 4,
            repeat=2,
        )
        self.both = pd.concat([self.train, self.second])

    def write(self, name, table):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(path, sep="\t", index=False)
        return path

    def model(self, name, train, learner="toy_mean", settings=(), grid=None, search="product", kind="kmer"):
        """Compute the view and return the model that uses it."""
        if kind == "kmer":
            view = {"k": [1], "denominator": "length", "reverse_complement": False}
            path = self.folder / name / "view.npz"
            both = pd.concat([train.drop(columns="fold"), self.test])
            compute_view(self.write(f"{name}/all.tsv", both), path, kind, view)
        else:
            view = {"k": 2, "positions": 20, "width": 4, "window": 2, "negative": 2, "epochs": 2}
            path = self.folder / name / "view"
            fit_view(self.write(f"{name}/train.tsv", train), path, kind, view, seed=1)
        settings = {"level": 0.6, "slope": 0.0, "history": False} | dict(settings)
        return Model(learner, settings, grid or {}, search, {"view": ViewFiles(kind, view, str(path))})

    def run(
        self,
        name="run",
        train=None,
        objective="accuracy",
        seed=5,
        repeats=(1,),
        search_folds=3,
        model_id="toy",
        **changes,
    ):
        """Train, and return the folder of outputs and the model."""
        train = self.train if train is None else train
        model = self.model(name, train, **changes)
        out = self.folder / name
        train_models(
            self.write(f"{name}/train.tsv", train),
            out / "folds",
            out / "validation.tsv",
            out / "history.tsv",
            out / "tuning.tsv",
            {model_id: model},
            {model_id: repeats},
            LOCATIONS,
            objective,
            search_folds,
            seed,
        )
        return out, model


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def fitted(out, fold, repeat=1):
    return fold_path(repeat_folder(out / "folds", "toy", repeat), fold).read_bytes()


# -- leakage --------------------------------------------------------------------------------------------------------


def spoilt(train, fold):
    """The same rows with other sequences and labels where fold ``fold`` validates."""
    train = train.copy()
    validated = train["fold"] == fold
    train.loc[validated, "sequence"] = "GGGGGGGGGGGGGGGGGGGGGGGGGGGGGG"
    train.loc[validated, LOCATIONS] = 1 - train.loc[validated, LOCATIONS]
    return train


@pytest.mark.parametrize("kind", ["kmer", "word2vec"])
@pytest.mark.parametrize("fold", [0, 1, 2])
def test_validation_rows_change_nothing_that_is_fitted(bench, kind, fold):
    before, _ = bench.run("before", kind=kind)
    after, _ = bench.run("after", train=spoilt(bench.train, fold), kind=kind)
    assert fitted(after, fold) == fitted(before, fold)
    # The rows train the other folds' models, so that the test can fail.
    for other in {0, 1, 2} - {fold}:
        assert fitted(after, other) != fitted(before, other)


@pytest.mark.parametrize("fold", [0, 2])
def test_a_fitted_view_never_saw_the_validation_rows(bench, fold):
    paths = [
        bench.model(name, train, kind="word2vec")
        for name, train in [("before", bench.train), ("after", spoilt(bench.train, fold))]
    ]
    files = [[fold_file(model.views["view"].path, 1, k).read_bytes() for k in range(3)] for model in paths]
    assert [k for k in range(3) if files[0][k] == files[1][k]] == [fold]


@pytest.mark.parametrize("fold", [0, 1])
def test_the_best_constant_is_chosen_on_training_rows(bench, fold):
    """A real learner without early stopping."""
    settings = {"answer": "", "metric": "accuracy"}
    skewed = bench.train.assign(nucleus=[1] * 12, exosome=(bench.train["fold"] == fold).astype(int))
    outs = [
        bench.run(name, train=train, learner="constant", settings=settings)[0]
        for name, train in [("before", skewed), ("after", spoilt(skewed, fold))]
    ]
    assert fitted(outs[0], fold) == fitted(outs[1], fold)


def test_training_has_no_way_to_the_test_rows(bench):
    assert not [name for name in inspect.signature(train_models).parameters if "test" in name]
    # What it is given holds no test row either: it works where there are none.
    out, _ = bench.run()
    train = read_table(out / "train.tsv", text=["accession"])
    assert not set(train["accession"]) & set(bench.test["accession"])
    assert set(read_table(out / "validation.tsv", text=["accession"])["accession"]) == set(train["accession"])


def test_labels_are_hidden_from_scoring(bench):
    """The labels of test rows may be anything, or nothing at all."""
    out, model = bench.run(settings={"slope": 0.5})
    for name, test in [
        ("right", bench.test),
        ("wrong", bench.test.assign(nucleus=0, exosome=1)),
        ("none", bench.test.drop(columns=LOCATIONS)),
    ]:
        trained = Trained("toy", model, [1], bench.write(f"{name}.tsv", test), out / "folds")
        score_models([trained], bench.folder / f"{name}-scores.tsv", LOCATIONS)
    right, *others = ((bench.folder / f"{name}-scores.tsv").read_bytes() for name in ("right", "wrong", "none"))
    assert others == [right, right]


# -- what is fitted -------------------------------------------------------------------------------------------------


def test_each_fold_trains_on_the_others_with_its_own_seed(bench):
    out, _ = bench.run(seed=5)
    for fold in range(3):
        state = json.loads(fitted(out, fold))
        others = bench.train[bench.train["fold"] != fold]
        assert state["rows"] == 8
        assert state["seed"] == 5 + 1000 + fold
        assert state["labels"] == others[LOCATIONS].mean().tolist()


def test_same_seed_same_bytes(bench):
    one, _ = bench.run("one", settings={"slope": 0.5}, kind="word2vec")
    two, _ = bench.run("two", settings={"slope": 0.5}, kind="word2vec")
    of_the_repeat = [f"folds/toy/repeat-01/{name}" for name in ("settings.json", "fold-01.model")]
    for name in ("validation.tsv", "history.tsv", "tuning.tsv", *of_the_repeat):
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_validation_scores(bench):
    out, _ = bench.run(settings={"level": 0.25})
    table = read_scored(out / "validation.tsv")
    assert list(table.columns) == ["model", "repeat", "fold", "accession", *LOCATIONS]
    # Fold by fold, rows in their order.
    expected = [
        ("toy", 1, fold, accession, 0.25, 0.25)
        for fold in range(3)
        for accession in bench.train.loc[bench.train["fold"] == fold, "accession"]
    ]
    assert list(table.itertuples(index=False, name=None)) == expected


def test_validation_scores_are_read_as_scores_of_the_training_rows(bench):
    out, _ = bench.run(train=bench.both, repeats=(1, 2), settings={"level": 0.25})
    found = read_validation(out / "validation.tsv", out / "train.tsv", LOCATIONS)["toy"]
    for repeat, rows in ((1, bench.train), (2, bench.second)):
        ordered = rows.sort_values("fold", kind="stable")
        assert found[repeat].folds.tolist() == ordered["fold"].tolist()
        assert found[repeat].truth.tolist() == ordered[LOCATIONS].to_numpy().tolist()
        assert (found[repeat].scores == 0.25).all()


HISTORY = "model\trepeat\tfold\tepoch\ttrain_loss\tvalidation_loss\tvalidation_micro_f1"


def test_history(bench):
    out, _ = bench.run("with", settings={"history": True})
    assert (out / "history.tsv").read_text() == (
        f"{HISTORY}\ntoy\t1\t0\t1\t0.5\t0.25\t1\ntoy\t1\t1\t1\t0.5\t0.25\t1\ntoy\t1\t2\t1\t0.5\t0.25\t1\n"
    )
    out, _ = bench.run("without")
    assert (out / "history.tsv").read_text() == f"{HISTORY}\n"


# -- the grid -------------------------------------------------------------------------------------------------------


def only(nucleus, exosome):
    """Training rows that all have the same locations."""
    return lambda bench: bench.train.assign(nucleus=nucleus, exosome=exosome)


@pytest.mark.parametrize(
    ("truth", "objective", "values", "chosen"),
    [
        # All rows hold both locations: predicting both (a level from 0.5 on) is right everywhere, predicting none
        # wrong everywhere.
        (only(1, 1), "accuracy", [0, 1, 1], 1),
        (only(1, 1), "hamming_loss", [1, 0, 0], 1),  # lower is better; of equals the first
        # One of two: predicting both has half the union and half the decisions wrong; predicting none has no
        # location right, and half the decisions wrong too.
        (only(1, 0), "accuracy", [0, 0.5, 0.5], 1),
        (only(1, 0), "hamming_loss", [0.5, 0.5, 0.5], 0),
        (only(0, 0), "subset_accuracy", [1, 0, 0], 0),
    ],
)
def test_the_best_point_by_the_objective(bench, truth, objective, values, chosen):
    out, _ = bench.run(train=truth(bench), objective=objective, grid={"level": [0.1, 0.6, 0.9]})
    tuning = read_table(out / "tuning.tsv")
    assert list(tuning.columns) == ["model", "repeat", "level", "objective", "mean", "sd", "chosen"]
    assert tuning["level"].tolist() == [0.1, 0.6, 0.9]
    assert set(tuning["objective"]) == {objective}
    assert tuning["mean"].tolist() == values
    assert tuning["sd"].tolist() == [0, 0, 0]
    assert tuning["chosen"].tolist() == [int(place == chosen) for place in range(3)]
    level = [0.1, 0.6, 0.9][chosen]
    assert json.loads((out / "folds/toy/repeat-01/settings.json").read_text())["settings"]["level"] == level
    assert set(read_scored(out / "validation.tsv")[LOCATIONS].to_numpy().ravel()) == {level}
    assert json.loads(fitted(out, 0))["settings"]["level"] == level


def test_mean_and_sd_over_folds(bench):
    """Predicting both: folds whose rows hold 2, 2, and 1 of two locations have accuracies 1, 1, 0.5."""
    train = bench.train.assign(nucleus=1, exosome=(bench.train["fold"] != 2).astype(int))
    out, _ = bench.run(train=train)
    tuning = read_table(out / "tuning.tsv").loc[0]
    assert tuning["mean"] == pytest.approx(2.5 / 3, rel=1e-5)
    assert tuning["sd"] == pytest.approx(np.std([1, 1, 0.5], ddof=1), rel=1e-5)


def test_all_points_in_the_order_of_the_grid(bench):
    out, _ = bench.run(grid={"level": [0.1, 0.6], "slope": [0.0, 0.5]})
    tuning = read_table(out / "tuning.tsv")
    assert tuning[["level", "slope"]].values.tolist() == [[0.1, 0.0], [0.1, 0.5], [0.6, 0.0], [0.6, 0.5]]


def test_settings_in_turn_start_from_the_best_so_far(bench):
    """All rows hold both locations, so that levels from 0.5 on are right; slopes of 0 change no score."""
    grid = {"level": [0.1, 0.6, 0.9], "slope": [0.0, -9.0], "history": [True, False]}
    out, _ = bench.run(train=only(1, 1)(bench), grid=grid, search="in_turn")
    tuning = read_table(out / "tuning.tsv")
    # The levels with the first values of the others, then another slope with level 0.6, the first of the best, then no
    # history with the first slope, which is the better one.
    assert tuning[["level", "slope", "history"]].values.tolist() == [
        [0.1, 0.0, True],
        [0.6, 0.0, True],
        [0.9, 0.0, True],
        [0.6, -9.0, True],
        [0.6, 0.0, False],
    ]
    assert tuning["mean"].tolist() == [0, 1, 1, 0, 1]
    assert tuning["chosen"].tolist() == [0, 1, 0, 0, 0]
    chosen = json.loads((out / "folds/toy/repeat-01/settings.json").read_text())["settings"]
    assert chosen == {"level": 0.6, "slope": 0.0, "history": True}


def test_without_a_grid_in_turn_there_is_one_point(bench):
    out, model = bench.run(search="in_turn")
    assert read_table(out / "tuning.tsv")["chosen"].tolist() == [1]
    assert json.loads((out / "folds/toy/repeat-01/settings.json").read_text())["settings"] == dict(model.settings)


def test_without_a_grid_there_is_one_point(bench):
    out, _ = bench.run()
    assert read_table(out / "tuning.tsv")["chosen"].tolist() == [1]


def test_an_undefined_objective_is_never_the_best(bench, monkeypatch):
    """AUC has no value where a fold's rows have one class only: here at the first point of the grid."""
    from mmlmirloc import training

    values = iter([np.nan, 0.4, 0.4, 0.3, 0.3, 0.3])
    monkeypatch.setattr(training, "value_of", lambda objective, truth, scores: next(values))
    out, _ = bench.run(objective="auc_macro", grid={"level": [0.1, 0.6]})
    assert read_table(out / "tuning.tsv")["chosen"].tolist() == [0, 1]


@pytest.fixture
def fits(monkeypatch):
    """Level and seed of each fit of the toy learner, in order."""
    learner, done = load("models", "toy_mean", "here").Learner, []
    fit = learner.fit

    def recorded(self, train, validation, shared=None):
        done.append((self.settings["level"], self.seed))
        return fit(self, train, validation, shared)

    monkeypatch.setattr(learner, "fit", recorded)
    return done


def divided(bench):
    """Rows of fold 0 hold nothing, all others both locations: fold 0 alone is for a low level, all three for a high."""
    return bench.train.assign(**{location: (bench.train["fold"] > 0).astype(int) for location in LOCATIONS})


DIVIDED = {"objective": "subset_accuracy", "grid": {"level": [0.9, 0.1]}}


def test_points_are_compared_on_the_first_folds_and_the_chosen_one_is_fitted_on_all(bench, fits):
    out, _ = bench.run(train=divided(bench), search_folds=1, **DIVIDED)
    tuning = read_table(out / "tuning.tsv")
    # The values of fold 0; of one value there is no sd.
    assert tuning["mean"].tolist() == [0, 1]
    assert tuning["sd"].isna().all()
    assert tuning["chosen"].tolist() == [0, 1]
    assert fits == [(0.9, 1005), (0.1, 1005), (0.1, 1006), (0.1, 1007)]
    chosen = json.loads((out / "folds/toy/repeat-01/settings.json").read_text())
    assert (chosen["folds"], chosen["settings"]["level"]) == (3, 0.1)
    assert [json.loads(fitted(out, fold))["settings"]["level"] for fold in range(3)] == [0.1] * 3
    validation = read_scored(out / "validation.tsv")
    assert set(validation[LOCATIONS].to_numpy().ravel()) == {0.1}
    assert sorted(set(validation["accession"])) == bench.train["accession"].tolist()


@pytest.mark.parametrize(
    ("search_folds", "means", "chosen", "fitted_last"),
    [
        # Two folds: 0 and 1 of the high level, 1 and 0 of the low one; of equals the first.
        (2, [0.5, 0.5], [1, 0], [(0.9, 1007)]),
        (3, [2 / 3, 1 / 3], [1, 0], []),
        (20, [2 / 3, 1 / 3], [1, 0], []),  # more than there are: all
    ],
)
def test_the_number_of_folds_that_are_searched(bench, fits, search_folds, means, chosen, fitted_last):
    out, _ = bench.run(train=divided(bench), search_folds=search_folds, **DIVIDED)
    tuning = read_table(out / "tuning.tsv")
    assert tuning["mean"].tolist() == pytest.approx(means, rel=1e-5)
    assert tuning["chosen"].tolist() == chosen
    searched = [(level, 1005 + fold) for level in (0.9, 0.1) for fold in range(min(search_folds, 3))]
    assert fits == searched + fitted_last


def test_a_folds_model_is_the_same_whether_it_was_searched_or_not(bench):
    one, _ = bench.run("one", train=divided(bench), search_folds=1, settings={"slope": 0.5}, grid={"level": [0.1]})
    all_, _ = bench.run("all", train=divided(bench), search_folds=3, settings={"slope": 0.5}, grid={"level": [0.1]})
    two, _ = bench.run("two", train=divided(bench), search_folds=1, settings={"slope": 0.5}, **DIVIDED)
    assert json.loads(fitted(two, 0))["settings"]["level"] == 0.1
    for fold in range(3):
        assert fitted(one, fold) == fitted(all_, fold) == fitted(two, fold)
    assert (one / "validation.tsv").read_bytes() == (two / "validation.tsv").read_bytes()


def test_without_a_choice_all_folds_are_measured(bench, fits):
    train = bench.train.assign(nucleus=1, exosome=(bench.train["fold"] != 2).astype(int))
    out, _ = bench.run(train=train, search_folds=1)
    assert read_table(out / "tuning.tsv")["mean"].tolist() == pytest.approx([2.5 / 3], rel=1e-5)
    assert fits == [(0.6, 1005 + fold) for fold in range(3)]


def test_a_learner_that_shares_work_gets_all_points_and_folds_together(bench, fits, monkeypatch):
    expected, _ = bench.run("one-by-one", train=divided(bench), search_folds=2, **DIVIDED)
    calls = []

    def fit_many(learners, parts):
        calls.append([(learner.settings["level"], learner.seed) for learner in learners])
        # Points of one fold are handed the same object, by which work in common is known.
        assert len({id(train) for train, _ in parts}) == len({learner.seed for learner in learners})
        return [learner.fit(*part) for learner, part in zip(learners, parts, strict=True)]

    learner = load("models", "toy_mean", "here").Learner
    monkeypatch.setattr(learner, "fit_many", staticmethod(fit_many))
    out, _ = bench.run("together", train=divided(bench), search_folds=2, **DIVIDED)
    assert calls == [[(0.9, 1005), (0.9, 1006), (0.1, 1005), (0.1, 1006)], [(0.9, 1007)]]
    for name in ("validation.tsv", "history.tsv", "tuning.tsv"):
        assert (out / name).read_bytes() == (expected / name).read_bytes()
    assert [fitted(out, fold) for fold in range(3)] == [fitted(expected, fold) for fold in range(3)]


# -- repeats --------------------------------------------------------------------------------------------------------


def written(out):
    """Paths of all that was written of the folds."""
    return sorted(str(path.relative_to(out / "folds")) for path in (out / "folds").rglob("*") if path.is_file())


@pytest.mark.parametrize("kind", ["kmer", "word2vec"])
def test_rows_of_another_repeat_change_nothing_that_is_fitted(bench, kind):
    grid = {"level": [0.1, 0.6, 0.9]}
    other = bench.second.assign(sequence="G" * 30, nucleus=1 - bench.second["nucleus"], fold=[0, 1] * 6)
    before, _ = bench.run("before", train=bench.both, repeats=(1, 2), kind=kind, grid=grid)
    after, _ = bench.run("after", train=pd.concat([other, bench.train]), repeats=(1, 2), kind=kind, grid=grid)
    for fold in range(3):
        assert fitted(after, fold) == fitted(before, fold)
    # The second repeat's own models do change, so that the test can fail.
    for fold in range(2):
        assert fitted(after, fold, repeat=2) != fitted(before, fold, repeat=2)
    for name in ("validation.tsv", "tuning.tsv"):
        tables = [read_table(out / name) for out in (before, after)]
        firsts = [table[table["repeat"] == 1].reset_index(drop=True) for table in tables]
        pd.testing.assert_frame_equal(*firsts)


@pytest.mark.parametrize("kind", ["kmer", "word2vec"])
def test_only_the_repeats_asked_for_are_trained(bench, kind):
    settings = {"history": True, "slope": 0.5}
    alone, _ = bench.run("alone", train=bench.train, kind=kind, settings=settings)
    one, _ = bench.run("one", train=bench.both, repeats=[1], kind=kind, settings=settings)
    assert written(one) == [*(f"toy/repeat-01/fold-0{fold}.model" for fold in range(3)), "toy/repeat-01/settings.json"]
    for name in ("validation.tsv", "history.tsv", "tuning.tsv", *(f"folds/{path}" for path in written(alone))):
        assert (one / name).read_bytes() == (alone / name).read_bytes()


def test_repeats_together_are_those_trained_alone_one_after_the_other(bench):
    changes = {"train": bench.both, "settings": {"history": True, "slope": 0.5}, "grid": {"level": [0.1, 0.6]}}
    together, _ = bench.run("together", repeats=(2, 1), **changes)
    alone = {repeat: bench.run(f"alone-{repeat}", repeats=[repeat], **changes)[0] for repeat in (2, 1)}
    assert written(together) == sorted(path for out in alone.values() for path in written(out))
    for out in alone.values():
        for path in written(out):
            assert (together / "folds" / path).read_bytes() == (out / "folds" / path).read_bytes()
    for name in ("validation.tsv", "history.tsv", "tuning.tsv"):
        head, *second = (alone[2] / name).read_text().splitlines()
        _, *first = (alone[1] / name).read_text().splitlines()
        assert (together / name).read_text().splitlines() == [head, *second, *first]


def test_models_together_are_those_trained_alone_one_after_the_other(bench):
    """Each on its own repeats; the grid of one has whole numbers, that of the other does not have the setting."""
    first, one = bench.run("one", train=bench.both, repeats=[2, 1], model_id="one", grid={"level": [1, 0]})
    # And one has epochs.
    changes = {"settings": {"history": True}, "grid": {"slope": [0.5]}}
    second, other = bench.run("other", train=bench.both, repeats=[1], model_id="other", **changes)
    out = bench.folder / "together"
    outputs = [out / name for name in ("folds", "validation.tsv", "history.tsv", "tuning.tsv")]
    models, repeats = {"one": one, "other": other}, {"one": [2, 1], "other": [1]}
    train_models(first / "train.tsv", *outputs, models, repeats, LOCATIONS, "accuracy", 3, 5)
    assert written(out) == [*written(first), *written(second)]
    for alone in (first, second):
        for path in written(alone):
            assert (out / "folds" / path).read_bytes() == (alone / "folds" / path).read_bytes()
    for name in ("validation.tsv", "history.tsv"):
        head, *lines = (first / name).read_text().splitlines()
        assert (out / name).read_text().splitlines() == [head, *lines, *(second / name).read_text().splitlines()[1:]]
    tuning = read_table(out / "tuning.tsv", text=["level", "slope"])
    assert tuning[["model", "repeat", "level", "slope"]].to_numpy().tolist() == [
        *(["one", 2, "1", ""], ["one", 2, "0", ""]),
        *(["one", 1, "1", ""], ["one", 1, "0", ""]),
        ["other", 1, "", "0.5"],
    ]


def test_each_repeat_has_its_own_seeds_folds_and_choice(bench):
    """All rows of the first repeat hold both locations, none of the second does."""
    train = bench.both.assign(**{name: (bench.both["repeat"] == 1).astype(int) for name in LOCATIONS})
    out, _ = bench.run(train=train, repeats=(1, 2), objective="subset_accuracy", grid={"level": [0.1, 0.6]})
    tuning = read_table(out / "tuning.tsv")
    assert tuning[["repeat", "level", "mean", "chosen"]].to_numpy().tolist() == [
        *([1, 0.1, 0, 0], [1, 0.6, 1, 1]),
        *([2, 0.1, 1, 1], [2, 0.6, 0, 0]),
    ]
    states = {(repeat, fold): json.loads(fitted(out, fold, repeat)) for repeat in (1, 2) for fold in range(4 - repeat)}
    assert {place: (state["seed"], state["rows"], state["settings"]["level"]) for place, state in states.items()} == {
        **{(1, fold): (5 + 1000 + fold, 8, 0.6) for fold in range(3)},
        # Four rows of fold 0, eight of fold 1.
        (2, 0): (5 + 2000, 8, 0.1),
        (2, 1): (5 + 2001, 4, 0.1),
    }


def test_a_repeat_that_the_training_table_lacks(bench):
    with pytest.raises(InputError, match="repeat 3") as caught:
        bench.run(train=bench.both, repeats=[3])
    assert caught.value.where == str(bench.folder / "run/train.tsv")
    assert not (bench.folder / "run/folds").exists()
    assert not (bench.folder / "run/validation.tsv").exists()


# -- scoring --------------------------------------------------------------------------------------------------------


def scored(bench, out, model, test=None, repeats=(1,)):
    test = bench.test if test is None else test
    trained = Trained("toy", model, repeats, bench.write("test.tsv", test), out / "folds")
    score_models([trained], out / "scores.tsv", LOCATIONS)
    return read_scored(out / "scores.tsv")


def by_fold(table):
    """Scores of each fold model as bytes, to be told apart."""
    return [part[LOCATIONS].to_numpy().tobytes() for _, part in table.groupby("fold")]


def test_layout_of_scores(bench):
    out, model = bench.run(settings={"level": 0.75})
    table = scored(bench, out, model)
    assert list(table.columns) == ["model", "repeat", "fold", "accession", *LOCATIONS]
    expected = [("toy", 1, fold, row.accession, 0.75, 0.75) for fold in range(3) for row in bench.test.itertuples()]
    assert list(table.itertuples(index=False, name=None)) == expected


def test_scores_are_of_the_chosen_point(bench):
    train = bench.train.assign(nucleus=0, exosome=0)
    out, model = bench.run(train=train, objective="subset_accuracy", grid={"level": [0.9, 0.2]})
    assert set(scored(bench, out, model)[LOCATIONS].to_numpy().ravel()) == {0.2}


def test_each_fold_model_sees_its_own_fitted_view(bench):
    out, model = bench.run(settings={"level": 0.5, "slope": 1.0}, kind="word2vec")
    first = by_fold(scored(bench, out, model))
    assert len(set(first)) == 3
    # With the view of fold 1 in the place of fold 0's, only fold 0's scores change, and to other values.
    folder = model.views["view"].path
    fold_file(folder, 1, 0).write_bytes(fold_file(folder, 1, 1).read_bytes())
    swapped = by_fold(scored(bench, out, model))
    assert swapped[0] == swapped[1] == first[1]
    assert swapped[2] == first[2]


def test_each_repeat_is_scored_with_its_own_models_on_its_own_rows(bench):
    out, model = bench.run(train=bench.both, repeats=(1, 2), settings={"level": 0.5, "slope": 1.0}, kind="word2vec")
    test = pd.concat([bench.test, bench.test.iloc[:2].assign(repeat=2)])
    together = scored(bench, out, model, test, repeats=(1, 2))
    # The second repeat has two folds and two rows.
    assert together.groupby("repeat").size().tolist() == [3 * 3, 2 * 2]
    assert together.groupby("repeat")["fold"].unique().map(list).tolist() == [[0, 1, 2], [0, 1]]
    for repeat in (1, 2):
        alone = scored(bench, out, model, test, repeats=[repeat])
        pd.testing.assert_frame_equal(alone, together[together["repeat"] == repeat].reset_index(drop=True))
    # The same row and fold has another score in each repeat.
    places = [together[(together["repeat"] == repeat) & (together["fold"] == 0)] for repeat in (1, 2)]
    assert places[0]["accession"].iloc[0] == places[1]["accession"].iloc[0]
    assert places[0]["nucleus"].iloc[0] != places[1]["nucleus"].iloc[0]


def test_models_are_scored_one_after_the_other_each_with_its_own_batches(bench):
    first, one = bench.run("one", train=bench.both, repeats=(1, 2), settings={"level": 0.25}, model_id="one")
    second, other = bench.run("other", settings={"level": 0.75}, model_id="other")
    tests = [bench.write(f"test-{repeat}.tsv", bench.test.assign(repeat=repeat)) for repeat in (1, 2)]
    # As batches: the test rows of each repeat in a table of their own.
    trained = [
        Trained("one", one, [1], tests[0], first / "folds"),
        Trained("one", one, [2], tests[1], first / "folds"),
        Trained("other", other, [1], tests[0], second / "folds"),
    ]
    score_models(trained, bench.folder / "scores.tsv", LOCATIONS)
    table = read_scored(bench.folder / "scores.tsv")
    found = table[["model", "repeat", "fold"]].drop_duplicates().to_numpy().tolist()
    assert found == [
        *(["one", 1, fold] for fold in range(3)),
        *(["one", 2, fold] for fold in range(2)),
        *(["other", 1, fold] for fold in range(3)),
    ]
    levels = table.groupby("model")[LOCATIONS].agg(["min", "max"])
    assert set(levels.loc["one"]) == {0.25} and set(levels.loc["other"]) == {0.75}
    # What is written is what is read with the tables of rows.
    read = read_scores([bench.folder / "scores.tsv"], tests, LOCATIONS)
    assert {model: list(repeats) for model, repeats in read.items()} == {"one": [1, 2], "other": [1]}
    assert read["one"][2].by_fold.shape == (2, 3, 2)
    assert read["other"][1].truth.tolist() == bench.test[LOCATIONS].to_numpy().tolist()


def test_a_repeat_that_the_test_table_lacks(bench):
    out, model = bench.run(train=bench.both, repeats=(1, 2))
    with pytest.raises(InputError, match="repeat 2") as caught:
        scored(bench, out, model, repeats=[1, 2])
    assert caught.value.where == str(bench.folder / "test.tsv")
    assert not (out / "scores.tsv").exists()


def test_a_repeat_that_was_not_trained(bench):
    out, model = bench.run(train=bench.both, repeats=[1])
    with pytest.raises(InputError) as caught:
        scored(bench, out, model, bench.test.assign(repeat=2), repeats=[2])
    assert caught.value.where == str(out / "folds/toy/repeat-02/settings.json")
    assert not (out / "scores.tsv").exists()


def test_a_row_is_joined_with_the_paths_of_its_views():
    spec = {
        "learner": "constant",
        "settings": {"answer": "nucleus"},
        "grid": {},
        "search": "product",
        "views": {"a": {"kind": "kmer", "settings": {"k": [1]}}, "b": {"kind": "word2vec", "settings": {}}},
    }
    model = Model.of(spec, ["one.npz", "folder"])
    assert model.views == {"a": ViewFiles("kmer", {"k": [1]}, "one.npz"), "b": ViewFiles("word2vec", {}, "folder")}
    assert (model.learner, model.settings, model.grid) == ("constant", {"answer": "nucleus"}, {})
