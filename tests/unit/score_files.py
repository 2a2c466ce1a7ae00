"""Files of scores, of rows and of validation scores, as the workflow makes them, for tests of what reads them.

Rows are named by repeat and place, such as R1-0, unless names are given.
"""

import numpy as np
import pandas as pd

from mmlmirloc.files import read_table, write_table
from mmlmirloc.scores import lines, write_scores

LOCATIONS = ["nucleus", "exosome"]


def row_names(repeat, count):
    """Accessions of the rows of a repeat."""
    return [f"R{repeat}-{number}" for number in range(count)]


def rows_file(path, truth, locations=LOCATIONS, names=None):
    """Write a table of rows: repeat -> labels of shape (n, locations)."""
    parts = []
    for repeat, labels in truth.items():
        table = pd.DataFrame(np.array(labels), columns=locations)
        table.insert(0, "accession", (names or {}).get(repeat) or row_names(repeat, len(table)))
        table.insert(0, "repeat", repeat)
        parts.append(table)
    write_table(pd.concat(parts), path)
    return path


def scores_file(path, models, locations=LOCATIONS, names=None):
    """Write test scores: model -> repeat -> scores of the fold models, shape (folds, n, locations)."""
    parts = []
    for model, repeats in models.items():
        for repeat, folds in repeats.items():
            for fold, scores in enumerate(folds):
                accessions = (names or {}).get(repeat) or row_names(repeat, len(scores))
                levels = {"model": model, "repeat": repeat, "fold": fold}
                parts.append(lines(levels, accessions, np.array(scores, dtype=float), locations))
    write_scores(parts, path)
    return path


def validation_file(path, repeats, locations=LOCATIONS, names=None, model="net"):
    """Write validation scores of a model: repeat -> scores (n, locations) and the fold of each row; fold after fold."""
    parts = []
    for repeat, (scores, folds) in repeats.items():
        scores, folds = np.array(scores, dtype=float), np.array(folds)
        accessions = np.array((names or {}).get(repeat) or row_names(repeat, len(scores)))
        for fold in np.unique(folds):
            held_out = folds == fold
            levels = {"model": model, "repeat": repeat, "fold": fold}
            parts.append(lines(levels, accessions[held_out], scores[held_out], locations))
    write_scores(parts, path)
    return path


def change_lines(path, change):
    """Rewrite a file's lines, of which the first is the header."""
    path.write_text("".join(f"{line}\n" for line in change(path.read_text().splitlines())))
    return path


def read_scored(path):
    """Read a file of scores as a table."""
    return read_table(path, text=["model", "accession"])
