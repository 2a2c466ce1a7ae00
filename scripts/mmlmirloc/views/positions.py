"""What views by position share: cutting embeddings that were kept at their full length."""

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.features import Features
from mmlmirloc.views import base


class EmbeddedView(base.View):
    """A view that is cut from the embeddings of whole sequences, which end at 440 bases."""

    SETTINGS = (
        Setting("positions", int, "how many of the first bases are kept; 105 in the paper", minimum=1, maximum=440),
        Setting(
            "weights",
            str,
            "whether the network is the trained one, or the same untrained as a control",
            choices=("pretrained", "random"),
        ),
    )

    def select(self, features: Features) -> Features:
        """Cut the shared embeddings at ``positions`` bases (105 in the paper).

        The bases kept were embedded in the context of the whole sequence, up to the network's limit.
        """
        positions = min(self.settings["positions"], features.values.shape[1])
        return Features(features.values[:, :positions], np.minimum(features.lengths, positions))
