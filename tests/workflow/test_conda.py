"""The environment files, solved and installed by py-rattler from channels that the tests make: a stand-in for conda.

No conda and no package of conda-forge or bioconda takes part. That these channels have what is pinned, and that conda
builds what it should of it, is not tested here or anywhere else.
"""

import shutil
from pathlib import Path

import pytest
import yaml
from projects import PROJECT, RESULTS, path_without

pytest.importorskip("rattler", reason="py-rattler is not installed")

from channels import STARTED, make_channels, solve
from rattler.exceptions import SolverError
from stand_in_conda import write_programs

TOOLS = ("cd-hit-est", "blastn", "makeblastdb")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
needs_tools = pytest.mark.skipif(bool(MISSING), reason=f"not on PATH: {', '.join(MISSING)}")

LIBGCC = ("libgcc", "14.2.0", "conda-forge")
# As (name, version, channel): neither the newest of what is pinned nor, of libgcc, the newest that any channel has.
SOLUTIONS = {
    "blast.yaml": {("blast", "2.12.0", "bioconda"), LIBGCC},
    "cd-hit.yaml": {("cd-hit", "4.8.1", "bioconda"), LIBGCC},
    # The pip part is compared to the lock by tests/unit/test_lock.py.
    "python.yaml": {("python", "3.11.9", "conda-forge"), ("pip", "25.0", "conda-forge"), LIBGCC},
}
# All rules up to the dataset and the search, those of the three environments.
TARGETS = (f"{RESULTS}/dataset/mirnas.tsv", f"{RESULTS}/homologs/hits.tsv")


@pytest.fixture(scope="module")
def local(tmp_path_factory) -> Path:
    """A folder with the channels, their index, and the stand-in for conda."""
    folder = tmp_path_factory.mktemp("channels")
    make_channels(folder)
    write_programs(folder)
    return folder


@pytest.fixture
def edited(tmp_path):
    """Write an environment file anew with other channels or dependencies; answers its path."""

    def edit(name, **parts):
        path = tmp_path / name
        path.write_text(yaml.safe_dump({**yaml.safe_load((PROJECT / "envs" / name).read_text()), **parts}))
        return path

    return edit


@pytest.fixture
def path(local, tmp_path) -> str:
    """A PATH with the stand-in for conda, and without the tools."""
    path = f"{local / 'conda/bin'}:{path_without(tmp_path / 'bin', 'cd-hit', 'blast', 'makeblast')}"
    assert not [tool for tool in TOOLS if shutil.which(tool, path=path)]
    return path


def solution(environment, folder):
    """Return name, version and channel of what a file is solved to."""
    records = solve(environment, folder)
    return {(record.name.normalized, str(record.version), Path(record.channel).name) for record in records}


def test_every_environment_file_has_a_solution_to_compare():
    assert {path.name for path in (PROJECT / "envs").iterdir()} == SOLUTIONS.keys()


@pytest.mark.parametrize("name", SOLUTIONS)
def test_py_rattler_solves_to_the_pins_from_the_first_channel(local, name):
    assert solution(PROJECT / "envs" / name, local) == SOLUTIONS[name]


def test_order_of_the_channels_decides(local, edited):
    environment = edited("cd-hit.yaml", channels=["bioconda", "conda-forge", "nodefaults"])
    assert solution(environment, local) == {("cd-hit", "4.8.1", "bioconda"), ("libgcc", "15.1.0", "bioconda")}


BAD_FILES = {
    "version": ({"dependencies": ["cd-hit=4.8.2"]}, r"cd-hit 4\.8\.2"),
    "name": ({"dependencies": ["cdhit=4.8.1"]}, r"cdhit 4\.8\.1"),
    "channel": ({"channels": ["conda-forge", "nodefaults"]}, r"cd-hit 4\.8\.1"),
}


@pytest.mark.parametrize(("parts", "message"), BAD_FILES.values(), ids=BAD_FILES)
def test_py_rattler_names_what_is_in_no_channel(local, edited, parts, message):
    with pytest.raises(SolverError, match=message):
        solve(edited("cd-hit.yaml", **parts), local)


@pytest.mark.slow
@needs_tools
def test_rules_in_prefixes_of_the_stand_in_make_the_files_of_the_plain_run(local, fresh, path):
    plain = fresh.run(*TARGETS)
    assert plain.code == 0, plain.output[-5000:]
    # Folders only: beside them stands provenance.json, with the versions of Snakemake's own environment and PATH.
    made = fresh.digests("*/**/*")
    run = fresh.snakemake(*TARGETS, "--cores", "8", "--use-conda", path=path)
    assert run.code == 0, run.output[-5000:]
    # Nothing is left of the plain run: for Snakemake it was another software environment.
    assert run.names == plain.names
    assert fresh.digests("*/**/*") == made
    # Each prefix has the programs of its own file alone, and it is these that were started.
    prefixes = [path for path in fresh.root.glob(".snakemake/conda/*") if path.is_dir()]
    programs = [{path.name for path in prefix.glob("bin/*")} for prefix in prefixes]
    assert sorted(map(sorted, programs)) == [["blastn", "makeblastdb"], ["cd-hit-est"], ["python"]]
    started = {Path(line) for line in (local / STARTED).read_text().splitlines()}
    assert started == {path for prefix in prefixes for path in prefix.glob("bin/*")}


@pytest.mark.slow
def test_pin_that_no_channel_has_is_named_before_any_job(fresh, path):
    fresh.edit("envs/cd-hit.yaml", "cd-hit=4.8.1", "cd-hit=4.8.2")
    run = fresh.snakemake(*TARGETS, "--cores", "8", "--use-conda", path=path)
    assert run.code != 0
    assert "Could not create conda environment" in run.output and "cd-hit 4.8.2" in run.output, run.output
    assert not run.jobs


@pytest.mark.slow
def test_dry_run_of_everything_asks_for_every_environment(fresh, path):
    run = fresh.plan("--cores", "8", "--use-conda", path=path)
    for name in SOLUTIONS:
        assert f"envs/{name} will be created" in run.output
