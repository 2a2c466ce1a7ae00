"""An edit reruns what depends on it and nothing else (plans only)."""

import os

import pytest
from projects import RESULTS, reporting

# The smoke test's splits with the batches of their repeats, by comparison; the first repeat of random is a batch by
# itself, since the paper's tables show it alone.
PROTOCOLS = {"random": ["1", "2-3"], "grouped": ["1"], "temporal": ["1"]}
BEYOND = {"locus": ["1-2", "3"]}
CURVE = {"curve_50": ["1"], "locus": ["1-2", "3"]}
# Batches in which MMLmiRLocNet stands, which sees word2vec; it is trained on half of the repeats.
FITTED = [
    *("random 1", "random 2-3", "grouped 1", "temporal 1", "shuffled 1-2", "planted 1"),
    *("locus 1-2", "random_union 1"),
]
# The models that see RNABERT.
SEE_RNABERT = {"mmlmirlocnet"}
# The forests of the smoke test beyond the paper, those of them that see the fold, and the models of its table beyond
# and of its learning curve.
ABLATED = [f"{way}_{view}" for way in ("only", "without") for view in ("evolutionary", "structural", "genomic")]
FORESTS = ("phylomirloc", *ABLATED, "all_views", "foldmirloc")
SEE_THE_FOLD = [
    *("phylomirloc", "only_structural", "without_evolutionary", "without_genomic", "all_views", "foldmirloc")
]
BEYOND_MODELS = ("mmlmirlocnet", "always_nucleus", "era", "era_locus", *FORESTS, "sketchmirloc")
# Those that are trained on so small a share of the repeats that it is the first batch alone.
FEW = ("era_locus", *ABLATED, "foldmirloc", "all_views", "mmlmirlocnet", "sketchmirloc")
CURVE_MODELS = ("always_nucleus", "era", "phylomirloc")
# Those that are trained in one job.
BASELINES = ("always_nucleus", "best_constant_accuracy", "era", "era_locus")
# A final model's card holds the numbers of the table beyond.
PREDICTED = {"export_model sketchmirloc", "predict_locations example", "explain_hairpins"}
# What measures beside the judgement on a split.
BESIDE = {"measure_sensitivity", "measure_hindsight", "measure_controls", "tabulate_scores"}
# Those of them that read the scores of the split of the paper's tables: all of its models are in one file.
SEE_SCORES = BESIDE - {"measure_controls"}
# The atlas: its models, one of which is the final one, and what they predict for all hairpins.
ATLAS = ("sketchmirloc", "only_genomic")
REFITTED = {*(f"train_models whole 1 {model}" for model in ATLAS), *(f"predict_hairpins {model}" for model in ATLAS)}
REFITTED |= PREDICTED
RESULTS_TABLES = {"write_comparison", "write_ablation", "write_bert_size", "write_common_features"}


def stages(*runs):
    """Names of the jobs that train, score and judge runs given as ``split batch model``."""
    names = set()
    for run in runs:
        split, batch, model = run.split()
        trained = "baselines" if model in BASELINES else model
        names |= {f"train_models {split} {batch} {trained}", f"score_models {split}", f"judge_split {split}"}
    return names


def under(model, splits):
    """Names of the jobs of a model under some splits, from training to the judgement."""
    return stages(*(f"{split} {batch} {model}" for split, batches in splits.items() for batch in batches))


def beyond(models):
    """Names of the jobs of some models of the table beyond."""
    return set().union(*(under(model, {"locus": ["1-2"]} if model in FEW else BEYOND) for model in models))


def without_reports(names):
    return names - reporting(names)


def trained(names):
    """Those of some jobs that fit something."""
    return {name for name in names if name.split()[0] in ("fit_view", "train_models")}


def rules_of(names):
    """Rules of some jobs."""
    return {name.split()[0] for name in names}


def made_by(names, rule):
    """What the jobs of a rule make: their first wildcard."""
    return {name.split()[1] for name in names if name.split()[0] == rule}


def results_tables(names):
    """Those of some jobs that write a table of results."""
    return names & RESULTS_TABLES


@pytest.fixture
def planned(finished):
    """Say what a change of the finished project would rerun."""

    def plan(**options):
        return finished.plan(**options).names

    return plan


def test_what_changes_no_result_reruns_nothing(finished, planned):
    for path in (finished.root / "scripts/mmlmirloc").rglob("*.py"):
        text = path.read_text()
        if text.startswith('"""'):
            path.write_text('"""Other words. ' + text[3:] + "\n# A remark.\n")
    # Another way to fetch brings the same data.
    for module in ("fetch", "download"):
        finished.append(f"scripts/mmlmirloc/sources/{module}.py", "\nCHANGED = True\n")
    # Snakemake compares the content of small files where the time differs.
    os.utime(finished.path("simulated/hairpin.fa"))
    assert planned() == set()


