"""An edit reruns what depends on it and nothing else (plans only)."""

import os

import pytest
from projects import RESULTS, reporting

PROTOCOLS = {"random": 3, "grouped": 2, "temporal": 1}
CONTROLS = {"shuffled": 2, "planted": 1}
# Splits and repeats in which the smoke test's models stand that see word2vec.
FITTED = [
    *(f"{split} {number}" for split, most in (PROTOCOLS | CONTROLS).items() for number in range(1, most + 1)),
    "random_union 1",
]
TOUCHES_WORD2VEC = {*(f"{split} mmlmirlocnet" for split in FITTED), "random 1 word2vec"}


def stages(*models):
    """Names of the jobs that train, score and measure models given as ``split repeat model``."""
    return {f"{rule} {model}" for rule in ("train_model", "score_model", "summarise_scores") for model in models}


def trusted(model, splits):
    """Names of the jobs of a model of the trust table, from training to the comparison of all models."""
    runs = [f"{split} {number} {model}" for split, most in splits.items() for number in range(1, most + 1)]
    trained = {f"{rule} {run}" for rule in ("train_model", "score_model") for run in runs}
    return trained | {f"decide {split} {model}" for split in splits} | {f"compare_models {split}" for split in splits}


def without_reports(names):
    return names - reporting(names)


def drawn(names, rule):
    """Tables that the jobs of a rule make."""
    return {name.split()[1] for name in names if name.split()[0] == rule}


@pytest.fixture
def planned(finished):
    """Say what a change of the finished project would rerun."""

    def plan(**options):
        return finished.plan(**options).names

    return plan


def test_nothing_edited_nothing_planned(planned):
    assert planned() == set()


def test_override_reruns_its_model_and_its_tables(finished, planned):
    finished.edit("tests/smoke/models.tsv", "textrnn\ttokens\t\t", "textrnn\ttokens\tepochs=1\t")
    names = planned()
    assert without_reports(names) == stages("random 1 textrnn")
    assert drawn(names, "make_table") == {"comparison"}
    assert drawn(names, "plot_table") == {"comparison"}
    assert not {name for name in names if name.startswith(("plot_dataset", "plot_scores"))}


def test_label_rewrites_tables_and_trains_nothing(finished, planned):
    finished.edit("tests/smoke/models.tsv", "\tTextRNN\t", "\tText RNN\t")
    names = planned()
    assert without_reports(names) == set()
    assert drawn(names, "make_table") == {"comparison"}
    assert drawn(names, "plot_table") == {"comparison"}


def test_new_row_runs_its_own_jobs_and_its_table(finished, planned):
    finished.append("tests/smoke/models.tsv", "kmer\tK-mer only\tconcatenation\tlexical\t\t\tablation\n")
    names = planned()
    assert without_reports(names) == stages("random 1 kmer")
    assert drawn(names, "make_table") == {"ablation"}


def test_row_moved_to_another_table_trains_nothing(finished, planned):
    finished.edit(
        "tests/smoke/models.tsv", "concatenation\tsyntactic\t\t\tablation", "concatenation\tsyntactic\t\t\tbert_size"
    )
    names = planned()
    assert without_reports(names) == set()
    assert drawn(names, "make_table") == {"ablation", "bert_size"}


def test_learner_module_reruns_its_learners(finished, planned):
    finished.append("scripts/mmlmirloc/models/constant.py", "\nCHANGED = True\n")
    names = planned()
    tabled = stages("random 1 always_nucleus", "random 1 best_constant_accuracy")
    assert without_reports(names) == tabled | trusted("always_nucleus", PROTOCOLS)
    assert drawn(names, "make_table") == {"comparison", "ablation", "bert_size", "common_features"}
    assert not {name for name in names if name.startswith(("plot_dataset", "plot_scores"))}


def test_comment_and_docstring_rerun_nothing(finished, planned):
    finished.append("scripts/mmlmirloc/models/constant.py", "\n# A remark.\n")
    module = finished.root / "scripts/mmlmirloc/evaluation/metrics.py"
    text = module.read_text()
    assert text.startswith('"""')
    module.write_text('"""Other words. ' + text[3:])
    assert planned() == set()


