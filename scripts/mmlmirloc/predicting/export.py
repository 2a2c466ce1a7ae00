"""Make a model to predict with: trained on all rows, calibrated on rows that its fold models did not see."""

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from mmlmirloc import __version__
from mmlmirloc.data.minhash import digests, sketches
from mmlmirloc.data.splits import WHOLE_REPEAT
from mmlmirloc.evaluation.measures import MEASURES
from mmlmirloc.evaluation.names import CHOSEN
from mmlmirloc.evaluation.rules import RULES, FittedRules, best_rule, rule_values
from mmlmirloc.files import read_arrays, read_table, whole
from mmlmirloc.predicting.cleaning import expected_of
from mmlmirloc.predicting.model_file import KEPT, WORD, TrainedModel, save, whose
from mmlmirloc.provenance import checksum
from mmlmirloc.scores import read_validation
from mmlmirloc.training import fold_path, read_chosen, repeat_folder

CARD_METRICS = (
    "accuracy",
    "subset_accuracy",
    "f1",
    "hamming_loss",
    "auc_macro",
    "auc_within_fifths",
    "auc_within_twentieths",
)
BEST_CONSTANT = "Best constant"
LIMITS = (
    "Trained on {rows} {species} {molecules} with a location in RNALocate v2.0; what nobody recorded counts as absent.",
    "Much of what it predicts is how early and how widely a microRNA was studied: see the age predictor (era) "
    "beside it.",
    "A prediction for another species, for a microRNA discovered late, or for one far from every training row is an "
    "extrapolation; the temporal protocol shows that nothing transfers to the newest ones.",
    "No clinical use.",
)
OWN_LIMITS = (
    "Trained on the {rows} rows of the labelled table {table}; what it does not say counts as absent.",
    "A prediction for a sequence far from every training row is an extrapolation.",
    LIMITS[-1],
)
INDEXED = (
    "It looks for homologs among the hairpins of miRBase: those of a microRNA that was studied much are better known."
)


