"""A new learner or view is one file and one row."""

import csv

from projects import RESULTS

LEARNER = '''
"""A toy."""

import numpy as np

from mmlmirloc.files import read_arrays, write_arrays
from mmlmirloc.models import base


class Learner(base.Learner):
    """The same score for everything."""

    def __init__(self, settings, locations, seed):
        self.settings, self.locations = settings, locations

    def fit(self, train, validation, shared=None):
        return []

    def score_some(self, rows):
        return np.full((len(rows), len(self.locations)), float(self.settings["value"]))

    def save(self, path):
        write_arrays(path, value=np.array(self.settings["value"]))

    @classmethod
    def load(cls, path, settings, locations):
        return cls({"value": read_arrays(path)["value"]}, locations, 0)
'''
VIEW = '''
"""A toy."""

import numpy as np

from mmlmirloc.features import Features
from mmlmirloc.views import base


class View(base.View):
    """Lengths."""

    def compute(self, sequences, sources=base.NOTHING):
        values = [[len(sequence) * self.settings["factor"]] for sequence in sequences]
        return Features(np.array(values, dtype=np.float32))
'''


def test_new_learner_is_one_file_and_one_row(finished):
    finished.append("tests/smoke/models.tsv", "toy\tToy learner\ttoy\tlexical\tvalue=0.7\t\tcomparison\n")
    (finished.root / "scripts/mmlmirloc/models/toy.py").write_text(LEARNER)
    table = f"{RESULTS}/tables/comparison.tsv"
    before = finished.digests("scores/**/*.tsv", "metrics/**/*.tsv", "models/**/*.tsv")
    run = finished.run(table)
    assert run.code == 0, run.output
    models = {f"{rule} random 1 toy" for rule in ("train_model", "score_model", "summarise_scores")}
    assert run.names == {*models, "make_table comparison"}
    with open(finished.root / table, newline="") as file:
        toy = [row for row in csv.DictReader(file, delimiter="\t") if row["label"] == "Toy learner"]
    # All folds give the same, and it tells no row from another.
    assert {row["metric"]: (row["ensemble"], float(row["fold_sd"])) for row in toy}["auc_macro"] == ("0.5", 0.0)
    after = finished.digests("scores/**/*.tsv", "metrics/**/*.tsv", "models/**/*.tsv")
    assert {name: after[name] for name in before} == before


def test_new_model_of_the_trust_table_adds_only_its_own_jobs(finished):
    finished.append("tests/smoke/models.tsv", "toy\tToy learner\ttoy\tlexical\tvalue=0.7\t0.4\ttrust\n")
    (finished.root / "scripts/mmlmirloc/models/toy.py").write_text(LEARNER)
    names = finished.plan(f"{RESULTS}/tables/trust.md", f"{RESULTS}/tables/controls.md").names
    # Two of the three repeats of random, of which the last two are a batch: 0.4 of them, rounded up; one of shuffled's.
    trained = ["random 1", "random 2-3", "grouped 1", "temporal 1", "shuffled 1", "planted 1"]
    splits = {name.split()[0] for name in trained}
    assert names == {
        *(f"{rule} {name} toy" for rule in ("train_model", "score_model") for name in trained),
        *(f"decide {split} toy" for split in splits),
        *(f"compare_models trust {split}" for split in splits),
        "make_trust_table",
        "make_controls_table",
    }


def test_new_model_beyond_the_paper_adds_only_its_own_jobs(finished):
    row = "only_arms\tOnly arms\tforest\tarms\tmin_samples_leaf=2\t\tbeyond,curve\n"
    finished.append("tests/smoke/models.tsv", row)
    targets = [f"{RESULTS}/tables/{table}.md" for table in ("beyond", "curve")]
    targets += [f"{RESULTS}/figures/{figure}.png" for figure in ("views", "learning_curve")]
    names = finished.plan(*targets).names
    trained, splits = ("locus 1", "locus 2-3", "curve_50 1"), ("locus", "curve_50")
    compared = {f"compare_models {name}" for name in ("beyond locus", "curve locus", "curve curve_50")}
    assert names == {
        *(f"{rule} {name} only_arms" for rule in ("train_model", "score_model") for name in trained),
        *(f"decide {split} only_arms" for split in splits),
        *compared,
        *("make_beyond_table", "make_curve_table", "plot_trust views", "plot_trust learning_curve"),
    }


def test_new_view_is_one_file_and_one_row(finished):
    finished.append("tests/smoke/models.tsv", "toy\tToy view\tconcatenation\tlexical,lengths\t\t\tablation\n")
    finished.edit("config/views.yaml", "views:\n", "views:\n  lengths: {kind: toy, factor: 2}\n")
    (finished.root / "scripts/mmlmirloc/views/toy.py").write_text(VIEW)
    run = finished.run(f"{RESULTS}/scores/random/repeat-1/toy.tsv")
    assert run.code == 0, run.output
    assert run.names == {"compute_view lengths", "train_model random 1 toy", "score_model random 1 toy"}
