"""The package in an empty environment: what it brings, and that it predicts, wherever pip puts it."""

import csv
import os
import shutil
import subprocess
import sys
import venv
import zipfile
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
    """A wheel and a source archive of the package, and a wheel of what the archive holds."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, folder)
    shutil.copytree(PROJECT / "scripts", folder / "scripts", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for kind in ("wheel", "sdist"):
        run(sys.executable, "-c", BUILT.format(kind), cwd=folder)
    built = {path.suffix: path for path in (folder / "built").iterdir()}
    shutil.unpack_archive(built[".gz"], folder / "unpacked")
    (unpacked,) = (folder / "unpacked").iterdir()
    run(sys.executable, "-c", BUILT.format("wheel"), cwd=unpacked)
    (built["again"],) = (unpacked / "built").iterdir()
    return built


@pytest.fixture(scope="module")
def environment(built, tmp_path_factory):
    """An environment that was empty, with the wheel and what it brings."""
    where = tmp_path_factory.mktemp("environment")
    venv.create(where, with_pip=True)
    run(where / "bin/python", "-m", "pip", "install", "--quiet", built[".whl"], cwd=where)
    return where


@pytest.fixture
def without(environment, built):
    """The environment without the package, which comes back afterwards; with all that the package needs."""
    pip = environment / "bin/python", "-m", "pip"
    run(*pip, "uninstall", "--quiet", "--yes", "mmlmirloc", cwd=environment)
    yield environment
    run(*pip, "install", "--quiet", "--no-deps", built[".whl"], cwd=environment)


def megabytes(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and "pip" not in path.parts) / 1e6


def assert_predicts(environment, folder, **variables):
    """The example is predicted by the package of an environment, as it is by this checkout."""
    out = folder / "out.tsv"
    predict = "-m", "mmlmirloc.command", "predict", EXAMPLE, "--out"
    run(environment / "bin/python", *predict, out, cwd=folder, **variables)
    expected = folder / "expected.tsv"
    run(sys.executable, *predict, expected, cwd=folder, PYTHONPATH=str(PROJECT / "scripts"))
    assert out.read_bytes() == expected.read_bytes()
    with open(out, newline="") as file:
        assert {row["status"] for row in csv.DictReader(file, delimiter="\t")} == {"ok"}


def contents(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_source_archive_makes_the_same_wheel(built):
    assert contents(built["again"]) == contents(built[".whl"])


def test_an_empty_environment_predicts_with_little(environment, tmp_path):
    (packages,) = (environment / "lib").glob("python*/site-packages")
    assert not HEAVY & {path.name for path in packages.iterdir()}
    assert megabytes(packages) < MOST
    assert_predicts(environment, tmp_path)
    # The command, and the page's words on what is missing.
    command = environment / "bin/mmlmirloc"
    assert run(command, "predict", EXAMPLE, cwd=tmp_path).encode() == (tmp_path / "out.tsv").read_bytes()
    done = subprocess.run([command, "serve"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "pip install 'mmlmirloc[web]'" in done.stderr


@pytest.mark.parametrize(("option", "packages"), [("--target", "."), ("--prefix", "lib/python*/site-packages")])
def test_the_model_is_found_wherever_pip_puts_it(without, built, tmp_path, option, packages):
    elsewhere = tmp_path / "elsewhere"
    install = "-m", "pip", "install", "--quiet", "--no-deps", option, elsewhere
    run(without / "bin/python", *install, built[".whl"], cwd=tmp_path)
    (place,) = elsewhere.glob(packages) if packages != "." else [elsewhere]
    assert (place / "mmlmirloc").is_dir()
    assert_predicts(without, tmp_path, PYTHONPATH=str(place))
