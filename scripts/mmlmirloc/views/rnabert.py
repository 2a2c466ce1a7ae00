"""Semantic view: RNABERT's embedding of each base (eq. 5 of the paper), read from the file that all its views share.

:mod:`mmlmirloc.views.rnabert_network` writes that file.
"""

from mmlmirloc.views.positions import EmbeddedView


class View(EmbeddedView):
    """RNABERT's embedding of each base.

    Settings: ``positions``, bases kept; ``weights``, ``pretrained`` or ``random`` (a control); ``special_tokens``,
    whether the network sees a start and an end token.
    """

    def cache_name(self, view: str) -> str:
        """Views that differ only in ``positions`` share one file of embeddings, computed at the largest cap."""
        return f"rnabert_{self.settings['weights']}" + ("_special_tokens" if self.settings["special_tokens"] else "")
