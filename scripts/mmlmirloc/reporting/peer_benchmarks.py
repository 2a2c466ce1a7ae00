"""Our rows on published benchmarks, beside what was published and beside what knows no sequence."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mmlmirloc.evaluation.measures import MEASURES
from mmlmirloc.evaluation.metrics import LABEL_METRICS
from mmlmirloc.evaluation.names import CHOSEN, FIXED
from mmlmirloc.files import read_table, write_table
from mmlmirloc.job import logger
from mmlmirloc.reporting.figures import peer_benchmarks as figure
from mmlmirloc.reporting.style import save
from mmlmirloc.reporting.tables import heading, write_text
from mmlmirloc.reporting.trust_table import between, head, markdown_table
from mmlmirloc.sources.peer_benchmarks import read_descriptions

METRICS = ("subset_accuracy", "accuracy", "f1", "auc_macro")
# Of a single location the others say the same as accuracy.
OF_ONE = ("accuracy", "auc_macro")
TITLES = {"given": "as published", "grouped": "homologs kept apart"}
# Roles of what knows no sequence, or next to nothing of it.
CONTROLS = ("constant", "control")
LENGTH = "length_only"
# The benchmark of names, which is no labelled table, and the folds of its table.
NAMES, CONTROL = "pmislocmf", "degrees"
FOLDS = {"fold_auc": "all names, no record counting as no location", "fold_multilabel": "names with a record"}
ABOUT_NAMES = (
    "Locations of 1,041 names of miRNAs. The systems know a miRNA by its known diseases, drugs and target messenger "
    "RNAs. The control knows no disease and no drug, but how many of each are known, the number in the name and its "
    "hyphens: how much, and how early, a miRNA was studied. The folds are the published ones: 112 of 122 hairpins that "
    "several names stand for are divided among them. Interval by bootstrap over the names of a hairpin together. "
    "‡ not clearly above the control: the interval of the paired difference holds 0, or lies below it.\n\n"
    "The systems are our versions, with their default settings: nothing was tuned. All that they fit is fitted on "
    "training rows, where PMiSLocMF embeds and scales all rows. Its table of how alike functions are and its network "
    "of messenger RNAs were out of reach, and our walks are fewer and shorter. PMiSLocMF (like) and DAmiRLocGNet "
    "(like) choose their epoch on one fold and train on eight of ten, the control and MiRLoc (like) on nine."
)
POOLED = (
    "F1 of the rows of all folds taken together: micro F1 of all labels, macro F1 as the mean over locations. How "
    "the published numbers take folds together is not stated. Location sets at a score of .5, and by the rule that "
    "validation rows chose for accuracy."
)
COLUMNS = ["benchmark", "protocol", "model", "label", "control", "metric", "mean", "ci_low", "ci_high"]
COLUMNS += ["minus_length", "minus_length_low", "minus_length_high", "repeats", "test_rows"]
READING = (
    "As published: each system was trained on the training rows of the published split (one draw; 95% interval by "
    "bootstrap over homology groups), or on nine of the published folds, each of which was tested once (Nadeau-Bengio "
    "interval). Homologs kept apart: ten draws in which homologs stay on one side (Nadeau-Bengio interval; networks, "
    "kernels and miRNALoc on one draw). Location sets by the rule that validation rows chose for accuracy.\n\n"
    "A control knows no sequence, only its length or its share of G and C, or copies the nearest training row. "
    "‡ not clearly above the length alone: the interval of the paired difference holds 0, or lies below it. Names "
    'with "(like)" are our versions of systems that could not be read in whole.'
)


def joined(folder: str | Path, descriptions: pd.DataFrame, roles: str | Path) -> pd.DataFrame:
    """Return the numbers of all benchmarks, with the columns ``COLUMNS``.

    Parameters
    ----------
    folder : path
        With the results of each benchmark in a folder of its name.
    descriptions : pandas.DataFrame
        Of :func:`mmlmirloc.sources.peer_benchmarks.read_descriptions`.
    roles : path
        The rows that were run: model and role.
    """
    role = read_table(roles, columns=["model", "role"], text=["model", "role"]).set_index("model")["role"]
    parts = []
    for benchmark in descriptions["benchmark"]:
        rows = read_table(Path(folder) / benchmark / "tables/trust.tsv", text=["model", "label", "metric", "rule"])
        rows = rows[rows["metric"].isin(METRICS) & rows["rule"].isin(["", CHOSEN])]
        renamed = {f"minus_{LENGTH}{end}": f"minus_length{end}" for end in ("", "_low", "_high")}
        parts.append(rows.rename(columns=renamed).assign(benchmark=benchmark))
    whole = pd.concat(parts, ignore_index=True)
    whole["control"] = whole["model"].map(role).isin(CONTROLS).map({True: "yes", False: "no"})
    return whole[COLUMNS]


def write_peer_benchmarks(
    folder: str | Path, descriptions: str | Path, roles: str | Path, published: str | Path
) -> None:
    """Write ``benchmarks.tsv``, the page ``benchmarks.md`` and the figure ``benchmarks.png`` into a folder.

    Parameters
    ----------
    folder, roles
        As in :func:`joined`.
    descriptions : path
        Table of the benchmarks.
    published : path
        benchmark, system, metric, value, rows, source: what was published, as text.
    """
    described = read_descriptions(descriptions)
    told = read_table(published, columns=["benchmark", "system", "metric", "value", "rows", "source"], text=["value"])
    whole = joined(folder, described, roles)
    write_table(whole, Path(folder) / "benchmarks.tsv")
    parts = [heading("Published benchmarks, with the controls beside them", "").rstrip(), READING]
    for row in described.itertuples():
        numbers = whole[whole["benchmark"] == row.benchmark]
        overlap = read_table(Path(folder) / row.benchmark / "tables/overlap.tsv")
        metrics = METRICS if ";" in row.locations else OF_ONE
        parts += [f"## {row.label}", _introduction(row, overlap), _verdict(numbers), _table(numbers, metrics)]
        if row.fold and not row.side:
            parts += [POOLED, _pooled(Path(folder) / f"{row.benchmark}_f1.tsv", numbers)]
        parts.append(_published(told, row.benchmark))
    names = read_table(Path(folder) / f"{NAMES}.tsv", text=["folds", "model", "label", "metric"])
    parts += ["## PMiSLocMF, names with their diseases and drugs", ABOUT_NAMES, _named(names)]
    parts.append(_published(told, NAMES))
    write_text("\n\n".join(parts) + "\n", Path(folder) / "benchmarks.md")
    labels = dict(zip(described["benchmark"], described["label"]))
    drawn = figure.draw(figure.prepare(whole, labels))
    save(drawn, Path(folder) / "benchmarks.pdf", Path(folder) / "benchmarks.png")
    logger.info("Wrote %s", Path(folder) / "benchmarks.md")


def _published(told: pd.DataFrame, benchmark: str) -> str:
    lines = [
        f"- {one.system}: {one.metric} {one.value} ({one.source}; split: {one.rows})."
        for one in told[told["benchmark"] == benchmark].itertuples()
    ]
    return "\n".join(["Published:", "", *lines]) if lines else "No published number could be read."


def _named(table: pd.DataFrame) -> str:
    """Return the systems of the benchmark of names, the control among them, a column for each folds and metric."""
    lines = {(row.folds, row.model, row.metric): row for row in table.itertuples()}
    rows = []
    for model, label in table[["model", "label"]].drop_duplicates().itertuples(index=False):
        name = f"{label} (control)" if model == CONTROL else f"**{label}**"
        shown = [lines[folds, model, metric] for folds in FOLDS for metric in LABEL_METRICS]
        rows.append(
            [name, *(between(row) + ("" if model == CONTROL or row.minus_control_low > 0 else "‡") for row in shown)]
        )
    heads = [f"macro {metric.display}, {title}" for title in FOLDS.values() for metric in LABEL_METRICS.values()]
    return markdown_table(["system", *heads], rows)


def _pooled(path: Path, numbers: pd.DataFrame) -> str:
    table = read_table(path, columns=["model", "rule", "micro_f1", "macro_f1"], text=["model", "rule"])
    labels = dict(zip(numbers["model"], numbers["label"]))
    lines = {(row.model, row.rule): row for row in table.itertuples()}
    rows = []
    for model, label in labels.items():
        # A constant has one rule.
        shown = [lines.get((model, rule), lines[model, FIXED]) for rule in (FIXED, CHOSEN)]
        rows.append([label, *(f"{value:.4f}".lstrip("0") for row in shown for value in (row.micro_f1, row.macro_f1))])
    heads = [f"{mean} F1, {rule}" for rule in ("at .5", "chosen rule") for mean in ("micro", "macro")]
    return markdown_table(["system", *heads], rows)


def _introduction(row, overlap: pd.DataFrame) -> str:
    given = overlap[overlap["protocol"] == "given"]
    locations = row.locations.replace(";", ", ")
    train, test = given["train_rows"].iloc[0], given["test_rows"].sum()
    rows = (
        f"{test} rows in {len(given)} folds"
        if row.fold and not row.side
        else f"{train} training rows, {test} test rows"
    )
    known = f"{given['any'].sum():.0f} of them equal a training sequence, lie in one or hold one"
    return f"Locations: {locations}. {rows}; {known} when they are tested."


def _verdict(numbers: pd.DataFrame) -> str:
    """Return how many systems are clearly above the length alone on the published split or folds."""
    systems = numbers[(numbers["protocol"] == "given") & (numbers["control"] == "no")]
    told = []
    for metric in OF_ONE:
        rows = systems[systems["metric"] == metric]
        above = rows[rows["minus_length_low"] > 0]
        named = f" ({', '.join(above['label'])})" if len(above) else ""
        told.append(f"in {head(metric)} {len(above) or 'none'} of {len(rows)}{named}")
    return f"Systems clearly above the length alone, as published: {', '.join(told)}."


def _table(numbers: pd.DataFrame, metrics: Sequence[str]) -> str:
    lines = {(row.model, row.protocol, row.metric): row for row in numbers.itertuples()}
    protocols = [name for name in TITLES if name in set(numbers["protocol"])]
    rows = []
    for model, label, control in numbers[["model", "label", "control"]].drop_duplicates().itertuples(index=False):
        name = f"{label} (control)" if control == "yes" else f"**{label}**"
        shown = [lines.get((model, protocol, metric)) for protocol in protocols for metric in metrics]
        rows.append([name, *(_cell(row) for row in shown)])
    heads = [f"{head(metric)}, {TITLES[protocol]}" for protocol in protocols for metric in metrics]
    return markdown_table(["system", *heads], rows)


def _cell(row) -> str:
    if row is None or pd.isna(row.mean):
        return "–"
    open_to_length = pd.notna(row.minus_length_low) and not MEASURES[row.metric].sign * row.minus_length_low > 0
    return between(row) + ("‡" if open_to_length else "")


if __name__ == "__main__":
    write_peer_benchmarks(*sys.argv[1:])
