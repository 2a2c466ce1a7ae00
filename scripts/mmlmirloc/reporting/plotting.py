"""Draw one figure by name: read TSVs, keep the data drawn beside the picture.

The module of a figure is imported when it is drawn, so that a figure depends on its own module and on no other's.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pandas as pd

from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.style import save


def module_of(figure: str) -> ModuleType:
    """The module of :mod:`mmlmirloc.reporting.figures` that draws a figure."""
    return import_module(f"mmlmirloc.reporting.figures.{figure}")


def plot_dataset(
    figure: str, rows: str | Path, locations: Sequence[str], pdf: str, png: str, data: str, note: str
) -> None:
    """Draw a figure of the rows of a dataset or of a part of it; ``note`` stands above."""
    frame = read_table(rows, columns=["accession", "sequence", *locations], text=["accession", "sequence"])
    drawn = module_of(figure).prepare(frame, locations)
    write_table(drawn, data)
    save(module_of(figure).draw(drawn), pdf, png, note)


def plot_scores(
    figure: str, scores: str | Path, model: str, paper: str | Path, pdf: str, png: str, data: str, note: str
) -> None:
    """Draw a figure of the scores of a model, the paper's Fig. 4 values beside it."""
    printed = read_table(paper, columns=["location", "roc_auc", "pr_auc"], text=["location"])
    drawn = module_of(figure).prepare(read_scores(scores, model), model, printed)
    write_table(drawn, data)
    save(module_of(figure).draw(drawn), pdf, png, note)


def plot_confusion(
    scores: str | Path, model: str, locations: Sequence[str], pdf: str, png: str, data: str, note: str
) -> None:
    """Draw observed against predicted label sets of a model."""
    drawn = module_of("confusion").prepare(read_scores(scores, model), model)
    write_table(drawn, data)
    save(module_of("confusion").draw(drawn, locations), pdf, png, note)


def plot_table(table: str | Path, pdf: str, png: str, data: str, note: str) -> None:
    """Draw a table of results: models as rows, a panel per metric, constants as lines."""
    drawn = module_of("comparison").prepare(read_table(table, text=["model", "label", "metric"]))
    write_table(drawn, data)
    save(module_of("comparison").draw(drawn), pdf, png, note)


def read_scores(scores: str | Path, model: str) -> pd.DataFrame:
    """Read a model's long scores, with its id as a column."""
    columns = ["accession", "location", "fold", "score", "truth"]
    return read_table(scores, columns=columns, text=["accession", "location"]).assign(model=model)


def plot_trust(
    figure: str, inputs: dict[str, str], options: dict[str, object], pdf: str, png: str, data: str, note: str
) -> None:
    """Draw a figure of tables of the models under protocols and controls.

    Parameters
    ----------
    figure : str
        Its name.
    inputs : dict
        Argument of the figure's ``prepare`` to the table that it takes.
    options : dict
        Its other arguments.
    pdf, png, data, note
        Outputs, and what stands above the figure.
    """
    text = ["protocol", "model", "label", "metric", "rule", "not_above", "control", "stratum", "value", "location"]
    text += ["what", "view", "column", "name", "base", "structure"]
    tables = {name: read_table(path, text=text) for name, path in inputs.items()}
    drawn = module_of(figure).prepare(**tables, **options)
    write_table(drawn, data)
    save(module_of(figure).draw(drawn), pdf, png, note)
