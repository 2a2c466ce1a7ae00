"""Which models can be packed into a file to predict with: those computed from a sequence and the sketch index alone."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mmlmirloc.errors import InputError
from mmlmirloc.registry import load
from mmlmirloc.views import base

LEARNER = "forest"
# What a view may need beside the sequence, and a model file holds.
HELD = ("sketches",)
NOT_HELD = {
    "hits": "homologs that blastn finds",
    "mature": "miRBase's mature arms",
    "hairpin": "miRBase's hairpins",
    "coordinates": "places in the genome",
    "table": "a table of annotation",
}


def check_exportable(model: str, models: Mapping[str, Mapping[str, Any]], where: str) -> None:
    """Refuse a model that cannot be packed.

    Parameters
    ----------
    model : str
        Its id.
    models : mapping
        The resolved rows of :func:`mmlmirloc.settings.experiments`.
    where : str
        What asks for the model, for the message.

    Raises
    ------
    InputError
        Names each part that cannot be packed, and the models that can.
    """
    parts = list(missing_parts(models[model]))
    if parts:
        others = [name for name, row in models.items() if not any(missing_parts(row))]
        raise InputError(
            f"The model {model} cannot be exported: {'; '.join(parts)}",
            where,
            f"the learner {LEARNER}, on views of the sequence alone or of the index of hairpins (sketches)",
            f"choose one of {', '.join(others)}" if others else "add such a model to the table of models",
        )


def missing_parts(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield in words what of a resolved row of models.tsv no model file holds."""
    if row["learner"] != LEARNER:
        yield f"its learner is {row['learner']}"
    if not row["views"]:
        yield "it has no view"
    for name, spec in row["views"].items():
        yield from (f"its view {name} {reason}" for reason in missing_of_view(spec))


def missing_of_view(spec: Mapping[str, Any]) -> Iterable[str]:
    """Yield in words why the values of a view, given by kind and settings, cannot be computed for a new sequence."""
    kind = load("views", spec["kind"], "the model").View
    if kind.FITTED:
        yield "is fitted on training rows"
    elif kind.compute is base.View.compute:
        yield "is of more than the sequence"
    for need in kind.NEEDS:
        if need not in HELD:
            yield f"needs {NOT_HELD.get(need, need)}"
