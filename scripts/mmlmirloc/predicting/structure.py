"""The fold of a sequence, for drawing; nothing is predicted from it."""

from functools import cache
from importlib.util import find_spec


@cache
def can_fold() -> bool:
    """Whether ViennaRNA is there, which is installed with the web page and with the workflow."""
    return find_spec("RNA") is not None


def dot_bracket(sequence: str) -> str:
    """Return the fold of minimum free energy (ViennaRNA's default parameters, 37 degrees Celsius; Lorenz et al. 2011).

    A bracket for each paired base and a dot for each other; "" without ViennaRNA.
    """
    if not can_fold():
        return ""
    import RNA

    return RNA.fold(sequence)[0]
