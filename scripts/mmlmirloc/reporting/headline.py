"""The README's table of results and the sentence below it, from the published tables."""

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mmlmirloc.files import read_table
from mmlmirloc.job import logger
from mmlmirloc.reporting.phrases import listed
from mmlmirloc.reporting.tables import read_paper, write_text
from mmlmirloc.reporting.trust_table import cell, short, signed

PROTOCOL, RULE = "matched", "chosen"
# Below this a model is the same in each repeat.
SPREAD = 1e-9
METRICS = {"accuracy": "accuracy", "auc_macro": "macro AUC", "subset_accuracy": "subset accuracy"}
COLUMNS = ["model", "of_the_paper", "told", "knows"]
# What a model is held against in words, and the column of its paired difference.
REFERENCES = {"the best constant": "minus_constant", "age": "minus_era"}
BLOCK = re.compile(r"(?<=<!-- results -->\n)(.*?)(?=<!-- /results -->)", re.DOTALL)


def headline(results: str | Path, rows: str | Path, paper: str | Path) -> str:
    """Return the table of results as Markdown, with what came out against the predictor that knows age only.

    Parameters
    ----------
    results : path
        Folder of the published tables; ``beyond.tsv`` and ``trust.tsv`` of it are read.
    rows : path
        model, of_the_paper (yes for the paper's own systems), told (yes where a sentence tells all protocols) and knows
        (what it sees): the table has a line of each that knows something, as far as the published tables have it.
    paper : path
        The paper's Table III.
    """
    known = read_table(rows, columns=COLUMNS, text=COLUMNS)
    beyond, trust = (_of_rule(read_table(Path(results) / f"{name}.tsv")) for name in ("beyond", "trust"))
    shown = beyond[beyond["protocol"] == PROTOCOL]
    lines = ["| predictor | knows | " + " | ".join(METRICS.values()) + " |", "|---" * (len(METRICS) + 2) + "|"]
    printed = read_paper([paper])
    for row in known.itertuples():
        own = {line.metric: line for line in shown[shown["model"] == row.model].itertuples()}
        if not own or not row.knows:
            continue
        label = own["accuracy"].label
        if row.of_the_paper == "yes":
            values = [short(printed[row.model][metric], 4) for metric in METRICS]
            lines.append(_line(f"{label}, as printed", row.knows, values))
            label = f"{label}, ours"
        lines.append(_line(label, row.knows, [_value(own[metric]) for metric in METRICS]))
    repeats, tested = int(shown["repeats"].max()), int(shown["test_rows"].iloc[0])
    drawn = f"Protocol `{PROTOCOL}`: {repeats} draws of {tested} test rows with the paper's label sets."
    told = [
        f"{drawn} Intervals hold for such test parts. Everything is trained and chosen anew in each.",
        "Location sets are by the rule that validation rows chose for accuracy. Mean and 95% interval over repeats.",
    ]
    verdicts = [_verdict(row.model, trust, beyond) for row in known.itertuples() if row.told == "yes"]
    return "\n".join(["", *told, "", *lines, "", _finding(trust, shown, known), "", *filter(None, verdicts), ""])


def _of_rule(table: pd.DataFrame) -> pd.DataFrame:
    """Return the lines by the chosen rule, and those of metrics that know no rule."""
    return table[table["rule"].isna() | table["rule"].isin(["", RULE])]


def _line(name: str, knows: str, values: Sequence[str]) -> str:
    return "| " + " | ".join([name, knows, *values]) + " |"


def _value(line) -> str:
    return cell(line, marked=False) if line.sd > SPREAD else short(line.mean)


def _finding(trust: pd.DataFrame, shown: pd.DataFrame, known: pd.DataFrame) -> str:
    """Return which models are clearly above age in accuracy: the paper's under any protocol, the others under one."""
    papers = set(known.loc[known["of_the_paper"] == "yes", "model"])
    systems = trust[(trust["metric"] == "accuracy") & trust["model"].isin(papers) & trust["minus_era_low"].notna()]
    above = [f"{row.label} under `{row.protocol}`" for row in systems[systems["minus_era_low"] > 0].itertuples()]
    first = "Of the paper's systems with enough repeats for an interval, clearly above age in accuracy under any of "
    first += f"{systems['protocol'].nunique()} protocols: {', '.join(above) or 'none'} (paired difference, 95%)."
    others = shown[(shown["metric"] == "accuracy") & shown["model"].isin(set(known["model"]) - papers)]
    others = others[others["minus_era_low"].notna() & (others["sd"] > SPREAD)]
    return "\n".join([first, *(f"{row.label} minus age: {_difference(row)}." for row in others.itertuples())])


def _verdict(model: str, trust: pd.DataFrame, beyond: pd.DataFrame) -> str:
    """Return under which protocols a model is clearly above and below each reference in accuracy; trust has more."""
    table = trust if model in set(trust["model"]) else beyond
    rows = table[(table["model"] == model) & (table["metric"] == "accuracy")]
    if rows.empty:
        return ""
    parts = []
    for reference, column in REFERENCES.items():
        above = rows.loc[rows[f"{column}_low"] > 0, "protocol"]
        below = rows.loc[rows[f"{column}_high"] < 0, "protocol"]
        parts.append(f"clearly above {reference} under {_listed(above)}")
        if len(below):
            parts[-1] += f", clearly below it under {_listed(below)}"
    label, protocols = rows["label"].iloc[0], rows["protocol"].nunique()
    return f"{label} in accuracy, under {protocols} protocols: {'; '.join(parts)}.\n"


def _listed(protocols: Sequence[str]) -> str:
    return listed([f"`{name}`" for name in protocols])


def _difference(row) -> str:
    return f"{signed(row.minus_era)} [{short(row.minus_era_low)}, {short(row.minus_era_high)}]"


def write_headline(readme: str | Path, results: str | Path, rows: str | Path, paper: str | Path) -> None:
    """Put :func:`headline` between the marks ``<!-- results -->`` and ``<!-- /results -->`` of a README."""
    text = Path(readme).read_text(encoding="utf-8")
    write_text(BLOCK.sub(lambda _: headline(results, rows, paper), text), readme)
    logger.info("The results in %s are those of %s", readme, results)
