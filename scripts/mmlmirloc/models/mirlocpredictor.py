"""MirLocPredictor (Asim et al. 2020, Genes 11:1475): k-mer embedding with positions and one convolution."""

from collections.abc import Callable, Mapping

import numpy as np

from mmlmirloc.declarations import Setting, with_defaults
from mmlmirloc.features import Features
from mmlmirloc.models.shared import network, tokens


class Learner(network.NetworkLearner):
    """4-mers, embedding 120 plus sinusoidal positions, residual Conv1d, mean over positions, linear 120-60-labels.

    From the paper and its public implementation: embedding uniform in +-.25, positions from 1 (padding zero),
    kernel 3, two linear layers without a nonlinearity between them, the best of ten epochs by micro-averaged F1 on
    validation rows. Our choice: the number of positions (the view's ``positions``; the original's 30 fits mature
    miRNAs only).
    """

    SETTINGS = (
        Setting("width", int, "width of the embedding", default=120, minimum=1),
        Setting("hidden", int, "width of the hidden layer", default=60, minimum=1),
        *with_defaults(tokens.SETTINGS, vocabulary=258),
        Setting(
            "pooling",
            str,
            "how the words of a row become one vector; mean_all counts padding, as the original does",
            default="mean_all",
            choices=("mean_all", "mean_filled", "maximum"),
        ),
        *with_defaults(
            network.SETTINGS,
            learning_rate=0.008,
            weight_decay=0.0,
            batch_size=50,
            epochs=10,
            patience=10,
            epoch_by="micro_f1",
        ),
    )

    TOKENS = True
    SLOW = True

    def arrays(self, views: Mapping[str, Features]) -> list[np.ndarray]:
        """Hand the token numbers over."""
        return tokens.tokens_of(views, self.settings["vocabulary"])

    def build(self, widths: list[int]):
        """Return the network for ``widths[0]`` positions."""
        import torch
        from torch import nn

        settings, positions, locations = self.settings, widths[0], len(self.locations)
        pool = pooling_of(settings["pooling"])

        class MirLocPredictor(nn.Module):
            def __init__(self):
                super().__init__()
                width = settings["width"]
                self.embedding = nn.Embedding(settings["vocabulary"], width, padding_idx=0)
                nn.init.uniform_(self.embedding.weight, -0.25, 0.25)
                with torch.no_grad():
                    self.embedding.weight[0] = 0
                table = torch.as_tensor(sinusoids(positions, width), dtype=torch.float32)
                self.register_buffer("position", table, persistent=False)
                self.convolution = nn.Conv1d(width, width, kernel_size=3, padding=1)
                self.predict = nn.Sequential(
                    nn.Linear(width, settings["hidden"]), nn.Linear(settings["hidden"], locations)
                )

            def forward(self, numbers):
                filled = (numbers > 0).unsqueeze(-1)
                words = self.embedding(numbers) + self.position * filled
                convolved = torch.relu(self.convolution(words.transpose(1, 2))).transpose(1, 2)
                return self.predict(pool(words + convolved, filled))

        return MirLocPredictor()


def pooling_of(name: str) -> Callable:
    """Return the function of words (n, positions, width) and filled (n, positions, 1) that gives (n, width).

    A row without a word gives zeros where padding does not count.
    """
    import torch

    def mean_filled(words, filled):
        return (words * filled).sum(dim=1) / filled.sum(dim=1).clamp(min=1)

    def maximum(words, filled):
        return torch.where(filled, words, -torch.inf).amax(dim=1).where(filled.any(dim=1), 0)

    poolings = {"mean_all": lambda words, filled: words.mean(dim=1), "mean_filled": mean_filled, "maximum": maximum}
    return poolings[name]


def sinusoids(positions: int, width: int) -> np.ndarray:
    """Fixed position vectors, shape (positions, width): row p is position p + 1, sine on even, cosine on odd columns.

    Angle = position / 10000^(2 floor(column / 2) / width).
    """
    position = np.arange(1, positions + 1)[:, None]
    column = np.arange(width)[None, :]
    angle = position / 10000 ** (2 * (column // 2) / width)
    return np.where(column % 2 == 0, np.sin(angle), np.cos(angle))
