"""Draw one figure by name: read TSVs, keep the data drawn beside the picture."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting import beyond_figures, dataset_figures, score_figures, table_figures, trust_figures
from mmlmirloc.reporting.style import save

DATASET_FIGURES = ("upset", "label_counts", "lengths")
SCORE_FIGURES = ("roc", "pr", "auc_by_location")
TRUST_FIGURES = {
    **dict.fromkeys(("protocols", "calibration", "strata", "controls"), trust_figures),
    **dict.fromkeys(("views", "learning_curve", "importance", "attributions"), beyond_figures),
}


def plot_dataset(
    figure: str, rows: str | Path, locations: Sequence[str], pdf: str, png: str, data: str, note: str
) -> None:
    """Draw one of :data:`DATASET_FIGURES` of the rows of a dataset or of a part of it; ``note`` stands above."""
    frame = read_table(rows, columns=["accession", "sequence", *locations], text=["accession", "sequence"])
    drawn = getattr(dataset_figures, f"{figure}_data")(frame, locations)
    write_table(drawn, data)
    save(getattr(dataset_figures, f"draw_{figure}")(drawn), pdf, png, note)


def plot_scores(
    figure: str, scores: str | Path, model: str, paper: str | Path, pdf: str, png: str, data: str, note: str
) -> None:
    """Draw one of :data:`SCORE_FIGURES` of a model, the paper's Fig. 4 values beside it."""
    printed = read_table(paper, columns=["location", "roc_auc", "pr_auc"], text=["location"])
    drawn = getattr(score_figures, f"{figure}_data")(read_scores(scores, model), model, printed)
    write_table(drawn, data)
    save(getattr(score_figures, f"draw_{figure}")(drawn), pdf, png, note)


def plot_confusion(
    scores: str | Path, model: str, locations: Sequence[str], pdf: str, png: str, data: str, note: str
) -> None:
    """Draw observed against predicted label sets of a model."""
    drawn = table_figures.confusion_data(read_scores(scores, model), model)
    write_table(drawn, data)
    save(table_figures.draw_confusion(drawn, locations), pdf, png, note)


def plot_table(table: str | Path, pdf: str, png: str, data: str, note: str) -> None:
    """Draw a table of results: models as rows, a panel per metric, constants as lines."""
    drawn = table_figures.comparison_data(read_table(table, text=["model", "label", "metric"]))
    write_table(drawn, data)
    save(table_figures.draw_comparison(drawn), pdf, png, note)


def read_scores(scores: str | Path, model: str) -> pd.DataFrame:
    """Read a model's long scores, with its id as a column."""
    columns = ["accession", "location", "fold", "score", "truth"]
    return read_table(scores, columns=columns, text=["accession", "location"]).assign(model=model)


def plot_trust(
    figure: str, inputs: dict[str, str], options: dict[str, object], pdf: str, png: str, data: str, note: str
) -> None:
    """Draw one of :data:`TRUST_FIGURES`.

    Parameters
    ----------
    figure : str
        Its name.
    inputs : dict
        Argument of the figure's ``<name>_data`` to the table that it takes.
    options : dict
        Its other arguments.
    pdf, png, data, note
        Outputs, and what stands above the figure.
    """
    text = ["protocol", "model", "label", "metric", "rule", "not_above", "control", "stratum", "value", "location"]
    text += ["what", "view", "column", "name", "base", "structure"]
    tables = {name: read_table(path, text=text) for name, path in inputs.items()}
    module = TRUST_FIGURES[figure]
    drawn = getattr(module, f"{figure}_data")(**tables, **options)
    write_table(drawn, data)
    save(getattr(module, f"draw_{figure}")(drawn), pdf, png, note)
