"""What views by position share: cutting embeddings that were kept at their full length."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from mmlmirloc.features import Features


def select(features: Features, settings: Mapping[str, Any]) -> Features:
    """Cut the shared embeddings at ``positions`` bases (105 in the paper).

    The bases kept were embedded in the context of the whole sequence, up to the network's limit.
    """
    positions = min(settings["positions"], features.values.shape[1])
    return Features(features.values[:, :positions], np.minimum(features.lengths, positions))
