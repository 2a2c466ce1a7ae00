"""The closing words of a run, the record of what it was made with, and the figure of what its jobs cost."""

import json
import math
import subprocess
import threading

import pytest

from mmlmirloc.benchmarks import read_benchmark
from mmlmirloc.errors import InputError
from mmlmirloc.reporting.closing import Ended, cancel_timers, closing_words, duration
from mmlmirloc.reporting.run_record import checksum, git_state, versions, write_run_record
from mmlmirloc.reporting.runtime import draw_runtime, plot_runtime, runtime_data

HEADER = "s\th:m:s\tmax_rss\tmax_vms\n"


@pytest.fixture
def benchmarks(tmp_path):
    """A folder of benchmark files; call it with a path and rows of (seconds, memory)."""

    def write(name, *rows):
        path = tmp_path / "benchmarks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADER + "".join(f"{seconds}\t0:00:01\t{memory}\t1\n" for seconds, memory in rows))
        return str(path)

    write.folder = tmp_path / "benchmarks"
    return write


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (185, "3 min 5 s"),
        (3599.6, "1 h 0 min"),
        (7810, "2 h 10 min"),
    ],
)
def test_duration(seconds, words):
    assert duration(seconds) == words


def test_benchmark_is_read_with_its_repeats_and_without_what_was_not_measured(benchmarks):
    assert read_benchmark(benchmarks("a.tsv", (2.5, 100), (1.5, 300))) == (4.0, 300.0)
    seconds, memory = read_benchmark(benchmarks("b.tsv", (0.1, "NA")))
    assert seconds == 0.1 and math.isnan(memory)
    assert all(map(math.isnan, read_benchmark(benchmarks.folder / "absent.tsv")))


def test_closing_words_say_what_was_made_and_what_it_cost(benchmarks, tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/comparison.md").touch()
    done = [
        Ended("decide", "decide random era", [], benchmarks("decide.tsv", (1, "NA"))),
        *(Ended("train", f"train {n}", [], benchmarks(f"{n}.tsv", (60, 100 * n))) for n in (1, 2)),
        Ended("all", "all", [], None),
    ]
    lines = closing_words(done, [], [], tmp_path, 65).splitlines()
    assert lines[0] == f"4 jobs done in 1 min 5 s. Results: {tmp_path}"
    # The costliest rule first; the sum of its times and the largest of its memories.
    assert [line.split() for line in lines[1:3]] == [
        ["train", "2", "jobs", "2", "min", "0", "s", "200", "MB"],
        ["decide", "1", "job", "1", "s", "0", "MB"],
    ]
    assert lines[-1] == f"Tables: 1 as {tmp_path}/tables/*.md"


def test_closing_words_name_what_failed_and_its_log(tmp_path):
    failed = [Ended("train", f"train random {n}", [f"logs/{n}.log"], None) for n in range(10)]
    lines = closing_words([], failed, ["score random 0"], tmp_path, 1).splitlines()
    assert lines[1:3] == ["FAILED: 10 jobs", "  train random 0  (log: logs/0.log)"]
    assert lines[10:13] == ["  and 2 other failed jobs", "NOT MADE: 1 job", "  score random 0"]
    assert "same command again" in lines[-1]


CONFIG = {"seed": 3, "control": {"seed": 5}, "note": "é"}


def test_record_holds_what_results_depend_on_and_is_the_same_each_time(tmp_path):
    (tmp_path / "b.txt").write_text("b")
    (tmp_path / "a.txt").write_text("")
    sources = [tmp_path / "b.txt", tmp_path / "a.txt", tmp_path / "absent.txt"]
    texts = []
    for name in ("first.json", "second.json"):
        write_run_record(tmp_path / name, tmp_path, CONFIG, sources)
        texts.append((tmp_path / name).read_text())
    assert texts[0] == texts[1]
    record = json.loads(texts[0])
    assert record["config"] == CONFIG and record["seeds"] == {"seed": 3, "control": 5}
    # The sha256 of nothing is known.
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert record["sources"] == {str(sources[1]): empty, str(sources[0]): checksum(sources[0])}
    assert record["versions"]["snakemake"] and record["versions"]["python"].startswith("3.")


def test_record_knows_the_packages_that_a_project_names(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["numpy>=1", "no-such-package==1"]\n')
    found = versions(tmp_path)
    assert found["numpy"] and found["no-such-package"] is None and "snakemake" not in found


def test_commit_of_the_project_and_of_no_repository_around_it(tmp_path):
    def git(*arguments):
        identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
        subprocess.run(["git", "-C", str(tmp_path), *identity, *arguments], check=True, capture_output=True)

    assert git_state(tmp_path) == {"commit": None, "modified": None}
    git("init")
    (tmp_path / "file").write_text("1")
    git("add", "file")
    git("commit", "-m", "One")
    state = git_state(tmp_path)
    assert len(state["commit"]) == 40 and state["modified"] is False
    (tmp_path / "file").write_text("2")
    assert git_state(tmp_path) == {"commit": state["commit"], "modified": True}
    inside = tmp_path / "inside"
    inside.mkdir()
    assert git_state(inside) == {"commit": None, "modified": None}


def test_runtime_has_a_row_per_job_with_the_costliest_rule_first(benchmarks):
    files = [
        benchmarks("decide/random/era.tsv", (1, 50)),
        benchmarks("train/random/b.tsv", (10, 200)),
        benchmarks("train/random/a.tsv", (20, "NA")),
        benchmarks("variants/union/build_dataset.tsv", (2, 90)),
        benchmarks("build_dataset.tsv", (3, 80)),
    ]
    data = runtime_data(files, benchmarks.folder)
    assert list(zip(data["rule"], data["job"])) == [
        ("train", "train/random/a"),
        ("train", "train/random/b"),
        ("build_dataset", "build_dataset"),
        ("build_dataset", "variants/union/build_dataset"),
        ("decide", "decide/random/era"),
    ]
    assert data["seconds"].tolist() == [20, 10, 3, 2, 1]
    assert math.isnan(data["memory_mb"][0]) and data["memory_mb"][1] == 200
    axes = draw_runtime(data).axes
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["train (2)", "build_dataset (2)", "decide (1)"]
    assert axes[0].lines[0].get_xdata().tolist() == [20, 10, 3, 2, 1]


def test_runtime_without_files_says_so(tmp_path):
    with pytest.raises(InputError, match="no benchmark files"):
        plot_runtime([], tmp_path, tmp_path / "a.pdf", tmp_path / "a.png", tmp_path / "a.tsv", "")


def test_a_run_does_not_wait_for_timers_when_all_is_done():
    called = threading.Event()
    timer, other = threading.Timer(600, called.set), threading.Thread(target=called.wait)
    for thread in (timer, other):
        thread.start()
    cancel_timers()
    timer.join(timeout=60)
    assert not timer.is_alive() and not called.is_set()
    # Nothing else is ended.
    assert other.is_alive()
    called.set()
    other.join()