def export_model(
    model: str,
    name: str,
    spec: Mapping[str, Any],
    train: str | Path,
    fitted: str | Path,
    validation_scores: str | Path,
    scores: str | Path,
    index: str | Path | None,
    beside: str,
    constants: Sequence[str],
    locations: Sequence[str],
    threshold: float,
    objective: str,
    code: str,
    about: Mapping[str, Any],
    output: str | Path,
    card: str | Path,
) -> None:
    """Pack the fold models of a forest, what is fitted on their validation rows, and the index that its views need.

    Parameters
    ----------
    model, name : str
        The model's id, and its name for readers.
    spec : mapping
        Its resolved row of models.tsv, which :func:`mmlmirloc.exportable.check_exportable` lets pass.
    train : path
        All rows: the training rows of a split of the kind ``whole``.
    fitted, validation_scores : path
        Of :func:`mmlmirloc.training.train_models` on them.
    scores : path
        The table of the models beyond the paper, of which the model's rows go to its card.
    index : path or None
        The index of :func:`mmlmirloc.data.sketch_index.write_index`, where a view needs it.
    beside : str
        The model whose rows stand beside them there.
    constants : sequence of str
        The models that answer the same for every row, of which the best stands there too.
    locations, threshold, objective
        As in :func:`mmlmirloc.evaluation.deciding.decide`.
    code : str
        Digest of the code that made the model.
    about : mapping
        ``species`` as RNALocate writes it, ``molecule`` (hairpin, mature or both), ``identity`` (that of the clusters,
        of which one row is kept each), and ``note``, a remark such as that the data are simulated; ``table``, the name
        of the user's labelled table, where that is the dataset.
    output, card : path
        Outputs: the model (safetensors) and its card (JSON).
    """
    rows = read_table(train, columns=["accession", "sequence"], text=["accession", "sequence"])
    held_out = read_validation(validation_scores, train, locations, [model])[model][WHOLE_REPEAT]
    truth, values = held_out.truth, held_out.scores
    measured = rule_values(truth, values, held_out.folds, RULES, threshold, objective)
    folder = repeat_folder(fitted, model, WHOLE_REPEAT)
    number, settings = read_chosen(folder)
    lengths = [int(rows["sequence"].str.len().min()), int(rows["sequence"].str.len().max())]
    molecules = expected_of(about).names
    table = about.get("table", "")
    words = {"rows": len(rows), "species": whose(about), "molecules": molecules, "table": table}
    limits = OWN_LIMITS if table else LIMITS
    rule = best_rule(measured, objective)
    written = {
        "name": name,
        "note": about["note"],
        "learner": spec["learner"],
        "settings": settings,
        "views": list(spec["views"]),
        "inputs": "the sequence" + (", and the index of miRBase's hairpins that the model holds" if index else ""),
        "species": about["species"],
        "molecule": about["molecule"],
        "lengths": lengths,
        "data": f"the labelled table {table}"
        if table
        else f"{molecules} of miRBase with locations of RNALocate v2.0, one per cluster of {about['identity']:.0%} "
        "identity",
        "training_rows": len(rows),
        "labels": {location: int(count) for location, count in zip(locations, truth.sum(axis=0))},
        "data_sha256": checksum(train),
        "index_sha256": checksum(index) if index else "",
        "code_digest": code,
        "version": __version__,
        "rule": rule,
        "protocol": f"{number} fold models, each trained on all rows but those of its fold; each score is of models "
        "that were trained in this way without the test rows, with location sets by the rule above: a mean over "
        "repeats with its 95% interval. Two to nine repeats are too few for an interval",
        "scores": card_scores(scores, name, beside, constants, rule),
        "limits": [limit.format(**words) for limit in (*limits[:-1], *([INDEXED] if index else []), limits[-1])],
        "made_with": {package: version(package) for package in ("numpy", "scikit-learn")},
    }
    model = TrainedModel(
        list(locations),
        dict(spec["views"]),
        [read_arrays(fold_path(folder, fold)) for fold in range(number)],
        FittedRules.fit(truth, values, threshold, objective),
        written["rule"],
        digests(rows["sequence"].tolist()),
        sketches(rows["sequence"].tolist(), WORD, KEPT),
        tuple(lengths),
        written,
        read_arrays(index) if index else {},
    )
    save(model, output)
    with whole(card) as temporary:
        temporary.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def card_scores(
    table: str | Path, label: str, beside: str, constants: Sequence[str], rule: str
) -> list[dict[str, Any]]:
    """Return the rows of a model in the table of models beyond the paper for its card, and what to hold them against.

    Sets of locations are those of ``rule``. Beside the model stand another one, and the best of the constants by each
    metric under each protocol.
    """
    rows = read_table(table, text=["model", "label", "metric", "rule", "protocol", "not_above"])
    # A constant answers the same by every rule, and has no line of each.
    by_rule = rows["rule"].isin(["", rule]) | (rows["model"].isin(constants) & (rows["rule"] == CHOSEN))
    rows = rows[rows["metric"].isin(CARD_METRICS) & by_rule]
    kept = rows[(rows["label"] == label) | (rows["model"] == beside)]
    # Where no test row has a location, nothing ranks: such a number is nobody's best.
    fixed = rows[rows["model"].isin(constants) & rows["mean"].notna()]
    value = fixed["mean"] * fixed["metric"].map(lambda metric: MEASURES[metric].sign).astype(float)
    best = fixed.loc[value.groupby([fixed["protocol"], fixed["metric"]]).idxmax()].sort_index()
    kept = pd.concat([kept, best.assign(label=BEST_CONSTANT)])
    columns = ["protocol", "label", "metric", "mean", "ci_low", "ci_high", "repeats"]
    return [
        {name: None if isinstance(value, float) and pd.isna(value) else value for name, value in row.items()}
        for row in kept[columns].to_dict("records")
    ]
