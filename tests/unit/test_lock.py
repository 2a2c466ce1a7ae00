"""The lock, the conda environment, the manual and the citation agree with what they are of."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[2]
DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
EXTRAS = DECLARED["optional-dependencies"]


def others(requirements):
    """Requirements but those of the project itself, by which an extra brings others along."""
    return [wanted for wanted in requirements if Requirement(wanted).name != DECLARED["name"]]


WANTED = others([*DECLARED["dependencies"], *(requirement for extra in EXTRAS.values() for requirement in extra)])


def pins(lines):
    """Name -> version of lines like ``numpy==2.4.6``."""
    found = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in found.items()}


def locked():
    return pins((PROJECT / "requirements.lock").read_text().splitlines())


def conda_pins():
    parts = yaml.safe_load((PROJECT / "envs/python.yaml").read_text())["dependencies"]
    return pins(next(part["pip"] for part in parts if isinstance(part, dict)))


@pytest.mark.parametrize("wanted", WANTED)
def test_lock_has_a_version_that_pyproject_accepts(wanted):
    requirement = Requirement(wanted)
    version = locked()[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(version, prereleases=True), f"{wanted}: locked at {version}"


def test_what_predicts_is_light():
    light = {canonicalize_name(Requirement(wanted).name) for wanted in DECLARED["dependencies"]}
    assert light == {"numpy", "pandas", "safetensors", "tqdm"}


def test_lock_holds_no_build_of_one_machine():
    # A +cpu or CUDA build of torch would be looked for, in vain or at several GB, elsewhere.
    assert not [version for version in locked().values() if "+" in version]
    assert not [name for name in locked() if name.startswith(("nvidia-", "cuda-", "triton"))]


def test_conda_environment_has_the_versions_of_the_lock():
    environment, lock = conda_pins(), locked()
    assert environment == {name: lock.get(name) for name in environment}
    wanted = others([*DECLARED["dependencies"], *EXTRAS["workflow"], *EXTRAS["slurm"]])
    needed = {canonicalize_name(Requirement(one).name) for one in wanted}
    assert needed <= environment.keys()


@pytest.mark.parametrize("path", sorted((PROJECT / "envs").glob("*.yaml")), ids=lambda path: path.name)
def test_conda_environment_is_pinned_and_its_channels_are_strict(path):
    environment = yaml.safe_load(path.read_text())
    assert environment["channels"][0] == "conda-forge" and environment["channels"][-1] == "nodefaults"
    packages = [part for part in environment["dependencies"] if isinstance(part, str)]
    assert all(re.fullmatch(r"[\w-]+=[\d.]+", package) for package in packages), packages


def test_manual_names_every_setting():
    config = yaml.safe_load((PROJECT / "config/config.yaml").read_text())
    manual = (PROJECT / "config/README.md").read_text()
    named = set(re.findall(r"`\.?([\w.<>*]+)`", manual))
    # Keys of these are names that a user gives; a split's settings are those of any of them.
    sections = {key: config[key] for key in config if isinstance(config[key], dict)} | {
        "splits": config["splits"]["random"]
    }
    free = {"location_synonyms", "dataset_variants", "learners", "predictions"}
    for section, settings in sections.items():
        if section in free:
            assert any(name.split(".")[0] == section for name in named), section
            continue
        missing = [key for key in settings if not {f"{section}.*", key, f"{section}.{key}"} & named]
        assert not missing, f"config/README.md does not name {missing} of {section}"
    assert not [key for key in config if key not in sections and key not in named]


def test_citation_is_of_this_version_and_licence():
    citation = yaml.safe_load((PROJECT / "CITATION.cff").read_text())
    assert str(citation["version"]) == DECLARED["version"]
    assert citation["license"] == DECLARED["license"]
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()


def test_catalog_file_has_what_the_catalog_reads():
    usage = yaml.safe_load((PROJECT / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    assert usage["software-stack-deployment"]["conda"] is True and usage["report"] is True
