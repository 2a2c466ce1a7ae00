"""Every number of the paper beside ours, and whether it lies in our interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import LABEL_METRICS, MAIN_METRICS, METRICS
from mmlmirloc.evaluation.names import FEWEST, FOLD_MEAN
from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.repeats_table import COLUMNS as REPEATS
from mmlmirloc.reporting.repeats_table import TEXT as REPEATS_TEXT
from mmlmirloc.reporting.repeats_table import lies_inside
from mmlmirloc.reporting.tables import heading, number, write_text

COLUMNS = ["source", "item", "quantity", "paper", "ours", "difference", "fold_sd", "low", "high", "inside"]
COLUMNS += ["repeat_sd", "repeats", "model"]
SOURCES = {"comparison": "Table III", "ablation": "Table IV", "bert_size": "Table V"}
METRIC_NAMES = {name: metric.display for name, metric in (METRICS | LABEL_METRICS).items()}
COUNT_NAMES = {
    "rnalocate_entries": "rows of RNALocate",
    "mirnas": "miRNAs",
    "train_mean_length": "mean length of the training sequences (nt)",
    "count": "rows",
}


@dataclass(frozen=True)
class Shown:
    """What the parts over repeats and in hindsight are of.

    Attributes
    ----------
    split : str
        The split.
    model, label : str
        The model whose numbers are counted apart, and its name for readers.
    threshold : float
        Scores from it on are predicted.
    """

    split: str
    model: str
    label: str
    threshold: float


def dataset_rows(
    totals: str | Path,
    mirnas: str | Path,
    records: str | Path,
    train: str | Path,
    parts: str | Path,
    locations: Sequence[str],
):
    """Rows of the dataset's counts: the text of II.B, Table I and Table II.

    Parameters
    ----------
    totals : path
        quantity, value as the paper prints them.
    mirnas, records : path
        The dataset, and the merged records (column ``records``: RNALocate rows of each).
    train : path
        The training rows, whose mean length the paper prints.
    parts : path
        ``dataset.tsv``: part, location, quantity, paper, ours.
    locations : sequence of str
        Label columns.
    """
    printed = read_table(totals, columns=["quantity", "value"], text=["quantity"]).set_index("quantity")["value"]
    rows = read_table(mirnas, columns=locations)
    entries = read_table(records, columns=["records"])["records"].sum()
    mean_length = read_table(train, columns=["sequence"], text=["sequence"])["sequence"].str.len().mean()
    counted = {"rnalocate_entries": int(entries), "mirnas": len(rows)}
    counted |= {location: int(rows[location].sum()) for location in locations}
    counted |= {"train_mean_length": round(float(mean_length), 1)}
    for quantity, ours in counted.items():
        yield _row("Text II.B", "dataset", quantity, printed.get(quantity, np.nan), ours)
    for row in read_table(parts, columns=["part", "location", "quantity", "paper", "ours"]).itertuples():
        source = {"train": "Table I", "test": "Table II"}[row.part]
        yield _row(source, row.location, row.quantity, row.paper, row.ours)


def table_rows(source: str, table: str | Path):
    """Rows of a table of results: the paper's numbers, the mean over fold models and its interval."""
    frame = read_table(table, columns=["label", "metric", "paper", "fold_mean"], text=["model", "label", "metric"])
    for row in _printed(frame).itertuples():
        bounds = (row.fold_mean_low, row.fold_mean_high)
        yield _row(source, row.label, row.metric, row.paper, row.fold_mean, row.fold_sd, *bounds, model=row.model)


def repeat_rows(table: str | Path, split: str):
    """Rows of Table III over the repeats of a split: the mean over fold models, and its interval over repeats.

    Parameters
    ----------
    table : path
        Table of :func:`mmlmirloc.reporting.repeats_table.write_repeats`.
    split : str
        The one of its splits that is taken.

    Raises
    ------
    InputError
        When the table lacks a column or the split.
    """
    frame = read_table(table, columns=REPEATS, text=REPEATS_TEXT)
    if split not in set(frame["split"]):
        raise InputError(
            f"The split '{split}' is not there",
            table,
            "the split of the table comparison",
            "name it in tables.comparison.repeated",
        )
    frame = frame[(frame["split"] == split) & (frame["reading"] == FOLD_MEAN)]
    for row in _printed(frame).itertuples():
        bounds = (row.ci_low, row.ci_high) if row.repeats >= FEWEST else (np.nan, np.nan)
        line = _row(over_repeats(split), row.label, row.metric, row.paper, row.mean, np.nan, *bounds, model=row.model)
        yield [*line[: COLUMNS.index("inside")], row.inside, row.sd, row.repeats, row.model]


def over_repeats(split: str) -> str:
    """Name of the part that :func:`repeat_rows` fill."""
    return f"Table III over the repeats of `{split}`"


