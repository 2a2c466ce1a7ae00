"""Which predictor that knows age alone is the best on validation rows: what every model is held against."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from mmlmirloc.evaluation.names import FIXED
from mmlmirloc.files import read_table, write_table
from mmlmirloc.objectives import find_objective
from mmlmirloc.reporting.phrases import counted, listed
from mmlmirloc.reporting.tables import heading, number, write_text
from mmlmirloc.reporting.trust_table import markdown_table

AREA = "auc_macro"


def write_age(
    rules: Sequence[str | Path],
    protocols: Sequence[str],
    labels: Mapping[str, str],
    reference: str,
    objective: str,
    threshold: float,
    note: str,
    table: str | Path,
    markdown: str | Path,
) -> None:
    """Write how good each predictor that knows age alone is on the validation rows of each protocol.

    Parameters
    ----------
    rules : sequence of path
        Tables ``rules`` of :func:`mmlmirloc.evaluation.judging.judge_split`, one for each of ``protocols``.
    protocols : sequence of str
        Their names.
    labels : mapping
        Model that knows age alone -> its name for readers.
    reference : str
        That one of them that models are held against.
    objective : str
        The metric that chooses on validation rows; macro AUC stands beside it.
    threshold : float
        Scores from it on are predicted.
    note : str
        Stands on the page.
    table, markdown : path
        Outputs. The table: metric, protocol, model, label, mean and sd over the repeats that all of them have, repeats,
        best (1 for the model with the best mean of a protocol), reference (0/1).
    """
    read = {
        protocol: _read(path, labels).rename(columns={"value": objective}) for protocol, path in zip(protocols, rules)
    }
    parts = [
        _compared(rows, metric, labels).assign(metric=metric, protocol=protocol)
        for metric in (AREA, objective)
        for protocol, rows in read.items()
    ]
    found = pd.concat(parts, ignore_index=True)
    found = found.assign(label=found["model"].map(labels), reference=(found["model"] == reference).astype(int))
    columns = ["metric", "protocol", "model", "label", "mean", "sd", "repeats", "best", "reference"]
    write_table(found[columns], table)
    caption = "Predictors that know when a miRNA was discovered, and nothing else"
    page = [heading(caption, note).rstrip(), _reading(threshold)]
    for metric, part in found.groupby("metric", sort=False):
        page += [f"## {find_objective(metric).display} on validation rows", _lines(part), _verdict(part)]
    write_text("\n\n".join(page) + "\n", markdown)


def _read(path: str | Path, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return the lines of some models under the rule ``fixed``."""
    rows = read_table(path, columns=["model", "repeat", "rule", "value", AREA], text=["model", "rule"])
    return rows[rows["model"].isin(labels) & (rows["rule"] == FIXED)]


def _compared(rows: pd.DataFrame, metric: str, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return model, mean, sd, repeats and best, in the order of ``labels``."""
    # A model that is trained on a part of the repeats is compared on these.
    values = rows.pivot(index="repeat", columns="model", values=metric).dropna()[list(labels)]
    means = values.mean()
    best = means.idxmax() if find_objective(metric).higher_is_better else means.idxmin()
    columns = {"model": means.index, "mean": means.to_numpy(), "sd": values.std().to_numpy(), "repeats": len(values)}
    return pd.DataFrame(columns).assign(best=(means.index == best).astype(int))


def _reading(threshold: float) -> str:
    return (
        "How much a prediction owes to the sequence is judged beside predictors that see no sequence. They see the "
        "accession number, the number in the name, or both. One of them is the reference of all tables. The numbers "
        "are of validation rows, which are training rows that the model did not see; no test row was looked at. The "
        "rows of all folds are taken together, and each is scored by the model that did not see it. None of the "
        f"predictors has settings that are searched. A location is predicted from a score of {threshold:g} on. Each "
        "number is a mean over the repeats that all predictors have. The best of a column is in bold type."
    )


def _lines(found: pd.DataFrame) -> str:
    """Return a line per model and a column per protocol."""
    protocols = list(found["protocol"].unique())
    lines = []
    for label, part in found.groupby("label", sort=False):
        cells = part.set_index("protocol").loc[protocols]
        values = [f"**{number(row.mean)}**" if row.best else number(row.mean) for row in cells.itertuples()]
        lines.append([f"{label} (the reference)" if cells["reference"].any() else label, *values])
    repeats = found.drop_duplicates("protocol").set_index("protocol")["repeats"]
    heads = [f"`{one}`, {counted(repeats[one], 'repeat')}" for one in protocols]
    return markdown_table(["predictor", *heads], lines)


def _verdict(found: pd.DataFrame) -> str:
    """Say under which protocols the reference is the best of them, and which is the best under the others."""
    best = found[found["best"] == 1]
    own = [f"`{protocol}`" for protocol in best.loc[best["reference"] == 1, "protocol"]]
    others = [f"`{row.protocol}` ({row.label})" for row in best[best["reference"] == 0].itertuples()]
    said = [f"The reference is the best of them under {listed(own)}."] if own else []
    said += [f"Another one is better under {listed(others)}."] if others else []
    return " ".join(said)
