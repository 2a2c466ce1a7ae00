"""The progress bar of ``--logger bar``, fed with what Snakemake logs."""

import logging
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

import snakemake_logger_plugin_bar
from mmlmirloc.job import QUIET
from snakemake_logger_plugin_bar import LogHandler


@pytest.fixture
def watched(monkeypatch):
    """Somebody looks at the terminal."""
    monkeypatch.setattr("snakemake_logger_plugin_bar.is_watched", lambda: True)


@pytest.fixture
def tell(monkeypatch):
    """Feed a handler with events; it writes to stderr."""
    # So that the handler's change of the environment is undone.
    monkeypatch.setenv(QUIET, "")
    handler = LogHandler(SimpleNamespace(dryrun=False), None)

    def told(message="", event=None, level=logging.INFO, **attributes):
        record = logging.LogRecord("snakemake", level, "", 0, message, (), None)
        record.__dict__.update(attributes, **({"event": event} if event else {}))
        handler.emit(record)

    yield told
    handler.close()


def bar(capsys):
    """The bar as it stands now."""
    return capsys.readouterr().err.split("\r")[-1]


def test_bar_counts_jobs_and_names_the_rule_begun_last(watched, tell, capsys):
    tell(event=LogEvent.RUN_INFO, stats={"train_models": 3, "total": 4})
    tell(event=LogEvent.JOB_INFO, rule_name="train_models")
    tell(event=LogEvent.PROGRESS, done=3, total=4)
    tell(event=LogEvent.JOB_INFO, rule_name="make_table")
    shown = bar(capsys)
    assert "75%" in shown and "3/4" in shown and "make_table" in shown and "train_models" not in shown
    # Done and to come at the rate so far: [0:00<0:00, ...].
    assert "[00:00<00:00" in shown


@pytest.mark.parametrize("terminal", [True, False])
def test_errors_and_warnings_stand_above_the_bar_and_chatter_does_not(tell, capsys, monkeypatch, terminal):
    monkeypatch.setattr("snakemake_logger_plugin_bar.is_watched", lambda: terminal)
    tell("Building DAG of jobs...")
    assert "Building DAG" in capsys.readouterr().err
    tell(event=LogEvent.RUN_INFO, stats={"total": 4})
    tell("Select jobs to execute...")
    tell("the disk is full", event=LogEvent.JOB_ERROR, level=logging.ERROR)
    tell("slow file system", level=logging.WARNING)
    shown = capsys.readouterr().err
    assert "the disk is full\n" in shown and "slow file system\n" in shown and "Select jobs" not in shown


def test_without_a_terminal_each_tenth_of_the_jobs_is_a_line(tell, capsys):
    tell(event=LogEvent.RUN_INFO, stats={"total": 30})
    for done in range(1, 31):
        tell(event=LogEvent.JOB_INFO, rule_name="train_models")
        tell(event=LogEvent.PROGRESS, done=done, total=30)
    assert capsys.readouterr().err.splitlines() == [f"{done} of 30 jobs are done" for done in range(3, 31, 3)]


def test_what_follows_the_last_job_is_told(watched, tell, capsys):
    tell(event=LogEvent.RUN_INFO, stats={"total": 1})
    tell(event=LogEvent.PROGRESS, done=1, total=1)
    assert "1/1" in capsys.readouterr().err
    tell("Complete log: here")
    assert "Complete log: here" in capsys.readouterr().err


def test_the_word_that_silences_jobs_is_theirs():
    assert snakemake_logger_plugin_bar.QUIET == QUIET


def test_the_plugin_imports_nothing_of_the_package():
    # Snakemake loads it from wherever it is installed, before a Snakefile names the folder of its own package.
    code = "import sys, snakemake_logger_plugin_bar; print(*(name for name in sys.modules if 'mirloc' in name))"
    variables = os.environ | {"PYTHONPATH": str(Path(snakemake_logger_plugin_bar.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
