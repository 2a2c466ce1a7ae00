"""Which bases are hidden from the network, to be guessed."""

import numpy as np

from mmlmirloc.pretraining.tokens import BASES, MASK


def choose(tokens: np.ndarray, share: float, generator: np.random.Generator) -> np.ndarray:
    """Return the places to be hidden of one sequence, increasing; unknown bases are never among them.

    Parameters
    ----------
    tokens : numpy.ndarray
        Shape (length,).
    share : float
        Share of the known bases, rounded to a whole number of them, but at least one where there is any.
    generator : numpy.random.Generator
        Draws the places, all equally likely.
    """
    known = np.flatnonzero(tokens < len(BASES))
    number = max(round(share * len(known)), 1) if len(known) else 0
    return np.sort(generator.choice(known, size=number, replace=False))


def hidden(tokens: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the tokens with the mask at ``places``."""
    masked = tokens.copy()
    masked[places] = MASK
    return masked