def test_metrics_module_reruns_from_training_on(finished, planned):
    # Training chooses among settings by a metric, so it depends on the metrics as well.
    finished.append("scripts/mmlmirloc/evaluation/metrics.py", "\nCHANGED = True\n")
    names = planned()
    rules = {name.split()[0] for name in without_reports(names)}
    assert rules == {"train_model", "score_model", "summarise_scores", "decide", "compare_models"}
    assert stages("random 1 textrnn", "shuffled 1 mmlmirlocnet") <= names


def test_summary_module_measures_again_and_trains_nothing(finished, planned):
    finished.append("scripts/mmlmirloc/evaluation/summary.py", "\nCHANGED = True\n")
    names = planned()
    assert {name.split()[0] for name in without_reports(names)} == {"summarise_scores", "decide", "compare_models"}
    assert drawn(names, "make_table") == {"comparison", "ablation", "bert_size", "common_features"}


def test_reporting_module_makes_tables_only(finished, planned):
    finished.append("scripts/mmlmirloc/reporting/tables.py", "\nCHANGED = True\n")
    names = planned()
    assert names
    assert without_reports(names) == set()
    assert drawn(names, "make_table") == {"comparison", "ablation", "bert_size", "common_features"}


def test_fitted_view_module_reruns_the_view_and_its_models(finished, planned):
    finished.append("scripts/mmlmirloc/views/word2vec.py", "\nCHANGED = True\n")
    assert_syntactic_view_reruns(planned())


def test_view_setting_reruns_the_view_and_its_models(planned):
    assert_syntactic_view_reruns(planned(settings={"views": {"syntactic": {"epochs": 2}}}))


def assert_syntactic_view_reruns(names):
    fits = {f"fit_view syntactic {split}" for split in FITTED}
    expected = fits | {f"{rule} {model}" for rule in ("train_model", "score_model") for model in TOUCHES_WORD2VEC}
    expected |= trusted("mmlmirlocnet", PROTOCOLS | CONTROLS)
    found = without_reports(names)
    assert {name for name in found if not name.startswith("summarise_scores")} == expected
    assert {name for name in found if name.startswith("summarise_scores")} >= {"summarise_scores random 1 word2vec"}
    assert drawn(names, "plot_dataset") == set()


def test_bootstrap_setting_measures_again_and_trains_nothing(planned):
    names = planned(settings={"evaluation": {"draws": 30}})
    assert {name.split()[0] for name in without_reports(names)} == {"summarise_scores", "compare_models"}


def test_models_drawn_remake_figures_only(planned):
    names = planned(settings={"trust": {"drawn": ["era"]}})
    assert names == {"plot_trust calibration", "plot_trust strata"}


def test_minimum_count_reruns_the_dataset_and_no_view_of_single_sequences(planned):
    names = planned(settings={"dataset": {"minimum_count": 9}})
    rules = {name.split()[0] for name in names}
    assert {"build_dataset", "split_dataset", "fit_view", "train_model", "make_table"} <= rules
    assert (
        not {"fetch_source", "merge_records", "join_sequences", "cluster_sequences", "compute_view", "embed_view"}
        & rules
    )


def test_changed_source_reruns_from_there(finished, planned):
    source = finished.path("simulated/rnalocate.txt")
    lines = source.read_text().splitlines(keepends=True)
    source.write_text("".join(lines[:-1]))
    names = planned()
    assert {"fetch_source rnalocate", "merge_records", "join_sequences", "train_model random 1 textrnn"} <= names
    assert not {"simulate_control", "fetch_source hairpin"} & names


def test_source_that_is_only_newer_reruns_nothing(finished, planned):
    # Snakemake compares the content of small files where the time differs.
    os.utime(finished.path("simulated/hairpin.fa"))
    assert planned() == set()


def test_deleted_table_is_made_again_from_what_is_there(finished):
    finished.path("tables/comparison.tsv").unlink()
    names = finished.plan(f"{RESULTS}/tables/comparison.tsv").names
    assert names == {"make_table comparison"}
