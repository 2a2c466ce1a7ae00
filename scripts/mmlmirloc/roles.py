"""What a model is in the tables: the role that its row of models.tsv gives it, and rows that follow from another."""

from collections.abc import Mapping, Sequence

from mmlmirloc.errors import InputError
from mmlmirloc.schema import nearest, one_of

#: The paper's network and the project's models; the paper's competitors; what always answers the same; what knows only
#: when a miRNA was discovered; other controls; and systems with a part changed or taken away.
SYSTEM, COMPETITOR, CONSTANT, AGE, CONTROL, ABLATION = ROLES = (
    *("system", "competitor", "constant", "age", "control", "ablation"),
)

#: What reads no sequence and is trained in a moment. The baselines of a batch of repeats are one job of this name.
BASELINE_ROLES, BASELINES = (CONSTANT, AGE), "baselines"

#: What an ablation by view leaves of the model with all views: one view, or all but one.
ALONE, LEFT_OUT = "alone", "left out"


def role_of(text: str, where: str) -> str:
    """Return the role that a row names.

    Raises
    ------
    InputError
        When there is no such role; the message lists the known ones.
    """
    if text not in ROLES:
        raise InputError(
            f"Unknown role '{text}'", where, one_of(ROLES), nearest(text, ROLES) or "give the row one of these roles"
        )
    return text


def with_ablations(rows: Sequence[Mapping[str, str]], whole: str) -> list[dict[str, str]]:
    """Put the ablation by view before the row of the model with all views.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of models.tsv.
    whole : str
        The model with all views. Without its row there is nothing to ablate.

    Returns
    -------
    list of dict
        The rows, each with its ``line`` in the table and with ``ablation``: ``alone`` or ``left out`` in the new ones,
        ``only_<view>`` and ``without_<view>``, which have all else of the whole model; empty in the others. There are
        none of a model of one view.
    """
    found: list[dict[str, str]] = []
    for line, row in enumerate(rows, start=2):
        views = [view.strip() for view in row["views"].split(",") if view.strip()]
        if row["model"] == whole and len(views) > 1:
            same = {**row, "role": ABLATION, "line": str(line)}
            found += [
                {**same, "model": f"only_{view}", "label": f"Only {view}", "views": view, "ablation": ALONE}
                for view in views
            ]
            found += [
                {
                    **same,
                    "model": f"without_{view}",
                    "label": f"Without {view}",
                    "views": ",".join(other for other in views if other != view),
                    "ablation": LEFT_OUT,
                }
                for view in views
            ]
        found.append({**row, "ablation": "", "line": str(line)})
    return found
