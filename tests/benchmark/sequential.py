"""The plain way: the jobs of some targets one after the other in one Python process, without Snakemake.

    python sequential.py plan <config>,... <plan> <target> ...   in a project's folder: write the jobs, in order
    python sequential.py run <plan> <times>                  there: run them, and write their seconds as JSON

The plan takes Snakemake to make; the run does not import it. The entry scripts are run as they are, each with a
stand-in for the object that Snakemake gives it; the work is what jobs do, to the byte.
"""

import json
import pickle
import runpy
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace


class Named(list):
    """Files or values that a script asks for by place or by name, as of Snakemake's own lists."""

    def __init__(self, items, names):
        super().__init__(items)
        self._by_name = names

    def __getattr__(self, name):
        try:
            return self.__dict__["_by_name"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, key):
        return self._by_name[key] if isinstance(key, str) else super().__getitem__(key)

    def __str__(self):
        return " ".join(map(str, self))

    def keys(self):
        return self._by_name.keys()

    def items(self):
        return self._by_name.items()


def plain(value):
    """Return a value of Snakemake's without Snakemake's classes."""
    if hasattr(value, "_get_names"):
        return Named(map(plain, value), {name: plain(getattr(value, name)) for name, _ in value._get_names()})
    return str(value) if isinstance(value, str) else value


def jobs_of(config: str, targets: list[str]):
    """Yield the jobs of targets, each after those that it needs."""
    from snakemake.api import SnakemakeApi
    from snakemake.settings.enums import Quietness
    from snakemake.settings.types import ConfigSettings, DAGSettings, OutputSettings, ResourceSettings

    configs = [Path(path) for path in config.split(",") if path]
    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        workflow = api.workflow(ResourceSettings(cores=1), ConfigSettings(configfiles=configs))
        workflow.dag(DAGSettings(targets=set(targets))).execute_workflow(executor="dryrun")
        for layer in workflow._workflow.dag.toposorted():
            yield from sorted((job for job in layer if not job.is_norun), key=str)


def task_of(job) -> dict:
    """Return what is needed to do the work of a job."""
    given = {part: plain(getattr(job, part)) for part in ("input", "output", "params", "wildcards", "log", "threads")}
    task = {"rule": job.rule.name, "benchmark": str(job.benchmark), "given": given}
    return task | ({"command": job.shellcmd} if job.shellcmd else {"script": job.rule.script})


def run(task: dict) -> float:
    """Do the work of a job; return its seconds."""
    given = task["given"]
    # Snakemake makes the folders before a job.
    for path in [*given["output"], *given["log"]]:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    if "command" in task:
        subprocess.run(["bash", "-c", f"set -euo pipefail; {task['command']}"], check=True)
    else:
        script = Path("rules", task["script"])
        runpy.run_path(str(script), init_globals={"snakemake": SimpleNamespace(**given)})
    return time.perf_counter() - started


def main() -> None:
    """Plan or run."""
    if sys.argv[1] == "plan":
        config, plan, *targets = sys.argv[2:]
        tasks = [task_of(job) for job in jobs_of(config, targets)]
        Path(plan).write_bytes(pickle.dumps(tasks))
    else:
        sys.path.insert(0, str(Path("scripts").absolute()))
        plan, output = map(Path, sys.argv[2:])
        times = [(task["rule"], task["benchmark"], run(task)) for task in pickle.loads(plan.read_bytes())]
        output.write_text(json.dumps(times))


if __name__ == "__main__":
    main()