def test_edits_of_pages_figures_and_what_is_predicted_each_remake_their_own(finished, planned):
    expected = {"write_controls", "draw_controls"}
    finished.append("scripts/mmlmirloc/reporting/controls_table.py", "\nCHANGED = True\n")
    expected |= {"draw_strata", "draw_roc", "draw_lengths", "draw_lengths_train", "draw_lengths_test"}
    for figure in ("strata", "roc", "lengths"):
        finished.append(f"scripts/mmlmirloc/reporting/figures/{figure}.py", "\nCHANGED = True\n")
    # A new figure is a module and an entry.
    expected |= {"draw_toy"}
    row = '    "strata": table_figure("strata", options'
    finished.edit("rules/pages.smk", row, '    "toy": table_figure("toy", strata="strata"),\n' + row)
    toy = "from mmlmirloc.reporting.figures.strata import draw\n\n\ndef prepare(strata):\n    return strata\n"
    (finished.root / "scripts/mmlmirloc/reporting/figures/toy.py").write_text(toy)
    expected |= {"predict_locations example"}
    finished.append("resources/example/hairpins.fa", ">mine\n" + "ACGU" * 20 + "\n")
    expected |= {"explain_hairpins", "draw_attributions"}
    assert planned(settings={"beyond": {"explained": ["hsa-mir-90004"]}}) == expected


def test_what_two_figures_share_and_the_models_drawn_remake_those_figures(finished, planned):
    finished.append("scripts/mmlmirloc/reporting/figures/curves.py", "\nCHANGED = True\n")
    names = planned(settings={"trust": {"drawn": ["era"]}})
    assert names == {"draw_roc", "draw_pr", "draw_calibration", "draw_strata"}


def test_settings_of_the_curve_and_of_the_final_models_rerun_these(planned):
    names = planned(settings={"splits": {"curve_50": {"train_share": 0.6}, "whole": {"folds": 4}}})
    curve = set().union(*(under(model, {"curve_50": ["1"]}) for model in CURVE_MODELS))
    curve |= {"split_dataset curve_50 1", "write_curve", "draw_learning_curve"}
    assert names == curve | REFITTED | {"split_dataset whole 1", "draw_attributions", "write_atlas"}


def test_override_reruns_its_model_and_what_its_split_shows(finished, planned):
    finished.edit("tests/smoke/models.tsv", "textrnn\ttokens\t\t", "textrnn\ttokens\tepochs=1\t")
    names = planned()
    assert without_reports(names) == stages("random 1 textrnn") | SEE_SCORES | {"make_repeats_table comparison"}
    assert not {name for name in names if name.startswith("draw_lengths")}


def test_label_is_judged_anew_and_trains_nothing(finished, planned):
    finished.edit("tests/smoke/models.tsv", "\tTextRNN\t", "\tText RNN\t")
    names = planned()
    assert trained(names) == set() and not {name for name in names if name.startswith("score_models")}
    assert "write_comparison" in names


def test_new_row_runs_its_own_jobs_and_its_table(finished, planned):
    finished.append("tests/smoke/models.tsv", "kmer\tK-mer only\tablation\tconcatenation\tlexical\t\t\tablation\n")
    names = planned()
    assert trained(names) == {"train_models random 1 kmer"}
    assert made_by(names, "score_models") == {"random"} and "write_ablation" in names


def test_row_moved_to_another_table_trains_and_scores_nothing(finished, planned):
    finished.edit(
        "tests/smoke/models.tsv", "concatenation\tsyntactic\t\t\tablation", "concatenation\tsyntactic\t\t\tbert_size"
    )
    names = planned()
    assert without_reports(names) == set()
    assert results_tables(names) == {"write_ablation", "write_bert_size"}


def test_learner_module_reruns_its_learners(finished, planned):
    finished.append("scripts/mmlmirloc/models/constant.py", "\nCHANGED = True\n")
    names = planned()
    expected = stages("random 1 best_constant_accuracy")
    # What else is trained in the same jobs is judged anew as well.
    for model in ("always_nucleus", "era"):
        expected |= under(model, PROTOCOLS) | under(model, BEYOND) | under(model, CURVE)
    found = without_reports(names)
    assert trained(found) == trained(expected)
    assert {name for name in found if name.startswith("score_models")} == {
        name for name in expected if name.startswith("score_models")
    }
    assert rules_of(found - PREDICTED) == SEE_SCORES | {
        "train_models",
        "score_models",
        "judge_split",
        "make_repeats_table",
    }
    assert not {name for name in names if name.startswith("draw_lengths")}


