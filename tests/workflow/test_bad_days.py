"""Bad days: what goes wrong outside the workflow loses nothing, and is told in words.

Also covered elsewhere: bad settings, bad sources, damaged views and models, no cd-hit-est (test_bad_input.py).
"""

import csv
import os
import random
import shutil
import signal
import subprocess
import threading

import psutil
import pytest
from projects import RESULTS, Project, search_path

pytestmark = pytest.mark.disturbed

# Models of no cost under two splits, and all that they need: a dozen jobs. And one of them on its test rows.
SHORT, OTHER = (f"{RESULTS}/models/{split}/repeat-1/baselines/validation_scores.tsv" for split in ("random", "grouped"))
TRIED = f"{RESULTS}/trials/random/always_nucleus_scores.tsv"
MIRNAS = f"{RESULTS}/dataset/mirnas.tsv"
KILLS = 20


def assert_same_results(project, undisturbed):
    """The finished targets hold what an undisturbed run made, and so does every other TSV that is there."""
    found, expected = project.digests(), undisturbed.digests()
    assert SHORT.removeprefix(f"{RESULTS}/") in found
    assert found == {name: expected[name] for name in found}


class Disturbed:
    """A run in the background, of which every announced job is an event."""

    def __init__(self, project: Project, *targets: str, options: tuple[str, ...] = ("--nolock",)):
        self.process = subprocess.Popen(
            project.command(*targets, "--cores", "2", *options),
            cwd=project.root,
            env={**os.environ, "PATH": search_path()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        )
        self.output = ""
        self.started = threading.Semaphore(0)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.output += line
            if line.startswith(("rule ", "localrule ")):
                self.started.release()
        # Whoever waits for a job of a run that is over goes on.
        self.started.release(1000)

    def wait_for_jobs(self, count):
        """Wait until so many jobs were announced, or the run is over."""
        for _ in range(count):
            self.started.acquire()

    def kill(self):
        """Kill Snakemake and all that it started, as a reboot does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.end()

    def kill_a_job(self, chance):
        """Kill one of the processes that Snakemake started, and let it go on; False where there was none."""
        try:
            jobs = psutil.Process(self.process.pid).children(recursive=True)
            chance.choice([job for job in jobs if job.status() != psutil.STATUS_ZOMBIE]).kill()
        except (IndexError, psutil.NoSuchProcess):
            return False
        self.end()
        return True

    def end(self):
        self.process.wait()
        self.reader.join()


@pytest.mark.slow
def test_killed_at_any_moment_and_resumed_the_results_are_the_same(finished_run, fresh):
    chance = random.Random(20261125)
    killed = {"run": 0, "job": 0}
    while sum(killed.values()) < KILLS:
        run = Disturbed(fresh, SHORT, OTHER)
        run.wait_for_jobs(chance.randint(1, 4))
        # Somewhere in a job of about a second: while it starts, computes, or writes.
        chance_wait(chance)
        if chance.random() < 0.3:
            killed["job"] += run.kill_a_job(chance)
        elif run.process.poll() is None:
            run.kill()
            killed["run"] += 1
        run.end()
        if run.process.returncode == 0:
            # All is made: what follows is killed on its way from the beginning again.
            assert_same_results(fresh, finished_run[0])
            shutil.rmtree(fresh.path(""))
    assert min(killed.values()) >= 3, killed
    run = fresh.run(SHORT, OTHER, timeout=600)
    assert run.code == 0, run.output
    assert_same_results(fresh, finished_run[0])
    assert not list(fresh.path("").glob("**/.*.tsv")), "half-written files were left over"


def chance_wait(chance):
    threading.Event().wait(chance.uniform(0, 1.2))


@pytest.mark.slow
def test_second_run_in_the_same_folder_is_refused_and_the_first_goes_on(finished_run, fresh):
    first = Disturbed(fresh, SHORT, options=())
    first.wait_for_jobs(1)
    second = fresh.run(SHORT)
    first.end()
    assert second.code != 0
    assert "Directory cannot be locked" in second.output and "Traceback" not in second.output
    assert first.process.returncode == 0, first.output
    assert_same_results(fresh, finished_run[0])


LEARNER = '''
"""A toy that comes to a bad end in one fold."""

import os
import signal

import numpy as np

from mmlmirloc.files import read_arrays, write_arrays
from mmlmirloc.models import base


class Learner(base.Learner):
    """Scores of one half."""

    def __init__(self, settings, locations, seed):
        self.settings, self.locations, self.seed = settings, locations, seed

    def fit(self, train, validation, shared=None):
        if self.seed % 1000 == 1:
            END
        return []

    def score_some(self, rows):
        return np.full((len(rows), len(self.locations)), 0.5)

    def save(self, path):
        write_arrays(path, value=np.array(0.5))

    @classmethod
    def load(cls, path, settings, locations):
        read_arrays(path)
        return cls({}, locations, 0)
'''
ENDS = {
    "memory error": ("raise MemoryError('Unable to allocate 60 GiB')", "Unable to allocate 60 GiB"),
    # What the kernel does to a process that takes the last memory, and SLURM to one that takes more than it asked for.
    "killed": ("os.kill(os.getpid(), signal.SIGKILL)", "Error in rule train_models"),
}


@pytest.mark.parametrize(("end", "told"), ENDS.values(), ids=ENDS)
def test_out_of_memory_in_a_fold_fails_its_model_alone(finished, end, told):
    finished.append("tests/smoke/models.tsv", "toy\tToy\tsystem\ttoy\tlexical\t\t\tcomparison\n")
    module = finished.root / "scripts/mmlmirloc/models/toy.py"
    module.write_text(LEARNER.replace("END", end))
    toy = f"{RESULTS}/trials/random/toy_scores.tsv"
    before = finished.digests("models/**/*.tsv")
    remove_baselines(finished)
    run = finished.run(toy, TRIED)
    assert run.code != 0
    assert told in run.output
    # The other model is made although the toy failed, and the last words name what failed and where to look.
    assert finished.digests("models/**/*.tsv") == before
    assert "2 jobs done in " in run.output and (finished.root / TRIED).exists()
    words = run.output.split("FAILED: ")[1]
    assert words.startswith(
        f"1 job\n  train_models random 1 toy  (log: {RESULTS}/logs/train_models/random/repeat-1/toy.log)"
    )
    assert "NOT MADE: 1 job" in words and "same command again" in words
    # With the cause gone the same command makes what is missing.
    module.write_text(LEARNER.replace("END", "pass"))
    run = finished.run(toy, TRIED)
    assert run.code == 0, run.output
    assert run.names == {"train_models random 1 toy", "try_model random toy"}


@pytest.mark.slow
def test_source_that_changes_between_runs_gives_what_a_new_run_gives(finished, tmp_path):
    source = finished.root / "mine.txt"
    lines = finished.path("simulated/rnalocate.txt").read_text().splitlines(keepends=True)
    settings = {"sources": {"rnalocate": "mine.txt"}, "dataset": {"minimum_count": 1}}

    def made(project):
        run = project.run(MIRNAS, settings=settings)
        assert run.code == 0, run.output
        return project.digests("dataset/*.tsv")

    source.write_text("".join(lines))
    first = made(finished)
    source.write_text("".join(lines[:-20]))
    second = made(finished)
    assert second["dataset/records.tsv"] != first["dataset/records.tsv"]
    other = Project.copy(tmp_path / "other")
    shutil.copy(source, other.root / "mine.txt")
    new = made(other)
    assert {name: second[name] for name in new} == new


@pytest.fixture
def forbidden(fresh):
    """The folder of results, into which nothing can be written; not even by root, where the file system allows it."""
    folder = fresh.path("")
    folder.mkdir(parents=True)
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root and (
        not shutil.which("chattr") or subprocess.run(["chattr", "+i", folder], capture_output=True).returncode
    ):
        pytest.skip("root writes where it is forbidden, and the file system knows no immutable folders")
    yield folder
    if root:
        subprocess.run(["chattr", "-i", folder], check=True)
    folder.chmod(0o755)


@pytest.mark.slow
def test_folder_of_results_that_cannot_be_written(fresh, forbidden):
    run = fresh.run(MIRNAS)
    assert run.code != 0
    assert f"Failed to create output directory {RESULTS}" in run.output and "PermissionError" in run.output
    assert "Traceback" not in run.output
    assert not list(forbidden.iterdir())


def languages():
    """Languages of this machine, as ``locale -a`` spells them, without dashes and case."""
    done = subprocess.run(["locale", "-a"], capture_output=True, text=True) if shutil.which("locale") else None
    return {name.lower().replace("-", "") for name in done.stdout.split()} if done else set()


PLACES = {
    # ASCII for everything that does not say its encoding, and the first time zone to see a day.
    "no language": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "TZ": "Pacific/Kiritimati"},
    # I without a dot, and decimal commas.
    "Turkish": {"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/St_Johns"},
}


@pytest.mark.slow
@pytest.mark.parametrize("variables", PLACES.values(), ids=PLACES)
def test_another_language_and_time_zone_give_the_same_results(finished_run, fresh, variables):
    if variables["LC_ALL"] != "C" and variables["LC_ALL"].lower().replace("-", "") not in languages():
        pytest.skip(f"the language {variables['LC_ALL']} is not installed (Debian: apt-get install locales-all)")
    run = fresh.run(SHORT, variables=variables)
    assert run.code == 0, run.output
    assert_same_results(fresh, finished_run[0])


@pytest.mark.slow
def test_folders_with_spaces_and_unicode_give_the_same_results(finished_run, tmp_path):
    project = Project.copy(tmp_path / "mes données ünd Größen 微")
    results = "results/été 2026"
    run = project.run(SHORT.replace(RESULTS, results), settings={"results": results})
    assert run.code == 0, run.output
    made, expected = project.root / SHORT.replace(RESULTS, results), finished_run[0].root / SHORT
    assert made.read_bytes() == expected.read_bytes()


def remove_baselines(project):
    """Remove the baselines of a batch."""
    shutil.rmtree(project.path("models/random/repeat-1/baselines"))


def set_clock_back(project, days):
    """Date every other stage as if it were made before the clock was set back by so many days."""
    for folder in ("sources", "dataset", "splits"):
        for path in project.path(folder).glob("**/*"):
            time = path.stat().st_mtime + days * 86400
            os.utime(path, (time, time))


@pytest.mark.parametrize("days", [-400, 400], ids=["forward", "back"])
def test_clock_set_between_runs_changes_no_result(finished, days):
    set_clock_back(finished, days)
    before = finished.digests()
    run = finished.run(SHORT)
    assert run.code == 0, run.output
    assert finished.digests() == before
    assert "Nothing to be done" in finished.run(SHORT).output


def test_inputs_from_the_future_are_told_and_touch_helps(finished):
    before = finished.digests()
    set_clock_back(finished, 400)
    (finished.root / SHORT).unlink()
    run = finished.run(SHORT)
    assert run.code != 0
    assert "clock skew" in run.output
    assert "train_models random 1 baselines" in run.output.split(" jobs done in ")[1]
    assert finished.snakemake("--touch", "--forceall", SHORT, "--cores", "2").code == 0
    run = finished.run(SHORT)
    assert run.code == 0, run.output
    assert run.names == {"train_models random 1 baselines"}
    assert finished.digests() == before


def test_cut_table_between_two_stages_is_told(finished):
    # Cut within a line, as by a full disk; whole lines that are missing are seen where rows are compared.
    scores = finished.path("scores/random.tsv")
    text = scores.read_text()
    scores.write_text(text[: len(text) // 2])
    run = finished.run(f"{RESULTS}/judgements/random/metrics.tsv")
    assert run.code != 0
    assert "scores/random.tsv" in run.output and "hint:" in run.output and "Traceback" not in run.output


def test_closing_words_and_record(finished):
    remove_baselines(finished)
    finished.path("provenance.json").unlink()
    run = finished.run(TRIED)
    assert run.code == 0, run.output
    words = run.output[run.output.index("2 jobs done in ") :]
    assert f"Results: {RESULTS}" in words
    assert "train_models" in words and "try_model" in words and "FAILED" not in words
    record = finished.path("provenance.json").read_bytes()
    (finished.root / TRIED).unlink()
    assert finished.run(TRIED).code == 0
    assert finished.path("provenance.json").read_bytes() == record
    assert not finished.plan(TRIED).names


def test_runtime_figure_draws_every_job(finished):
    target = f"{RESULTS}/figures/runtime.png"
    run = finished.run(target)
    assert run.code == 0, run.output
    with open(finished.path("figures/runtime.tsv"), newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    drawn = {f"benchmarks/{row['job']}.tsv" for row in rows}
    there = {str(path.relative_to(finished.path(""))) for path in finished.path("benchmarks").glob("**/*.tsv")}
    assert drawn == there - {"benchmarks/plot_runtime.tsv"}
    assert all(float(row["seconds"]) >= 0 for row in rows)
    assert "Nothing to be done" in finished.run(target).output
