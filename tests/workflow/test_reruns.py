"""An edit reruns what depends on it and nothing else (plans only)."""

import os

import pytest
from projects import RESULTS, reporting

# The smoke test's splits with the batches of their repeats, by comparison.
PROTOCOLS = {"random": ["1", "2-3"], "grouped": ["1"], "temporal": ["1"]}
CONTROLS = {"shuffled": ["1", "2"], "planted": ["1"]}
BEYOND = {"locus": ["1", "2-3"]}
CURVE = {"curve_50": ["1"], "locus": ["1", "2-3"]}
# Batches in which MMLmiRLocNet stands, which sees word2vec; it is trained on half of the repeats.
FITTED = [
    *("random 1", "random 2-3", "grouped 1", "temporal 1", "shuffled 1", "planted 1"),
    *("locus 1", "locus 2-3", "random_union 1"),
]
TOUCHES_WORD2VEC = {*(f"{split} mmlmirlocnet" for split in FITTED), "random 1 word2vec"}
# The models that see RNABERT.
SEE_RNABERT = {"mmlmirlocnet"}
# The forests of the smoke test beyond the paper, and the models of its table beyond and its learning curve.
FORESTS = ("phylomirloc", "only_structural", "without_evolutionary", "all_views", "foldmirloc")
BEYOND_MODELS = ("mmlmirlocnet", "always_nucleus", "era", "era_locus", *FORESTS)
# Those that are trained on so small a share of the repeats that it is the first alone.
ONCE = ("era_locus", "only_structural", "without_evolutionary", "foldmirloc")
CURVE_MODELS = ("always_nucleus", "era", "phylomirloc")
FINAL = ("foldmirloc", "phylomirloc")
# A final model's card holds the numbers of the table beyond.
PREDICTED = {*(f"export_model {model}" for model in FINAL), "predict_locations example", "explain_hairpins"}
# What measures the repeats of a split in the paper's way.
OVER_REPEATS = {"summarise_repeats", "measure_hindsight"}
REFITTED = {f"train_final {model}" for model in FINAL} | PREDICTED


def stages(*models):
    """Names of the jobs that train, score and measure models given as ``split repeat model``."""
    return {f"{rule} {model}" for rule in ("train_model", "score_model", "summarise_scores") for model in models}


def compared(model, splits, comparison):
    """Names of the jobs of a model under some splits, from training to the comparison of all models."""
    runs = [f"{split} {batch} {model}" for split, batches in splits.items() for batch in batches]
    trained = {f"{rule} {run}" for rule in ("train_model", "score_model") for run in runs}
    decided = {f"decide {split} {model}" for split in splits}
    return trained | decided | {f"compare_models {comparison} {split}" for split in splits}


def beyond(models):
    """Names of the jobs of some models of the table beyond."""
    splits = {model: {"locus": ["1"]} if model in ONCE else BEYOND for model in models}
    return set().union(*(compared(model, splits[model], "beyond") for model in models))


def without_reports(names):
    return names - reporting(names)


def trained(names):
    """Those of some jobs that fit something."""
    return {name for name in names if name.split()[0] in ("fit_view", "train_model", "train_final")}


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
    beside = [(PROTOCOLS, "trust"), (BEYOND, "beyond"), (CURVE, "curve")]
    expected = [compared("always_nucleus", splits, comparison) for splits, comparison in beside]
    assert without_reports(names) == tabled.union(*expected) | PREDICTED | {"summarise_repeats random"}
    assert drawn(names, "make_table") == {"comparison", "ablation", "bert_size", "common_features"}
    assert not {name for name in names if name.startswith(("plot_dataset", "plot_scores"))}


@pytest.mark.parametrize(
    "module",
    [
        *("models/constant", "objectives", "training", "views/cache", "views/rnabert_network"),
        *("evaluation/metrics", "evaluation/decisions", "reporting/plotting", "reporting/figures/strata"),
    ],
)
def test_comment_and_docstring_rerun_nothing(finished, planned, module):
    path = finished.root / f"scripts/mmlmirloc/{module}.py"
    text = path.read_text()
    assert text.startswith('"""')
    path.write_text('"""Other words. ' + text[3:] + "\n# A remark.\n")
    assert planned() == set()


def test_new_metric_measures_again_and_trains_nothing(finished, planned):
    new = 'OBJECTIVES | by_name(Metric("worst", "Worst", False, "predictions", OBJECTIVES["hamming_loss"].function))'
    finished.edit("scripts/mmlmirloc/evaluation/metrics.py", "dict(OBJECTIVES)", new)
    names = planned()
    assert trained(names) == set()
    rules = {name.split()[0] for name in without_reports(names) - PREDICTED}
    assert rules == {"summarise_scores", "decide", "compare_models", "measure_importance", *OVER_REPEATS}
    assert drawn(names, "make_table") == {"comparison", "ablation", "bert_size", "common_features"}