def _printed(frame: pd.DataFrame) -> pd.DataFrame:
    """Lines of a table of results whose number the paper prints."""
    return frame[frame["paper"].notna() & frame["metric"].isin(MAIN_METRICS)]


def location_rows(table: str | Path):
    """Rows of Fig. 4: the ensemble's areas, since the paper's own average fits no mean over folds."""
    frame = read_table(table, columns=["location", "metric", "paper"], text=["location", "metric"])
    for row in frame.itertuples():
        bounds = (row.ensemble_low, row.ensemble_high)
        yield _row("Fig. 4", row.location, row.metric, row.paper, row.ensemble, row.fold_sd, *bounds)


def _row(source, item, quantity, paper, ours, fold_sd=np.nan, low=np.nan, high=np.nan, model="") -> list:
    inside = lies_inside(paper, low, high)
    return [source, item, quantity, paper, ours, ours - paper, fold_sd, low, high, inside, np.nan, np.nan, model]


def write_fidelity(
    totals: str | Path,
    mirnas: str | Path,
    records: str | Path,
    train: str | Path,
    parts: str | Path,
    tables: Sequence[str | Path],
    names: Sequence[str],
    by_location: str | Path,
    contradictions: str | Path,
    repeats: str | Path | None,
    hindsight: str | Path,
    shown: Mapping[str, Any],
    constants: Sequence[str],
    locations: Sequence[str],
    note: str,
    table: str | Path,
    markdown: str | Path,
) -> None:
    """Write the fidelity report as TSV and Markdown.

    Parameters
    ----------
    totals, mirnas, records, train, parts
        As in :func:`dataset_rows`.
    tables, names : sequence
        Tables of results, and the key of ``SOURCES`` of each.
    by_location : path
        ``locations.tsv`` (Fig. 4).
    contradictions : path
        paper, problem, ours: where the paper contradicts itself, and what we do.
    repeats : path or None
        Table III over repeats; without it that part is left out.
    hindsight : path
        metric, fixed, hindsight, repeats: of :func:`mmlmirloc.evaluation.hindsight.measure_hindsight`.
    shown : mapping
        What ``repeats`` and ``hindsight`` are of: the fields of :class:`Shown`.
    constants : sequence of str
        Models that always answer the same; the paper's number of one is computed from its Table II and is left out.
    locations : sequence of str
        Label columns.
    note : str
        Stands below the heading.
    table, markdown : path
        The report.

    Raises
    ------
    InputError
        When a table is missing, or lacks a column or a split.
    """
    rows = list(dataset_rows(totals, mirnas, records, train, parts, locations))
    for name, path in zip(names, tables, strict=True):
        rows += table_rows(SOURCES[name], path)
    shown = Shown(**shown)
    if repeats:
        rows += repeat_rows(repeats, shown.split)
    rows = [row for row in rows if row[COLUMNS.index("model")] not in constants]
    rows += location_rows(by_location)
    whole = pd.DataFrame(rows, columns=COLUMNS)
    write_table(whole, table)
    known = read_table(contradictions, columns=["paper", "problem", "ours"], text=["paper", "problem", "ours"])
    bound = read_table(hindsight, columns=["metric", "fixed", "hindsight", "repeats", "test_rows"], text=["metric"])
    pages = [_markdown(whole, shown, note), _hindsight_part(bound, whole, shown)]
    write_text("".join([*pages, _contradictions_part(known)]), markdown)


def _markdown(table: pd.DataFrame, shown: Shown, note: str) -> str:
    lines = [heading("Fidelity: every number of the paper beside ours", note), READING]
    lines += [f"**The paper's value lies in our interval.** {_counts(table, shown)}\n\n"]
    for source, part in table.groupby("source", sort=False):
        words = _over_repeats_reading(shown) if source == over_repeats(shown.split) else ""
        lines.append(f"## {source}\n\n{words}{_part(part).to_markdown(index=False, disable_numparse=True)}\n\n")
    return "".join(lines)


def _counts(table: pd.DataFrame, shown: Shown) -> str:
    """Return how many of the paper's numbers lie inside: the model's own, and those of other systems."""
    judged = table[table["inside"] != ""]
    repeated = judged["source"] == over_repeats(shown.split)
    # A model of several of the paper's tables has the same numbers in all.
    once = judged[~repeated].drop_duplicates(["model", "item", "quantity"])
    own, others = once[once["model"] == shown.model], once[once["model"] != shown.model]
    found = [f"{shown.label}'s own {_inside(own)}"] if len(own) else []
    found += [
        f"{source}{'' if (part['model'] == '').all() else ', other systems,'} {_inside(part)}"
        for source, part in others.groupby("source", sort=False)
    ]
    text = f"On one split, each number once: {'; '.join(found)}."
    own, others = (judged[repeated & ((judged["model"] == shown.model) == mine)] for mine in (True, False))
    found = [f"{shown.label}'s own {_inside(own)}"] if len(own) else []
    found += [f"the other systems {_inside(others)}"] if len(others) else []
    if found:
        text += f" Over the repeats of `{shown.split}`: {'; '.join(found)}."
        text += f" Systems of fewer than {FEWEST} repeats are not counted."
    return text


