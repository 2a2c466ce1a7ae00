"""Training per fold: what a fold model may know, how a point of the grid is chosen, and what is written."""

import importlib
import inspect
import json

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.files import read_table
from mmlmirloc.training import Model, fold_path, score_model, train_model
from mmlmirloc.views.cache import ViewFiles, compute_view, fit_view, fold_file

LOCATIONS = ["nucleus", "exosome"]

# A learner whose model is one number per location, and which keeps a record of all that it was shown.
MEAN_LEARNER = """
import json

import numpy as np

KIND = True


class Learner:
    def __init__(self, settings, locations, seed):
        self.settings, self.seed = settings, seed
        self.state = {}

    def fit(self, train, validation):
        view = next(iter(train.views.values()))
        self.state = {
            "labels": train.labels.mean(axis=0).tolist(),
            "view": view.mean().mean(axis=0).astype(float).tolist(),
            "seed": self.seed,
            "rows": len(train),
            "settings": dict(self.settings),
        }
        return [{"epoch": 1, "train_loss": 0.5, "validation_loss": 0.25}] if self.settings["history"] else []

    def score(self, rows):
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
    """Twelve rows in three folds, a k-mer view and a word2vec view on disk."""

    def __init__(self, folder):
        self.folder = folder
        random = np.random.default_rng(0)
        self.rows = pd.DataFrame(
            {
                "accession": [f"A{number:02d}" for number in range(15)],
                "sequence": ["".join(random.choice(list("ACGU"), 30)) for _ in range(15)],
                "nucleus": [1, 1, 0] * 5,
                "exosome": [0, 1, 1] * 5,
            }
        )
        self.train = self.rows[:12].assign(fold=[0, 1, 2] * 4)
        self.test = self.rows[12:]

    def write(self, name, table):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(path, sep="\t", index=False)
        return path

    def model(self, name, train, learner="toy_mean", settings=(), grid=None, kind="kmer"):
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
        return Model(learner, settings, grid or {}, {"view": ViewFiles(kind, view, str(path))})

    def run(self, name="run", train=None, objective="accuracy", seed=5, **changes):
        """Train, and return the folder of outputs and the model."""
        train = self.train if train is None else train
        model = self.model(name, train, **changes)
        out = self.folder / name
        train_model(
            self.write(f"{name}/train.tsv", train),
            out / "folds",
            out / "validation.tsv",
            out / "history.tsv",
            out / "tuning.tsv",
            model,
            LOCATIONS,
            objective,
            seed,
        )
        return out, model


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def fitted(out, fold):
    return fold_path(out / "folds", fold).read_bytes()


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
    files = [[fold_file(model.views["view"].path, k).read_bytes() for k in range(3)] for model in paths]
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
    assert not [name for name in inspect.signature(train_model).parameters if "test" in name]
    # What it is given holds no test row either: it works where there are none.
    out, _ = bench.run()
    train = read_table(out / "train.tsv", text=["accession"])
    assert not set(train["accession"]) & set(bench.test["accession"])
    assert set(read_table(out / "validation.tsv", text=["accession"])["accession"]) == set(train["accession"])


def test_labels_are_hidden_from_scoring(bench):
    out, model = bench.run(settings={"slope": 0.5})
    scores = []
    for name, test in [("right", bench.test), ("wrong", bench.test.assign(nucleus=0, exosome=1))]:
        score_model(
            bench.write(f"{name}.tsv", test), out / "folds", bench.folder / f"{name}-scores.tsv", model, LOCATIONS
        )
        scores.append(read_table(bench.folder / f"{name}-scores.tsv"))
    assert scores[0]["score"].tolist() == scores[1]["score"].tolist()
    assert scores[0]["truth"].tolist() != scores[1]["truth"].tolist()


# -- what is fitted -------------------------------------------------------------------------------------------------


def test_each_fold_trains_on_the_others_with_its_own_seed(bench):
    out, _ = bench.run(seed=5)
    for fold in range(3):
        state = json.loads(fitted(out, fold))
        others = bench.train[bench.train["fold"] != fold]
        assert state["rows"] == 8
        assert state["seed"] == 5 + fold
        assert state["labels"] == others[LOCATIONS].mean().tolist()


def test_same_seed_same_bytes(bench):
    one, _ = bench.run("one", settings={"slope": 0.5}, kind="word2vec")
    two, _ = bench.run("two", settings={"slope": 0.5}, kind="word2vec")
    for name in ("validation.tsv", "history.tsv", "tuning.tsv", "folds/settings.json", "folds/fold-01.model"):
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_validation_scores(bench):
    out, _ = bench.run(settings={"level": 0.25})
    table = read_table(out / "validation.tsv", text=["accession", "location"])
    assert list(table.columns) == ["accession", "location", "fold", "score", "truth"]
    # Fold by fold, rows in their order, locations in theirs.
    expected = [
        (row.accession, location, fold, 0.25, getattr(row, location))
        for fold in range(3)
        for row in bench.train[bench.train["fold"] == fold].itertuples()
        for location in LOCATIONS
    ]
    assert list(table.itertuples(index=False, name=None)) == expected


def test_history(bench):
    out, _ = bench.run("with", settings={"history": True})
    assert (out / "history.tsv").read_text() == (
        "fold\tepoch\ttrain_loss\tvalidation_loss\n0\t1\t0.5\t0.25\n1\t1\t0.5\t0.25\n2\t1\t0.5\t0.25\n"
    )
    out, _ = bench.run("without")
    assert (out / "history.tsv").read_text() == "fold\tepoch\ttrain_loss\tvalidation_loss\n"


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
    assert list(tuning.columns) == ["level", "objective", "mean", "sd", "chosen"]
    assert tuning["level"].tolist() == [0.1, 0.6, 0.9]
    assert set(tuning["objective"]) == {objective}
    assert tuning["mean"].tolist() == values
    assert tuning["sd"].tolist() == [0, 0, 0]
    assert tuning["chosen"].tolist() == [int(place == chosen) for place in range(3)]
    level = [0.1, 0.6, 0.9][chosen]
    assert json.loads((out / "folds/settings.json").read_text())["settings"]["level"] == level
    assert set(read_table(out / "validation.tsv")["score"]) == {level}
    assert json.loads(fitted(out, 0))["settings"]["level"] == level


def test_mean_and_sd_over_folds(bench):
    """Predicting both: folds whose rows hold 2, 2, and 1 of two locations have accuracies 1, 1, 0.5."""
    train = bench.train.assign(nucleus=1, exosome=(bench.train["fold"] != 2).astype(int))
    out, _ = bench.run(train=train)
    tuning = read_table(out / "tuning.tsv").loc[0]
    assert tuning["mean"] == pytest.approx(2.5 / 3, rel=1e-5)
    assert tuning["sd"] == pytest.approx(np.std([1, 1, 0.5], ddof=1), rel=1e-5)


def test_all_points_in_the_order_of_the_grid(bench):
    _, model = bench.run(grid={"level": [0.1, 0.6], "slope": [0.0, 0.5]})
    points = [(point["level"], point["slope"]) for point in model.candidates()]
    assert points == [(0.1, 0.0), (0.1, 0.5), (0.6, 0.0), (0.6, 0.5)]
    assert {point["history"] for point in model.candidates()} == {False}


def test_without_a_grid_there_is_one_point(bench):
    out, model = bench.run()
    assert model.candidates() == [dict(model.settings)]
    assert read_table(out / "tuning.tsv")["chosen"].tolist() == [1]


def test_an_undefined_objective_is_never_the_best(bench, monkeypatch):
    """AUC has no value where a fold's rows have one class only: here at the first point of the grid."""
    from mmlmirloc import training

    values = iter([np.nan, 0.4, 0.4, 0.3, 0.3, 0.3])
    monkeypatch.setattr(training, "evaluate", lambda truth, scores: {"auc_macro": next(values)})
    out, _ = bench.run(objective="auc_macro", grid={"level": [0.1, 0.6]})
    assert read_table(out / "tuning.tsv")["chosen"].tolist() == [0, 1]


