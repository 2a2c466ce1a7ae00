"""The smoke run: complete, repeatable, the same on one core or two, in one go or resumed."""

import csv
import json
import re

import pytest
from projects import PROJECT, RESULTS

from mmlmirloc.command import main
from mmlmirloc.predicting.model_file import load
from mmlmirloc.registry import known

TABLES = [
    *("dataset", "comparison", "ablation", "bert_size", "common_features"),
    *("locations", "sensitivity", "fidelity", "tuning", "control", "trust", "strata", "controls"),
    *("beyond", "curve", "choices", "age", "atlas"),
]
FIGURES = [
    *("upset", "label_counts", "lengths", "lengths_train", "lengths_test"),
    *("roc", "pr", "auc_by_location", "confusion"),
    *("comparison", "ablation", "bert_size", "common_features"),
    *("protocols", "calibration", "strata", "controls"),
    *("views", "learning_curve", "importance", "attributions"),
]
# Tables without a page: data of a figure, of the text, or of another table's page.
DATA = ["importance", "agreement", "comparison_repeats"]
# No part of the whole: the encoder's training, what is downloaded, the figure of a run's costs, trials, and what needs
# tables of annotation, which control data have not.
APART = {
    *("gather_hairpins", "cluster_hairpins", "divide_hairpins", "pretrain_encoder", "measure_encoder"),
    *("make_encoder_table", "encode_view", "fetch_rnabert", "plot_runtime"),
    *("try_model", "compare_trials"),
    *("check_table", "measure_outside", "read_labelled", "group_labelled", "split_given"),
}
# Learners of rows that stand in no table but that of all systems, which is made when it is asked for.
OUTSIDE = {
    *("damirlocgnet_like", "iloc_mirna_like", "mirloc_like", "mirlocator", "mirnaloc", "pmislocmf_like"),
    "rnaloc_lm_like",
}
# A network on a fitted view, a network on tokens, and the dataset: enough to differ, without RNABERT's import.
SHORT = [f"{RESULTS}/models/random/repeat-1/{model}/validation_scores.tsv" for model in ("word2vec", "textrnn")]


@pytest.fixture
def smoke(finished_run):
    """The finished project, to look at."""
    return finished_run[0]


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize("table", TABLES)
def test_table_has_rows_and_readable_copy(smoke, table):
    assert rows(smoke.path(f"tables/{table}.tsv"))
    text = smoke.path(f"tables/{table}.md").read_text()
    # The smoke models have one point each, so that there is no choice to tabulate.
    assert text.startswith("#") and ("|" in text or table == "tuning")


@pytest.mark.parametrize("figure", FIGURES)
def test_figure_is_drawn_with_its_data(smoke, figure):
    assert smoke.path(f"figures/{figure}.png").read_bytes().startswith(b"\x89PNG\r\n")
    assert smoke.path(f"figures/{figure}.pdf").read_bytes().startswith(b"%PDF-")
    assert rows(smoke.path(f"figures/{figure}.tsv"))


def test_nothing_else_is_tabulated_or_drawn(smoke):
    tables = {path.stem for path in smoke.path("tables").glob("*.tsv")}
    assert tables == {*TABLES, *DATA}
    assert {path.stem for path in smoke.path("tables").glob("*.html")} == set(TABLES)
    assert {path.stem for path in smoke.path("figures").glob("*.png")} == set(FIGURES)


def test_every_rule_and_every_learner_ran(finished_run):
    project, run, _ = finished_run
    texts = [(project.root / "Snakefile").read_text(), *(p.read_text() for p in (project.root / "rules").glob("*.smk"))]
    rules = {name for text in texts for name in re.findall(r"^(?:use rule \w+ as|rule) (\w+)", text, re.MULTILINE)}
    rules |= {f"write_{table}" for table in TABLES} | {f"draw_{figure}" for figure in FIGURES}
    assert {job.rule for job in run.jobs} == rules - APART
    assert rules > APART
    listed = rows(project.root / "tests/smoke/models.tsv")
    learners = {row["model"]: row["learner"] for row in listed}
    trained = {dict(job.wildcards)["trained"] for job in run.jobs if job.rule == "train_models"}
    trained |= {path.name for path in project.path("models").glob("*/*/baselines/folds/*")}
    # The rows of the ablation by view follow from another one's, and stand in no table.
    assert {learners[model] for model in trained if model in learners} == set(known("models")) - OUTSIDE
    assert {learners[model] for model in learners} >= OUTSIDE


def test_each_baseline_is_trained_on_its_share_of_the_repeats(smoke):
    folders = smoke.path("models/locus/repeat-1-2/baselines/folds").glob("*/repeat-*")
    trained = sorted((path.parent.name, path.name) for path in folders)
    # Era with the locus has a third of the three repeats.
    both = ("repeat-01", "repeat-02")
    assert trained == [*((m, r) for m in ("always_nucleus", "era") for r in both), ("era_locus", both[0])]


