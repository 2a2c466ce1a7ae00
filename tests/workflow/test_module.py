"""Another workflow takes this one for a module: from a folder of its own, with a config of its own or none."""

import os
import subprocess
import sys

import pytest
import yaml
from projects import ask, search_path

OUTER = """
module mirloc:
    snakefile: "{project}/Snakefile"
    {config}

use rule * from mirloc{names}


rule mine:
    default_target: True
    input: "results/control/dataset/mirnas.tsv"
    output: "mine.txt"
    shell: "grep -c . {{input}} > {{output}}"
"""
# A part of a config: what it leaves open is as in this project's files.
CONFIG = {
    "results": "results/control",
    "sources": dict.fromkeys(("rnalocate", "hairpin", "mature", "coordinates"), "simulated"),
    "control": {"hairpins": 120},
    "dataset": {"minimum_count": 8},
}


@pytest.fixture
def outer(fresh, tmp_path):
    """Write another workflow that takes this one as it is told to; returns its folder."""
    folder = tmp_path / "other workflow"
    folder.mkdir()
    (folder / "mine.yaml").write_text(yaml.safe_dump(CONFIG))

    def write(config="config: config", names=""):
        (folder / "Snakefile").write_text(OUTER.format(project=fresh.root, config=config, names=names))
        return folder

    return write


def test_its_rules_take_a_beginning(outer):
    targets = ("results/control/tables/control.tsv", "results/control/figures/roc.png")
    folder = outer(names=" as mirloc_*")
    run = ask([*targets, "--dry-run", "--configfile", "mine.yaml"], folder, {**os.environ, "PATH": search_path()})
    assert run.code == 0, run.output
    assert "mirloc_write_control" in run.output and "mirloc_simulate_control" in run.output


def test_its_snakefile_can_be_included(outer, fresh):
    folder = outer()
    (folder / "Snakefile").write_text(f'include: "{fresh.root}/Snakefile"\n' + OUTER.partition("\n\n\n")[2].format())
    run = ask(["mine.txt", "--dry-run", "--configfile", "mine.yaml"], folder, {**os.environ, "PATH": search_path()})
    assert run.code == 0, run.output
    assert {"mine", "simulate_control", "build_dataset"} <= {job.rule for job in run.jobs}


@pytest.mark.slow
def test_its_own_config_decides_and_the_dataset_is_made_in_its_folder(outer):
    folder = outer()
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--configfile", "mine.yaml"]
    environment = {"PATH": search_path()}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", errors="replace")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = (folder / "results/control/dataset/mirnas.tsv").read_text().splitlines()
    assert int((folder / "mine.txt").read_text()) == len(rows)
    # Of the 120 hairpins of its config; this project's simulates more.
    assert 60 < len(rows[1:]) <= 120


def test_without_a_config_it_is_the_workflow_as_it_stands(outer):
    folder = outer(config="")
    run = ask(["results/tables/ablation.tsv", "--dry-run"], folder, {**os.environ, "PATH": search_path()})
    assert run.code == 0, run.output
    assert "write_ablation" in run.output and "fetch_source" in run.output
