"""What Snakemake costs over the work itself, as ratios in one run.

Run by `make benchmark`. The whole way to the paper's tables on the smoke test's records, against a plain script of the
same jobs and on two cores; what a job costs over its work, there and where models are trained at full size; and a run
in which nothing is to be done.
"""

import json
import statistics
import tempfile
from collections import defaultdict
from pathlib import Path

import yaml
from measuring import HERE, Spent, in_python, made, print_row
from projects import RESULTS, SMOKE, Project

from mmlmirloc.benchmarks import read_benchmark

TABLES = [f"{RESULTS}/tables/{table}.tsv" for table in ("comparison", "ablation", "bert_size", "locations")]
# Of the control run, with its 700 hairpins and ten folds, and the grids of the real one: models of seconds, so that the
# benchmark ends in minutes.
CONTROL, CONTROL_RESULTS = "config/control.yaml", "results/control"
MODELS = ("always_nucleus", "mkghknn", "mksvm", "mmlmirlocnet")
SEQUENTIAL, PRETENDING = (str(HERE / name) for name in ("sequential.py", "pretending.py"))


def sequentially(root: Path, config: str, targets: list[str]) -> tuple[Spent, dict]:
    """Do the jobs of targets in one process; return its seconds, and (rule, benchmark file) -> those of a job."""
    in_python(root, SEQUENTIAL, "plan", config, "plan", *targets)
    whole, _ = in_python(root, SEQUENTIAL, "run", "plan", "times")
    return whole, {(rule, path): spent for rule, path, spent in json.loads((root / "times").read_text())}


def paper_tables(folder: Path) -> None:
    """Print the ratios of the whole way to the paper's tables, then those of each rule."""
    plain, own = sequentially(Project.copy(folder / "plain").root, SMOKE, TABLES)
    project = Project.copy(folder / "one")
    one = made(project, *TABLES)
    two = made(Project.copy(folder / "two"), *TABLES, cores=2)
    print(f"The paper's tables on the smoke test's records: {len(own)} jobs")
    print_row("", "seconds", "ratio", "core s", "ratio")
    ways = {"plain script, one process": plain, "Snakemake, one core": one, "Snakemake, two cores": two}
    for name, way in ways.items():
        print_row(
            name, f"{way.wall:.1f}", f"{way.wall / plain.wall:.2f}", f"{way.core:.1f}", f"{way.core / plain.core:.2f}"
        )
    print_row("two cores over one", "", f"{two.wall / one.wall:.2f}", "", f"{two.core / one.core:.2f}")
    print_overheads(project.root, own, one.wall)


def print_overheads(root: Path, own: dict, whole: float) -> None:
    """Print per rule what its jobs take as Snakemake sees them, over the same jobs in the plain script."""
    by_rule = defaultdict(list)
    for (rule, path), spent in own.items():
        by_rule[rule].append((read_benchmark(root / path)[0], spent))
    print("\nPer rule, medians: a job's own process (benchmark file), the same job in the plain script, and the rest")
    print_row("rule", "jobs", "job", "work", "over work")
    for rule, pairs in by_rule.items():
        job, work = (statistics.median(side) for side in zip(*pairs))
        print_row(rule, len(pairs), f"{job:.2f}", f"{work:.2f}", f"{job - work:+.2f}")
    within = sum(job for pairs in by_rule.values() for job, _ in pairs)
    print(f"Snakemake around the jobs' processes: {whole - within:.1f} s, {(whole - within) / len(own):.2f} s a job\n")


def real_models(folder: Path) -> None:
    """Print what the jobs that train cost over their work, with as many records, folds and settings as in earnest."""
    learners = yaml.safe_load((HERE.parents[1] / "config/config.yaml").read_text())["learners"]
    targets = [f"{CONTROL_RESULTS}/models/random/repeat-1/{model}/validation_scores.tsv" for model in MODELS]
    jobs, script = (Project.copy(folder / name) for name in ("jobs", "script"))
    for project in (jobs, script):
        (project.root / "overlay.yaml").write_text(yaml.safe_dump({"learners": learners}))
    made(jobs, *targets, config=CONTROL, settings={"learners": learners})
    _, own = sequentially(script.root, f"{CONTROL},overlay.yaml", targets)
    print("train_models, 700 hairpins: seconds of a job of ten folds and the search, its work, the rest over the work;")
    print("reckoned from that, the rest over the work of a job of 19 repeats, whose process starts once")
    print_row("model", "job", "work", "1 repeat", "19")
    for (rule, path), work in own.items():
        if rule == "train_models":
            rest = read_benchmark(jobs.root / path)[0] - work
            print_row(
                Path(path).stem, f"{rest + work:.2f}", f"{work:.2f}", f"{rest / work:.0%}", f"{rest / work / 19:.0%}"
            )
    print(flush=True)


def nothing_to_do(folder: Path) -> None:
    """Print the seconds of runs that find everything made."""
    print("Nothing to be done: seconds of a run, best of three")
    print_row("", "jobs", "seconds", "core s", "ms a job")
    for name, config in (("smoke test", SMOKE), ("all tables and figures", "")):
        project = Project.copy(folder / (config or "default").replace("/", "-"))
        jobs = int(in_python(project.root, PRETENDING, *filter(None, [config]))[1].split()[0])
        # Where something were to be done, a run would start it, and downloads with it.
        configs = ["--configfile", config] if config else []
        options = ["-m", "snakemake", "--cores", "1", *configs]
        assert "Nothing to be done" in in_python(project.root, *options, "--dry-run")[1], "not up to date"
        spent = min(in_python(project.root, *options)[0] for _ in range(3))
        print_row(name, jobs, f"{spent.wall:.2f}", f"{spent.core:.2f}", f"{1000 * spent.wall / jobs:.1f}")


def main() -> None:
    """Print all tables."""
    with tempfile.TemporaryDirectory() as temporary:
        for number, part in enumerate((paper_tables, real_models, nothing_to_do)):
            folder = Path(temporary) / str(number)
            folder.mkdir()
            part(folder)


if __name__ == "__main__":
    main()
