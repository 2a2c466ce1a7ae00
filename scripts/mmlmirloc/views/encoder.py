"""Semantic view of our own: the state of each base in the project's encoder, which is no RNABERT.

:mod:`mmlmirloc.pretraining` trains the encoder, :mod:`mmlmirloc.views.encoder_network` runs it. The view serves where
RNABERT's weights are out of reach.
"""

from collections.abc import Mapping
from typing import Any

from mmlmirloc.views.positions import select as select

KIND = True
FITTED = False


def cache_name(settings: Mapping[str, Any]) -> str:
    """Views that differ only in ``positions`` share one file of embeddings."""
    return f"encoder_{settings['weights']}"