def test_curve_holds_its_shares_and_the_choices_their_grid(smoke):
    shares = [(row["share"], row["model"]) for row in rows(smoke.path("tables/curve.tsv"))]
    assert set(shares) == {
        (share, model) for share in ("0.5", "1") for model in ("always_nucleus", "era", "phylomirloc")
    }
    # Only where a grid leaves a choice; the settings of the others stand in models.tsv.
    searched = {(row["protocol"], row["model"]): row for row in rows(smoke.path("tables/choices.tsv"))}
    assert {("locus", "phylomirloc")} <= searched.keys()


def test_importance_and_attributions_are_whole(smoke):
    measured = rows(smoke.path("tables/importance.tsv"))
    views = ["evolutionary", "structural", "genomic"]
    assert sorted(row["view"] for row in measured if row["what"] == "view") == sorted(views)
    assert {row["view"] for row in measured if row["what"] == "column"} == set(views)
    explained = rows(smoke.path("final/attributions.tsv"))
    (name,) = {row["name"] for row in explained}
    (sequence,) = {row["sequence"] for row in rows(smoke.path("dataset/sequenced.tsv")) if row["name"] == name}
    locations = list(dict.fromkeys(row["location"] for row in explained))
    assert len(locations) == 4
    assert "".join(row["base"] for row in explained if row["location"] == locations[0]) == sequence
    assert len(explained) == len(sequence) * len(locations)


def test_final_model_is_packed_with_its_card(smoke):
    card = json.loads(smoke.path("final/sketchmirloc.json").read_text())
    assert card["training_rows"] == len(rows(smoke.path("dataset/mirnas.tsv")))
    assert "Smoke test" in card["note"] and card["scores"]
    assert card["molecule"] == "hairpin" and card["index_sha256"]
    assert load(smoke.path("final/sketchmirloc.safetensors")).card == card


def test_command_predicts_what_the_workflow_predicts(smoke, tmp_path):
    ours, model = tmp_path / "example.tsv", smoke.path("final/sketchmirloc.safetensors")
    sequences = PROJECT / "resources/example/hairpins.fa"
    assert main(["predict", str(sequences), "--model", str(model), "--out", str(ours)]) == 0
    assert ours.read_bytes() == smoke.path("predictions/example.tsv").read_bytes()
    predicted = rows(ours)
    assert len(predicted) == sequences.read_text().count(">")
    assert {row["status"] for row in predicted} == {"ok", "refused"}


def test_results_are_whole(smoke):
    for path in smoke.path("").glob("**/*.tsv"):
        assert path.read_text().partition("\n")[0], f"{path} has no header"
        # Atomic writing uses a hidden name beside the final one.
        assert not path.name.startswith("."), f"{path} was left over"
    # A split of the kind whole has no test rows.
    written = [path for folder in ("scores", "splits") for path in smoke.path(folder).glob("**/*.tsv")]
    assert {path for path in written if not rows(path)} == {smoke.path("splits/whole/repeat-1/test.tsv")}
    assert rows(smoke.path("dataset/mirnas.tsv"))


def test_each_job_leaves_log_and_run_time(finished_run):
    project, run, _ = finished_run
    jobs = len(run.jobs) - 1  # without the target rule
    assert jobs > 50
    assert len(list(project.path("logs").glob("**/*.log"))) == jobs
    assert len(list(project.path("benchmarks").glob("**/*.tsv"))) == jobs


def test_one_model_has_one_number_in_all_its_tables(smoke):
    found = [
        [row for row in rows(smoke.path(f"tables/{table}.tsv")) if row["model"] == "mmlmirlocnet"]
        for table in ("comparison", "ablation", "bert_size", "common_features")
    ]
    ours = [
        {(row["metric"], row["fold_mean"], row["fold_sd"], row["ensemble"]) for row in table if row["fold_mean"]}
        for table in found
    ]
    assert len(ours[0]) >= 5
    assert all(table == ours[0] for table in ours)


def test_untrained_view_is_said_in_the_table(smoke):
    labels = {row["label"] for row in rows(smoke.path("tables/comparison.tsv"))}
    assert "MMLmiRLocNet [untrained RNABERT]" in labels


def test_second_run_does_nothing(finished):
    run = finished.run()
    assert run.code == 0
    assert "Nothing to be done" in run.output
    assert not run.jobs


def test_killed_run_resumes_on_one_core_to_the_tables_of_two(finished_run, fresh):
    fresh.run_until("logs/train_models/random/repeat-1/textrnn.log", *SHORT, cores=1)
    done = fresh.digests()
    assert done
    assert not fresh.path("models/random/repeat-1/textrnn/validation_scores.tsv").exists()
    assert fresh.ask(*SHORT, "--unlock").code == 0
    resumed = fresh.run(*SHORT, cores=1)
    assert resumed.code == 0, resumed.output
    assert "simulate_control" not in resumed.names, "what was finished before the kill ran again"
    one, two = fresh.digests(), finished_run[0].digests()
    assert {
        "dataset/mirnas.tsv",
        "models/random/repeat-1/textrnn/validation_scores.tsv",
        "models/random/repeat-1/word2vec/history.tsv",
    } <= one.keys()
    assert one == {name: two[name] for name in one}
