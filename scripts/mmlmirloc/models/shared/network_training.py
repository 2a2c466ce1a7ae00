"""The training loop of the torch learners: batches, early stopping, and the best epoch's weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from mmlmirloc.models.base import History
from mmlmirloc.models.shared.optimiser import Adam
from mmlmirloc.models.shared.side_by_side import Stack, batches, stacked

# Validation rows are filled up to a multiple: a product of fewer than four rows is computed in another order.
ROWS = 8


@dataclass(frozen=True)
class Part:
    """What one network is trained on: inputs (n, ...) and labels (n, locations), and those of validation rows."""

    inputs: list[torch.Tensor]
    labels: torch.Tensor
    validation_inputs: list[torch.Tensor]
    validation_labels: torch.Tensor


@dataclass
class _Progress:
    """How far one network is."""

    history: History = field(default_factory=list)
    best: float = -np.inf
    best_state: dict[str, Any] | None = None
    waited: int = 0


def train_networks(stack: Stack, parts: Sequence[Part], settings: Mapping[str, Any]) -> list[_Progress]:
    """Train networks of one structure side by side, each until it stops.

    Parameters
    ----------
    stack : Stack
        The networks; it is used up, as those that stop leave it.
    parts : sequence of Part
        One per network, all with the same number of batches.
    settings : mapping
        Those of :data:`mmlmirloc.models.shared.network.SETTINGS`, of all of them.

    Returns
    -------
    list
        Of each network its ``history`` and ``best_state``, the weights of the best epoch; None where no epoch had a
        finite validation loss.
    """
    progress = [_Progress() for _ in parts]
    optimiser = Adam(
        stack.module.parameters(), settings["learning_rate"], settings["weight_decay"], networks=not stack.alone
    )
    running = list(range(len(parts)))
    data = _together(parts)
    for epoch in range(1, settings["epochs"] + 1):
        losses = _epoch(stack, optimiser, data, settings["batch_size"])
        for place, measured in enumerate(_validate(stack, data)):
            one = progress[running[place]]
            one.history.append({"epoch": epoch, "train_loss": losses[place], **measured})
            worth = -measured["validation_loss"] if settings["epoch_by"] == "loss" else measured["validation_micro_f1"]
            if np.isfinite(measured["validation_loss"]) and worth > one.best:
                one.best, one.best_state, one.waited = worth, stack.state(place), 0
            else:
                one.waited += 1
        places = [place for place, one in enumerate(running) if progress[one].waited < settings["patience"]]
        if not places:
            break
        if len(places) < len(running):
            stack.keep(places)
            optimiser.keep(places)
            running = [running[place] for place in places]
            data = _together([parts[one] for one in running])
    return progress


@dataclass(frozen=True)
class _Data:
    sizes: list[int]
    inputs: list[torch.Tensor]  # each (networks, n, ...)
    labels: torch.Tensor  # (networks, n, locations)
    validation_sizes: list[int]
    validation_inputs: list[torch.Tensor]
    validation_labels: torch.Tensor
    validated: torch.Tensor  # (networks, n, 1), 1 for a validation row and 0 where one is filled up


def _together(parts: Sequence[Part]) -> _Data:
    rows = max(len(part.labels) for part in parts)
    validation_rows = -(-max(len(part.validation_labels) for part in parts) // ROWS) * ROWS
    return _Data(
        [len(part.labels) for part in parts],
        [stacked(arrays, rows) for arrays in zip(*(part.inputs for part in parts))],
        stacked([part.labels for part in parts], rows),
        [len(part.validation_labels) for part in parts],
        [stacked(arrays, validation_rows) for arrays in zip(*(part.validation_inputs for part in parts))],
        stacked([part.validation_labels for part in parts], validation_rows),
        stacked([torch.ones(len(part.validation_labels), 1) for part in parts], validation_rows),
    )


def _epoch(stack: Stack, optimiser: Adam, data: _Data, batch_size: int) -> list[float]:
    """Go through all rows once; return each network's mean loss over its rows."""
    stack.module.train()
    drawn, weights = batches(data.sizes, batch_size, stack.generators)
    network = torch.arange(len(data.sizes))[:, None]
    seen = []
    for rows, weight in zip(drawn.unbind(1), weights.unbind(1)):
        optimiser.zero_grad()
        losses, _ = stack.losses([array[network, rows] for array in data.inputs], data.labels[network, rows])
        (losses * weight).sum().backward()
        optimiser.step()
        seen.append(losses.detach() * (weight > 0))
    return _means(torch.cat(seen, dim=1), data.sizes)


def _validate(stack: Stack, data: _Data) -> list[dict[str, float]]:
    """Return of each network its loss and its micro-averaged F1 on its validation rows."""
    stack.module.eval()
    with torch.inference_mode():
        losses, logits = stack.losses(data.validation_inputs, data.validation_labels)
        # What a network makes of a row that is filled up may be no number.
        losses = _means(losses.where(data.validated.squeeze(-1) > 0, 0), data.validation_sizes)
        scores = micro_f1(data.validation_labels, logits, data.validated)
    return [{"validation_loss": loss, "validation_micro_f1": score} for loss, score in zip(losses, scores.tolist())]


def _means(losses: torch.Tensor, sizes: Sequence[int]) -> list[float]:
    """Return each network's sum over its number of rows; all together would be added up in another order than one."""
    return [float(row.sum(dtype=torch.float64)) / size for row, size in zip(losses, sizes)]


def micro_f1(labels: torch.Tensor, logits: torch.Tensor, counted: torch.Tensor) -> torch.Tensor:
    """F1 of all labels taken together at a score of 0.5, of each network; 0 where nothing is predicted.

    Parameters
    ----------
    labels, logits : torch.Tensor
        Shape (networks, n, locations).
    counted : torch.Tensor
        Shape (networks, n, 1): 1 for the rows that count, else 0.
    """
    predicted = (logits >= 0) * counted
    true = (predicted * labels).sum(dim=(1, 2))
    return 2 * true / (predicted.sum(dim=(1, 2)) + (labels * counted).sum(dim=(1, 2))).clamp(min=1)
