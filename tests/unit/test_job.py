"""What surrounds a job: where messages go, how it ends, and the one error a user reads."""

import logging
import pickle

import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.job import QUIET, job, logger, progress

ERROR = InputError("The table is empty", "config: sources", "rows", "check the file")


def test_messages_go_to_the_log_and_to_stderr(tmp_path, capsys):
    with job(str(tmp_path / "log")) as log:
        log.info("%d rows", 3)
    assert (tmp_path / "log").read_text().endswith("INFO 3 rows\n")
    assert capsys.readouterr().err.endswith("INFO 3 rows\n")


def test_input_errors_end_the_job_with_their_message_and_no_traceback(tmp_path, capsys):
    with pytest.raises(SystemExit) as caught, job(str(tmp_path / "log")):
        raise ERROR
    assert caught.value.code == 1
    expected = "  where:    config: sources\n  expected: rows\n  hint:     check the file\n"
    for text in ((tmp_path / "log").read_text(), capsys.readouterr().err):
        assert text.endswith("ERROR The table is empty\n" + expected)
        assert "Traceback" not in text


def test_a_defect_is_logged_with_its_traceback_and_raised(tmp_path):
    with pytest.raises(ZeroDivisionError), job(str(tmp_path / "log")):
        1 / 0  # noqa: B018
    text = (tmp_path / "log").read_text()
    assert "defect of the workflow" in text
    assert "ZeroDivisionError" in text


@pytest.mark.parametrize("failure", [None, ERROR, ValueError("x")])
def test_nothing_is_left_behind(tmp_path, failure):
    before = list(logger.handlers)
    try:
        with job(str(tmp_path / "log")):
            if failure:
                raise failure
    except (SystemExit, ValueError):
        pass
    assert logger.handlers == before
    first = (tmp_path / "log").read_text()
    logger.error("afterwards")
    assert (tmp_path / "log").read_text() == first


def test_a_log_starts_anew(tmp_path):
    (tmp_path / "log").write_text("of an earlier run\n")
    with job(str(tmp_path / "log")):
        logging.getLogger("mmlmirloc").warning("now")
    text = (tmp_path / "log").read_text()
    assert "earlier" not in text and "WARNING now" in text


def test_a_silenced_job_logs_to_its_file_and_shows_no_bar(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv(QUIET, "1")
    monkeypatch.setenv("MMLMIRLOC_PROGRESS", "1")
    with job(str(tmp_path / "log")):
        logger.info("in the file")
        assert list(progress(range(3), "rows")) == [0, 1, 2]
    assert "in the file" in (tmp_path / "log").read_text()
    assert capsys.readouterr().err == ""


def test_progress_passes_every_item_on_and_is_silent_without_a_terminal(capsys, monkeypatch):
    monkeypatch.delenv("MMLMIRLOC_PROGRESS", raising=False)
    assert list(progress(range(3), "rows")) == [0, 1, 2]
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("MMLMIRLOC_PROGRESS", "1")
    assert list(progress(range(3), "rows")) == [0, 1, 2]
    assert "rows" in capsys.readouterr().err


def test_an_input_error_survives_another_process():
    copy = pickle.loads(pickle.dumps(ERROR))
    assert (copy.what, copy.where, copy.expected, copy.hint) == (ERROR.what, ERROR.where, ERROR.expected, ERROR.hint)
    assert str(copy) == str(ERROR)
