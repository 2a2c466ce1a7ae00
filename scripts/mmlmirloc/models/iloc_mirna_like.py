"""A surrogate of iLoc-miRNA (Zhang et al. 2022): single bases, BiLSTM and multi-head attention."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mmlmirloc.declarations import Setting, with_defaults
from mmlmirloc.features import Features
from mmlmirloc.models.shared import network, tokens
from mmlmirloc.models.shared.attentive import attentive_states, require_heads


class Learner(network.NetworkLearner):
    """One-hot bases, BiLSTM, multi-head self-attention, mean over filled positions, dropout, linear.

    iLoc-miRNA tells extracellular miRNAs from intracellular ones; here each location is a label. No code of it could be
    read, so that sizes, pooling and training are our choice. A letter other than A, C, G, U is a vector of zeros.
    """

    SETTINGS = (
        Setting("hidden", int, "width of the recurrent layer per direction", default=32, minimum=1),
        Setting("heads", int, "heads of the attention, among which the states are parted", default=4, minimum=1),
        Setting("dropout", float, "share of features left out while training", default=0.5, minimum=0, below=1),
        *with_defaults(tokens.SETTINGS, vocabulary=6),
        *with_defaults(
            network.SETTINGS,
            learning_rate=0.003,
            weight_decay=0.0001,
            batch_size=32,
            epochs=40,
            patience=5,
            epoch_by="loss",
        ),
    )

    TOKENS = True

    @classmethod
    def check(cls, settings: Mapping[str, Any], views: Sequence[str], locations: Sequence[str]) -> None:
        """Refuse heads among which the states cannot be parted."""
        require_heads(settings["hidden"], settings["heads"])

    def arrays(self, views: Mapping[str, Features]) -> list[np.ndarray]:
        """Hand the token numbers over."""
        return tokens.tokens_of(views, self.settings["vocabulary"])

    def build(self, widths: list[int]):
        """Return the network."""
        from torch import nn

        settings, locations = self.settings, len(self.locations)

        class IlocMirna(nn.Module):
            def __init__(self):
                super().__init__()
                self.states = attentive_states(
                    settings["vocabulary"] - tokens.FIRST, settings["hidden"], 1, settings["heads"]
                )
                self.dropout = nn.Dropout(settings["dropout"])
                self.predict = nn.Linear(2 * settings["hidden"], locations)

            def forward(self, numbers):
                one_hot = nn.functional.one_hot(numbers, settings["vocabulary"])[:, :, tokens.FIRST :].float()
                return self.predict(self.dropout(self.states(one_hot, (numbers > 0).sum(dim=1))))

        return IlocMirna()
