"""A stand-in for the program conda, over py-rattler: what Snakemake asks of conda, from local folders as channels.

It says nothing of whether conda itself would do the same.
"""

import json
import os
import re
import sys
from pathlib import Path

from channels import PLATFORM, install
from rattler.exceptions import SolverError

# Snakemake takes conda from 24.7.1 on.
VERSION = "conda 24.7.1, a stand-in over py-rattler"
LAUNCHER = '#!/bin/sh\nexec "{python}" "{script}" "{folder}" "$@"\n'
# What is sourced before the command of a rule, with the environment's folder as its argument.
ACTIVATE = 'export CONDA_PREFIX="$1"\nexport PATH="$1/bin:$PATH"\n'


def write_programs(folder: Path) -> Path:
    """Write ``conda`` and ``activate``, which take packages from the channels in a folder, and return their folder."""
    programs = folder / "conda" / "bin"
    programs.mkdir(parents=True)
    launcher = LAUNCHER.format(python=sys.executable, script=Path(__file__).resolve(), folder=folder)
    (programs / "conda").write_text(launcher)
    (programs / "conda").chmod(0o755)
    (programs / "activate").write_text(ACTIVATE)
    return programs


def answer(folder: Path, command: str) -> str:
    """Return what conda would print; creates an environment when asked to.

    Raises
    ------
    NotImplementedError
        When it is a command that Snakemake did not ask when this was written.
    """
    if command == "--version":
        return VERSION
    if command == "info --json":
        return json.dumps({"conda_prefix": str(folder / "conda"), "platform": PLATFORM})
    if command == "config --get channel_priority --json":
        return json.dumps({"get": {"channel_priority": "strict"}})
    if command == "clean -y --tarballs":
        return "nothing to clean"
    created = re.fullmatch(r"env create --quiet --no-default-packages --file (.+) --prefix (.+)", command)
    if not created:
        raise NotImplementedError(f"the stand-in for conda has no answer to: conda {command}")
    install(Path(created[1]), Path(created[2]), folder)
    return f"created {created[2]}"


def main(folder: str, *arguments: str) -> int:
    """Answer a command line."""
    try:
        print(answer(Path(folder), " ".join(arguments)))
    except (NotImplementedError, SolverError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit: a thread of py-rattler that lets go of Python's lock while Python ends crashes it, now and then.
    os._exit(code)
