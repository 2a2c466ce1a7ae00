"""How much G and C the miRNAs of each location hold."""

from collections.abc import Sequence

import pandas as pd

from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.tables import heading, write_text


def write_gc(mirnas: str, locations: Sequence[str], note: str, table: str, markdown: str) -> None:
    """Write location and gc, the mean share of G and C (0 to 1) of the miRNAs that hold it, and a page of them."""
    rows = read_table(mirnas, columns=["sequence", *locations], text=["sequence"])
    shares = rows["sequence"].str.count("[GC]") / rows["sequence"].str.len()
    lines = [(location, shares[rows[location] == 1].mean()) for location in locations]
    found = pd.DataFrame(lines, columns=["location", "gc"])
    write_table(found, table)
    page = found.to_markdown(index=False, floatfmt=".3f")
    write_text(f"{heading('Share of G and C by location', note)}{page}\n", markdown)
