"""Semantic view: RNABERT's embedding of each base (eq. 5 of the paper), read from the file that all its views share.

:mod:`mmlmirloc.views.rnabert_network` writes that file.
"""

from mmlmirloc.declarations import Setting
from mmlmirloc.views.positions import EmbeddedView


class View(EmbeddedView):
    """RNABERT's embedding of each base."""

    SETTINGS = (
        *EmbeddedView.SETTINGS,
        Setting(
            "special_tokens", bool, "whether the network sees a start and an end token; the authors' script does not"
        ),
    )

    def cache_name(self, view: str) -> str:
        """Views that differ only in ``positions`` share one file of embeddings, computed at the largest cap."""
        return f"rnabert_{self.settings['weights']}" + ("_special_tokens" if self.settings["special_tokens"] else "")
