"""The graph attention autoencoder, by hand on one column."""

import numpy as np
import pytest
import torch

from mmlmirloc.models.shared.graph_attention import GraphAttention, fit_graph_attention


def network(weights=(1.0, 1.0), starts=(0.0, 0.0), ends=(0.0, 0.0)):
    """A network whose layers have one column each."""
    made = GraphAttention((1, 1, 1))
    values = {"weight": weights, "from": starts, "to": ends}
    made.load_state_dict(
        {f"{name}_{layer}": torch.tensor([[pair[layer]]]) for name, pair in values.items() for layer in (0, 1)}
    )
    return made


def column(*values):
    return torch.tensor(values, dtype=torch.float32)[:, None]


def near(*rows):
    """Edges of rows, given as whether each node is a neighbour."""
    return torch.tensor(rows).nonzero().T


def test_a_layer_by_hand():
    # m = 2 h: 0 of the row itself, 0 and ln 3 of the nodes; with v1 = 1 the logits are sigmoid(0) = 1/2 and
    # sigmoid(ln 3) = 3/4.
    layer = network(weights=(2.0, 1.0), ends=(1.0, 0.0))
    found, (itself, beside) = layer.layer(0, column(0.0), column(0.0, np.log(3) / 2), near([1, 1]))
    share = np.exp(0.75) / (2 * np.exp(0.5) + np.exp(0.75))
    assert itself.tolist() == pytest.approx([(1 - share) / 2])
    assert beside.tolist() == pytest.approx([(1 - share) / 2, share])
    assert found.item() == pytest.approx(share * np.log(3))


def test_the_row_itself_turns_the_attention():
    # sigmoid(m_i v0 + m_j v1) with m of the row -2: sigmoid(-4) to itself, 1/2 to the node of 2.
    layer = network(starts=(1.0, 0.0), ends=(1.0, 0.0))
    _, (itself, beside) = layer.layer(0, column(-2.0), column(2.0), near([1]))
    expected = np.exp([1 / (1 + np.exp(4)), 0.5])
    assert [itself.item(), beside.item()] == pytest.approx(expected / expected.sum())


def test_who_is_no_neighbour_has_no_say_and_a_row_without_any_is_told_by_itself():
    layer = network(weights=(3.0, 1.0))
    found, (itself, beside) = layer.layer(0, column(1.0, 7.0), column(2.0, 50.0), near([1, 0], [0, 0]))
    assert itself.tolist() == [0.5, 1] and beside.tolist() == [0.5]
    assert found[:, 0].tolist() == [4.5, 21]


def test_two_layers_one_after_the_other():
    # Node 0 has node 1 beside it: 2 and 4 become (6 + 12) / 2 = 9 and 12. The row of 2 has node 1 beside it too, and
    # becomes 9 as node 0 does; then the mean of 9 and 12, halved.
    layers = network(weights=(3.0, 0.5))
    among = near([0, 1], [0, 0])
    found = layers.encode(column(2.0, 2.0), column(2.0, 4.0), near([0, 1], [0, 1]), among)
    assert found[:, 0].tolist() == pytest.approx([0.5 * (9 + 12) / 2] * 2)
    assert torch.equal(layers.encode(column(2.0, 4.0), column(2.0, 4.0), among, among)[0], found[0])


def test_the_loss_by_hand():
    # A node without a neighbour: 2 is encoded as 2 w u, and told again as 2 (w u)^2.
    perfect, weaker = network(), network(weights=(1.0, 0.5))
    alone = near([0])
    assert perfect.loss(column(2.0), alone).item() == pytest.approx(np.log(1 + np.exp(-4)))
    assert weaker.loss(column(2.0), alone).item() == pytest.approx((2 - 0.5) + np.log(1 + np.exp(-1)))
    # An edge from 2 to 2: nothing is lost, and three likenesses of 4 lack log(1 + exp(-4)) each.
    pair = perfect.loss(column(2.0, 2.0), near([0, 1], [0, 0]))
    assert pair.item() == pytest.approx(3 * np.log(1 + np.exp(-4)))


def test_fitting_lowers_the_loss_and_is_the_same_each_time():
    random = np.random.default_rng(1)
    nodes = random.normal(size=(30, 6)).astype(np.float32)
    among = np.stack(np.nonzero((random.random((30, 30)) < 0.1) & ~np.eye(30, dtype=bool)))
    first, *more = (fit_graph_attention(nodes, among, 8, 4, epochs, seed=3) for epochs in (1, 60, 60))
    values, edges = torch.as_tensor(nodes), torch.as_tensor(among)
    assert more[0].loss(values, edges) < 0.7 * first.loss(values, edges)
    pairs = zip(more[0].parameters(), more[1].parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)
