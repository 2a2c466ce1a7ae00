"""What a final model predicts for every hairpin of the species, each by fold models that never saw its sequence."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mmlmirloc.data.minhash import identity, sketches
from mmlmirloc.data.neighbours import Neighbours
from mmlmirloc.data.splits import WHOLE_REPEAT
from mmlmirloc.evaluation.rules import RULES, FittedRules, best_rule, rule_values
from mmlmirloc.features import Rows
from mmlmirloc.files import part_of, read_table, write_table
from mmlmirloc.objectives import auc_macro
from mmlmirloc.predicting.cleaning import HAIRPIN
from mmlmirloc.predicting.model_file import KEPT, WORD
from mmlmirloc.predicting.predictor import reliability_flags
from mmlmirloc.registry import load
from mmlmirloc.scores import ValidationScores, read_validation
from mmlmirloc.training import Model, fold_path, read_chosen, repeat_folder
from mmlmirloc.views.cache import read_view

TEXT = ["accession", "name", "sequence"]
# Four of 24 hashes in common; up to three are common to unrelated hairpins too, so that the nearest has no name.
RELATED = 0.85
OUT_OF_FOLD, FINAL = "out of fold", "final model"


def predict_hairpins(
    name: str,
    spec: Mapping[str, Any],
    hairpins: str | Path,
    views: Sequence[str],
    placed: Sequence[str],
    train: str | Path,
    fitted: str | Path,
    validation_scores: str | Path,
    locations: Sequence[str],
    threshold: float,
    objective: str,
    output: str | Path,
) -> None:
    """Write the predictions of one final model for all hairpins.

    A hairpin that was trained on has the score of the fold model that held it out, out of the validation scores; so
    has another hairpin with the same sequence. All others have the mean over the fold models. Both are calibrated, and
    turned to location sets, by rules fitted on the validation scores, as the final model's own predictions are.

    Parameters
    ----------
    name : str
        The model's id.
    spec : mapping
        Its resolved row of models.tsv.
    hairpins : path
        Table of :func:`mmlmirloc.atlas.molecules.list_molecules`.
    views : sequence of path
        Files of its views, in the row's order, of all hairpins.
    placed : sequence of str
        Views that need a place in the genome: a hairpin with -1 in all of their columns has none, and no prediction.
    train, fitted, validation_scores
        Of the model that was trained on all rows.
    locations, threshold, objective
        As in :func:`mmlmirloc.evaluation.deciding.decide`.
    output : path
        A line per hairpin: model, accession, name, ``probability_<location>``, ``predicted_<location>``, source (``out
        of fold`` or ``final model``), nearest (name of the nearest training hairpin with another accession, empty where
        none is surely related), nearest_identity (estimated from sketches), flags, validation_auc (macro AUC of the
        model's validation scores).
    """
    known = read_table(hairpins, columns=TEXT, text=TEXT)
    rows = read_table(train, columns=["accession", "sequence", "fold"], text=["accession", "sequence"])
    held_out = read_validation(validation_scores, train, locations, [name])[name][WHOLE_REPEAT]
    measured = rule_values(held_out.truth, held_out.scores, held_out.folds, RULES, threshold, objective)
    rules = FittedRules.fit(held_out.truth, held_out.scores, threshold, objective)
    by_fold, complete = score_hairpins(known, name, spec, views, placed, fitted, locations)
    calibrated, predicted = calibrate(rules, best_rule(measured, objective), by_fold)
    seen, own = out_of_fold(known, rows, by_fold, held_out)
    calibrated[seen], predicted[seen] = calibrate(rules, best_rule(measured, objective), own[None])
    table = known[["accession", "name"]].copy()
    table.insert(0, "model", name)
    for place, location in enumerate(locations):
        table[f"probability_{location}"] = np.where(complete, calibrated[:, place], np.nan)
    for place, location in enumerate(locations):
        table[f"predicted_{location}"] = pd.Series(predicted[:, place].astype(int), dtype="Int64").where(complete)
    table["source"] = np.where(seen, OUT_OF_FOLD, FINAL)
    table["nearest"], table["nearest_identity"], table["flags"] = neighbours(known, rows)
    table["validation_auc"] = auc_macro(held_out.truth, held_out.scores)
    write_table(table[complete], output)


def calibrate(rules: FittedRules, rule: str, by_fold: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities and location sets, both of shape (n, locations), of scores (folds, n, locations)."""
    return rules.calibrate(by_fold), rules.predict(rule, by_fold)


def out_of_fold(
    known: pd.DataFrame, rows: pd.DataFrame, by_fold: np.ndarray, held_out: ValidationScores
) -> tuple[np.ndarray, np.ndarray]:
    """Return which hairpins have the sequence of a training row, (n,), and their scores by a model that never saw it.

    Those are the validation scores of the training rows. Another hairpin with the same sequence, which may lie
    elsewhere in the genome, is scored by the fold model that held that sequence out.
    """
    fold = known["sequence"].map(rows.drop_duplicates("sequence").set_index("sequence")["fold"])
    seen = fold.notna().to_numpy()
    own = by_fold[fold[seen].astype(int), np.flatnonzero(seen)]
    recorded = pd.DataFrame(held_out.scores, index=held_out.accessions).reindex(known["accession"][seen])
    return seen, np.where(recorded.notna(), recorded, own)


def score_hairpins(
    known: pd.DataFrame,
    name: str,
    spec: Mapping[str, Any],
    paths: Sequence[str],
    placed: Sequence[str],
    fitted: str | Path,
    locations: Sequence[str],
) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores of each fold model, (folds, n, locations), and which hairpins have all views, (n,)."""
    model = Model.of(spec, paths)
    accessions, sequences = known["accession"].tolist(), known["sequence"].tolist()
    found = {key: read_view(view, WHOLE_REPEAT, 0, accessions, sequences) for key, view in model.views.items()}
    complete = np.ones(len(known), dtype=bool)
    for view in placed:
        complete &= ~(found[view].values == -1).all(axis=1)
    learner = load("models", model.learner, "config/models.tsv").Learner
    folder = repeat_folder(fitted, name, WHOLE_REPEAT)
    with part_of(fitted):
        folds, settings = read_chosen(folder)
        fits = [learner.load(fold_path(folder, fold), settings, list(locations)) for fold in range(folds)]
    unlabelled = Rows(found, np.empty((len(known), 0)))
    return np.stack([fit.score(unlabelled) for fit in fits]), complete


def neighbours(known: pd.DataFrame, rows: pd.DataFrame) -> tuple[list[str], list[float], list[str]]:
    """Return name and identity of the nearest training hairpin with another accession, and the flags, of each hairpin.

    A hairpin with the sequence of a training hairpin has the identity 1. Below :data:`RELATED` the name is empty.
    """
    names = dict(zip(known["accession"], known["name"]))
    accessions, trained = rows["accession"].to_numpy(), rows["sequence"].to_numpy()
    training = sketches(trained.tolist(), WORD, KEPT)
    index = Neighbours(training, WORD)
    lengths = int(rows["sequence"].str.len().min()), int(rows["sequence"].str.len().max())
    found: list[tuple[str, float, str]] = []
    own = sketches(known["sequence"].tolist(), WORD, KEPT)
    for accession, sequence, sketch in zip(known["accession"], known["sequence"], own):
        other = accessions != accession
        near = np.where(trained == sequence, 1.0, identity(sketch, training, WORD)) * other
        best = int(near.argmax()) if len(near) else -1
        nearest = float(near.max(initial=0))
        part = nearest < 1 and (index if other.all() else Neighbours(training[other], WORD)).hold([sequence]).item()
        flags = reliability_flags(sequence, nearest, part, lengths, HAIRPIN.name)
        name = names.get(accessions[best], accessions[best]) if nearest >= RELATED else ""
        found.append((name, nearest, flags))
    return tuple(map(list, zip(*found)))
