"""The page of the outside check: what another source found, and the records do not have."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.tables import heading, write_text

MEASURES = {
    "auc": "AUC",
    "within_age": "within fifths by accession",
    "within_abundance": "within fifths by abundance",
    "minus_age": "minus age",
    "minus_abundance": "minus abundance",
}


def write_outside(
    measured: str | Path,
    labels: Mapping[str, str],
    locations: list[str],
    level: float,
    note: str,
    table: str | Path,
    markdown: str | Path,
) -> None:
    """Write how models rank hairpins that another source found.

    Parameters
    ----------
    measured : path
        Table of :func:`mmlmirloc.evaluation.outside.measure_outside`.
    labels : mapping
        Model -> name for readers.
    locations : list of str
        All predicted locations: those without an outside source are named.
    level : float
        Of the intervals.
    note : str
        Stands on the page.
    table, markdown : path
        Outputs; the table has the columns of ``measured``, and label.
    """
    rows = read_table(measured, text=["location", "model"])
    rows.insert(rows.columns.get_loc("model") + 1, "label", rows["model"].map(labels))
    write_table(rows, table)
    without = [location for location in locations if location not in set(rows["location"])]
    about = (
        "Hairpins without a record of a location may never have been looked for there, and an outside source of "
        "vesicles has some of them. AUC: how often such a hairpin has a higher probability than one that the source "
        "does not have, or not in these years, by models that were trained without either. Within fifths: only pairs "
        f"of like age, or of like abundance. Intervals ({level:.0%}) by bootstrap over hairpins. The last columns rank "
        "the recorded hairpins above all others, and above those that the source does not have."
    )
    parts = [heading("Outside check: what another source found", note).rstrip(), about]
    if without:
        parts.append(f"No outside source of {' and '.join(without)} is at hand.")
    for (location, since), part in rows.groupby(["location", "since"], sort=False):
        when = f"in studies from {since} on" if since else "in studies of any year"
        first = part.iloc[0]
        parts.append(
            f"## {location.capitalize()}, {when}: {first.unknown} of {first.negatives} hairpins without a record"
        )
        lines = [
            [row.label, *(with_ends(row, name) for name in MEASURES), f"{row.auc_recorded:.3f}", f"{row.auc_known:.3f}"]
            for row in part.itertuples()
        ]
        heads = ["model", *MEASURES.values(), "recorded, all others", "recorded, others unknown left out"]
        parts.append(pd.DataFrame(lines, columns=heads).to_markdown(index=False, disable_numparse=True))
    write_text("\n\n".join(parts) + "\n", markdown)


def with_ends(row, name: str) -> str:
    """Return a number with its interval; a dash where there is none."""
    value, low, high = (getattr(row, f"{name}{end}") for end in ("", "_low", "_high"))
    return "–" if pd.isna(value) else f"{value:.3f} [{low:.3f}, {high:.3f}]"
