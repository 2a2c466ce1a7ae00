"""A table of results and its page: one draw of test rows as in the paper, and the same over repeats."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mmlmirloc.files import write_table
from mmlmirloc.reporting.repeats_table import repeats_sections
from mmlmirloc.reporting.tables import comparison, comparison_markdown, read_paper, write_text


def write_comparison(
    metrics: str | Path,
    paper: Sequence[str | Path],
    repeats: str | Path | None,
    labels: Mapping[str, str],
    caption: str,
    kinds: Mapping[str, str],
    threshold: float,
    level: float,
    note: str,
    table: str | Path,
    markdown: str | Path,
) -> None:
    """Write a table of results as TSV and Markdown.

    Parameters
    ----------
    metrics, paper, labels
        As in :func:`mmlmirloc.reporting.tables.comparison`; ``paper`` are the files.
    repeats : path or None
        The same table over repeats, where it is shown so.
    caption, note : str
        Stand on the page.
    kinds, threshold, level
        As in :func:`mmlmirloc.reporting.repeats_table.repeats_sections`.
    table, markdown : path
        Outputs.
    """
    whole = comparison(metrics, labels, read_paper(paper))
    write_table(whole, table)
    sections = repeats_sections(repeats or None, kinds, threshold, level)
    write_text(comparison_markdown(whole, caption, note) + sections, markdown)
