"""The container recipes, as far as they can be read without building: what they copy, run and expose is there."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from mmlmirloc.command import parser

ROOT = Path(__file__).parents[2]
RECIPES = sorted((ROOT / "containers").glob("*.Containerfile"))
PREDICT = ROOT / "containers/predict.Containerfile"
APPTAINER = ROOT / "containers/predict.def"


def instructions(path):
    """(instruction, arguments) of a Containerfile, with continued lines joined."""
    text = re.sub(r"\\\n", " ", path.read_text())
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]


def of(path, name):
    return [arguments for instruction, arguments in instructions(path) if instruction == name]


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_what_is_copied_is_there(path):
    sources = [source for arguments in of(path, "COPY") for source in arguments.split()[:-1]]
    assert "requirements.lock" in sources
    assert not [source for source in sources if not (ROOT / source).exists()]


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_the_steps_are_shell(path):
    for step in of(path, "RUN"):
        assert subprocess.run(["sh", "-n", "-c", step], capture_output=True, check=False).returncode == 0, step


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_it_runs_as_a_user_that_it_makes(path):
    (user,) = of(path, "USER")
    assert any(re.search(rf"useradd .*\b{user}\b", step) for step in of(path, "RUN"))
    assert instructions(path)[-1][0] in ("ENTRYPOINT", "CMD")


def test_the_health_check_asks_what_the_page_answers():
    (check,) = of(PREDICT, "HEALTHCHECK")
    program = json.loads(check[check.index("[") :])
    address = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", program[2])
    assert address[1] == of(PREDICT, "EXPOSE")[0] and address[2] == "/health"
    compile(program[2], "the health check", "exec")


@pytest.mark.parametrize("path", [*RECIPES, APPTAINER], ids=lambda path: path.name)
def test_the_examples_of_mmlmirloc_are_read_by_its_command(path):
    for line in path.read_text().splitlines():
        if line.startswith("#") and (asked := re.search(r"run .*(?:mmlmirloc-predict|mmlmirloc\.sif) (.*)", line)):
            words = shlex.split(asked[1].split("<")[0])
            assert parser().parse_args(words).run


def test_both_recipes_for_predicting_install_the_same():
    (step,) = [step for step in of(PREDICT, "RUN") if "pip install" in step]
    assert step in APPTAINER.read_text()
    copied = {source for arguments in of(PREDICT, "COPY") for source in arguments.split()[:-1]}
    assert {line.split()[0] for line in APPTAINER.read_text().splitlines() if " /opt/mmlmirloc/" in line} == copied
