"""MVFCNet, the multi-view consensus and specific feature network of MMLmiRLocNet (eq. 6-10)."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from mmlmirloc.declarations import Setting, with_defaults
from mmlmirloc.features import Features
from mmlmirloc.models.shared import network as training
from mmlmirloc.models.shared.pooling import JOINT, POOLINGS, pooled


class Learner(training.NetworkLearner):
    """Private and common layers per view, the mean of the commons, concatenation, linear, sigmoid.

    Eq. 7's W_comm carries no view index though the views differ in width: ``common: shared`` projects each view to
    ``width`` and applies one W_comm. Pooling, width, dropout (on the concatenated features of eq. 8) and standardising
    are our choice: the paper is silent.
    """

    SETTINGS = (
        Setting(
            "pooling",
            str,
            "how each kind of view by position becomes one vector",
            default={"word2vec": "mean_all+maximum", "rnabert": "channels", "encoder": "channels"},
            choices=tuple(POOLINGS),
            joint=JOINT,
            by_kind=True,
        ),
        Setting("width", int, "width of each hidden layer", default=128, minimum=1),
        Setting(
            "common",
            str,
            "the common layer of eq. 7: one, one per view, or none",
            default="shared",
            choices=("shared", "per_view", "none"),
        ),
        Setting("private", bool, "whether the private features of eq. 6 are used", default=True),
        Setting("dropout", float, "share of features left out while training", default=0.5, minimum=0, below=1),
        Setting(
            "standardise", bool, "whether columns are scaled to mean 0 and spread 1 on training rows", default=True
        ),
        *with_defaults(
            training.SETTINGS,
            learning_rate=0.001,
            weight_decay=0.01,
            batch_size=32,
            epochs=200,
            patience=10,
            epoch_by="loss",
        ),
    )

    @classmethod
    def check(cls, settings: Mapping[str, Any], views: Sequence[str], locations: Sequence[str]) -> None:
        """Refuse a network without a view, or without features."""
        if not views:
            raise ValueError("The network has no view", "at least one view")
        if not settings.get("private", True) and settings["common"] == "none":
            raise ValueError("MVFCNet is left with no features", "private: true, or a common other than none")

    def arrays(self, views: Mapping[str, Features]) -> list[np.ndarray]:
        """Pool each view to (n, width of the view)."""
        return pooled(views, self.settings["pooling"])

    def arrays_depend_on(self) -> Hashable:
        """Return the pooling."""
        return tuple(sorted(self.settings["pooling"].items()))

    SIDE_BY_SIDE = True

    def build(self, widths: list[int], layers: Any = None):
        """Return the network for views of the given widths."""
        return network(widths, len(self.locations), self.settings, layers)


def network(widths: list[int], locations: int, settings: Mapping, layers: Any = None):
    """Build the torch module of eq. 7-10 (the sigmoid of eq. 9 is left to loss and score).

    Its ``Linear`` and ``Dropout`` are those of ``torch.nn``, or of
    :class:`mmlmirloc.models.shared.side_by_side.Layers`.
    """
    import torch
    from torch import nn

    layers = layers or nn

    width, common, private = settings["width"], settings["common"], settings["private"]

    class MVFCNet(nn.Module):
        def __init__(self):
            super().__init__()
            if private:
                self.private = nn.ModuleList(layers.Linear(view, width) for view in widths)
            if common == "shared":
                self.project = nn.ModuleList(layers.Linear(view, width, bias=False) for view in widths)
                self.common = layers.Linear(width, width)
            elif common == "per_view":
                self.common = nn.ModuleList(layers.Linear(view, width) for view in widths)
            self.dropout = layers.Dropout(settings["dropout"])
            self.predict = layers.Linear(width * (len(widths) * private + (common != "none")), locations)

        def common_features(self, views):
            if common == "shared":
                return [torch.relu(self.common(project(view))) for project, view in zip(self.project, views)]
            return [torch.relu(layer(view)) for layer, view in zip(self.common, views)]

        def forward(self, *views):
            features = [torch.relu(layer(view)) for layer, view in zip(self.private, views)] if private else []
            if common != "none":
                features.append(torch.stack(self.common_features(views)).mean(dim=0))
            return self.predict(self.dropout(torch.cat(features, dim=-1)))

    return MVFCNet()
