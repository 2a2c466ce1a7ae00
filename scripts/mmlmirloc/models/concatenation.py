"""The paper's "without MVL": pooled views side by side and one hidden layer (Table IV)."""

from typing import Any

from mmlmirloc.models import mvfcnet


class Learner(mvfcnet.Learner):
    """Concatenation, linear to ``width``, ReLU, dropout, linear. The paper does not say what replaces MVFCNet;
    one hidden layer of the same width is our choice.
    """

    SETTINGS = tuple(setting for setting in mvfcnet.Learner.SETTINGS if setting.name not in ("common", "private"))

    def build(self, widths: list[int], layers: Any = None):
        """Return the network for views of the given widths."""
        import torch
        from torch import nn

        layers = layers or nn

        class Concatenation(nn.Module):
            def __init__(self, width: int, dropout: float, locations: int):
                super().__init__()
                self.layers = nn.Sequential(
                    layers.Linear(sum(widths), width),
                    nn.ReLU(),
                    layers.Dropout(dropout),
                    layers.Linear(width, locations),
                )

            def forward(self, *views):
                return self.layers(torch.cat(views, dim=-1))

        return Concatenation(self.settings["width"], self.settings["dropout"], len(self.locations))
