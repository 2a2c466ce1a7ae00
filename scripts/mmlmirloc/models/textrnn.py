"""TextRNN with attention, as MirLocPredictor's public repository configures it (the paper cites nothing)."""

from collections.abc import Mapping

import numpy as np

from mmlmirloc.declarations import Setting, with_defaults
from mmlmirloc.features import Features
from mmlmirloc.models.shared import network, tokens
from mmlmirloc.models.shared.recurrent import states_of


class Learner(network.NetworkLearner):
    """4-mer embedding 120 without positions, BiGRU, additive attention pooling, dropout, linear.

    The original applies its dropout to the logits; here it stands before the linear layer (our choice), as does
    early stopping. Attention sees filled positions only.
    """

    SETTINGS = (
        Setting("width", int, "width of the embedding", default=120, minimum=1),
        Setting("hidden", int, "width of the recurrent layer per direction", default=256, minimum=1),
        Setting("attention", int, "width of the attention", default=16, minimum=1),
        Setting("dropout", float, "share of features left out while training", default=0.5, minimum=0, below=1),
        *with_defaults(tokens.SETTINGS, vocabulary=258),
        *with_defaults(
            network.SETTINGS,
            learning_rate=0.008,
            weight_decay=0.0,
            batch_size=50,
            epochs=10,
            patience=2,
            epoch_by="loss",
        ),
    )

    TOKENS = True
    SLOW = True

    def arrays(self, views: Mapping[str, Features]) -> list[np.ndarray]:
        """Hand the token numbers over."""
        return tokens.tokens_of(views, self.settings["vocabulary"])

    def build(self, widths: list[int]):
        """Return the network."""
        import torch
        from torch import nn

        settings, locations = self.settings, len(self.locations)

        class TextRNN(nn.Module):
            def __init__(self):
                super().__init__()
                hidden = settings["hidden"]
                self.embedding = nn.Embedding(settings["vocabulary"], settings["width"], padding_idx=0)
                self.recurrent = nn.GRU(settings["width"], hidden, batch_first=True, bidirectional=True)
                self.attention = nn.Sequential(
                    nn.Linear(2 * hidden, settings["attention"]),
                    nn.Tanh(),
                    nn.Linear(settings["attention"], 1, bias=False),
                )
                self.dropout = nn.Dropout(settings["dropout"])
                self.predict = nn.Linear(2 * hidden, locations)

            def forward(self, numbers):
                states, filled, _ = states_of(self.recurrent, self.embedding(numbers), (numbers > 0).sum(dim=1))
                energy = self.attention(states).squeeze(-1).masked_fill(~filled, -torch.inf)
                weights = torch.softmax(energy, dim=1)
                return self.predict(self.dropout(torch.einsum("np,nph->nh", weights, states)))

        return TextRNN()
