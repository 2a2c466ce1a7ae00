"""profiles/slurm on a real SLURM of one node: jobs go through sbatch in groups, and the tables are the local run's.

Not part of the default run: make test-cluster.
"""

import re
import shutil
import tempfile
from pathlib import Path

import pytest
from clusters import Cluster, missing_programs
from projects import RESULTS, search_path

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(missing_programs()),
        reason=f"no {', '.join(missing_programs())} (Debian: apt-get install slurm-wlm slurm-client munge)",
    ),
]

# Two cores and a few GB in the place of a cluster, asked every few seconds in the place of every half minute, and all
# fits of the same kind in few submissions, since each waits for the next question.
SMALL = [
    *("--workflow-profile", "profiles/slurm", "--jobs", "2", "--cores", "2", "--retries", "0", "--latency-wait", "15"),
    *("--slurm-init-seconds-before-status-checks", "3", "--seconds-between-status-checks", "3"),
    *("--set-resources", "train_model:mem_mb=1000", "score_model:mem_mb=1000"),
    *("--group-components", "views=25", "models=16", "decisions=30", "tables=50"),
]
HOUR = 3600
# Every group of the profile, and a third of the smoke run's jobs: without the repeats of the trust table.
TARGETS = [
    *(f"{RESULTS}/tables/{table}.tsv" for table in ("comparison", "ablation", "bert_size", "locations", "control")),
    f"{RESULTS}/decisions/random/era/decisions.tsv",
    f"{RESULTS}/figures/roc.png",
]


@pytest.fixture(scope="module")
def cluster():
    """A running SLURM."""
    # Not in pytest's folder: the path of a socket has to be short.
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))
    cluster = Cluster(folder)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder)


@pytest.fixture
def submit(cluster, fresh, monkeypatch):
    """Make targets of a project without results through sbatch; answers the run and the ids of its submissions."""
    for name, value in cluster.settings.items():
        monkeypatch.setenv(name, value)

    def run(*targets, **options):
        path = f"{cluster.programs}:{search_path()}"
        done = fresh.snakemake(*targets, *SMALL, path=path, timeout=HOUR, **options)
        return done, re.findall(r"submitted with SLURM jobid (\d+)", done.output)

    return run


def test_jobs_through_sbatch_give_the_tables_of_the_local_run(cluster, finished_run, fresh, submit):
    run, submissions = submit(*TARGETS)
    assert run.code == 0, run.output[-5000:]
    made, local = fresh.digests(), finished_run[0].digests()
    assert {"tables/comparison.tsv", "tables/control.tsv", "figures/roc.tsv"} <= made.keys()
    assert made == {name: local[name] for name in made}
    states = dict(line.split() for line in cluster.ask("squeue", "-h", "-t", "all", "-o", "%i %T").splitlines())
    assert {states[number] for number in submissions} == {"COMPLETED"}
    # Without groups there would be as many submissions as jobs.
    jobs = len(list(fresh.path("benchmarks").glob("**/*.tsv")))
    assert 5 <= len(submissions) < jobs / 5
    # What a rule asks for reaches SLURM.
    asked = dict(
        line.split(maxsplit=1) for line in cluster.ask("squeue", "-h", "-t", "all", "-o", "%i %m %l").splitlines()
    )
    assert asked[submissions[0]] == "500M 5:00"


def test_failed_job_of_a_group_is_told(fresh, submit):
    targets = [f"{RESULTS}/dataset/groups.tsv", f"{RESULTS}/views/lexical.npz"]
    run, _ = submit(*targets, settings={"dataset": {"minimum_count": 100}})
    assert run.code != 0
    assert "Fewer than 100 miRNAs have the location" in run.output
    failed, left = run.output.split("FAILED: 1 job\n")[1].split("NOT MADE: ")
    assert failed.startswith("  build_dataset  (log: ")
    # Snakemake removes what a failed submission made, also the outputs of its jobs that had ended well.
    assert "  merge_records" in left and "  group_homologs" in left
