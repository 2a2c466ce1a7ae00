"""The shape of the workflow: what no job may see, what each rule declares, and the linters' word."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml
from projects import PROJECT, RESULTS, SMOKE

from mmlmirloc.settings import COMPARISONS

FITTING = ("train_models", "fit_view")
# What stands before a run's first submissions: sources.
SOURCES = ("simulate_control", "fetch_source", "fetch_rnabert")
# Tables of what validation rows chose.
CHOICES = ("tuning", "choices")
DIRECTIVES = ["input", "output", "log", "benchmark", "priority", "conda", "threads", "resources", "params"]
RULE_FILES = [PROJECT / "Snakefile", *sorted((PROJECT / "rules").glob("*.smk"))]
# Rules, and those made in a loop, which are named by what they make.
RULES = {
    name: text
    for file in RULE_FILES
    for name, text in re.findall(r"^rule (\w+):\n((?:    .*\n|\n)+)", file.read_text() + "\n", re.MULTILINE)
}
LOOPED = [
    re.sub("^    ", "", text, flags=re.MULTILINE)
    for file in RULE_FILES
    for text in re.findall(r"^    rule:\n((?:        .*\n|\n)+)", file.read_text() + "\n", re.MULTILINE)
]
RULES |= {re.search(r'name:\n +f"(\w+_)\{', text)[1]: text for text in LOOPED}
EXECUTED = sorted(set(RULES) - {"all"})
# What goes into one submission on a cluster.
GROUPS = {name for text in RULES.values() for name in re.findall(r'^    group:\n +"(\w+)"', text, re.MULTILINE)}


def behind(path, jobs):
    """Return every file that ``path`` is made from, itself included, up to what a split wrote."""
    maker = {output: job for job in jobs for output in job.outputs}
    found, waiting = set(), [path]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            job = maker.get(file)
            # A split's two parts have one maker; what matters is which of the parts is read.
            waiting += job.inputs if job and job.rule != "split_dataset" else ()
    return found


def test_nothing_is_fitted_on_test_rows(whole_plan):
    fits = [job for job in whole_plan if job.rule in FITTING]
    assert {job.rule for job in fits} == set(FITTING)
    for job in fits:
        seen = {file for path in job.outputs for file in behind(path, whole_plan)}
        assert any(file.endswith("/train.tsv") for file in seen)
        assert not [file for file in seen if file.endswith("/test.tsv")], job.name
        assert not [file for file in seen if "/scores/" in file or "/judgements/" in file], job.name


def test_only_scoring_and_reports_read_test_rows(whole_plan):
    readers = {job.rule for job in whole_plan if any(path.endswith("/test.tsv") for path in job.inputs)}
    assert {rule for rule in readers if not rule.startswith(("write_", "draw_"))} == {
        *("score_models", "judge_split", "tabulate_scores"),
        *("measure_importance", "measure_sensitivity", "measure_hindsight"),
    }


def test_views_of_single_sequences_see_no_labels_of_a_split(whole_plan):
    jobs = [job for job in whole_plan if job.rule in ("compute_view", "embed_view")]
    needed = {f"{RESULTS}/homologs/{name}" for name in ("hits.tsv", "sketches.npz")}
    assert needed <= {path for job in jobs for path in job.inputs}
    for job in jobs:
        # Nor of the dataset, also not by way of the homologs.
        for path in {file for output in job.outputs for file in behind(output, whole_plan)}:
            assert "/splits/" not in path and not path.endswith("/mirnas.tsv"), job.name


def test_final_models_are_fitted_on_all_rows_and_choose_by_no_test_row(whole_plan):
    fits = [job for job in whole_plan if job.rule == "train_models" and dict(job.wildcards)["split"] == "whole"]
    assert {dict(job.wildcards)["trained"] for job in fits} == {"sketchmirloc", "only_genomic"}
    for job in fits:
        seen = {file for path in job.inputs for file in behind(path, whole_plan)}
        # All rows train: see the kind whole in tests/unit/test_splits.py.
        assert f"{RESULTS}/splits/whole/repeat-1/train.tsv" in seen
        assert not [file for file in seen if re.search("/(models|scores|judgements)/|/splits/(?!whole/)", file)]


def test_a_model_in_four_tables_is_trained_once(whole_plan):
    counts = Counter(job.name for job in whole_plan)
    assert counts["train_models random 1 mmlmirlocnet"] == 1
    metrics = f"{RESULTS}/judgements/random/metrics.tsv"
    tables = {job.name for job in whole_plan if job.rule.startswith("write_") and metrics in job.inputs}
    shown = {f"write_{table}" for table in ("ablation", "bert_size", "common_features", "comparison")}
    assert shown <= tables


@pytest.mark.slow
def test_the_shipped_models_are_each_trained_once_per_split_and_the_longest_first(fresh):
    plan = fresh.plan("all", config="config/control.yaml")
    first = re.findall(r"^ +wildcards: .*trained=(\w+)\n +priority: 1$", plan.output, re.MULTILINE)
    assert set(first) == {"mirlocpredictor", "textrnn", "ncrnalocate_el_like"}
    jobs = plan.jobs
    trained = [job.name for job in jobs if job.rule == "train_models"]
    assert len(trained) == len(set(trained))
    models = [line.split("\t") for line in (PROJECT / "config/models.tsv").read_text().splitlines()[1:]]
    tables_of = {row[0]: set(row[7].split(",")) - {""} for row in models}
    papers = {model for model, tables in tables_of.items() if tables - set(COMPARISONS)}
    job_of = {row[0]: "baselines" if row[2] in ("constant", "age") else row[0] for row in models}
    assert {f"train_models random 1 {job_of[model]}" for model in papers} <= set(trained)
    views = yaml.safe_load((PROJECT / "config/views.yaml").read_text())["views"]
    # What needs a table of annotation that is not given stands in no table.
    annotated = {
        row[0] for row in models if any(views[view]["kind"] == "table" for view in filter(None, row[4].split(",")))
    }
    beyond = {model for model, tables in tables_of.items() if "beyond" in tables and model not in annotated}
    assert {f"train_models locus 1 {job_of[model]}" for model in beyond} <= set(trained)
    assert sum(len(tables_of[model]) for model in papers) > len(papers)
    # No download: the control run needs no network.
    assert "fetch_rnabert" not in {job.rule for job in jobs}


def test_tables_of_choices_show_all_repeats_and_train_none_for_themselves(whole_plan):
    jobs = whole_plan
    (tuning,), (choices,) = ([job.inputs for job in jobs if job.rule == f"write_{name}"] for name in CHOICES)
    trained = {output for job in jobs if job.rule == "train_models" for output in job.outputs}
    # Scores are asked for by other tables only.
    scored = {path for job in jobs if job.rule == "score_models" for path in job.inputs}
    assert {path for path in trained if path.endswith("/folds") and "/whole/" not in path} <= scored
    kept = [f"{RESULTS}/models/random/repeat-{batch}/{{}}/tuning.tsv" for batch in ("1", "2-3")]
    assert [kept[0].format("mmlmirlocnet") in tuning, kept[1].format("mmlmirlocnet") in tuning] == [True, True]
    # A model of the paper's tables alone is trained on their one draw.
    assert [kept[0].format("word2vec") in tuning, kept[1].format("word2vec") in tuning] == [True, False]
    assert {path.split("/")[3] for path in tuning} == {"random", "grouped", "temporal"}
    assert {path.split("/")[3] for path in choices} == {"locus"}
    # The baselines have one file.
    alone = [path for path in [*tuning, *choices] if "/baselines/" not in path]
    assert len(alone) == len(set(alone))


@pytest.mark.parametrize("rule", sorted(RULES))
def test_rule_says_what_it_does(rule):
    assert RULES[rule].lstrip().startswith('"""')


