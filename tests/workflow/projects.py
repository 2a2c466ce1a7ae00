"""Run Snakemake on copies of the project, as a user does: by its command line."""

import hashlib
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

PROJECT = Path(__file__).parents[2]
PARTS = ("Snakefile", "rules", "config", "scripts", "envs", "profiles", "resources", "tests/smoke")
SMOKE = "tests/smoke/config.yaml"
RESULTS = "results/smoke"
# What depends on the machine and the moment.
PASSING = ("benchmarks", "logs")
# To load Snakemake takes a third of the time of a plan: one process does it, and those that only ask are forks of it.
LOADED = multiprocessing.get_context("forkserver")
LOADED.set_forkserver_preload(["snakemake.cli"])


class Job(NamedTuple):
    """A job of a plan or a run."""

    rule: str
    wildcards: tuple[tuple[str, str], ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    @property
    def name(self) -> str:
        """The rule and the values of its wildcards: ``train_models random 1 textrnn``."""
        return " ".join([self.rule, *(value for _, value in self.wildcards if value)])


@dataclass(frozen=True)
class Run:
    """What a command answered."""

    code: int
    output: str
    jobs: list[Job] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """Names of the jobs, without the target rule."""
        return {job.name for job in self.jobs} - {"all"}


def search_path() -> str:
    """The PATH with the tools of this Python's environment first."""
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def path_without(folder: Path, *beginnings: str) -> str:
    """Fill a folder, to stand as the PATH, with links to the system's programs, but for names with these beginnings."""
    folder.mkdir()
    for place in ("/usr/local/bin", "/usr/bin", "/bin"):
        for program in Path(place).iterdir() if Path(place).is_dir() else ():
            if not program.name.startswith(beginnings) and not os.path.lexists(folder / program.name):
                (folder / program.name).symlink_to(program)
    return str(folder)


def ask(arguments: list[str], folder: Path, environment: Mapping[str, str]) -> Run:
    """Run Snakemake's command in a folder for what it says, as a process that need not load it."""
    with tempfile.TemporaryDirectory() as kept:
        output = Path(kept) / "output"
        process = LOADED.Process(target=_answer, args=(arguments, folder, environment, output))
        process.start()
        process.join()
        text = output.read_text(encoding="utf-8", errors="replace")
    return Run(process.exitcode, text, parse_jobs(text))


def _answer(arguments: list[str], folder: Path, environment: Mapping[str, str], output: Path) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    with open(output, "wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    # As a command sees it: without the folders that pytest adds, where the checkout's own package lies.
    sys.path[:] = [place for place in sys.path if place not in (str(PROJECT / "scripts"), str(PROJECT / "tests"))]
    from snakemake.cli import main

    sys.argv = ["snakemake", *arguments]
    main(arguments)


def parse_jobs(output: str) -> list[Job]:
    """Read the jobs that Snakemake announces, each a block of ``key: value`` lines; those of a group are indented."""
    output = re.sub(r"^    (?=\[|(?:local)?rule |    )", "", output, flags=re.MULTILINE)
    jobs = []
    for block in re.split(r"\n(?=\[|\n)", output):
        head = re.search(r"^(?:local)?rule (\w+):$", block, re.MULTILINE)
        if head:
            values = dict(re.findall(r"^    (\w+): (.*)$", block, re.MULTILINE))
            wildcards = [part.partition("=")[::2] for part in _listed(values.get("wildcards", ""))]
            files = (tuple(_listed(values.get(key, ""))) for key in ("input", "output"))
            jobs.append(Job(head[1], tuple(wildcards), *files))
    return jobs


def _listed(text: str) -> list[str]:
    return [part for part in text.split(", ") if part]


class Project:
    """A copy of the project in a folder of its own."""

    def __init__(self, root: Path):
        self.root = root

    @classmethod
    def copy(cls, root: Path) -> "Project":
        """Copy what belongs to the workflow, and no results."""
        for part in PARTS:
            source, target = PROJECT / part, root / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, target)
        return cls(root)

    def command(self, *arguments: str, config: str = SMOKE, settings: Mapping[str, Any] | None = None) -> list[str]:
        """Return the command line; ``settings`` are laid over the config as a further overlay."""
        return [sys.executable, "-m", "snakemake", *self.arguments(*arguments, config=config, settings=settings)]

    def arguments(self, *arguments: str, config: str = SMOKE, settings: Mapping[str, Any] | None = None) -> list[str]:
        """Return what follows the command's name."""
        configs = [config]
        if settings:
            (self.root / "overlay.yaml").write_text(yaml.safe_dump(settings))
            configs.append("overlay.yaml")
        return [*arguments, "--configfile", *configs]

    def snakemake(
        self,
        *arguments: str,
        path: str | None = None,
        variables: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **options,
    ) -> Run:
        """Run Snakemake and wait for it, at most ``timeout`` seconds.

        ``path`` takes the place of PATH, ``variables`` are laid over the environment.
        """
        environment = {**os.environ, "PATH": path or search_path(), **(variables or {})}
        # Else each of hundreds of jobs would compile the package anew.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        done = subprocess.run(
            self.command(*arguments, **options),
            cwd=self.root,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
        )
        output = done.stdout + done.stderr
        return Run(done.returncode, output, parse_jobs(output))

    def run(self, *targets: str, cores: int = 2, **options) -> Run:
        """Make targets."""
        return self.snakemake(*targets, "--cores", str(cores), **options)

    def ask(self, *arguments: str, path: str | None = None, **options) -> Run:
        """Run Snakemake for what it says: a plan, or why it refuses to make one."""
        return ask(self.arguments(*arguments, **options), self.root, {**os.environ, "PATH": path or search_path()})

    def plan(self, *targets: str, **options) -> Run:
        """Say what would run."""
        run = self.ask(*targets, "--dry-run", **options)
        assert run.code == 0, run.output
        return run

    def run_until(self, sign: str, *targets: str, cores: int = 2) -> None:
        """Start a run and kill it, with all that it started, when a file ``sign`` is there."""
        process = subprocess.Popen(
            self.command(*targets, "--cores", str(cores)),
            cwd=self.root,
            env={**os.environ, "PATH": search_path()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while process.poll() is None and not self.path(sign).exists():
            try:
                process.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                continue
        assert process.poll() is None, "the run ended before it could be killed"
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def path(self, name: str) -> Path:
        """Path of a result, ``name`` below the smoke run's folder."""
        return self.root / RESULTS / name

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace text that stands once in a file of the project."""
        path = self.root / name
        text = path.read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new))

    def append(self, name: str, text: str) -> None:
        """Add text at the end of a file of the project."""
        with open(self.root / name, "a") as file:
            file.write(text)

    def digests(self, *patterns: str) -> dict[str, str]:
        """Path below the results -> digest of its content, without what depends on the machine."""
        paths = [path for pattern in patterns or ["**/*.tsv"] for path in self.path("").glob(pattern)]
        names = {path: path.relative_to(self.path("")) for path in paths if path.is_file()}
        return {
            str(name): hashlib.sha256(path.read_bytes()).hexdigest()
            for path, name in sorted(names.items())
            if name.parts[0] not in PASSING
        }


def reporting(names: Iterable[str]) -> set[str]:
    """Those of some jobs that make a table, its page or a figure."""
    return {name for name in names if name.startswith(("write_", "draw_"))}
