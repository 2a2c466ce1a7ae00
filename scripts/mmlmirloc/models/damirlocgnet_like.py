"""A surrogate of DAmiRLocGNet (Bai et al. 2023): a graph of miRNAs and diseases, and an autoencoder of similarities."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mmlmirloc.declarations import Setting, with_defaults
from mmlmirloc.features import Features, Rows
from mmlmirloc.models.shared import network
from mmlmirloc.models.shared.pairs import known_pairs


class Learner(network.NetworkLearner):
    """Graph convolution over known pairs of miRNA and disease, joined with an encoding of sequence similarities.

    Only the abstract could be read, so that all but these two parts is our choice. A row's first view tells its
    diseases: a column for each, above 0 where the pair is known. Its other views tell its sequence.

    With A the pairs of the n training rows and d diseases, divided by the square roots of the degrees of both, and S
    their cosine similarities (n, n), diseases are H = ReLU(AᵀS W1), and a row with pairs a is ReLU(a H W2). Its
    similarities s to the training rows become z = ReLU(E s), from which s is told again. Both parts joined give the
    logits; the loss is binary cross-entropy, and in training the squared error of s.

    Degrees and similarities are those of training rows: a test row is joined to the graph by its own pairs, and no
    other row sees it.
    """

    SETTINGS = (
        Setting("width", int, "width of the graph's two layers", default=64, minimum=1),
        Setting("encoded", int, "width of the encoding of the similarities", default=64, minimum=1),
        Setting(
            "reconstruction",
            float,
            "weight of the error with which similarities are told again",
            default=1.0,
            minimum=0,
        ),
        Setting("dropout", float, "share of features left out while training", default=0.5, minimum=0, below=1),
        *with_defaults(
            network.SETTINGS,
            learning_rate=0.001,
            weight_decay=0.0001,
            batch_size=32,
            epochs=100,
            patience=10,
            epoch_by="loss",
        ),
    )

    @classmethod
    def check(cls, settings: Mapping[str, Any], views: Sequence[str], locations: Sequence[str]) -> None:
        """Refuse a row with fewer views than the two parts need."""
        if len(views) < 2:
            raise ValueError("The network has no graph, or no sequence", "a view of diseases, then one of the sequence")

    def prepare(self, train: Rows) -> None:
        """Take the graph and the sequences of ``train``."""
        pairs, profiles = _parts(train.views)
        self.reference = {"pairs": pairs, "profiles": profiles}

    def arrays(self, views: Mapping[str, Features]) -> list[np.ndarray]:
        """Return the divided pairs (n, diseases), and the similarities to the training rows (n, training rows)."""
        pairs, profiles = _parts(views)
        return [divided(pairs, self.reference["pairs"].sum(axis=0)), profiles @ self.reference["profiles"].T]

    def losses(self, module, inputs, labels):
        """Return the loss of each row, on training rows with the error of its similarities, and the logits."""
        from torch.nn.functional import binary_cross_entropy_with_logits

        logits, told = module.both(*inputs)
        of_labels = binary_cross_entropy_with_logits(logits, labels, reduction="none").mean(dim=1)
        if not module.training:
            return of_labels, logits
        of_similarities = ((told - inputs[1]) ** 2).mean(dim=1)
        return of_labels + self.settings["reconstruction"] * of_similarities, logits

    def build(self, widths: list[int]):
        """Return the network on the graph of the training rows."""
        import torch
        from torch import nn

        settings, locations = self.settings, len(self.locations)
        pairs, profiles = self.reference["pairs"], self.reference["profiles"]
        carried = divided(pairs, pairs.sum(axis=0)).T @ (profiles @ profiles.T)

        class Damirlocgnet(nn.Module):
            def __init__(self):
                super().__init__()
                self.register_buffer("carried", torch.as_tensor(carried), persistent=False)
                self.of_diseases = nn.Linear(carried.shape[1], settings["width"], bias=False)
                self.of_rows = nn.Linear(settings["width"], settings["width"], bias=False)
                self.encode = nn.Linear(widths[1], settings["encoded"])
                self.tell = nn.Linear(settings["encoded"], widths[1])
                self.dropout = nn.Dropout(settings["dropout"])
                self.predict = nn.Linear(settings["width"] + settings["encoded"], locations)

            def both(self, pairs, similarities):
                """Return the logits, and the similarities as told again."""
                diseases = torch.relu(self.of_diseases(self.carried))
                graph = torch.relu(self.of_rows(pairs @ diseases))
                encoded = torch.relu(self.encode(similarities))
                return self.predict(self.dropout(torch.cat([graph, encoded], dim=1))), self.tell(encoded)

            def forward(self, pairs, similarities):
                return self.both(pairs, similarities)[0]

        return Damirlocgnet()


def divided(pairs: np.ndarray, degrees: np.ndarray) -> np.ndarray:
    """Return pairs (n, d) divided by the square roots of the rows' own degrees and of ``degrees`` (d,); 0 stays 0."""
    own = np.maximum(pairs.sum(axis=1, keepdims=True), 1)
    return (pairs / np.sqrt(own * np.maximum(degrees, 1))).astype(np.float32)


def _parts(views: Mapping[str, Features]) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs (n, d), 0 or 1, and the other views as vectors of length 1 (n, columns)."""
    graph, *others = views.values()
    flat = np.concatenate([view.values.reshape(len(view.values), -1) for view in others], axis=1, dtype=np.float32)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    return known_pairs(graph), flat / np.where(length > 0, length, 1)
