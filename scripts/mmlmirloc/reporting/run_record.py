"""What a run was made with: versions, settings, checksums of the sources, commit and seeds.

The record holds no time and no name of a machine, so that the same run gives the same record.
"""

import json
import platform
import re
import subprocess
import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mmlmirloc.files import whole
from mmlmirloc.provenance import checksum


def write_run_record(path: str | Path, project: str | Path, config: Mapping[str, Any], sources: Iterable[Path]) -> None:
    """Write what the results of a run were made with, as JSON.

    Parameters
    ----------
    path : str or Path
        The record.
    project : str or Path
        Folder of the workflow's code, with or without a git repository and a ``pyproject.toml``.
    config : mapping
        The settings as merged from all files.
    sources : iterable of Path
        The inputs as the workflow keeps them; those that are not there are left out.
    """
    record = {
        "git": git_state(project),
        "versions": versions(project),
        "seeds": {"seed": config["seed"], "control": config["control"]["seed"]},
        "sources": {str(file): checksum(file) for file in sorted(sources) if file.is_file()},
        "config": config,
    }
    with whole(path) as temporary:
        temporary.write_text(json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def git_state(project: str | Path) -> dict[str, Any]:
    """Return the commit and whether tracked files differ from it; neither is known where the project is no repository.

    A folder inside a repository of something else is none.
    """
    top = _answer("git", "-C", str(project), "rev-parse", "--show-toplevel")
    if not top or Path(top).resolve() != Path(project).resolve():
        return {"commit": None, "modified": None}
    commit = _answer("git", "-C", str(project), "rev-parse", "HEAD")
    changed = _answer("git", "-C", str(project), "status", "--porcelain", "--untracked-files=no")
    return {"commit": commit or None, "modified": bool(changed)}


def versions(project: str | Path) -> dict[str, str | None]:
    """Return the versions of Python, of cd-hit-est, and of the packages that ``pyproject.toml`` names."""
    found = {"python": platform.python_version(), "cd-hit-est": cd_hit_version()}
    for name in direct_requirements(Path(project) / "pyproject.toml") or ["snakemake"]:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def direct_requirements(pyproject: Path) -> list[str]:
    """Return the names of the packages that a workflow needs by its ``pyproject.toml``; none where there is no file.

    They are the dependencies of the package and those of its extra ``workflow``.
    """
    if not pyproject.is_file():
        return []
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *project.get("optional-dependencies", {}).get("workflow", [])]
    return [re.match(r"[\w.-]+", requirement)[0] for requirement in named]


def cd_hit_version() -> str | None:
    """Return the version that cd-hit-est says of itself: ``4.8.1``; none where it is not on the PATH."""
    found = re.search(r"CD-HIT version ([\d.]+)", _answer("cd-hit-est", "-h"))
    return found[1] if found else None


def _answer(*command: str) -> str:
    """Return what a program prints; nothing where it is not installed or fails without printing."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""
