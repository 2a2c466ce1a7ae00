"""The fold of a sequence, for drawing."""

from mmlmirloc.views.structural import fold


def dot_bracket(sequence: str) -> str:
    """Return the fold of minimum free energy, a bracket for each paired base and a dot for each other."""
    partner = fold(sequence).partner
    return "".join("." if other < 0 else "(" if other > place else ")" for place, other in enumerate(partner))