def _over_repeats_reading(shown: Shown) -> str:
    return (
        "Each repeat draws other test rows, and everything is trained and chosen anew on the other rows. Ours: mean "
        "over repeats of the mean over the fold models (the paper's protocol). A location is predicted where its score "
        f"is {shown.threshold:g} or more. Interval: of the mean over repeats (Nadeau & Bengio). A dash: fewer than "
        f"{FEWEST} repeats, too few for an interval. The paper's number is of one split.\n\n"
    )


def _inside(part: pd.DataFrame) -> str:
    return f"{(part['inside'] == 'yes').sum()} of {len(part)}"


def _part(part: pd.DataFrame) -> pd.DataFrame:
    if not part["quantity"].isin(METRIC_NAMES).any():
        cells = {
            name: [f"{value:g}" if pd.notna(value) else "–" for value in part[name]]
            for name in ("paper", "ours", "difference")
        }
        return pd.DataFrame({"item": part["item"], "quantity": part["quantity"].map(_count_name), **cells})
    repeated = part["repeats"].notna().any()
    spreads = {"sd over repeats": part["repeat_sd"]} if repeated else {"fold sd": part["fold_sd"]}
    cells = {
        "item": part["item"],
        "quantity": part["quantity"].map(METRIC_NAMES),
        "paper": part["paper"].map(number),
        "ours": part["ours"].map(number),
        "interval": [
            "–" if pd.isna(row.low) else f"[{number(row.low)}, {number(row.high)}]" for row in part.itertuples()
        ],
        **{name: values.map(number) for name, values in spreads.items()},
        "difference": [f"{value:+.4f}" for value in part["difference"]],
        "inside": part["inside"],
    }
    return pd.DataFrame(cells | ({"repeats": part["repeats"].map("{:.0f}".format)} if repeated else {}))


def _hindsight_part(bound: pd.DataFrame, table: pd.DataFrame, shown: Shown) -> str:
    printed = table[(table["model"] == shown.model) & (table["source"] == SOURCES["comparison"])]
    paper = printed.set_index("quantity")["paper"]
    body = pd.DataFrame(
        {
            "quantity": bound["metric"].map(METRIC_NAMES),
            f"threshold {shown.threshold:g} for all": bound["fixed"].map(number),
            "thresholds chosen on the test rows": bound["hindsight"].map(number),
            "difference": [f"{row.hindsight - row.fixed:+.4f}" for row in bound.itertuples()],
            "paper": [number(paper.get(metric, np.nan)) for metric in bound["metric"]],
        }
    ).to_markdown(index=False, disable_numparse=True)
    repeats, rows = bound["repeats"].iloc[0], bound["test_rows"].iloc[0]
    counted = "one repeat" if repeats == 1 else f"mean over {repeats} repeats"
    return (
        f"## What would reach higher and is not honest\n\n{HINDSIGHT}{shown.label} under `{shown.split}`, the "
        f"ensemble, {counted} of {rows} test rows.\n\n{body}\n\n"
    )


def _contradictions_part(contradictions: pd.DataFrame) -> str:
    heads = {"paper": "the paper says", "problem": "but", "ours": "here"}
    known = contradictions[list(heads)].rename(columns=heads).to_markdown(index=False)
    return f"## Where the paper contradicts itself\n\n{known}\n"


def _count_name(quantity: str) -> str:
    if quantity.startswith("held_"):
        held = int(quantity.removeprefix("held_"))
        return f"rows with {held} location{'s' if held > 1 else ''} in all"
    return COUNT_NAMES.get(quantity, quantity)


READING = (
    "Ours in Tables III to V: mean and sd over the fold models, each on all test rows (the paper's protocol); in "
    "Fig. 4: their mean score, the ensemble. Interval (the config's evaluation.level): a bootstrap over our test rows. "
    "Difference: ours less the paper's. Inside: whether the paper's value lies in the interval. That is no test of "
    "equality, since the paper's test rows are others than ours and its numbers have an error of their own.\n\n"
)

HINDSIGHT = (
    "This looks at the test rows. Each location gets that threshold of 0.05, 0.10, ... 0.95 which gives the best "
    "accuracy on the very rows that are then measured: one location after the other, from 0.5 everywhere, in one pass. "
    "A number reached so says nothing about other rows. It is no result of ours, and no other table or model uses "
    "it.\n\n"
)
