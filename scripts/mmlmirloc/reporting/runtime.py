"""How long the jobs took and how much memory, from the files that Snakemake's ``benchmark`` writes."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mmlmirloc.benchmarks import read_benchmark
from mmlmirloc.colours import INK
from mmlmirloc.errors import InputError
from mmlmirloc.files import write_table
from mmlmirloc.reporting.style import WIDTH, save, styled

COLUMNS = ["rule", "job", "seconds", "memory_mb"]
QUANTITIES = {"seconds": "seconds per job", "memory_mb": "memory per job (MB)"}


def rule_of(name: Path) -> str:
    """Return the rule of a benchmark file, by its path below the folder of benchmarks.

    It is the first part of the path, but the last one where a variant of the dataset is made.
    """
    return (name.name if name.parts[0] == "variants" else name.parts[0]).removesuffix(".tsv")


def runtime_data(files: Iterable[str | Path], folder: str | Path) -> pd.DataFrame:
    """Gather the benchmark files of a run.

    Parameters
    ----------
    files : iterable of str or Path
        Benchmark files below ``folder``.
    folder : str or Path
        The folder of benchmarks.

    Returns
    -------
    pandas.DataFrame
        Columns ``rule``, ``job`` (path below the folder, without its ending), ``seconds``, ``memory_mb``: a row per
        job, rules in the order of the time that all their jobs took, the costliest first.

    Raises
    ------
    InputError
        When there is none.
    """
    rows = []
    for path in sorted(map(Path, files)):
        name = path.relative_to(folder)
        rows.append((rule_of(name), str(name.with_suffix("")), *read_benchmark(path)))
    if not rows:
        raise InputError(
            "There are no benchmark files to draw", folder, "the files of at least one job", "run the workflow first"
        )
    data = pd.DataFrame(rows, columns=COLUMNS)
    total = data.groupby("rule")["seconds"].transform("sum")
    order = data.assign(total=-total).sort_values(["total", "rule", "job"], kind="stable").index
    return data.loc[order].reset_index(drop=True)


@styled
def draw_runtime(data: pd.DataFrame) -> Figure:
    """Draw a row per rule and a mark per job: time to the left, memory to the right, both on log axes.

    Parameters
    ----------
    data : pandas.DataFrame
        Result of :func:`runtime_data`.

    Returns
    -------
    matplotlib.figure.Figure
        Two axes.
    """
    rules = list(pd.unique(data["rule"]))
    figure = Figure(figsize=(WIDTH, 0.7 + 0.16 * len(rules)), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for axes, (column, title) in zip(panels, QUANTITIES.items(), strict=True):
        draw_quantity(axes, data, rules, column)
        axes.set_title(title)
    counts = data["rule"].value_counts()
    panels[0].set_yticks(range(len(rules)), [f"{rule} ({counts[rule]})" for rule in rules])
    panels[0].set_ylim(len(rules) - 0.5, -0.5)
    return figure


def draw_quantity(axes: Axes, data: pd.DataFrame, rules: list[str], column: str) -> None:
    """Draw one number of each job."""
    places = data["rule"].map(rules.index)
    axes.plot(data[column], places, "|", color=INK, markersize=5, markeredgewidth=0.6)
    axes.set_xscale("log")
    axes.grid(axis="y", color="0.93", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)


def plot_runtime(
    files: Iterable[str | Path], folder: str | Path, pdf: str | Path, png: str | Path, data: str | Path, note: str
) -> None:
    """Draw time and memory of all jobs of a run; ``note`` stands above."""
    drawn = runtime_data(files, folder)
    write_table(drawn, data)
    save(draw_runtime(drawn), pdf, png, note)
