"""How ``make test`` divides the tests among processes: in groups, the slow ones first."""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Put tests that share something costly into one group, which one process runs.

    All that ask for the workflow's finished run are a group, since they change its folder and put it back; the others
    are a group for each file, for the sake of what its fixtures make once.
    """
    groups = {}
    for item in items:
        finished = "finished_run" in getattr(item, "fixturenames", ())
        if finished:
            item.add_marker(pytest.mark.slow)
        group = "finished" if finished else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))
        groups.setdefault(group, []).append(item)

    def order(group):
        return group != "finished", not any(item.get_closest_marker("slow") for item in groups[group])

    items[:] = [item for group in sorted(groups, key=order) for item in groups[group]]
