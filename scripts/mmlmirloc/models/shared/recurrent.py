"""A recurrent layer over rows of different lengths, without computing their padding."""

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
        States, shape (n, longest, width of the layer); booleans, shape (n, longest): the filled positions; lengths, at
        least 1, since a softmax over the positions of a row needs one.
    """
    import torch
    from torch.nn.utils import rnn

    lengths = lengths.clamp(min=1)
    packed = rnn.pack_padded_sequence(values, lengths, batch_first=True, enforce_sorted=False)
    states, _ = rnn.pad_packed_sequence(recurrent(packed)[0], batch_first=True)
    return states, torch.arange(states.shape[1])[None, :] < lengths[:, None], lengths
