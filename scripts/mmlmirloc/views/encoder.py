"""Semantic view of our own: the state of each base in the project's encoder, which is no RNABERT.

:mod:`mmlmirloc.pretraining` trains the encoder, :mod:`mmlmirloc.views.encoder_network` runs it. The view serves where
RNABERT's weights are out of reach.
"""

from mmlmirloc.views.positions import EmbeddedView


class View(EmbeddedView):
    """The encoder's state of each base."""

    def cache_name(self, view: str) -> str:
        """Views that differ only in ``positions`` share one file of embeddings."""
        return f"encoder_{self.settings['weights']}"
