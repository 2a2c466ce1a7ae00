"""Networks of one structure as one computation: layers with an axis of networks before that of rows.

Each network keeps its own weights, rows, batches, dropout and early stopping. Batched products work
matrix by matrix, and each network draws its own random numbers, so that what becomes of one does not depend on those
that are trained with it: to the bit where its matrices are whole vectors of a processor (the layers of 128 are), else
up to rounding.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import nn


class Linear(nn.Module):
    """``torch.nn.Linear`` of several networks: (networks, n, width) to (networks, n, outputs).

    Its weight is that of ``torch.nn.Linear`` turned, as is the gradient that a batched product gives.
    """

    def __init__(self, networks: int, width: int, outputs: int, bias: bool = True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(networks, width, outputs))
        self.bias = nn.Parameter(torch.empty(networks, outputs)) if bias else None

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Return each network's rows times its weights, and its bias."""
        # Not torch.baddbmm, which adds the bias in another order where there is only one network.
        product = torch.bmm(rows, self.weight)
        return product if self.bias is None else product + self.bias.unsqueeze(1)


class Dropout(nn.Module):
    """``torch.nn.Dropout`` of several networks, each with a random generator of its own."""

    def __init__(self, generators: list[torch.Generator], share: float):
        super().__init__()
        self.generators, self.share = generators, share

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Leave a share of the values out while training, and scale the rest."""
        if not self.training or not self.share:
            return rows
        drawn = torch.empty_like(rows)
        for mask, generator in zip(drawn, self.generators, strict=True):
            mask.uniform_(generator=generator)
        return rows * (drawn >= self.share).to(rows.dtype).div_(1 - self.share)


class Layers:
    """What a network is built of, under the names of ``torch.nn``, for several networks at once.

    Parameters
    ----------
    generators : list of torch.Generator
        One per network, for its dropout.
    """

    def __init__(self, generators: list[torch.Generator]):
        self.Linear = partial(Linear, len(generators))
        self.Dropout = partial(Dropout, generators)


class Stack:
    """Networks of one structure, trained as one module.

    Parameters
    ----------
    modules : sequence of torch.nn.Module
        The networks, of which the first weights are taken.
    together : torch.nn.Module, optional
        The same network built of :class:`Layers`; None for a single network that is built of other layers.
    generators : list of torch.Generator
        Those of the layers; shortened here as networks leave.
    losses : callable
        Of a module, its inputs and labels: the loss of each row, and logits; see
        :meth:`mmlmirloc.models.shared.network.NetworkLearner.losses`.
    """

    def __init__(
        self,
        modules: Sequence[nn.Module],
        together: nn.Module | None,
        generators: list[torch.Generator],
        losses: Callable,
    ):
        self.losses_of = losses
        self.alone = together is None
        self.module = modules[0] if together is None else together
        self.generators = generators
        if together is not None:
            states = [module.state_dict() for module in modules]
            together.load_state_dict(
                {name: torch.stack([_turned(state[name]) for state in states]) for name in states[0]}
            )

    def losses(self, inputs: Sequence[torch.Tensor], labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return losses (networks, n) and logits (networks, n, labels) of inputs, each (networks, n, ...)."""
        if not self.alone:
            return self.losses_of(self.module, list(inputs), labels)
        losses, logits = self.losses_of(self.module, [rows[0] for rows in inputs], labels[0])
        return losses.unsqueeze(0), None if logits is None else logits.unsqueeze(0)

    def state(self, place: int) -> dict[str, Any]:
        """Return a copy of the weights of the network at a place, as ``torch.nn`` has them."""
        state = self.module.state_dict()
        return {name: (value if self.alone else _turned(value[place])).clone() for name, value in state.items()}

    def keep(self, places: Sequence[int]) -> None:
        """Go on with the networks at these places alone."""
        self.generators[:] = [self.generators[place] for place in places]
        for parameter in self.module.parameters():
            parameter.data = parameter.data[list(places)]
            parameter.grad = None


def _turned(weights: torch.Tensor) -> torch.Tensor:
    return weights.t() if weights.ndim == 2 else weights


def stacked(arrays: Sequence[torch.Tensor], rows: int) -> torch.Tensor:
    """Return arrays (n, ...) of several networks as one (networks, rows, ...); rows that one lacks are 0."""
    together = torch.zeros((len(arrays), rows, *arrays[0].shape[1:]), dtype=arrays[0].dtype)
    for place, array in zip(together, arrays):
        place[: len(array)] = array
    return together


def batches(
    sizes: Sequence[int], size: int, generators: Sequence[torch.Generator]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Shuffle the rows of each network and divide them to batches.

    Parameters
    ----------
    sizes : sequence of int
        The number of rows of each network; all make as many batches.
    size : int
        Rows of a batch.
    generators : sequence of torch.Generator
        One per network.

    Returns
    -------
    tuple of torch.Tensor
        ``(rows, weights)``, each (networks, batches, size): the numbers of rows, and 1 over the number of rows in the
        batch; the places that the last batch leaves free have row 0 and weight 0.
    """
    steps = -(-sizes[0] // size)
    rows = torch.zeros((len(sizes), steps * size), dtype=torch.long)
    weights = torch.zeros((len(sizes), steps * size))
    for place, (number, generator) in enumerate(zip(sizes, generators)):
        rows[place, :number] = torch.randperm(number, generator=generator)
        weights[place, :number] = 1
    weights = weights.reshape(len(sizes), steps, size)
    return rows.reshape(len(sizes), steps, size), weights / weights.sum(dim=2, keepdim=True)
