"""A recurrent layer over rows of different lengths: each row's states are those that it has alone."""

import pytest
import torch

from mmlmirloc.models.shared.recurrent import states_of

LENGTHS = torch.tensor([5, 0, 1, 7])


def layer(kind, layers):
    torch.manual_seed(0)
    return kind(3, 4, num_layers=layers, batch_first=True, bidirectional=True)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("kind", [torch.nn.LSTM, torch.nn.GRU])
def test_states_are_those_of_each_row_alone(kind, layers):
    recurrent, values = layer(kind, layers), torch.randn(4, 9, 3)
    states, filled, lengths = states_of(recurrent, values, LENGTHS)
    assert lengths.tolist() == [5, 1, 1, 7] and filled.sum(dim=1).tolist() == lengths.tolist()
    assert states.shape == (4, 7, 8)
    for row, length in enumerate(lengths.tolist()):
        alone, _ = recurrent(values[row : row + 1, :length])
        torch.testing.assert_close(states[row, :length], alone[0], rtol=0, atol=1e-6)
        assert not states[row, length:].any()


@pytest.mark.parametrize("options", [{"bidirectional": False}, {"bias": False, "bidirectional": True}])
def test_layers_of_other_options_have_the_states_of_each_row_alone_too(options):
    torch.manual_seed(0)
    recurrent, values = torch.nn.LSTM(3, 4, batch_first=True, **options), torch.randn(4, 9, 3)
    states, _, lengths = states_of(recurrent, values, LENGTHS)
    for row, length in enumerate(lengths.tolist()):
        alone, _ = recurrent(values[row : row + 1, :length])
        torch.testing.assert_close(states[row, :length], alone[0], rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", [torch.nn.LSTM, torch.nn.GRU])
def test_the_gradient_is_the_sum_of_those_of_the_rows(kind):
    recurrent, values = layer(kind, 2), torch.randn(4, 9, 3)
    states_of(recurrent, values, LENGTHS)[0].square().sum().backward()
    together = [parameter.grad.clone() for parameter in recurrent.parameters()]
    recurrent.zero_grad()
    for row, length in enumerate([5, 1, 1, 7]):
        recurrent(values[row : row + 1, :length])[0].square().sum().backward()
    for found, parameter in zip(together, recurrent.parameters(), strict=True):
        torch.testing.assert_close(found, parameter.grad, rtol=1e-4, atol=1e-5)


def test_nothing_random_is_drawn():
    recurrent, values = layer(torch.nn.LSTM, 1), torch.randn(4, 9, 3)
    before = torch.random.get_rng_state()
    states_of(recurrent, values, LENGTHS)
    assert torch.equal(before, torch.random.get_rng_state())
