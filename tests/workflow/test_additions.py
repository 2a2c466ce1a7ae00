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
    finished.append("tests/smoke/models.tsv", "toy\tToy learner\tsystem\ttoy\tlexical\tvalue=0.7\t\tcomparison\n")
    (finished.root / "scripts/mmlmirloc/models/toy.py").write_text(LEARNER)
    table = f"{RESULTS}/tables/comparison.tsv"
    before = finished.digests("scores/**/*.tsv", "models/**/*.tsv")
    run = finished.run(table)
    assert run.code == 0, run.output
    own = {"train_model random 1 toy", "score_models random toy"}
    assert run.names == {*own, "judge_split random", "make_repeats_table comparison", "write_comparison"}
    with open(finished.root / table, newline="") as file:
        toy = [row for row in csv.DictReader(file, delimiter="\t") if row["label"] == "Toy learner"]
    # All folds give the same, and it tells no row from another.
    assert {row["metric"]: (row["ensemble"], float(row["fold_sd"])) for row in toy}["auc_macro"] == ("0.5", 0.0)
    after = finished.digests("scores/**/*.tsv", "models/**/*.tsv")
    assert {name: after[name] for name in before} == before


def test_new_model_of_the_trust_table_trains_only_itself(finished):
    finished.append("tests/smoke/models.tsv", "toy\tToy learner\tsystem\ttoy\tlexical\tvalue=0.7\t0.4\ttrust\n")
    (finished.root / "scripts/mmlmirloc/models/toy.py").write_text(LEARNER)
    names = finished.plan(f"{RESULTS}/tables/trust.md", f"{RESULTS}/tables/controls.md").names
    # Two of the three repeats of random, of which the last two are a batch: 0.4 of them, rounded up; one of shuffled's.
    trained = ["random 1", "random 2-3", "grouped 1", "temporal 1", "shuffled 1-2", "planted 1"]
    splits = {name.split()[0] for name in trained}
    assert names == {
        *(f"train_model {name} toy" for name in trained),
        *(f"score_models {split} toy" for split in splits),
        *(f"judge_split {split}" for split in splits),
        *("measure_controls", "write_trust", "write_controls"),
    }


def test_new_model_beyond_the_paper_trains_only_itself(finished):
    row = "arms_alone\tArms\tsystem\tforest\tarms\tmin_samples_leaf=2\t\tbeyond,curve\n"
    finished.append("tests/smoke/models.tsv", row)
    targets = [f"{RESULTS}/tables/{table}.md" for table in ("beyond", "curve")]
    targets += [f"{RESULTS}/figures/{figure}.png" for figure in ("views", "learning_curve")]
    names = finished.plan(*targets).names
    splits = ("locus", "curve_50")
    assert names == {
        *(f"train_model {name} arms_alone" for name in ("locus 1-2", "locus 3", "curve_50 1")),
        *(f"{rule} {split}" for rule in ("judge_split",) for split in splits),
        *(f"score_models {split} forest" for split in splits),
        *("write_beyond", "write_curve", "draw_views", "draw_learning_curve"),
    }


def test_new_view_is_one_file_and_one_row(finished):
    finished.append("tests/smoke/models.tsv", "toy\tToy view\tsystem\tconcatenation\tlexical,lengths\t\t\tablation\n")
    finished.edit("config/views.yaml", "views:\n", "views:\n  lengths: {kind: toy, factor: 2}\n")
    (finished.root / "scripts/mmlmirloc/views/toy.py").write_text(VIEW)
    run = finished.run(f"{RESULTS}/scores/random/concatenation.tsv")
    assert run.code == 0, run.output
    assert run.names == {"compute_view lengths", "train_model random 1 toy", "score_models random concatenation"}
