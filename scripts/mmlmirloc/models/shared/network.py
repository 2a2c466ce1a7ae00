"""What the torch learners share: one training loop with early stopping, and files without pickles."""

import copy
import json
from collections.abc import Hashable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.errors import InputError
from mmlmirloc.features import Features, Rows
from mmlmirloc.files import damaged, whole
from mmlmirloc.models.base import History, Learner, once
from mmlmirloc.models.shared.optimiser import Adam

# How a network is trained. The paper gives none of it (its Table S4 is not public), so that all is our choice.
SETTINGS = (
    Setting("learning_rate", float, "step of the optimiser", above=0),
    Setting("weight_decay", float, "decay of the weights", minimum=0),
    Setting("batch_size", int, "rows per step of the optimiser", minimum=1),
    Setting("epochs", int, "most passes over the training rows", minimum=1),
    Setting("patience", int, "epochs without a better one before training stops", minimum=1),
    Setting("epoch_by", str, "what tells the best epoch on validation rows", choices=("loss", "micro_f1")),
)


class NetworkLearner(Learner):
    """A multi-label network under binary cross-entropy; a subclass says what goes in and what it is.

    Its settings hold those of this module. Training stops when no epoch has been better for ``patience`` epochs, and
    the best epoch's weights are kept. Which is best is told by validation rows: by their lowest loss
    (``epoch_by: loss``) or their highest micro-averaged F1 (``micro_f1``), the earlier of equals.
    """

    def __init__(self, settings: Mapping[str, Any], locations: list[str], seed: int):
        super().__init__(settings, locations, seed)
        self.module = None
        self.widths: list[int] = []
        self.scaling: dict[str, np.ndarray] = {}

    # -- what a subclass gives ---------------------------------------------------------------

    def arrays(self, views: Mapping[str, Features]) -> list[np.ndarray]:
        """Turn views to the network's input arrays, first axis the rows."""
        raise NotImplementedError

    def arrays_depend_on(self) -> Hashable:
        """Return what of the settings :meth:`arrays` depends on; learners that agree in it share their inputs."""
        return None

    def build(self, widths: list[int]):
        """Return a torch module that takes the inputs and returns logits (n, locations)."""
        raise NotImplementedError

    # -- the protocol ------------------------------------------------------------------------

    def fit(self, train: Rows, validation: Rows, shared: MutableMapping[Hashable, Any] | None = None) -> History:
        """Train; see :class:`mmlmirloc.models.base.Learner`.

        Raises
        ------
        InputError
            When no epoch has a finite validation loss.
        """
        import torch

        torch.manual_seed(self.seed)
        inputs, validation_inputs, self.scaling = once(
            shared,
            ("inputs", self.settings.get("standardise", False), self.arrays_depend_on()),
            lambda: self._inputs(train, validation),
        )
        self.widths = [tensor.shape[-1] for tensor in inputs]
        self.module = self.build(self.widths)
        return self._train(
            inputs,
            torch.as_tensor(train.labels, dtype=torch.float32),
            validation_inputs,
            torch.as_tensor(validation.labels, dtype=torch.float32),
        )

    def score_some(self, rows: Rows) -> np.ndarray:
        """Return the sigmoid of the logits, shape (n, locations)."""
        import torch

        self.module.eval()
        with torch.inference_mode():
            return torch.sigmoid(self.module(*self._tensors(self.arrays(rows.views)))).numpy().astype(np.float64)

    def save(self, path: Path) -> None:
        """Write weights and scaling as safetensors."""
        from safetensors.torch import save_file
        from torch import as_tensor

        tensors = {f"module.{name}": value.contiguous() for name, value in self.module.state_dict().items()}
        tensors |= {f"scaling.{name}": as_tensor(value) for name, value in self.scaling.items()}
        with whole(path) as temporary:
            save_file(tensors, temporary, metadata={"widths": json.dumps(self.widths)})

    @classmethod
    def load(cls, path: Path, settings: Mapping[str, Any], locations: list[str]) -> "NetworkLearner":
        """Read back what :meth:`save` wrote.

        Raises
        ------
        InputError
            When the file is damaged.
        """
        from safetensors import SafetensorError, safe_open

        learner = cls(settings, locations, seed=0)
        try:
            with safe_open(path, framework="pt") as archive:
                tensors = {name: archive.get_tensor(name) for name in archive.keys()}  # noqa: SIM118
                learner.widths = json.loads(archive.metadata()["widths"])
            learner.module = learner.build(learner.widths)
            learner.module.load_state_dict(
                {name.removeprefix("module."): value for name, value in tensors.items() if name.startswith("module.")}
            )
        except (SafetensorError, OSError, TypeError, ValueError, KeyError, RuntimeError) as error:
            raise damaged(path, error) from None
        learner.scaling = {
            name.removeprefix("scaling."): value.numpy()
            for name, value in tensors.items()
            if name.startswith("scaling.")
        }
        return learner

    # -- inside ------------------------------------------------------------------------------

    def _inputs(self, train: Rows, validation: Rows) -> tuple[list, list, dict[str, np.ndarray]]:
        arrays = self.arrays(train.views)
        self.scaling = scaling_of(arrays) if self.settings.get("standardise", False) else {}
        return self._tensors(arrays), self._tensors(self.arrays(validation.views)), self.scaling

    def _tensors(self, inputs: list[np.ndarray]) -> list:
        import torch

        if self.scaling:
            inputs = [
                (array - self.scaling[f"mean_{number}"]) / self.scaling[f"spread_{number}"]
                for number, array in enumerate(inputs)
            ]
        return [
            torch.as_tensor(array, dtype=torch.long if array.dtype.kind == "i" else torch.float32) for array in inputs
        ]

    def _train(self, inputs, labels, validation_inputs, validation_labels) -> list[dict[str, float]]:
        import torch

        settings = self.settings
        loss_of = torch.nn.BCEWithLogitsLoss()
        optimiser = Adam(self.module.parameters(), settings["learning_rate"], settings["weight_decay"])
        generator = torch.Generator().manual_seed(self.seed)
        history, best, best_state, waited = [], -np.inf, None, 0
        for epoch in range(1, settings["epochs"] + 1):
            self.module.train()
            total = 0.0
            for batch in torch.randperm(len(labels), generator=generator).split(settings["batch_size"]):
                optimiser.zero_grad()
                loss = loss_of(self.module(*(tensor[batch] for tensor in inputs)), labels[batch])
                loss.backward()
                optimiser.step()
                total += loss.item() * len(batch)
            self.module.eval()
            with torch.inference_mode():
                logits = self.module(*validation_inputs)
                validation_loss = loss_of(logits, validation_labels).item()
            measured = {"validation_loss": validation_loss, "validation_micro_f1": micro_f1(validation_labels, logits)}
            history.append({"epoch": epoch, "train_loss": total / len(labels), **measured})
            worth = -validation_loss if settings["epoch_by"] == "loss" else measured["validation_micro_f1"]
            if np.isfinite(validation_loss) and worth > best:
                best, best_state, waited = worth, copy.deepcopy(self.module.state_dict()), 0
            else:
                waited += 1
                if waited >= settings["patience"]:
                    break
        if best_state is None:
            raise InputError(
                f"Training diverged: none of {len(history)} epochs had a finite validation loss",
                f"{type(self).__module__}, learning_rate {settings['learning_rate']}",
                "at least one epoch, finite views, and a learning rate at which the loss falls",
                "lower learning_rate in the config (learners) or in the overrides of config/models.tsv",
            )
        self.module.load_state_dict(best_state)
        return history


def micro_f1(labels, logits) -> float:
    """F1 of all labels taken together at a score of 0.5, from tensors (n, locations); 0 where nothing is predicted."""
    predicted = logits >= 0
    true = (predicted * labels).sum()
    return float(2 * true / (predicted.sum() + labels.sum()).clamp(min=1))


def scaling_of(inputs: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Mean and standard deviation of each column of each input array (a constant column gets spread 1)."""
    scaling = {}
    for number, array in enumerate(inputs):
        columns = tuple(range(array.ndim - 1))
        # In float64, where the mean of equal float32 values is exact: else a constant column has a spread of 1e-9.
        spread = array.std(axis=columns, dtype=np.float64)
        scaling[f"mean_{number}"] = array.mean(axis=columns, dtype=np.float64).astype(np.float32)
        scaling[f"spread_{number}"] = np.where(spread > 0, spread, 1).astype(np.float32)
    return scaling