def test_decision_rule_decides_again_and_trains_nothing(finished, planned):
    finished.edit("scripts/mmlmirloc/evaluation/decisions.py", "MINIMUM_ROWS = 5", "MINIMUM_ROWS = 6")
    names = planned()
    assert trained(names) == set()
    # Thresholds chosen on test rows, which are shown as not honest, are found as those of a rule are.
    rules = {name.split()[0] for name in without_reports(names) - PREDICTED}
    assert rules == {"decide", "compare_models", "measure_hindsight"}
    # Their part over repeats is written with the words of the trust page, which tells of the rules.
    assert drawn(names, "make_table") == {"comparison", "ablation", "bert_size", "common_features"}


def test_metric_that_chooses_reruns_from_training_on(finished, planned):
    finished.append("scripts/mmlmirloc/objectives.py", "\nCHANGED = True\n")
    names = planned()
    rules = {name.split()[0] for name in without_reports(names)}
    judging = {"train_model", "score_model", "summarise_scores", "decide", "compare_models"}
    judging |= {"measure_importance", "measure_agreement", *OVER_REPEATS}
    assert rules == judging | {name.split()[0] for name in REFITTED}
    assert stages("random 1 textrnn") | {"train_model shuffled 1 mmlmirlocnet"} <= names


def test_summary_module_measures_again_and_trains_nothing(finished, planned):
    finished.append("scripts/mmlmirloc/evaluation/summary.py", "\nCHANGED = True\n")
    names = planned()
    rules = {name.split()[0] for name in without_reports(names) - PREDICTED}
    assert rules == {"summarise_scores", "decide", "compare_models", *OVER_REPEATS}
    assert drawn(names, "make_table") == {"comparison", "ablation", "bert_size", "common_features"}


def test_reporting_module_makes_tables_only(finished, planned):
    finished.append("scripts/mmlmirloc/reporting/tables.py", "\nCHANGED = True\n")
    names = planned()
    assert names
    assert without_reports(names) == PREDICTED
    assert drawn(names, "make_table") == {"comparison", "ablation", "bert_size", "common_features"}


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ("strata", {"plot_trust strata"}),
        ("roc", {"plot_scores roc"}),
        ("lengths", {"plot_dataset lengths", "plot_dataset lengths_train", "plot_dataset lengths_test"}),
        ("curves", {"plot_scores roc", "plot_scores pr"}),
    ],
)
def test_figure_module_remakes_its_figures_only(finished, planned, figure, expected):
    finished.append(f"scripts/mmlmirloc/reporting/figures/{figure}.py", "\nCHANGED = True\n")
    assert planned() == expected


def test_new_figure_is_drawn_alone(finished, planned):
    row = '    "strata": {"strata": rules.make_trust_table.output.strata},\n'
    finished.edit("rules/figures.smk", row, row + row.replace('"strata":', '"toy":', 1))
    figures = finished.root / "scripts/mmlmirloc/reporting/figures"
    (figures / "toy.py").write_text((figures / "strata.py").read_text())
    assert planned() == {"plot_trust toy"}


def test_what_embeds_reruns_the_models_that_see_it(finished, planned):
    finished.append("scripts/mmlmirloc/views/rnabert_network.py", "\nCHANGED = True\n")
    names = planned()
    assert {name.split()[0] for name in names if "view" in name.split()[0]} == {"embed_view"}
    assert {name.split()[-1] for name in trained(names)} == SEE_RNABERT


def test_what_reads_a_view_reruns_the_models_that_see_it(finished, planned):
    finished.append("scripts/mmlmirloc/views/rnabert.py", "\nCHANGED = True\n")
    names = planned()
    assert not {name for name in names if "view" in name.split()[0]}
    assert {name.split()[-1] for name in trained(names)} == SEE_RNABERT


def test_fitted_view_module_reruns_the_view_and_its_models(finished, planned):
    finished.append("scripts/mmlmirloc/views/word2vec.py", "\nCHANGED = True\n")
    assert_syntactic_view_reruns(planned())


def test_view_setting_reruns_the_view_and_its_models(planned):
    assert_syntactic_view_reruns(planned(settings={"views": {"syntactic": {"epochs": 2}}}))


def assert_syntactic_view_reruns(names):
    fits = {f"fit_view syntactic {split}" for split in FITTED}
    expected = fits | {f"{rule} {model}" for rule in ("train_model", "score_model") for model in TOUCHES_WORD2VEC}
    # The second batch of shuffled labels is beyond its share of the repeats.
    expected |= compared("mmlmirlocnet", PROTOCOLS | CONTROLS | {"shuffled": ["1"]}, "trust")
    expected |= compared("mmlmirlocnet", BEYOND, "beyond") | PREDICTED
    expected |= {"summarise_repeats random", "measure_hindsight"}
    found = without_reports(names)
    assert {name for name in found if not name.startswith("summarise_scores")} == expected
    assert {name for name in found if name.startswith("summarise_scores")} >= {"summarise_scores random 1 word2vec"}
    assert drawn(names, "plot_dataset") == set()


