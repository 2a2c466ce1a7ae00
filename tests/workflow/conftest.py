"""The finished run that most tests of the workflow look at, and projects without one."""

import shutil
from pathlib import Path

import pytest
from projects import Job, Project, Run

# The files beside the finished run in one half of ``make test``, so that both halves end at about the same time.
LONG = ("test_labelled_table", "test_install")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark everything that asks for the finished run: it is slow, and with LONG a half of its own in ``make test``."""
    for item in items:
        finished = "finished_run" in getattr(item, "fixturenames", ())
        if finished:
            item.add_marker(pytest.mark.slow)
        if finished or item.path.stem in LONG:
            item.add_marker(pytest.mark.half)


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory) -> tuple[Project, Run, Path]:
    """Every rule and every learner once on tiny control data: the project, its run, and a copy of the whole folder."""
    folder = tmp_path_factory.mktemp("finished")
    project = Project.copy(folder / "project")
    run = project.run()
    assert run.code == 0, run.output[-5000:]
    shutil.copytree(project.root, folder / "kept")
    return project, run, folder / "kept"


@pytest.fixture(scope="session")
def whole_plan(finished_run) -> list[Job]:
    """All jobs of the finished project, with their files."""
    return finished_run[0].plan("--forceall").jobs


@pytest.fixture
def finished(finished_run) -> Project:
    """The finished project; put back as it was afterwards.

    Always in the same folder, since some inputs are absolute paths and a moved project would plan them anew.
    """
    project, _, kept = finished_run
    yield project
    put_back(project.root, kept)


def put_back(folder: Path, kept: Path) -> None:
    """Make a folder what its copy is, writing only files whose size, time or mode is another one."""
    for path in sorted(folder.rglob("*"), reverse=True):
        copy = kept / path.relative_to(folder)
        if not copy.exists() or is_folder(copy) != is_folder(path):
            path.rmdir() if is_folder(path) else path.unlink()
    copies = sorted(kept.rglob("*"))
    for copy in copies:
        path = folder / copy.relative_to(kept)
        if is_folder(copy):
            path.mkdir(exist_ok=True)
        elif not path.exists() or state(path) != state(copy):
            shutil.copy2(copy, path)
    for copy in filter(is_folder, reversed(copies)):
        shutil.copystat(copy, folder / copy.relative_to(kept))


def is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def state(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_mode


@pytest.fixture
def fresh(tmp_path) -> Project:
    """A project without results."""
    return Project.copy(tmp_path / "project")
