"""Tables as pages: browsers download TSV and Markdown, and show HTML."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

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


def write_page(
    function: str, inputs: Mapping[str, Any], options: Mapping[str, Any], table: str, markdown: str, html: str
) -> None:
    """Write a table and its page: TSV for programs, Markdown and HTML for readers.

    Parameters
    ----------
    function : str
        Module of :mod:`mmlmirloc.reporting` and its function, which takes ``inputs``, ``options``, ``table`` and
        ``markdown`` by name and writes the latter two.
    inputs, options : mapping
        Files that it reads, and its other arguments.
    table, markdown, html : path
        Outputs.
    """
    module, name = function.split(".")
    write = getattr(import_module(f"mmlmirloc.reporting.{module}"), name)
    write(**inputs, **options, table=table, markdown=markdown)
    write_text(page(Path(markdown).read_text(encoding="utf-8")), html)
