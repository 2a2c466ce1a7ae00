"""Semantic view: RNABERT's embedding of each base (eq. 5 of the paper), read from the file that all its views share.

:mod:`mmlmirloc.views.rnabert_network` writes that file.
"""

from collections.abc import Mapping
from typing import Any

from mmlmirloc.views.positions import select as select

KIND = True
FITTED = False


def cache_name(settings: Mapping[str, Any]) -> str:
    """Views that differ only in ``positions`` share one file of embeddings, computed at the largest cap."""
    return f"rnabert_{settings['weights']}" + ("_special_tokens" if settings["special_tokens"] else "")
