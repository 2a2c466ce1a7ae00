"""A recurrent layer in both directions, attention of the states to each other, and their mean: one vector per row."""

from mmlmirloc.models.shared.recurrent import states_of


def attentive_states(width: int, hidden: int, layers: int, heads: int):
    """Return a torch module of values (n, positions, width) and lengths (n,) that gives (n, 2 hidden).

    An LSTM of ``layers`` layers, ``hidden`` wide in each direction; multi-head self-attention of its states; their
    mean. All three see a row's first ``length`` positions only, and at least one, which a row without any fills with
    what stands there.
    """
    from torch import nn

    class AttentiveStates(nn.Module):
        def __init__(self):
            super().__init__()
            self.recurrent = nn.LSTM(width, hidden, num_layers=layers, batch_first=True, bidirectional=True)
            self.attention = nn.MultiheadAttention(2 * hidden, heads, batch_first=True)

        def forward(self, values, lengths):
            states, filled, lengths = states_of(self.recurrent, values, lengths)
            attended, _ = self.attention(states, states, states, key_padding_mask=~filled, need_weights=False)
            return (attended * filled[:, :, None]).sum(dim=1) / lengths[:, None]

    return AttentiveStates()


def require_heads(hidden: int, heads: int) -> None:
    """Refuse heads among which the states cannot be parted.

    Raises
    ------
    ValueError
        Its two arguments say what is wrong and what was expected.
    """
    if 2 * hidden % heads:
        raise ValueError(
            f"The states, 2 x {hidden} wide, cannot be parted among {heads} heads",
            "hidden and heads such that twice hidden is a multiple of heads",
        )
