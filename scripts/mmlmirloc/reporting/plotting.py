"""Draw one figure by name: read TSVs, keep the data drawn beside the picture.

The module of a figure is imported when it is drawn, so that a figure depends on its own module and on no other's.
"""

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.style import save


def module_of(figure: str) -> ModuleType:
    """The module of :mod:`mmlmirloc.reporting.figures` that draws a figure."""
    return import_module(f"mmlmirloc.reporting.figures.{figure}")


#: Columns of any table that are text.
TEXT = [
    *("accession", "sequence", "name", "protocol", "model", "label", "metric", "rule", "not_above", "control"),
    *("stratum", "value", "location", "what", "view", "column", "base", "structure", "ablation"),
]


def draw_figure(
    figure: str,
    inputs: Mapping[str, str],
    options: Mapping[str, Any],
    drawing: Mapping[str, Any],
    pdf: str,
    png: str,
    data: str,
    note: str,
) -> None:
    """Draw a figure of tables.

    Parameters
    ----------
    figure : str
        Module of :mod:`mmlmirloc.reporting.figures`, with the functions ``prepare`` (tables to the data drawn) and
        ``draw`` (the data drawn to a figure).
    inputs : mapping
        Argument of ``prepare`` -> the table that it takes.
    options : mapping
        Other arguments of ``prepare``.
    drawing : mapping
        Other arguments of ``draw``.
    pdf, png, data : path
        Outputs: the figure twice, and the data drawn.
    note : str
        Stands above the figure.
    """
    tables = {name: read_table(path, text=TEXT) for name, path in inputs.items()}
    drawn = module_of(figure).prepare(**tables, **options)
    write_table(drawn, data)
    save(module_of(figure).draw(drawn, **drawing), pdf, png, note)
