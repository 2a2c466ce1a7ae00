"""The package in an empty environment: what it brings, and that it predicts, wherever pip puts it."""

import csv
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
EXAMPLE = PROJECT / "resources/example/hairpins.fa"
BUILT = "from setuptools import build_meta; build_meta.build_{}('built')"
# Megabytes of all that is installed, pip itself apart.
MOST = 200
HEAVY = {"torch", "snakemake", "sklearn", "scipy", "Bio", "matplotlib", "RNA", "multimolecule"}

pytestmark = pytest.mark.slow


def run(*command, cwd, **variables):
    """Run a command away from the checkout, with nothing of this environment; return what it printed."""
    # Of this environment only where packages come from.
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "HTTP", "http"))}
    environment = kept | {"PATH": "/usr/bin:/bin", "HOME": str(cwd), **variables}
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A wheel and a source archive of the package."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, folder)
    shutil.copytree(PROJECT / "scripts", folder / "scripts", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for kind in ("wheel", "sdist"):
        run(sys.executable, "-c", BUILT.format(kind), cwd=folder)
    return {path.suffix: path for path in (folder / "built").iterdir()}


def installed(where, *arguments):
    """Make an empty environment and install into it, or with --target beside it; return its Python."""
    venv.create(where, with_pip=True)
    python = where / "bin/python"
    run(python, "-m", "pip", "install", "--quiet", *arguments, cwd=where)
    return python


def megabytes(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and "pip" not in path.parts) / 1e6


def assert_predicts(python, folder, **variables):
    """The example is predicted by the command of an installation, as it is by this checkout."""
    out = folder / "out.tsv"
    run(python, "-m", "mmlmirloc.command", "predict", EXAMPLE, "--out", out, cwd=folder, **variables)
    expected = folder / "expected.tsv"
    command = [sys.executable, "-m", "mmlmirloc.command", "predict", EXAMPLE, "--out", expected]
    run(*command, cwd=folder, PYTHONPATH=str(PROJECT / "scripts"))
    assert out.read_bytes() == expected.read_bytes()
    with open(out, newline="") as file:
        assert {row["status"] for row in csv.DictReader(file, delimiter="\t")} == {"ok"}


@pytest.mark.parametrize("kind", [".whl", ".gz"])
def test_an_empty_environment_predicts_with_little(built, tmp_path, kind):
    python = installed(tmp_path / "environment", built[kind])
    (packages,) = (tmp_path / "environment/lib").glob("python*/site-packages")
    assert not HEAVY & {path.name for path in packages.iterdir()}
    assert megabytes(packages) < MOST
    assert_predicts(python, tmp_path)
    # The command, and the page's words on what is missing.
    command = tmp_path / "environment/bin/mmlmirloc"
    assert run(command, "predict", EXAMPLE, cwd=tmp_path).encode() == (tmp_path / "out.tsv").read_bytes()
    done = subprocess.run([command, "serve"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "pip install 'mmlmirloc[web]'" in done.stderr


@pytest.mark.parametrize("kind", [".whl", ".gz"])
def test_the_model_is_found_in_a_folder_of_its_own(built, tmp_path, kind):
    python = installed(tmp_path / "environment", "--target", tmp_path / "elsewhere", built[kind])
    assert_predicts(python, tmp_path, PYTHONPATH=str(tmp_path / "elsewhere"))


def test_the_model_is_found_below_a_prefix(built, tmp_path):
    python = installed(tmp_path / "environment", "--prefix", tmp_path / "elsewhere", built[".whl"])
    (packages,) = (tmp_path / "elsewhere").glob("lib/python*/site-packages")
    assert_predicts(python, tmp_path, PYTHONPATH=str(packages))
