"""MVFCNet, the multi-view consensus and specific feature network of MMLmiRLocNet (eq. 6-10)."""

from collections.abc import Hashable, Mapping

import numpy as np

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features
from mmlmirloc.models.shared.network import NetworkLearner
from mmlmirloc.models.shared.pooling import pooled

COMMON = ("shared", "per_view", "none")


class Learner(NetworkLearner):
    """Private and common layers per view, the mean of the commons, concatenation, linear, sigmoid.

    Settings beside those of :class:`mmlmirloc.models.shared.network.NetworkLearner`:

    pooling : mapping of str to str
        View id to how a view by position becomes eq. 6's n x d, see :func:`mmlmirloc.models.shared.pooling.pooled`; the
        paper is silent.
    width : int
        Width of each private and each common layer; the paper is silent.
    common : "shared", "per_view" or "none"
        Eq. 7's W_comm carries no view index though the views differ in width: "shared" projects each view
        to ``width`` and applies one W_comm; "per_view" gives each view its own; "none" drops the commons.
    private : bool
        False drops the private features (Fig. S4).
    dropout : float
        On the concatenated features of eq. 8; the paper is silent.
    standardise : bool
        Columns to mean 0 and spread 1 on training rows, since the views differ in scale a hundredfold.
    """

    def arrays(self, views: Mapping[str, Features]) -> list[np.ndarray]:
        """Pool each view to (n, width of the view)."""
        require(len(views) > 0, "The network has no view", "at least one view in the row of config/models.tsv")
        return pooled(views, self.settings["pooling"])

    def arrays_depend_on(self) -> Hashable:
        """Return the pooling."""
        return tuple(sorted(self.settings["pooling"].items()))

    def build(self, widths: list[int]):
        """Return the network for views of the given widths."""
        return network(widths, len(self.locations), self.settings)


def network(widths: list[int], locations: int, settings: Mapping):
    """Build the torch module of eq. 7-10 (the sigmoid of eq. 9 is left to loss and score).

    Raises
    ------
    InputError
        For an unknown ``common``, or when neither private nor common features are left.
    """
    import torch
    from torch import nn

    width, common, private = settings["width"], settings["common"], settings["private"]
    require(common in COMMON, f"Unknown common '{common}'", f"common one of {', '.join(COMMON)}")
    require(
        private or common != "none", "MVFCNet is left with no features", "private: true, or a common other than none"
    )

    class MVFCNet(nn.Module):
        def __init__(self):
            super().__init__()
            if private:
                self.private = nn.ModuleList(nn.Linear(view, width) for view in widths)
            if common == "shared":
                self.project = nn.ModuleList(nn.Linear(view, width, bias=False) for view in widths)
                self.common = nn.Linear(width, width)
            elif common == "per_view":
                self.common = nn.ModuleList(nn.Linear(view, width) for view in widths)
            self.dropout = nn.Dropout(settings["dropout"])
            self.predict = nn.Linear(width * (len(widths) * private + (common != "none")), locations)

        def common_features(self, views):
            if common == "shared":
                return [torch.relu(self.common(project(view))) for project, view in zip(self.project, views)]
            return [torch.relu(layer(view)) for layer, view in zip(self.common, views)]

        def forward(self, *views):
            features = [torch.relu(layer(view)) for layer, view in zip(self.private, views)] if private else []
            if common != "none":
                features.append(torch.stack(self.common_features(views)).mean(dim=0))
            return self.predict(self.dropout(torch.cat(features, dim=1)))

    return MVFCNet()


def require(condition: bool, what: str, expected: str) -> None:
    """Raise InputError about the settings unless ``condition`` holds."""
    if not condition:
        where, hint = "learners: mvfcnet of the config, or overrides in config/models.tsv", "correct the setting"
        raise InputError(what, where, expected, hint)