def test_new_metric_measures_again_and_trains_nothing(finished, planned):
    new = 'OBJECTIVES | by_name(Metric("worst", "Worst", False, "predictions", OBJECTIVES["hamming_loss"].function))'
    finished.edit("scripts/mmlmirloc/evaluation/metrics.py", "dict(OBJECTIVES)", new)
    names = planned()
    assert trained(names) == set()
    judging = {"judge_split", "measure_importance", "make_repeats_table", *BESIDE} - {"tabulate_scores"}
    assert rules_of(without_reports(names) - PREDICTED) == judging
    assert results_tables(names) == RESULTS_TABLES


def test_decision_rule_decides_again_and_trains_nothing(finished, planned):
    finished.edit("scripts/mmlmirloc/evaluation/label_sets.py", "MINIMUM_ROWS = 5", "MINIMUM_ROWS = 6")
    names = planned()
    assert trained(names) == set()
    # Thresholds chosen on test rows, which are shown as not honest, are found as those of a rule are.
    rules = rules_of(without_reports(names) - PREDICTED)
    assert rules == {"judge_split", "measure_hindsight", "measure_controls", "make_repeats_table", "predict_hairpins"}


def test_metric_that_chooses_reruns_from_training_on(finished, planned):
    finished.append("scripts/mmlmirloc/objectives.py", "\nCHANGED = True\n")
    names = planned()
    judging = {"train_models", "score_models", "judge_split", "measure_importance", "measure_agreement"}
    expected = judging | BESIDE | {"make_repeats_table"} | rules_of(REFITTED)
    assert rules_of(without_reports(names)) == expected
    assert stages("random 1 textrnn") | {"train_models shuffled 1-2 mmlmirlocnet"} <= names


def test_module_that_measures_measures_again_and_trains_nothing(finished, planned):
    finished.append("scripts/mmlmirloc/evaluation/one_split.py", "\nCHANGED = True\n")
    names = planned()
    rules = rules_of(without_reports(names) - PREDICTED)
    assert rules == {"judge_split", "measure_sensitivity", "measure_controls", "make_repeats_table"}
    assert results_tables(names) == RESULTS_TABLES


def test_module_of_all_tables_writes_tables_only(finished, planned):
    finished.append("scripts/mmlmirloc/reporting/tables.py", "\nCHANGED = True\n")
    names = planned()
    assert without_reports(names) == PREDICTED | {"make_repeats_table comparison"}
    assert results_tables(names) == RESULTS_TABLES


def test_new_table_is_a_function_and_an_entry_and_written_alone(finished):
    entry = """    "toy": {
        "function": "toy.write_toy",
        "caption": "trust",
        "inputs": {"strata": f"{RESULTS}/tables/strata.tsv"},
        "options": {},
    },
"""
    row = '    "controls": {\n        "function": "controls_table'
    finished.edit("rules/pages.smk", row, entry + row)
    toy = """from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.tables import write_text


def write_toy(strata, note, table, markdown):
    write_table(read_table(strata).head(1), table)
    write_text(f"# Toy\\n\\n{note}\\n", markdown)
"""
    (finished.root / "scripts/mmlmirloc/reporting/toy.py").write_text(toy)
    run = finished.run("all")
    assert run.code == 0, run.output
    assert run.names == {"write_toy"}
    assert "<h1>Toy</h1>" in finished.path("tables/toy.html").read_text()


def test_what_embeds_reruns_the_models_that_see_it(finished, planned):
    finished.append("scripts/mmlmirloc/views/rnabert_network.py", "\nCHANGED = True\n")
    names = planned()
    assert {name for name in rules_of(names) if name.endswith("_view")} == {"embed_view"}
    assert {name.split()[-1] for name in trained(names)} == SEE_RNABERT


def test_what_reads_a_view_reruns_the_models_that_see_it(finished, planned):
    finished.append("scripts/mmlmirloc/views/rnabert.py", "\nCHANGED = True\n")
    names = planned()
    assert not {name for name in rules_of(names) if name.endswith("_view")}
    assert {name.split()[-1] for name in trained(names)} == SEE_RNABERT


def test_fitted_view_module_reruns_the_view_and_its_models(finished, planned):
    finished.append("scripts/mmlmirloc/views/word2vec.py", "\nCHANGED = True\n")
    assert_syntactic_view_reruns(planned())


def test_view_setting_reruns_the_view_and_its_models(planned):
    assert_syntactic_view_reruns(planned(settings={"views": {"syntactic": {"epochs": 2}}}))


def assert_syntactic_view_reruns(names):
    runs = {*(f"{run} mmlmirlocnet" for run in FITTED), "random 1 word2vec"}
    found = without_reports(names)
    assert {name for name in found if name.startswith("fit_view")} == {f"fit_view syntactic {run}" for run in FITTED}
    assert {name for name in found if name.startswith("train_models")} == {f"train_models {run}" for run in runs}
    splits = {run.split()[0] for run in FITTED}
    assert made_by(found, "score_models") == splits
    assert made_by(found, "judge_split") == splits - {"random_union"}
    others = {"fit_view", "train_models", "score_models", "judge_split"}
    assert rules_of(found - PREDICTED) - others == BESIDE | {"make_repeats_table"}
    assert not {name for name in names if name.startswith("draw_lengths")}


