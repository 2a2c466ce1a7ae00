"""The project's own encoder: a masked language model of hairpins whose attention knows stems.

Importing this module imports torch, which takes seconds: import it inside functions.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmlmirloc.errors import InputError
from mmlmirloc.pretraining.tokens import BASES, PADDING, TOKENS

# How well base a (row) pairs with base b (column), in the order of BASES: Watson-Crick 1, wobble .5, others -1.
PAIRING = ((-1.0, -1.0, -1.0, 1.0), (-1.0, -1.0, 1.0, -1.0), (-1.0, 1.0, -1.0, 0.5), (1.0, -1.0, 0.5, -1.0))
# At the start a stem of eleven pairs stands out of chance matches, without the attention being all on one base.
SHARPNESS = 0.5
# Bases nearer than a hairpin's loop do not pair; the bias is learnt for each of these distances and one for all beyond.
LOOP = 3
DISTANCES = 8
# Of the wavelengths, as in rotary embeddings since Su et al. 2021 (arXiv:2104.09864).
ROTARY_BASE = 10000.0
# A score whose share after a softmax is exactly 0.
NEVER = -10000.0


@dataclass(frozen=True)
class Sizes:
    """What the shape of the weights follows from.

    Attributes
    ----------
    width : int
        Numbers per base.
    convolution : int
        Bases that the first convolution sees, odd.
    blocks : int
        Blocks of rotary self-attention.
    heads : int
        Heads of each block; they divide ``width`` into even parts.
    hidden : int
        Width inside the feed-forward part of a block.
    windows : tuple of int
        One stem head for each: the paired bases that its scores start from, odd.
    """

    width: int
    convolution: int
    blocks: int
    heads: int
    hidden: int
    windows: tuple[int, ...]

    def as_dict(self) -> dict:
        """Return plain values, as JSON holds them."""
        return {**asdict(self), "windows": list(self.windows)}


def sizes_of(settings: Mapping[str, Any]) -> Sizes:
    """Return the sizes that settings name, the keys of :class:`Sizes` with a list of windows.

    Raises
    ------
    InputError
        For a missing or unknown key, or sizes that no network can have.
    """
    names = [field.name for field in fields(Sizes)]
    require(
        sorted(settings) == sorted(names), f"the keys {', '.join(sorted(settings))}", f"the keys {', '.join(names)}"
    )
    sizes = Sizes(**{**settings, "windows": tuple(settings["windows"])})
    odd = [sizes.convolution, *sizes.windows]
    require(all(number % 2 for number in odd), f"a window of {odd}", "odd numbers, so that a window has a middle")
    require(sizes.width % (2 * sizes.heads) == 0, f"a width of {sizes.width}", f"a multiple of {2 * sizes.heads}")
    require(len(sizes.windows) <= sizes.width, f"{len(sizes.windows)} windows", f"at most {sizes.width}")
    return sizes


def require(condition: bool, what: str, expected: str) -> None:
    """Raise InputError about the sizes unless ``condition`` holds."""
    if not condition:
        raise InputError(
            f"An encoder cannot be built with {what}", "encoder: sizes of the config", expected, "correct it"
        )


class StemAttention(nn.Module):
    """Attention whose keys are reversed windows, so that a base attends to the base it pairs with in a stem.

    The score of i and j is the sum over d of the weight of base i + d against base j - d, one 4 x 4 table for each
    head and d; it starts at :data:`PAIRING` within the head's window and at 0 outside. A masked or unknown base, whose
    row of ``bases`` is zero, neither speaks for a pair nor against it.
    """

    def __init__(self, sizes: Sizes):
        super().__init__()
        self.heads, self.window = len(sizes.windows), max(sizes.windows)
        self.each = sizes.width // self.heads
        inside = torch.tensor(
            [
                [abs(d) <= window // 2 for d in range(-(self.window // 2), self.window // 2 + 1)]
                for window in sizes.windows
            ]
        )
        # A narrow window has fewer pairs to tell a stem by: its pairs weigh more.
        weight = SHARPNESS * (self.window / torch.tensor(sizes.windows)).sqrt()
        self.pairing = nn.Parameter((inside * weight[:, None])[:, :, None, None] * torch.tensor(PAIRING))
        start = torch.zeros(self.heads, DISTANCES + 1)
        start[:, : LOOP + 1] = -5.0
        self.distance = nn.Parameter(start)
        self.norm = nn.LayerNorm(sizes.width)
        self.value = nn.Linear(sizes.width, self.heads * self.each)
        self.out = nn.Linear(self.heads * self.each, sizes.width)

    def scores(self, bases: Tensor, absent: Tensor) -> Tensor:
        """Return (n, heads, length, length): row i against column j, before the softmax.

        ``bases`` is (n, length, 4); ``absent`` (n, length) is 1 for padding, which scores :data:`NEVER`, else 0.
        """
        number, length, _ = bases.shape
        half = self.window // 2
        windows = F.pad(bases, (0, 0, half, half)).unfold(1, self.window, 1).transpose(2, 3)  # n, length, window, 4
        keys = torch.cat([windows.flip(2).flatten(2), NEVER * absent[:, :, None]], dim=2)
        table = torch.einsum("hwab,wv->hwavb", self.pairing, torch.eye(self.window)).flatten(1, 2).flatten(2)
        queries = windows.flatten(2)[:, None] @ table  # n, heads, length, window * 4
        queries = F.pad(queries, (0, 1), value=1.0).flatten(1, 2)
        place = torch.arange(length)
        apart = (place[:, None] - place[None, :]).abs().clamp(max=DISTANCES)
        nearness = self.distance @ F.one_hot(apart, DISTANCES + 1).float().flatten(0, 1).T
        nearness = nearness.view(1, self.heads * length, length).expand(number, -1, -1)
        return torch.baddbmm(nearness, queries, keys.transpose(1, 2)).view(number, self.heads, length, length)

    def forward(self, states: Tensor, bases: Tensor, absent: Tensor) -> Tensor:
        """Return what each position takes from those it attends to, (n, length, width)."""
        number, length, _ = states.shape
        weights = self.scores(bases, absent).softmax(dim=-1)
        values = self.value(self.norm(states)).view(number, length, self.heads, self.each).transpose(1, 2)
        return self.out((weights @ values).transpose(1, 2).reshape(number, length, -1))


class Block(nn.Module):
    """Self-attention that knows distances by rotation, then a feed-forward part, each added to what came in."""

    def __init__(self, sizes: Sizes):
        super().__init__()
        self.heads = sizes.heads
        self.norm = nn.LayerNorm(sizes.width)
        self.project = nn.Linear(sizes.width, 3 * sizes.width)
        self.out = nn.Linear(sizes.width, sizes.width)
        self.feed = nn.Sequential(
            nn.LayerNorm(sizes.width),
            nn.Linear(sizes.width, sizes.hidden),
            nn.GELU(),
            nn.Linear(sizes.hidden, sizes.width),
        )

    def forward(self, states: Tensor, turns: tuple[Tensor, Tensor], padding: Tensor) -> Tensor:
        """Return (n, length, width)."""
        number, length, width = states.shape
        parts = self.project(self.norm(states)).view(number, length, 3, self.heads, width // self.heads)
        queries, keys, values = parts.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(rotate(queries, turns), rotate(keys, turns), values, attn_mask=padding)
        states = states + self.out(mixed.transpose(1, 2).reshape(number, length, width))
        return states + self.feed(states)


class Encoder(nn.Module):
    """Tokens to a state per base, and to the logits of the four bases.

    Convolution, stem attention, then the blocks, each followed by another stem attention whose bases are what the
    states make of them: there a masked base counts as what it is likely to be.
    """

    def __init__(self, sizes: Sizes):
        super().__init__()
        self.sizes = sizes
        self.embed = nn.Linear(TOKENS, sizes.width, bias=False)
        self.convolve = nn.Conv1d(sizes.width, sizes.width, sizes.convolution, padding=sizes.convolution // 2)
        self.blocks = nn.ModuleList(Block(sizes) for _ in range(sizes.blocks))
        self.stems = nn.ModuleList(StemAttention(sizes) for _ in range(sizes.blocks + 1))
        self.guess = nn.ModuleList(nn.Linear(sizes.width, len(BASES)) for _ in range(sizes.blocks))
        for layer in self.guess:
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        self.norm = nn.LayerNorm(sizes.width)
        self.head = nn.Linear(sizes.width, len(BASES))

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the states (n, length, width) of tokens (n, length) of :mod:`mmlmirloc.pretraining.tokens`."""
        filled = (tokens != PADDING)[:, :, None].float()
        absent = (tokens == PADDING).float()
        padding = NEVER * absent[:, None, None, :]
        given = F.one_hot(tokens, TOKENS).float()
        bases = given[:, :, : len(BASES)]
        embedded = self.embed(given) * filled
        # Padding is zero before the convolution, as beyond the ends of a sequence that stands alone.
        states = embedded + F.gelu(self.convolve(embedded.transpose(1, 2)).transpose(1, 2))
        states = states + self.stems[0](states, bases, absent)
        turns = turns_of(tokens.shape[1], self.sizes.width // self.sizes.heads)
        for block, guess, stem in zip(self.blocks, self.guess, self.stems[1:]):
            states = block(states, turns, padding)
            states = states + stem(states, (bases + guess(states)) * filled, absent)
        return self.norm(states)

    def logits(self, states: Tensor) -> Tensor:
        """Return the logits (..., 4) of the bases, in the order of ``BASES``."""
        return self.head(states)


def untrained(sizes: Mapping[str, Any], seed: int) -> Encoder:
    """Return an encoder of :func:`sizes_of` with the first weights of a seed; torch's own state is left as it was."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return Encoder(sizes_of(sizes)).eval()


def turns_of(length: int, width: int) -> tuple[Tensor, Tensor]:
    """Return cosine and sine of each position's turns, each (length, width / 2)."""
    frequencies = ROTARY_BASE ** (-torch.arange(0, width, 2) / width)
    angles = torch.arange(length)[:, None] * frequencies[None, :]
    return angles.cos(), angles.sin()


def rotate(vectors: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """Turn each pair of numbers of (..., length, width) by its position, so that products tell distances."""
    cosine, sine = turns
    first, second = vectors.chunk(2, dim=-1)
    return torch.cat([first * cosine - second * sine, first * sine + second * cosine], dim=-1)