@pytest.mark.parametrize("rule", EXECUTED)
def test_rule_declares_its_needs_in_one_order(rule):
    found = [name for name in re.findall(r"^    (\w+):", RULES[rule], re.MULTILINE) if name in DIRECTIVES]
    assert {"output", "log", "benchmark", "threads", "resources"} <= set(found)
    assert found == [name for name in DIRECTIVES if name in found]
    assert not re.search(r"^    run:", RULES[rule], re.MULTILINE)


@pytest.mark.parametrize("rule", [rule for rule in EXECUTED if "script:" in RULES[rule]])
def test_rule_of_a_script_names_the_code_it_depends_on(rule):
    assert re.search(r"^        code=", RULES[rule], re.MULTILINE)


def test_rules_of_seconds_are_in_groups_of_the_profile_for_slurm():
    profile = yaml.safe_load((PROJECT / "profiles/slurm/config.yaml").read_text())
    components = dict(pair.split("=") for pair in profile["group-components"])
    assert components.keys() <= GROUPS
    # A submission for each of these many jobs would cost more than the jobs.
    many = ("train_models", "score_models", "compute_view", "split_dataset", "write_", "draw_")
    assert all("group:" in RULES[rule] for rule in many)
    assert profile["executor"] == "slurm" and profile["retries"] >= 1
    # Snakemake's own work: see the profile.
    default = yaml.safe_load((PROJECT / "profiles/default/config.yaml").read_text())
    assert profile["max-jobs-per-timespan"] == default["max-jobs-per-timespan"]


