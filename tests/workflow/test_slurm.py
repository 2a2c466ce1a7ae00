"""profiles/slurm on a real SLURM of two nodes: jobs go through sbatch in groups, and the tables are the local run's.

Not part of the default run: make test-cluster.
"""

import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from clusters import ACCOUNT, ACCOUNTANTS, Cluster, missing_programs
from projects import RESULTS, search_path

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(missing_programs()),
        reason=f"no {', '.join(missing_programs())} (Debian: apt-get install slurm-wlm slurm-client munge)",
    ),
]
needs_accounting = pytest.mark.skipif(
    bool(missing_programs(*ACCOUNTANTS)),
    reason=f"no {', '.join(missing_programs(*ACCOUNTANTS))} (Debian: apt-get install slurmdbd mariadb-server-core)",
)

# Two nodes of one core in the place of a cluster, asked every few seconds in the place of every half minute, and of
# each kind of job about as many submissions as nodes, since each submission waits for the next question.
SMALL = [
    *("--workflow-profile", "profiles/slurm", "--jobs", "2", "--cores", "1", "--retries", "0", "--latency-wait", "15"),
    *("--slurm-init-seconds-before-status-checks", "3", "--seconds-between-status-checks", "3"),
    *("--set-resources", "train_models:mem_mb=1000", "score_models:mem_mb=1000"),
    *("--group-components", "views=14", "models=25", "judging=8", "pages=50"),
]
# Seconds to wait for a run, at most.
WHOLE, PART = 3600, 900
# Seconds that SLURM remembers ended jobs for, accounting aside: longer than a test, and shorter than what squeue needs.
LONG, SHORT = 3600, 5
# Each of two submissions, the second a group. After each question that found nothing ended the plugin waits ten seconds
# longer for the next one, so that a few jobs more take much longer.
FEW, MORE = f"{RESULTS}/dataset/sequenced.tsv", f"{RESULTS}/dataset/groups.tsv"


@contextmanager
def running(**options):
    """A SLURM."""
    # Not in pytest's folder: the path of a socket has to be short.
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))
    cluster = Cluster(folder, **options)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cluster():
    """A SLURM of two nodes."""
    with running(nodes=2) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def accounting_cluster():
    """A SLURM of two nodes that keeps accounts."""
    with running(nodes=2, accounting=True) as cluster:
        yield cluster


def submit(cluster, project, *arguments, timeout=PART, **options):
    """Run a project through sbatch; return the run and the ids of its submissions."""
    path = f"{cluster.programs}:{search_path()}"
    run = project.snakemake(*arguments, *SMALL, path=path, variables=cluster.settings, timeout=timeout, **options)
    return run, re.findall(r"submitted with SLURM jobid (\d+)", run.output)


def of_submissions(cluster, *columns):
    """What squeue knows of each submission: id -> values."""
    lines = cluster.ask("squeue", "-h", "-t", "all", "-o", "|".join(["%i", *columns])).splitlines()
    return {number: values for number, *values in (line.split("|") for line in lines)}


def test_jobs_through_sbatch_give_the_tables_of_the_local_run(cluster, finished_run, fresh):
    run, submissions = submit(cluster, fresh, timeout=WHOLE)
    assert run.code == 0, run.output[-5000:]
    assert fresh.digests() == finished_run[0].digests()
    told = of_submissions(cluster, "%T", "%N", "%m", "%l")
    assert {told[number][0] for number in submissions} == {"COMPLETED"}
    assert {told[number][1] for number in submissions} == set(cluster.nodes)
    # What a rule asks for reaches SLURM.
    assert told[submissions[0]][2:] == ["500M", "5:00"]
    # Without groups there would be as many submissions as jobs.
    jobs = len(list(fresh.path("benchmarks").glob("**/*.tsv")))
    assert 5 <= len(submissions) < jobs / 5


@pytest.mark.parametrize(
    "kind, options",
    [
        ("cluster", []),
        pytest.param("accounting_cluster", ["--slurm-status-command", "sacct"], marks=needs_accounting),
    ],
    ids=["squeue", "sacct"],
)
def test_failed_job_of_a_group_is_told(request, fresh, kind, options):
    settings = {"dataset": {"minimum_count": 100}}
    run, _ = submit(request.getfixturevalue(kind), fresh, MORE, *options, settings=settings)
    assert run.code != 0
    assert "Fewer than 100 miRNAs have the location" in run.output
    failed, left = run.output.split("FAILED: 1 job\n")[1].split("NOT MADE: ")
    assert failed.startswith("  build_dataset  (log: ")
    # Snakemake removes what a failed submission made, also the outputs of its jobs that had ended well.
    assert "  merge_records" in left and "  group_homologs" in left


@needs_accounting
@pytest.mark.parametrize(
    "unasked, remembered, options",
    [
        ("sacct", LONG, []),
        ("squeue", SHORT, []),
        ("squeue", LONG, ["--slurm-status-command", "sacct", "--default-resources", f"slurm_account={ACCOUNT}"]),
    ],
    ids=["profile", "profile where ended jobs are soon forgotten", "sacct, account named"],
)
def test_jobs_of_a_cluster_with_accounting_are_followed(accounting_cluster, fresh, unasked, remembered, options):
    accounting_cluster.change("MinJobAge", remembered)
    # Whichever of the two is not to be asked fails.
    with accounting_cluster.without(unasked):
        run, submissions = submit(accounting_cluster, fresh, FEW, *options)
    assert run.code == 0, run.output[-5000:]
    assert (fresh.root / FEW).exists()
    told = accounting_cluster.ask("sacct", "-X", "-n", "-P", "-o", "JobID,State,Account").splitlines()
    assert len(submissions) == 2
    assert {f"{number}|COMPLETED|{ACCOUNT}" for number in submissions} <= set(told)
