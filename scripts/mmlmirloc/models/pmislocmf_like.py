"""A surrogate of PMiSLocMF (2024, Brief. Bioinform., bbae386): networks of what miRNAs are known to go with."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from mmlmirloc.declarations import Setting, with_defaults
from mmlmirloc.features import Features, Rows
from mmlmirloc.models.shared import network
from mmlmirloc.models.shared.pairs import known_pairs
from mmlmirloc.models.shared.walks import partner_vectors

# What rounding may take from the cosine of two equal rows.
ROUNDING = 1e-6
# Weights of the autoencoder of each network, as they are kept.
PARTS = tuple(f"{name}_{layer}" for layer in (0, 1) for name in ("weight", "from", "to"))


class Learner(network.NetworkLearner):
    """Walks over known pairs, a graph attention autoencoder for each network, and two dense layers on all columns.

    The first views are networks: a column for each disease or drug, above 0 where the pair is known. The others, such
    as k-mers and where target messenger RNAs are found, are taken as they are. Of each network a row is the mean of the
    vectors of its partners (:mod:`mmlmirloc.models.shared.walks`), and then what its neighbours make of it
    (:mod:`mmlmirloc.models.shared.graph_attention`): the row itself, and training rows with partners as alike as
    ``alike`` and not the same.
    All columns are scaled, and go through layer norm and layers of 64 and 32 to the logits.

    As in the public code: walks, autoencoder, layers, and how they are trained. Different: the original embeds and
    scales all rows, test rows among them; here vectors, autoencoder and scaling are those of training rows, and a test
    row is placed by its own pairs. Walks are fewer and shorter. How alike two miRNAs are is the cosine of their pairs,
    in the place of a table that was not within reach, and so was the network of messenger RNAs. The original's
    attention goes from a row to those of its batch; with scaled columns it gives nearly all weight to the row itself,
    and is left out, so that a score does not depend on what else is scored.
    """

    SETTINGS = (
        Setting("networks", int, "how many of the first views are networks", default=2, minimum=1),
        Setting("width", int, "width of a partner's vector, and of a row's encoding", default=128, minimum=1),
        Setting("walks", int, "walks that start at each row and partner", default=10, minimum=1),
        Setting("walk_length", int, "steps of a walk", default=40, minimum=2),
        Setting("window", int, "neighbours in a walk that are to be predicted", default=5, minimum=1),
        Setting(
            "alike", float, "cosine of partners from which on rows are neighbours", default=0.8, above=0, maximum=1
        ),
        Setting("encoder_epochs", int, "steps of the autoencoder", default=100, minimum=1),
        Setting(
            "standardise", bool, "whether columns are scaled to mean 0 and spread 1 on training rows", default=True
        ),
        *with_defaults(
            network.SETTINGS,
            learning_rate=0.001,
            weight_decay=0.0,
            batch_size=32,
            epochs=10,
            patience=10,
            epoch_by="loss",
        ),
    )

    @classmethod
    def check(cls, settings: Mapping[str, Any], views: Sequence[str], locations: Sequence[str]) -> None:
        """Refuse a row with fewer views than networks."""
        if len(views) < settings["networks"]:
            raise ValueError(
                f"The learner takes {settings['networks']} networks, and the row has {len(views)} views",
                "as many views of known pairs first, then others",
            )

    def prepare(self, train: Rows) -> None:
        """Fit vectors and autoencoder of each network to the pairs of ``train``."""
        from mmlmirloc.models.shared.graph_attention import fit_graph_attention

        width = self.settings["width"]
        self.reference = {}
        for number, pairs in enumerate(self._networks(train.views)):
            vectors = partner_vectors(pairs, self.settings, self.seed)
            nodes = mean_of_partners(pairs, vectors)
            among = neighbours(pairs, pairs, self.settings["alike"])
            fitted = fit_graph_attention(nodes, among, 2 * width, width, self.settings["encoder_epochs"], self.seed)
            weights = {name: getattr(fitted, name).detach().numpy() for name in PARTS}
            for name, value in {"pairs": pairs, "vectors": vectors, **weights}.items():
                self.reference[f"network_{number}.{name}"] = value

    def arrays(self, views: Mapping[str, Features]) -> list[np.ndarray]:
        """Return the encoded networks and the other views side by side, float32, shape (n, columns)."""
        encoded = [self._encoded(number, pairs) for number, pairs in enumerate(self._networks(views))]
        others = [view.mean() for view in list(views.values())[self.settings["networks"] :]]
        return [np.concatenate([*encoded, *others], axis=1, dtype=np.float32)]

    def arrays_depend_on(self) -> Hashable:
        """Return the seed and the settings that the networks are fitted with."""
        names = ("networks", "width", "walks", "walk_length", "window", "alike", "encoder_epochs")
        return (self.seed, *(self.settings[name] for name in names))

    def build(self, widths: list[int]):
        """Return the network of ``widths[0]`` columns."""
        from torch import nn

        return nn.Sequential(
            nn.LayerNorm(widths[0], eps=1e-6),
            *(nn.Linear(widths[0], 64), nn.ReLU()),
            *(nn.Linear(64, 32), nn.ReLU()),
            nn.Linear(32, len(self.locations)),
        )

    def _networks(self, views: Mapping[str, Features]) -> list[np.ndarray]:
        return [known_pairs(view) for view in list(views.values())[: self.settings["networks"]]]

    def _encoded(self, number: int, pairs: np.ndarray) -> np.ndarray:
        """Return rows with pairs (n, d) as the autoencoder of a network encodes them."""
        import torch

        from mmlmirloc.models.shared.graph_attention import GraphAttention

        kept = {
            name.partition(".")[2]: value
            for name, value in self.reference.items()
            if name.startswith(f"network_{number}.")
        }
        first, second = kept["weight_0"].shape, kept["weight_1"].shape
        fitted = GraphAttention((*first, second[1]))
        fitted.load_state_dict({name: torch.as_tensor(kept[name]) for name in PARTS})
        known, alike = kept["pairs"], self.settings["alike"]
        rows, nodes = (torch.as_tensor(mean_of_partners(one, kept["vectors"])) for one in (pairs, known))
        edges, among = (torch.as_tensor(neighbours(one, known, alike)) for one in (pairs, known))
        with torch.inference_mode():
            return fitted.encode(rows, nodes, edges, among).numpy()


def mean_of_partners(pairs: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Return the mean vector of each row's partners, (n, width); zeros without any. A partner of no vector is none."""
    known = pairs * vectors.any(axis=1)
    return (known @ vectors / np.maximum(known.sum(axis=1, keepdims=True), 1)).astype(np.float32)


def neighbours(pairs: np.ndarray, known: np.ndarray, alike: float) -> np.ndarray:
    """Return the numbers (2, e) of rows (n, d) and of known rows (k, d) with partners as alike as ``alike``.

    A known row with the very same partners is left out: it says what the row itself does, and a row that was fitted on
    has an equal one among the known rows, where another has none.
    """
    lengths = [np.sqrt(np.maximum(one.sum(axis=1), 1)) for one in (pairs, known)]
    cosine = pairs @ known.T / np.outer(*lengths)
    return np.stack(np.nonzero((cosine >= alike) & (cosine < 1 - ROUNDING)))
