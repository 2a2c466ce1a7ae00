"""The finished run that most tests of the workflow look at, and projects without one."""

import shutil
from pathlib import Path

import pytest
from projects import Project, Run


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory) -> tuple[Project, Run, Path]:
    """Every rule and every learner once on tiny control data: the project, its run, and a copy of the whole folder."""
    folder = tmp_path_factory.mktemp("finished")
    project = Project.copy(folder / "project")
    run = project.run()
    assert run.code == 0, run.output[-5000:]
    shutil.copytree(project.root, folder / "kept")
    return project, run, folder / "kept"


@pytest.fixture
def finished(finished_run) -> Project:
    """The finished project; put back as it was afterwards.

    Always in the same folder, since some inputs are absolute paths and a moved project would plan them anew.
    """
    project, _, kept = finished_run
    yield project
    shutil.rmtree(project.root)
    shutil.copytree(kept, project.root)


@pytest.fixture
def fresh(tmp_path) -> Project:
    """A project without results."""
    return Project.copy(tmp_path / "project")
