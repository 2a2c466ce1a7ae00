"""Folders that stand for the channels conda-forge and bioconda, and py-rattler's solver and installer over them.

Nothing in them is of the channels of these names: each package is made here, is named as there, and holds at most
scripts. A tool's starts the program of its name on the PATH; python's starts the Python that runs the tests, which
has the packages of the lock, so that pip parts of environment files are left out. Versions are labels.
"""

import asyncio
import hashlib
import io
import json
import shutil
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import rattler
import yaml
from rattler.channel import ChannelPriority
from rattler.index import index_fs

PLATFORM = str(rattler.Subdir.current())
# Lines of a folder's file: with which path each script of a package was started.
STARTED = "started.txt"
SCRIPT = '#!/bin/sh\necho "$0" >>"{trace}"\nexec "{program}" "$@"\n'


class Package(NamedTuple):
    """A package to make."""

    channel: str
    name: str
    version: str
    subdir: str = PLATFORM
    depends: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()


# Beside what is pinned stands something newer; what both channels have is newer in bioconda, where a solve without
# channel priority would take it from.
PACKAGES = (
    Package("conda-forge", "libgcc", "14.2.0"),
    Package("bioconda", "libgcc", "15.1.0"),
    Package("bioconda", "cd-hit", "4.8.1", depends=("libgcc",), programs=("cd-hit-est",)),
    Package("bioconda", "cd-hit", "4.9.9", depends=("libgcc",)),
    Package("bioconda", "blast", "2.12.0", depends=("libgcc",), programs=("blastn", "makeblastdb")),
    Package("bioconda", "blast", "2.99.0", depends=("libgcc",)),
    Package("conda-forge", "python", "3.11.9", depends=("libgcc",), programs=("python",)),
    Package("conda-forge", "python", "3.99.0", depends=("libgcc",)),
    Package("conda-forge", "pip", "25.0", subdir="noarch", depends=("python",)),
    Package("conda-forge", "pip", "99.0", subdir="noarch", depends=("python",)),
)


def make_channels(folder: Path) -> None:
    """Make all packages and the index of each channel."""
    for package in PACKAGES:
        target = folder / package.channel / package.subdir
        target.mkdir(parents=True, exist_ok=True)
        _pack(package, target, folder / STARTED)
    for channel in sorted({package.channel for package in PACKAGES}):
        # A channel without this folder is none.
        (folder / channel / "noarch").mkdir(exist_ok=True)
        asyncio.run(index_fs(folder / channel))


def solve(environment: Path, folder: Path) -> list[rattler.RepoDataRecord]:
    """Solve an environment file, but for its pip part, with strict channel priority.

    Raises
    ------
    rattler.exceptions.SolverError
        When there is no solution; the message names the packages.
    """
    parts = yaml.safe_load(environment.read_text())
    configuration = rattler.ChannelConfig(channel_alias=f"{folder.as_uri()}/")
    # nodefaults is no channel: by it conda leaves out those that are in its own settings.
    names = [name for name in parts["channels"] if name != "nodefaults"]
    solved = rattler.solve(
        [rattler.Channel(name, configuration) for name in names],
        [part for part in parts["dependencies"] if isinstance(part, str)],
        gateway=rattler.Gateway(cache_dir=folder / "cache"),
        channel_priority=ChannelPriority.Strict,
    )
    return asyncio.run(solved)


def install(environment: Path, prefix: Path, folder: Path) -> None:
    """Solve an environment file and install it, but for its pip part, into a prefix."""
    records = solve(environment, folder)
    asyncio.run(rattler.install(records, prefix, cache_dir=folder / "cache" / "packages", show_progress=False))


def _pack(package: Package, target: Path, trace: Path) -> None:
    """Write a package in the layout of .tar.bz2 packages."""
    paths = {program: _find(program) for program in package.programs}
    scripts = {
        f"bin/{program}": SCRIPT.format(trace=trace, program=path).encode() for program, path in paths.items() if path
    }
    index = {
        "name": package.name,
        "version": package.version,
        "build": "0",
        "build_number": 0,
        "subdir": package.subdir,
        "depends": list(package.depends),
        **({"noarch": "generic"} if package.subdir == "noarch" else {}),
    }
    listed = [
        {
            "_path": name,
            "path_type": "hardlink",
            "sha256": hashlib.sha256(content).hexdigest(),
            "size_in_bytes": len(content),
        }
        for name, content in scripts.items()
    ]
    files = {
        "info/index.json": json.dumps(index).encode(),
        "info/paths.json": json.dumps({"paths": listed, "paths_version": 1}).encode(),
        **scripts,
    }
    _write_archive(target / f"{package.name}-{package.version}-0.tar.bz2", files)


def _find(program: str) -> str | None:
    return sys.executable if program == "python" else shutil.which(program)


def _write_archive(path: Path, files: Mapping[str, bytes]) -> None:
    with tarfile.open(path, "w:bz2") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mode = 0o755 if name.startswith("bin/") else 0o644
            archive.addfile(entry, io.BytesIO(content))