def test_bootstrap_setting_measures_again_and_trains_nothing(planned):
    names = planned(settings={"evaluation": {"draws": 30}})
    rules = {name.split()[0] for name in without_reports(names) - PREDICTED}
    assert rules == {"summarise_scores", "compare_models"}


def test_models_drawn_remake_figures_only(planned):
    names = planned(settings={"trust": {"drawn": ["era"]}})
    assert names == {"plot_trust calibration", "plot_trust strata"}


def test_minimum_count_reruns_the_dataset_and_no_view_of_single_sequences(planned):
    names = planned(settings={"dataset": {"minimum_count": 9}})
    rules = {name.split()[0] for name in names}
    assert {"build_dataset", "split_dataset", "fit_view", "train_model", "make_table"} <= rules
    assert {"fold_whole", "train_final", "export_model", "group_homologs", "group_loci"} <= rules
    assert not rules & {
        *("fetch_source", "merge_records", "join_sequences", "cluster_sequences", "compute_view", "embed_view"),
        *("prepare_search", "search_homologs"),
    }


def test_distance_of_loci_divides_again_what_loci_divide(planned):
    names = planned(settings={"dataset": {"locus": 3000}})
    divided = {"group_loci", *(f"split_dataset {one}" for one in ("locus 1", "locus 2-3", "curve_50 1"))}
    divided |= {"fit_view syntactic locus 1", "fit_view syntactic locus 2-3"}
    curve = [compared(model, CURVE, "curve") for model in CURVE_MODELS]
    expected = divided.union(*curve) | beyond(BEYOND_MODELS) | PREDICTED | {"measure_importance"}
    assert without_reports(names) == expected
    assert drawn(names, "make_table") == set()


def test_share_of_the_training_rows_reruns_its_point_of_the_curve(planned):
    names = planned(settings={"splits": {"curve_50": {"train_share": 0.6}}})
    models = [compared(model, {"curve_50": ["1"]}, "curve") for model in CURVE_MODELS]
    assert without_reports(names) == {"split_dataset curve_50 1"}.union(*models)
    assert reporting(names) == {"make_curve_table", "plot_trust learning_curve", "lay_out_tables"}


def test_view_module_reruns_the_forests_that_see_it(finished, planned):
    finished.append("scripts/mmlmirloc/views/structural.py", "\nCHANGED = True\n")
    found = without_reports(planned())
    # Arms are predicted from the fold.
    assert {f"compute_view {view}" for view in ("structural", "arms", "arms_recorded")} <= found
    assert assert_forests_rerun(found) == {"compute_view"}


def test_setting_of_the_forest_reruns_those_without_an_own_value(finished, planned):
    # Era has its own. No overlay: a key more in one changes the order of all, in which Snakemake compares them.
    finished.edit("tests/smoke/config.yaml", "settings: {trees: 5}", "settings: {trees: 6}")
    assert assert_forests_rerun(without_reports(planned())) == set()


def assert_forests_rerun(names):
    """The forests beyond the paper rerun to their end, era does not; returns the rules of all other jobs."""
    expected = beyond(FORESTS) | compared("phylomirloc", CURVE, "curve") | REFITTED | {"measure_importance"}
    assert expected <= names
    return {name.split()[0] for name in names - expected}


def test_coordinates_rerun_the_views_of_the_genome(finished, planned):
    source = finished.path("simulated/hsa.gff3")
    lines = source.read_text().splitlines(keepends=True)
    source.write_text("".join(lines[:-1]))
    names = planned()
    assert {"fetch_source coordinates", "group_loci", "train_model locus 1 era_locus"} <= names
    assert drawn(names, "compute_view") == {"genomic", "locus_14q32"}
    assert not {name for name in names if name.startswith("train_model random")}
    # Neither sees the genome; only their cards tell the new numbers.
    assert drawn(names, "train_final") == set()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"final": {"folds": 4}}, REFITTED | {"fold_whole", "plot_trust attributions"}),
        ({"beyond": {"explained": ["hsa-mir-90004"]}}, {"explain_hairpins", "plot_trust attributions"}),
    ],
    ids=["folds", "explained"],
)
def test_settings_of_the_final_models_rerun_them_alone(planned, settings, expected):
    assert planned(settings=settings) == expected


def test_changed_sequences_are_predicted_again(finished, planned):
    finished.append("resources/example/hairpins.fa", ">mine\n" + "ACGU" * 20 + "\n")
    assert planned() == {"predict_locations example"}


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
