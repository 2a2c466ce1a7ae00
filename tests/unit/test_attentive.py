import numpy as np
import pytest
import torch

from mmlmirloc.models.shared.attentive import attentive_states, require_heads


@pytest.fixture
def module():
    torch.manual_seed(1)
    return attentive_states(width=3, hidden=2, layers=1, heads=2).eval()


def pooled(module, values, lengths):
    with torch.inference_mode():
        return module(torch.as_tensor(values, dtype=torch.float32), torch.tensor(lengths)).numpy()


def test_attention_by_hand_over_the_states(module):
    """Each head: softmax(q k' / sqrt(2)) v over the states; the heads side by side, one matrix, and the mean."""
    values = np.random.default_rng(1).normal(size=(1, 3, 3))
    weights = {name: value.detach().numpy() for name, value in module.state_dict().items()}
    with torch.inference_mode():
        states = module.recurrent(torch.as_tensor(values, dtype=torch.float32))[0][0].numpy()
    assert states.shape == (3, 4)
    query, key, value = np.split(
        states @ weights["attention.in_proj_weight"].T + weights["attention.in_proj_bias"], 3, axis=1
    )
    heads = []
    for head in (slice(0, 2), slice(2, 4)):
        energy = np.exp(query[:, head] @ key[:, head].T / np.sqrt(2))
        heads.append(energy / energy.sum(axis=1, keepdims=True) @ value[:, head])
    attended = np.concatenate(heads, axis=1) @ weights["attention.out_proj.weight"].T
    attended += weights["attention.out_proj.bias"]
    assert pooled(module, values, [3])[0] == pytest.approx(attended.mean(axis=0), abs=1e-6)


def test_what_stands_beyond_the_length_changes_nothing(module):
    values = np.random.default_rng(1).normal(size=(2, 5, 3))
    alone = pooled(module, values[:1, :2], [2])
    assert pooled(module, values, [2, 5])[0] == pytest.approx(alone[0], abs=1e-6)
    assert np.abs(pooled(module, values[:1], [3]) - alone).max() > 1e-4


def test_a_row_without_positions_is_one_position(module):
    values = np.zeros((2, 4, 3))
    together = pooled(module, values, [0, 1])
    assert np.isfinite(together).all()
    assert together[0] == pytest.approx(together[1], abs=1e-6)


def test_heads_must_part_the_states():
    require_heads(6, 4)
    with pytest.raises(ValueError, match="2 x 5 wide, cannot be parted among 4 heads"):
        require_heads(5, 4)