# -- scoring --------------------------------------------------------------------------------------------------------


def scored(bench, out, model):
    score_model(bench.write("test.tsv", bench.test), out / "folds", out / "scores.tsv", model, LOCATIONS)
    return read_table(out / "scores.tsv", text=["accession", "location"])


def test_layout_of_scores(bench):
    out, model = bench.run(settings={"level": 0.75})
    table = scored(bench, out, model)
    assert list(table.columns) == ["accession", "location", "fold", "score", "truth"]
    expected = [
        (row.accession, location, fold, 0.75, getattr(row, location))
        for fold in range(3)
        for row in bench.test.itertuples()
        for location in LOCATIONS
    ]
    assert list(table.itertuples(index=False, name=None)) == expected


def test_scores_are_of_the_chosen_point(bench):
    train = bench.train.assign(nucleus=0, exosome=0)
    out, model = bench.run(train=train, objective="subset_accuracy", grid={"level": [0.9, 0.2]})
    assert set(scored(bench, out, model)["score"]) == {0.2}


def test_each_fold_model_sees_its_own_fitted_view(bench):
    out, model = bench.run(settings={"level": 0.5, "slope": 1.0}, kind="word2vec")
    by_fold = scored(bench, out, model).groupby("fold")["score"].apply(list)
    assert by_fold[0] != by_fold[1] != by_fold[2]
    # With the view of fold 1 in the place of fold 0's, only fold 0's scores change, and to other values.
    folder = model.views["view"].path
    fold_file(folder, 0).write_bytes(fold_file(folder, 1).read_bytes())
    swapped = scored(bench, out, model).groupby("fold")["score"].apply(list)
    assert swapped[0] == swapped[1] == by_fold[1]
    assert swapped[2] == by_fold[2]


def test_a_row_is_joined_with_the_paths_of_its_views():
    spec = {
        "learner": "constant",
        "settings": {"answer": "nucleus"},
        "grid": {},
        "views": {"a": {"kind": "kmer", "settings": {"k": [1]}}, "b": {"kind": "word2vec", "settings": {}}},
    }
    model = Model.of(spec, ["one.npz", "folder"])
    assert model.views == {"a": ViewFiles("kmer", {"k": [1]}, "one.npz"), "b": ViewFiles("word2vec", {}, "folder")}
    assert (model.learner, model.settings, model.grid) == ("constant", {"answer": "nucleus"}, {})
