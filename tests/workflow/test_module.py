"""Another workflow takes this one for a module: from a folder of its own, with a config of its own or none."""

import subprocess
import sys

import pytest
import yaml
from projects import search_path

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
    """A way to run Snakemake in another workflow's folder."""
    folder = tmp_path / "other workflow"
    folder.mkdir()
    (folder / "mine.yaml").write_text(yaml.safe_dump(CONFIG))

    def snakemake(*arguments, config="config: config", names=""):
        (folder / "Snakefile").write_text(OUTER.format(project=fresh.root, config=config, names=names))
        command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
        done = subprocess.run(
            command, cwd=folder, env={"PATH": search_path()}, capture_output=True, encoding="utf-8", errors="replace"
        )
        return done.returncode, done.stdout + done.stderr

    snakemake.folder = folder
    return snakemake


@pytest.mark.parametrize("names", ["", " as mirloc_*"], ids=["names", "names with a beginning"])
def test_its_own_config_decides_and_the_rest_is_as_here(outer, names):
    tables = ("results/control/tables/control.tsv", "results/control/figures/roc.png")
    code, output = outer(*tables, "--dry-run", "--configfile", "mine.yaml", names=names)
    assert code == 0, output
    beginning = "mirloc_" if names else ""
    assert f"{beginning}write_control" in output and f"{beginning}simulate_control" in output


@pytest.mark.slow
def test_it_makes_the_dataset_in_the_other_folder(outer):
    code, output = outer("--configfile", "mine.yaml")
    assert code == 0, output
    rows = (outer.folder / "results/control/dataset/mirnas.tsv").read_text().splitlines()
    assert int((outer.folder / "mine.txt").read_text()) == len(rows) > 60


def test_without_a_config_it_is_the_workflow_as_it_stands(outer):
    code, output = outer("results/tables/ablation.tsv", "--dry-run", config="")
    assert code == 0, output
    assert "write_ablation" in output and "fetch_source" in output
