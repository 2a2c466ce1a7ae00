"""A surrogate of RNALoc-LM (2025): embeddings of bases, convolutions, BiLSTM and multi-head attention."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mmlmirloc.declarations import Setting, with_defaults
from mmlmirloc.features import Features
from mmlmirloc.models.shared import network
from mmlmirloc.models.shared.attentive import attentive_states, require_heads

# The lengths of the kernels of the convolutions that stand side by side.
KERNELS = (3, 4, 5)


class Learner(network.NetworkLearner):
    """Convolutions over 3, 4 and 5 positions, ReLU, dropout, BiLSTM, multi-head self-attention, mean, linear.

    RNALoc-LM embeds bases by RNA-FM, whose weights are not in reach: the row's views give the embeddings of another
    network. Sizes and training are those of its public settings for miRNAs. Our choice: columns are standardised on
    training rows, since the embeddings of these networks are small; padding is left out; each location is a label; the
    best epoch on validation rows is kept.
    """

    SETTINGS = (
        Setting("channels", int, "channels of each convolution", default=60, minimum=1),
        Setting("hidden", int, "width of the recurrent layers per direction", default=40, minimum=1),
        Setting("layers", int, "recurrent layers", default=2, minimum=1),
        Setting("heads", int, "heads of the attention, among which the states are parted", default=4, minimum=1),
        Setting("dropout", float, "share of features left out while training", default=0.5, minimum=0, below=1),
        Setting(
            "standardise",
            bool,
            "whether each column is scaled to mean 0 and standard deviation 1 on training rows",
            default=True,
        ),
        *with_defaults(
            network.SETTINGS,
            learning_rate=0.001,
            weight_decay=0.0001,
            batch_size=64,
            epochs=40,
            patience=40,
            epoch_by="loss",
        ),
    )

    @classmethod
    def check(cls, settings: Mapping[str, Any], views: Sequence[str], locations: Sequence[str]) -> None:
        """Refuse heads among which the states cannot be parted, and a row without a view."""
        require_heads(settings["hidden"], settings["heads"])
        if not views:
            raise ValueError("The network has no view", "at least one view in the row")

    def arrays(self, views: Mapping[str, Features]) -> list[np.ndarray]:
        """Return values (n, positions, width), and how many of a row's positions are filled (n, 1)."""
        return by_position(views)

    def build(self, widths: list[int]):
        """Return the network for embeddings of ``widths[0]`` columns."""
        import torch
        from torch import nn

        settings, locations, width = self.settings, len(self.locations), widths[0]

        class RnalocLm(nn.Module):
            def __init__(self):
                super().__init__()
                self.convolutions = nn.ModuleList(
                    nn.Conv1d(width, settings["channels"], kernel, padding=kernel // 2) for kernel in KERNELS
                )
                self.dropout = nn.Dropout(settings["dropout"])
                self.states = attentive_states(
                    len(KERNELS) * settings["channels"], settings["hidden"], settings["layers"], settings["heads"]
                )
                self.predict = nn.Linear(2 * settings["hidden"], locations)

            def forward(self, values, lengths):
                lengths, positions = lengths[:, 0], values.shape[1]
                filled = torch.arange(positions)[None, :] < lengths[:, None]
                values = (values * filled[:, :, None]).transpose(1, 2)
                # A kernel of 4 gives a position more than there are.
                found = [torch.relu(convolution(values))[:, :, :positions] for convolution in self.convolutions]
                channels = self.dropout(torch.cat(found, dim=1).transpose(1, 2))
                return self.predict(self.states(channels, lengths))

        return RnalocLm()


def by_position(views: Mapping[str, Features]) -> list[np.ndarray]:
    """Return all views side by side at each position.

    A view without positions stands at all of them; of views by position the longest says how far a row is filled.

    Returns
    -------
    list of numpy.ndarray
        float32, shape (n, positions, sum of widths), and integers, shape (n, 1): the filled positions of each row.
    """
    positions = max((view.values.shape[1] for view in views.values() if view.values.ndim == 3), default=1)
    blocks, lengths = [], []
    for view in views.values():
        if view.values.ndim == 2:
            blocks.append(np.repeat(view.values[:, None, :], positions, axis=1))
        else:
            beyond = ((0, 0), (0, positions - view.values.shape[1]), (0, 0))
            blocks.append(np.pad(view.values * view.filled()[:, :, None], beyond))
            lengths.append(view.lengths)
    rows = len(blocks[0])
    filled = np.max(lengths, axis=0) if lengths else np.ones(rows)
    return [np.concatenate(blocks, axis=2, dtype=np.float32), filled.astype(np.int64)[:, None]]
