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
    a_ij = softmax_j(sigmoid(m_i v0 + m_j v1)) over i and its neighbours j, and the layer gives the sum of a_ij m_j.

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

    def layer(self, number: int, rows: torch.Tensor, nodes: torch.Tensor, edges: torch.Tensor) -> tuple:
        """Return what a layer makes of rows (r, width) with edges to nodes (n, width), and the attention.

        ``edges`` (2, e) are numbers of rows and of the nodes next to them. Each row is a neighbour of itself as well,
        so that the attention is that to itself (r,) and that along the edges (e,).
        """
        weight, start, end = (getattr(self, f"{name}_{number}") for name in ("weight", "from", "to"))
        own, others = rows @ weight, nodes @ weight
        row, node = edges
        looking = (own @ start)[:, 0]
        itself = torch.exp(torch.sigmoid(looking + (own @ end)[:, 0]))
        beside = torch.exp(torch.sigmoid(looking[row] + (others @ end)[node, 0]))
        together = itself.index_add(0, row, beside)
        attention = itself / together, beside / together[row]
        return told(own, others, edges, attention), attention

    def encode(self, rows: torch.Tensor, nodes: torch.Tensor, edges: torch.Tensor, among: torch.Tensor) -> torch.Tensor:
        """Return rows as the nodes next to them tell them; ``among`` (2, e) are the edges of the nodes themselves."""
        hidden, inner = self.layer(0, rows, nodes, edges)[0], self.layer(0, nodes, nodes, among)[0]
        return self.layer(1, hidden, inner, edges)[0]

    def loss(self, nodes: torch.Tensor, among: torch.Tensor) -> torch.Tensor:
        """Return the length of what the nodes differ by when told again, and what edges lack to a probability of 1."""
        hidden, first = self.layer(0, nodes, nodes, among)
        encoded, second = self.layer(1, hidden, hidden, among)
        again = encoded
        for number, attention in ((1, second), (0, first)):
            again = again @ getattr(self, f"weight_{number}").T
            again = told(again, again, among, attention)
        likeness = (encoded[among[0]] * encoded[among[1]]).sum(dim=1), (encoded**2).sum(dim=1)
        lacking = sum(nn.functional.logsigmoid(one).sum() for one in likeness)
        return torch.linalg.vector_norm(nodes - again) - STRUCTURE * lacking


def told(own: torch.Tensor, others: torch.Tensor, edges: torch.Tensor, attention: tuple) -> torch.Tensor:
    """Return each row and the nodes at the end of its edges, added up by their attention; see GraphAttention.layer."""
    (row, node), (itself, beside) = edges, attention
    return (own * itself[:, None]).index_add(0, row, others[node] * beside[:, None])


def fit_graph_attention(
    nodes: np.ndarray, among: np.ndarray, hidden: int, encoded: int, epochs: int, seed: int
) -> GraphAttention:
    """Fit the autoencoder to nodes, without labels.

    Parameters
    ----------
    nodes : numpy.ndarray
        float32, shape (n, width).
    among : numpy.ndarray
        Integers, shape (2, e): the edges, each from a node to another that is its neighbour.
    hidden, encoded : int
        Widths.
    epochs : int
        Steps, each with all nodes.
    seed : int
        Of the first weights.
    """
    network = GraphAttention((nodes.shape[1], hidden, encoded), seed)
    optimiser = Adam(network.parameters(), LEARNING_RATE, 0.0)
    values, edges = torch.as_tensor(nodes), torch.as_tensor(among)
    for _ in range(epochs):
        optimiser.zero_grad()
        network.loss(values, edges).backward()
        nn.utils.clip_grad_norm_(network.parameters(), CLIPPED)
        optimiser.step()
    return network