@pytest.mark.slow
@pytest.mark.parametrize("config", [SMOKE, "config/config.yaml"], ids=["smoke", "real"])
def test_profile_for_slurm_puts_the_jobs_of_a_run_into_few_submissions(fresh, config):
    pytest.importorskip("snakemake_executor_plugin_slurm", reason="Snakemake's plugin for SLURM is not installed")
    # Of everything: a rule that is added between two of a group makes Snakemake refuse the plan.
    run = fresh.plan("--workflow-profile", "profiles/slurm", config=config)
    groups = Counter(re.findall(r"^\[.+\] Group job (\w+) \(", run.output, re.MULTILINE))
    assert groups.keys() == GROUPS
    # Jobs of a group are announced within it, indented, and are not among these.
    alone = Counter(re.findall(r"^(?:local)?rule (\w+):$", run.output, re.MULTILINE))
    assert alone.keys() - {"all", *SOURCES} == {"measure_importance"}
    jobs = int(re.search(r"^total +(\d+)$", run.output, re.MULTILINE)[1])
    assert groups.total() + alone.total() < jobs / 5


@pytest.mark.slow
def test_environment_in_a_folder_that_a_shell_would_misread_runs_scripts(fresh, tmp_path, monkeypatch):
    environment = tmp_path / "mes données (1) R&D O'Brien a$b"
    environment.symlink_to(Path(sys.executable).parents[1])
    monkeypatch.setattr(sys, "executable", str(environment / "bin" / Path(sys.executable).name))
    run = fresh.run(f"{RESULTS}/simulated/truth.tsv")
    assert run.code == 0, run.output
    assert fresh.path("simulated/truth.tsv").exists()


def test_snakemake_lints_clean(fresh):
    run = fresh.ask("--lint")
    assert run.code == 0, run.output
    assert "Congratulations" in run.output


@pytest.mark.parametrize(
    "command",
    [
        ["snakefmt", "--check", "Snakefile", "rules"],
        ["ruff", "format", "--check", "scripts", "tests"],
        ["ruff", "check", "scripts", "tests"],
    ],
    ids=" ".join,
)
def test_code_is_formatted_and_clean(command):
    # snakefmt looks for shfmt on the PATH.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    tool = shutil.which(command[0], path=path)
    assert tool, f"{command[0]} is not installed"
    environment = {**os.environ, "PATH": path}
    done = subprocess.run([tool, *command[1:]], cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
