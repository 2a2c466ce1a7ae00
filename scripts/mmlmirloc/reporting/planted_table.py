"""Hold what the model found in the control data against what was planted there."""

from pathlib import Path

from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.tables import between, heading, write_text

TRUTH = ["location", "motif", "strength", "expected"]
ENDS = {"ensemble": "auc", "ensemble_low": "auc_low", "ensemble_high": "auc_high"}


def write_planted_table(
    truth: str | Path,
    observed: str | Path,
    shuffled: str | Path,
    model: str,
    label: str,
    note: str,
    table: str | Path,
    markdown: str | Path,
) -> None:
    """Compare the ROC-AUC per location with the planted truth, and with shuffled labels.

    Parameters
    ----------
    truth : path
        ``truth.tsv`` of the simulation: location, motif, strength, expected (``found`` or ``not found``).
    observed, shuffled : path
        Tables of :func:`mmlmirloc.evaluation.one_split.measure_split` on the labels as simulated and on shuffled ones.
    model, label : str
        Whose lines are taken, and its name for readers.
    note : str
        Stands on the page.
    table, markdown : path
        TSV (truth's columns, auc, auc_low, auc_high, outcome, and the same of shuffled labels) and Markdown. The
        outcome is ``found`` where the whole interval lies above 0.5.
    """
    rows = read_table(truth, columns=TRUTH, text=["location", "motif", "expected"])[TRUTH]
    for suffix, path in (("", observed), ("_shuffled", shuffled)):
        areas = read_table(path, columns=["model", "metric", "location", *ENDS], text=["metric", "location"])
        areas = areas[(areas["model"] == model) & (areas["metric"] == "roc_auc")][["location", *ENDS]]
        rows = rows.merge(areas.rename(columns={old: new + suffix for old, new in ENDS.items()}), on="location")
        rows["outcome" + suffix] = ["found" if low > 0.5 else "not found" for low in rows["auc_low" + suffix]]
    write_table(rows, table)
    write_text(_markdown(rows, label, note), markdown)


def _markdown(table, label: str, note: str) -> str:
    readable = table[["location", "motif", "strength", "expected"]].copy()
    for suffix, title in (("", "labels as simulated"), ("_shuffled", "labels shuffled")):
        ends = table[[f"auc{suffix}", f"auc_low{suffix}", f"auc_high{suffix}", f"outcome{suffix}"]]
        readable[f"{label}, {title}: ROC-AUC"] = [
            f"{between(*row[:3])}, {row[3]}" for row in ends.itertuples(index=False, name=None)
        ]
    body = readable.to_markdown(index=False, disable_numparse=True)
    return heading("Control data: what was planted and what was found", note) + f"{body}\n\n{READING}\n"


READING = (
    "Simulated records, no observation of nature. Strength is the probability that a row with the location carries its "
    "motif, and that one without it does not; 0.5 is no signal. ROC-AUC is the ensemble's on the test rows, with its "
    "interval (the config's evaluation.level) of a bootstrap over them. Found: the interval lies above 0.5 altogether. "
    "A working pipeline finds with the labels as simulated what is expected, and with shuffled labels nothing."
)
