"""MirLocPredictor (Asim et al. 2020, Genes 11:1475): k-mer embedding with positions and one convolution."""

from collections.abc import Callable, Mapping

import numpy as np

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features
from mmlmirloc.models.shared.network import NetworkLearner
from mmlmirloc.models.shared.tokens import tokens_of


class Learner(NetworkLearner):
    """4-mers, embedding 120 plus sinusoidal positions, residual Conv1d, mean over positions, linear 120-60-labels.

    From the paper and its public implementation: embedding uniform in +-.25, positions from 1 (padding zero),
    kernel 3, two linear layers without a nonlinearity between them, the best of ten epochs by micro-averaged F1 on
    validation rows. Our choice: the number of positions (the view's ``positions``; the original's 30 fits mature
    miRNAs only).

    Settings: ``width`` (120), ``hidden`` (60), ``vocabulary`` (token numbers, 4**k + 2), ``pooling`` (over positions:
    ``mean_all``, which counts padding, as the original; ``mean_filled`` or ``maximum``, which do not), and those of
    :class:`mmlmirloc.models.shared.network.NetworkLearner`.
    """

    TOKENS = True

    def arrays(self, views: Mapping[str, Features]) -> list[np.ndarray]:
        """Hand the token numbers over."""
        return tokens_of(views, self.settings["vocabulary"])

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

            def forward(self, tokens):
                filled = (tokens > 0).unsqueeze(-1)
                words = self.embedding(tokens) + self.position * filled
                convolved = torch.relu(self.convolution(words.transpose(1, 2))).transpose(1, 2)
                return self.predict(pool(words + convolved, filled))

        return MirLocPredictor()


def pooling_of(name: str) -> Callable:
    """Return the function of words (n, positions, width) and filled (n, positions, 1) that gives (n, width).

    A row without a word gives zeros where padding does not count.

    Raises
    ------
    InputError
        For an unknown name.
    """
    import torch

    def mean_filled(words, filled):
        return (words * filled).sum(dim=1) / filled.sum(dim=1).clamp(min=1)

    def maximum(words, filled):
        return torch.where(filled, words, -torch.inf).amax(dim=1).where(filled.any(dim=1), 0)

    known = {"mean_all": lambda words, filled: words.mean(dim=1), "mean_filled": mean_filled, "maximum": maximum}
    if name not in known:
        raise InputError(
            f"Unknown pooling '{name}'",
            "learners: mirlocpredictor of the config, or overrides in config/models.tsv",
            f"pooling one of {', '.join(known)}",
            "correct the setting",
        )
    return known[name]


def sinusoids(positions: int, width: int) -> np.ndarray:
    """Fixed position vectors, shape (positions, width): row p is position p + 1, sine on even, cosine on odd columns.

    Angle = position / 10000^(2 floor(column / 2) / width).
    """
    position = np.arange(1, positions + 1)[:, None]
    column = np.arange(width)[None, :]
    angle = position / 10000 ** (2 * (column // 2) / width)
    return np.where(column % 2 == 0, np.sin(angle), np.cos(angle))