def test_bootstrap_setting_measures_again_and_trains_nothing(planned):
    names = planned(settings={"evaluation": {"draws": 30}})
    rules = rules_of(without_reports(names) - PREDICTED)
    assert rules == {"judge_split", "measure_sensitivity", "measure_controls", "make_repeats_table"}


def test_minimum_count_reruns_the_dataset_and_no_view_of_single_sequences(planned):
    names = planned(settings={"dataset": {"minimum_count": 9}})
    rules = rules_of(names)
    assert {"build_dataset", "split_dataset", "fit_view", "train_models", "write_comparison"} <= rules
    assert {"export_model", "group_homologs", "group_loci"} <= rules
    assert not rules & {
        *("fetch_source", "merge_records", "join_sequences", "cluster_sequences", "compute_view", "embed_view"),
        *("prepare_search", "search_homologs", "sketch_hairpins"),
    }


def test_distance_of_loci_divides_again_what_loci_divide(planned):
    names = planned(settings={"dataset": {"locus": 3000}})
    divided = {"group_loci", *(f"split_dataset {one}" for one in ("locus 1-2", "locus 3", "curve_50 1"))}
    divided |= {"fit_view syntactic locus 1-2"}
    curve = [under(model, CURVE) for model in CURVE_MODELS]
    expected = divided.union(*curve) | beyond(BEYOND_MODELS) | PREDICTED | {"measure_importance"}
    assert without_reports(names) == expected
    assert results_tables(names) == set()


def test_view_module_reruns_the_forests_that_see_it(finished, planned):
    finished.append("scripts/mmlmirloc/views/structural.py", "\nCHANGED = True\n")
    found = without_reports(planned())
    # Arms are predicted from the fold.
    assert {f"compute_view {view}" for view in ("structural", "arms", "arms_recorded")} <= found
    assert assert_forests_rerun(found, SEE_THE_FOLD) == {"compute_view"}


def test_setting_of_the_forest_reruns_those_without_an_own_value(finished, planned):
    # Era has its own. No overlay: a key more in one changes the order of all, in which Snakemake compares them.
    finished.edit("tests/smoke/config.yaml", "settings: {trees: 5}", "settings: {trees: 6}")
    found = without_reports(planned())
    atlas = {"train_models whole 1 only_genomic", "predict_hairpins only_genomic"}
    assert atlas <= found and assert_forests_rerun(found - atlas, FORESTS) == set()


def assert_forests_rerun(names, forests):
    """Some forests beyond the paper rerun to their end, era does not; returns the rules of all other jobs."""
    expected = beyond(forests) | under("phylomirloc", CURVE) | PREDICTED | {"measure_importance"}
    assert expected <= names
    return rules_of(names - expected)


def test_coordinates_rerun_the_views_of_the_genome(finished, planned):
    source = finished.path("simulated/hsa.gff3")
    lines = source.read_text().splitlines(keepends=True)
    source.write_text("".join(lines[:-1]))
    names = planned()
    assert {"fetch_source coordinates", "group_loci", "train_models locus 1-2 baselines"} <= names
    assert made_by(names, "compute_view") == {"genomic", "locus_14q32"}
    assert not {name for name in names if name.startswith("train_models random")}
    # The final model does not see the genome; only its card tells the new numbers. Another one of the atlas does.
    whole = {name for name in names if name.startswith("train_models whole")}
    assert whole == {"train_models whole 1 only_genomic"} and names >= PREDICTED


def test_changed_source_reruns_from_there(finished, planned):
    source = finished.path("simulated/rnalocate.txt")
    lines = source.read_text().splitlines(keepends=True)
    source.write_text("".join(lines[:-1]))
    names = planned()
    assert {"fetch_source rnalocate", "merge_records", "join_sequences", "train_models random 1 textrnn"} <= names
    assert not {"simulate_control", "fetch_source hairpin"} & names


def test_another_reader_of_coordinates_fetches_nothing_again(finished, planned):
    finished.append("scripts/mmlmirloc/sources/coordinates.py", "\nCHANGED = True\n")
    names = planned()
    assert made_by(names, "compute_view") == {"genomic", "locus_14q32"} and "group_loci" in names
    assert not {name for name in names if name.startswith(("fetch", "merge", "join", "train_models random"))}


def test_deleted_table_is_made_again_from_what_is_there(finished):
    finished.path("tables/comparison.tsv").unlink()
    names = finished.plan(f"{RESULTS}/tables/comparison.tsv").names
    assert names == {"write_comparison"}
