"""Token numbers as the learners that embed words, or compare letters, take them."""

from collections.abc import Mapping

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.errors import InputError
from mmlmirloc.features import Features

#: The number of the first word; below it are padding and any other word.
FIRST = 2
SETTINGS = (Setting("vocabulary", int, "token numbers of the view, 4^k + 2 for words of k letters", minimum=1),)


def tokens_of(views: Mapping[str, Features], vocabulary: int) -> list[np.ndarray]:
    """Return the token numbers (n, positions) of the only view.

    Raises
    ------
    InputError
        When there is not exactly one view, or it is not of token numbers, or has more than ``vocabulary`` of them.
    """
    tokens = [view.values for view in views.values()]
    if len(tokens) != 1 or tokens[0].dtype.kind != "i" or tokens[0].ndim != 2:
        raise InputError(
            f"The views {', '.join(views) or '(none)'} are not token numbers",
            "config/models.tsv, views",
            "exactly one view of kind kmer_tokens",
            "correct the row",
        )
    if tokens[0].max(initial=0) >= vocabulary:
        raise InputError(
            f"The view {', '.join(views)} has token number {tokens[0].max()}, the embedding {vocabulary} rows",
            "vocabulary of the learner's settings",
            "4**k + 2 for the k of the view",
            "set vocabulary to go with k",
        )
    return tokens
