"""How the tests are divided among workers."""

import pytest


# First, since pytest-xdist reads the groups in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Keep on one worker the tests that ask for the finished run, which is made once, and those of any other file."""
    for item in items:
        finished = "finished_run" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("finished" if finished else item.nodeid.partition("::")[0]))
