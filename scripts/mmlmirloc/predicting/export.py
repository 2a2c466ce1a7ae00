"""Make a model to predict with: trained on all rows, calibrated on rows that its fold models did not see."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from mmlmirloc import __version__
from mmlmirloc.data.minhash import digests, sketches
from mmlmirloc.data.splits import WHOLE_REPEAT
from mmlmirloc.evaluation.names import CHOSEN
from mmlmirloc.evaluation.rules import RULES, FittedRules, best_rule, rule_values
from mmlmirloc.files import read_arrays, read_table
from mmlmirloc.predicting.model_file import KEPT, WORD, TrainedModel, save, whose
from mmlmirloc.registry import load
from mmlmirloc.scores import read_validation
from mmlmirloc.training import fold_path, read_chosen, repeat_folder

CARD_METRICS = ("accuracy", "subset_accuracy", "f1", "hamming_loss", "auc_macro", "auc_within_fifths")
LIMITS = (
    "Trained on a few hundred {species} hairpins with a location in RNALocate v2.0; what nobody recorded counts as "
    "absent.",
    "Much of what it predicts is how early and how widely a microRNA was studied: see the era predictor beside it.",
    "A prediction for another species, for a hairpin discovered late, or for one far from every training hairpin is an "
    "extrapolation; the temporal protocol shows that nothing transfers to the newest ones.",
    "No clinical use.",
)


def export_model(
    name: str,
    spec: Mapping[str, Any],
    train: str | Path,
    fitted: str | Path,
    validation_scores: str | Path,
    scores: str | Path,
    beside: Sequence[str],
    locations: Sequence[str],
    threshold: float,
    objective: str,
    code: str,
    species: str,
    note: str,
    output: str | Path,
    card: str | Path,
) -> None:
    """Pack the fold models of a forest and what is fitted on their validation rows.

    Parameters
    ----------
    name : str
        The model's name for readers.
    spec : mapping
        Its resolved row of models.tsv.
    train : path
        All rows, of :func:`mmlmirloc.data.splits.fold_whole`.
    fitted, validation_scores : path
        Of :func:`mmlmirloc.training.train_model` on them.
    scores : path
        The table of the models beyond the paper, of which the model's rows go to its card.
    beside : sequence of str
        Models whose rows stand beside them there.
    locations, threshold, objective
        As in :func:`mmlmirloc.evaluation.deciding.decide`.
    code : str
        Digest of the code that made the model.
    species : str
        Whose hairpins it was trained on, as RNALocate writes it.
    note : str
        A remark for readers, such as that the data are simulated.
    output, card : path
        Outputs: the model (safetensors) and its card (JSON).
    """
    rows = read_table(train, columns=["accession", "sequence"], text=["accession", "sequence"])
    held_out = read_validation(validation_scores, train, locations)[WHOLE_REPEAT]
    truth, values = held_out.truth, held_out.scores
    measured = rule_values(truth, values, held_out.folds, RULES, threshold, objective)
    folder = repeat_folder(fitted, WHOLE_REPEAT)
    number, settings = read_chosen(folder)
    about = {
        "name": name,
        "note": note,
        "learner": spec["learner"],
        "settings": settings,
        "views": list(spec["views"]),
        "inputs": "the sequence" + (" and a database of hairpins of all species" if needs_database(spec) else ""),
        "species": species,
        "data": "hairpins of miRBase with locations of RNALocate v2.0, one per cluster of 80 % identity",
        "training_rows": len(rows),
        "labels": {location: int(count) for location, count in zip(locations, truth.sum(axis=0))},
        "data_sha256": hashlib.sha256(Path(train).read_bytes()).hexdigest(),
        "code_digest": code,
        "version": __version__,
        "rule": best_rule(measured, objective),
        "protocol": "each number is a mean over repeats in which test rows were not trained on",
        "scores": card_scores(scores, name, beside),
        "limits": [limit.format(species=whose({"species": species})) for limit in LIMITS],
        "made_with": {package: version(package) for package in ("numpy", "scikit-learn", "viennarna")},
    }
    model = TrainedModel(
        list(locations),
        dict(spec["views"]),
        [read_arrays(fold_path(folder, fold)) for fold in range(number)],
        FittedRules.fit(truth, values, threshold, objective),
        about["rule"],
        digests(rows["sequence"].tolist()),
        sketches(rows["sequence"].tolist(), WORD, KEPT),
        (int(rows["sequence"].str.len().min()), int(rows["sequence"].str.len().max())),
        about,
    )
    save(model, output)
    Path(card).write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def needs_database(spec: Mapping[str, Any]) -> bool:
    """Whether a view of a model needs homologs, which are searched in a database of hairpins."""
    return any("hits" in load("views", view["kind"], "").View.NEEDS for view in spec["views"].values())


def card_scores(table: str | Path, label: str, beside: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of a model in the table of models beyond the paper, and of some others, for its card."""
    rows = read_table(table, text=["model", "label", "metric", "rule", "protocol", "not_above"])
    kept = rows[
        ((rows["label"] == label) | rows["model"].isin(beside))
        & rows["metric"].isin(CARD_METRICS)
        & rows["rule"].isin(["", CHOSEN])
    ]
    columns = ["protocol", "label", "metric", "mean", "ci_low", "ci_high", "repeats"]
    return [
        {name: None if isinstance(value, float) and pd.isna(value) else value for name, value in row.items()}
        for row in kept[columns].to_dict("records")
    ]
