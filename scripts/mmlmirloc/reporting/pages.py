"""Tables as pages: browsers download TSV and Markdown, and show HTML."""

from collections.abc import Sequence
from pathlib import Path

from markdown_it import MarkdownIt

from mmlmirloc.reporting.tables import write_text

STYLE = (
    "body{font:14px/1.4 sans-serif;margin:1.5em;color:#222}"
    "table{border-collapse:collapse;margin:1em 0}"
    "th,td{padding:.25em .7em;text-align:left;vertical-align:top;border-bottom:1px solid #ddd}"
    "th{border-bottom:2px solid #555}"
    "p{max-width:60em}"
)


def page(markdown: str) -> str:
    """Return Markdown with pipe tables, as the tables' functions write it, as an HTML page titled by its heading.

    HTML in the Markdown is shown as it stands, not obeyed.
    """
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    title = markdown.partition("\n")[0].lstrip("# ")
    head = f'<meta charset="utf-8"><title>{reader.renderInline(title)}</title><style>{STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{reader.render(markdown)}</body></html>\n'


def write_pages(tables: Sequence[str | Path], outputs: Sequence[str | Path]) -> None:
    """Write :func:`page` of each Markdown file of ``tables`` to its place in ``outputs``."""
    for table, output in zip(tables, outputs, strict=True):
        write_text(page(Path(table).read_text(encoding="utf-8")), output)
