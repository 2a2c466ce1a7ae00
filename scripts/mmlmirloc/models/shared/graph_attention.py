"""A graph attention autoencoder: rows are told by their neighbours, and told again from that."""

from itertools import pairwise

import numpy as np
import torch
from torch import nn

from mmlmirloc.models.shared.optimiser import Adam

LEARNING_RATE = 0.01
# Largest length of the gradient of a step.
CLIPPED = 5.0
# Weight of the graph beside the rows in the loss.
STRUCTURE = 1.0


class GraphAttention(nn.Module):
    """GATE (Salehi & Davulcu 2020) with two layers; the decoder has the encoder's weights, turned, and its attention.

    A layer with weights W and v0, v1 makes of a row h the vector m = h W. The attention of row i to row j is
    a_ij = softmax_j(sigmoid(m_i v0 + m_j v1)) over the neighbours j of i, and the layer gives the sum of a_ij m_j.

    Parameters
    ----------
    widths : sequence of int
        Of the rows, of the hidden layer and of what rows are encoded as.
    seed : int
        Of the first weights.
    """

    def __init__(self, widths: tuple[int, int, int], seed: int = 0):
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        sizes = {}
        for layer, size in enumerate(pairwise(widths)):
            sizes |= {f"weight_{layer}": size, f"from_{layer}": (size[1], 1), f"to_{layer}": (size[1], 1)}
        for name, size in sizes.items():
            self.register_parameter(name, nn.Parameter(nn.init.xavier_uniform_(torch.empty(size), generator=generator)))

    def layer(self, number: int, rows: torch.Tensor, nodes: torch.Tensor, near: torch.Tensor) -> tuple:
        """Return what a layer makes of rows (r, width) with neighbours (r, n) among nodes (n, width); the attention.

        A row without a neighbour is told by itself.
        """
        weight, start, end = (getattr(self, f"{name}_{number}") for name in ("weight", "from", "to"))
        own, others = rows @ weight, nodes @ weight
        logits = torch.sigmoid(own @ start + (others @ end).T).masked_fill(~near, -torch.inf)
        alone = ~near.any(dim=1, keepdim=True)
        attention = torch.softmax(logits.masked_fill(alone, 0), dim=1).masked_fill(alone, 0)
        return attention @ others + own * alone, attention, alone

    def encode(self, rows: torch.Tensor, nodes: torch.Tensor, near: torch.Tensor, among: torch.Tensor) -> torch.Tensor:
        """Return rows as their neighbours among the nodes tell them; ``among`` (n, n) are the nodes' own neighbours."""
        hidden, inner = self.layer(0, rows, nodes, near)[0], self.layer(0, nodes, nodes, among)[0]
        return self.layer(1, hidden, inner, near)[0]

    def loss(self, nodes: torch.Tensor, among: torch.Tensor) -> torch.Tensor:
        """Return the length of what the nodes differ by when told again, and what edges lack to a probability of 1."""
        hidden, first, alone = self.layer(0, nodes, nodes, among)
        encoded, second, _ = self.layer(1, hidden, hidden, among)
        told = encoded
        for number, attention in ((1, second), (0, first)):
            told = told @ getattr(self, f"weight_{number}").T
            told = attention @ told + told * alone
        edges = nn.functional.logsigmoid(encoded @ encoded.T)[among]
        return torch.linalg.vector_norm(nodes - told) - STRUCTURE * edges.sum()


def fit_graph_attention(
    nodes: np.ndarray, among: np.ndarray, hidden: int, encoded: int, epochs: int, seed: int
) -> GraphAttention:
    """Fit the autoencoder to nodes (n, width) and their neighbours (n, n), without labels.

    Parameters
    ----------
    nodes, among : numpy.ndarray
        float32 and booleans.
    hidden, encoded : int
        Widths.
    epochs : int
        Steps, each with all nodes.
    seed : int
        Of the first weights.
    """
    network = GraphAttention((nodes.shape[1], hidden, encoded), seed)
    optimiser = Adam(network.parameters(), LEARNING_RATE, 0.0)
    values, near = torch.as_tensor(nodes), torch.as_tensor(among)
    for _ in range(epochs):
        optimiser.zero_grad()
        network.loss(values, near).backward()
        nn.utils.clip_grad_norm_(network.parameters(), CLIPPED)
        optimiser.step()
    return network
