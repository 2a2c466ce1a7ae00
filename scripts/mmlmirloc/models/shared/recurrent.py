"""A recurrent layer over rows of different lengths, each row as if it stood alone."""

from typing import Any


def states_of(recurrent: Any, values: Any, lengths: Any) -> tuple[Any, Any, Any]:
    """Return the states of a recurrent layer, which positions they are of, and the lengths.

    Parameters
    ----------
    recurrent : torch.nn.Module
        A GRU or LSTM of ``batch_first``.
    values : torch.Tensor
        Shape (n, positions, width).
    lengths : torch.Tensor
        Shape (n,): the filled positions of each row.

    Returns
    -------
    tuple of torch.Tensor
        States, shape (n, longest, width of the layer), 0 where nothing is filled; booleans, shape (n, longest): the
        filled positions; lengths, at least 1, since a softmax over the positions of a row needs one.
    """
    import torch

    lengths = lengths.clamp(min=1)
    filled = torch.arange(int(lengths.max()))[None, :] < lengths[:, None]
    # On a processor, torch goes through whole LSTMs three times as fast as through packed ones; of GRUs it does not.
    plain = recurrent.bidirectional and recurrent.batch_first and recurrent.bias and not recurrent.dropout
    states = _side_by_side if isinstance(recurrent, torch.nn.LSTM) and plain else _packed
    return states(recurrent, values[:, : filled.shape[1]], lengths, filled), filled, lengths


def _packed(recurrent: Any, values: Any, lengths: Any, filled: Any) -> Any:
    from torch.nn.utils import rnn

    packed = rnn.pack_padded_sequence(values, lengths, batch_first=True, enforce_sorted=False)
    return rnn.pad_packed_sequence(recurrent(packed)[0], batch_first=True)[0]


def _side_by_side(recurrent: Any, values: Any, lengths: Any, filled: Any) -> Any:
    """Go through all rows at once, backwards from each row's own end, so that what fills a row up comes last."""
    import torch

    places = torch.arange(filled.shape[1])[None, :]
    from_the_end = places.where(~filled, lengths[:, None] - 1 - places)[:, :, None]
    for layer in range(recurrent.num_layers):
        forward = _one_way(recurrent, f"l{layer}", values)
        backward = _one_way(recurrent, f"l{layer}_reverse", _taken(values, from_the_end))
        values = torch.cat([forward, _taken(backward, from_the_end)], dim=2)
    return values * filled[:, :, None]


def _one_way(recurrent: Any, part: str, values: Any) -> Any:
    """Return the states of one layer of an LSTM in one direction, through all positions."""
    from torch import nn
    from torch.func import functional_call

    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    weights = {f"{name}_l0": getattr(recurrent, f"{name}_{part}") for name in names}
    single = nn.LSTM(values.shape[2], recurrent.hidden_size, batch_first=True, device="meta")
    return functional_call(single, weights, (values,))[0]


def _taken(values: Any, places: Any) -> Any:
    """Return the values of each row at other places of it, which are of shape (n, positions, 1)."""
    return values.gather(1, places.expand(-1, -1, values.shape[2]))
