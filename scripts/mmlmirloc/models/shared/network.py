"""What the torch learners share: from views to tensors, training, and files without pickles."""

import json
from collections.abc import Hashable, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.errors import InputError
from mmlmirloc.features import Features, Rows
from mmlmirloc.files import damaged, whole
from mmlmirloc.models.base import History, Learner, once, shares

# How a network is trained. The paper gives none of it (its Table S4 is not public), so that all is our choice.
SETTINGS = (
    Setting("learning_rate", float, "step of the optimiser", above=0),
    Setting("weight_decay", float, "decay of the weights", minimum=0),
    Setting("batch_size", int, "rows per step of the optimiser", minimum=1),
    Setting("epochs", int, "most passes over the training rows", minimum=1),
    Setting("patience", int, "epochs without a better one before training stops", minimum=1),
    Setting("epoch_by", str, "what tells the best epoch on validation rows", choices=("loss", "micro_f1")),
)

# Columns of the inputs of all networks that are trained as one: more of them take memory, and are no faster.
MOST_INPUTS = 20_000


class NetworkLearner(Learner):
    """A multi-label network; a subclass says what goes in, what it is and, if not binary cross-entropy, its loss.

    Its settings hold those of this module. Training stops when no epoch has been better for ``patience`` epochs, and
    the best epoch's weights are kept. Which is best is told by validation rows: by their lowest loss
    (``epoch_by: loss``) or their highest micro-averaged F1 (``micro_f1``), the earlier of equals.
    """

    #: Whether :meth:`build` also takes the layers of :class:`mmlmirloc.models.shared.side_by_side.Layers`.
    SIDE_BY_SIDE: ClassVar[bool] = False

    def __init__(self, settings: Mapping[str, Any], locations: list[str], seed: int):
        super().__init__(settings, locations, seed)
        self.module = None
        self.widths: list[int] = []
        self.scaling: dict[str, np.ndarray] = {}
        #: What :meth:`prepare` takes from the training rows and scoring needs; kept in the file beside the weights.
        self.reference: dict[str, np.ndarray] = {}

    # -- what a subclass gives ---------------------------------------------------------------

    def arrays(self, views: Mapping[str, Features]) -> list[np.ndarray]:
        """Turn views to the network's input arrays, first axis the rows."""
        raise NotImplementedError

    def arrays_depend_on(self) -> Hashable:
        """Return what of the settings :meth:`arrays` depends on; learners that agree in it share their inputs."""
        return None

    def build(self, widths: list[int]):
        """Return a torch module that takes the inputs and returns logits (n, locations).

        One that is ``SIDE_BY_SIDE`` takes ``layers`` as well, the place of ``torch.nn`` for ``Linear`` and ``Dropout``;
        its inputs and logits have an axis of networks before them then.
        """
        raise NotImplementedError

    def prepare(self, train: Rows) -> None:
        """Take from the training rows what the network needs beside its weights; by default nothing."""
        return

    def losses(self, module: Any, inputs: list, labels: Any) -> tuple[Any, Any]:
        """Return the loss of each row, (n,), and the logits (n, locations), which a loss on training rows may lack.

        All have an axis of networks before them where the learner is ``SIDE_BY_SIDE``.
        """
        from torch.nn.functional import binary_cross_entropy_with_logits

        logits = module(*inputs)
        return binary_cross_entropy_with_logits(logits, labels, reduction="none").mean(dim=-1), logits

    # -- the protocol ------------------------------------------------------------------------

    def fit(self, train: Rows, validation: Rows, shared: MutableMapping[Hashable, Any] | None = None) -> History:
        """Train; see :class:`mmlmirloc.models.base.Learner`.

        Raises
        ------
        InputError
            When no epoch has a finite validation loss.
        """
        (history,) = self._train([self], [self._part(train, validation, shared)])
        return history

    @classmethod
    def fit_many(cls, learners: Sequence[Self], parts: Sequence[tuple[Rows, Rows]]) -> list[History]:
        """Train several; see :class:`mmlmirloc.models.base.Learner`.

        Networks of one structure and the same settings are trained as one, where the learner is ``SIDE_BY_SIDE``.
        """
        made = [
            learner._part(*part, shared) for learner, part, shared in zip(learners, parts, shares(parts), strict=True)
        ]
        histories: list[History] = [[] for _ in learners]
        for places in cls._groups(learners, made):
            trained = cls._train([learners[place] for place in places], [made[place] for place in places])
            for place, history in zip(places, trained):
                histories[place] = history
        return histories

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
        tensors |= {f"reference.{name}": as_tensor(value) for name, value in self.reference.items()}
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
            parts = {
                part: {name.removeprefix(part): value for name, value in tensors.items() if name.startswith(part)}
                for part in ("module.", "scaling.", "reference.")
            }
            learner.reference = {name: value.numpy() for name, value in parts["reference."].items()}
            learner.scaling = {name: value.numpy() for name, value in parts["scaling."].items()}
            learner.module = learner.build(learner.widths)
            learner.module.load_state_dict(parts["module."])
        except (SafetensorError, OSError, TypeError, ValueError, KeyError, RuntimeError) as error:
            raise damaged(path, error) from None
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
                if f"mean_{number}" in self.scaling
                else array
                for number, array in enumerate(inputs)
            ]
        return [
            torch.as_tensor(array, dtype=torch.long if array.dtype.kind == "i" else torch.float32) for array in inputs
        ]

    def _part(self, train: Rows, validation: Rows, shared: MutableMapping[Hashable, Any] | None):
        """Build the network, and return the :class:`mmlmirloc.models.shared.network_training.Part` to train it on."""
        import torch

        from mmlmirloc.models.shared.network_training import Part

        self.prepare(train)
        inputs, validation_inputs, self.scaling = once(
            shared,
            ("inputs", self.settings.get("standardise", False), self.arrays_depend_on()),
            lambda: self._inputs(train, validation),
        )
        self.widths = [tensor.shape[-1] for tensor in inputs]
        labels, validation_labels = (torch.as_tensor(rows.labels, dtype=torch.float32) for rows in (train, validation))
        return Part(inputs, labels, validation_inputs, validation_labels)

    @classmethod
    def _groups(cls, learners: Sequence[Self], parts: Sequence[Any]) -> list[list[int]]:
        """Return the places of the learners that are trained as one."""
        if not cls.SIDE_BY_SIDE:
            return [[place] for place in range(len(learners))]
        groups: dict[Hashable, list[int]] = {}
        for place, (learner, part) in enumerate(zip(learners, parts)):
            steps = -(-len(part.labels) // learner.settings["batch_size"])
            alike = json.dumps([learner.widths, steps, dict(learner.settings)], sort_keys=True)
            groups.setdefault(alike, []).append(place)
        most = {alike: max(1, MOST_INPUTS // sum(learners[places[0]].widths)) for alike, places in groups.items()}
        return [
            places[start : start + most[alike]]
            for alike, places in groups.items()
            for start in range(0, len(places), most[alike])
        ]

    @classmethod
    def _train(cls, learners: Sequence[Self], parts: Sequence[Any]) -> list[History]:
        """Train learners of the same structure and settings as one; return the history of each."""
        import torch

        from mmlmirloc.models.shared.network_training import train_networks
        from mmlmirloc.models.shared.side_by_side import Layers, Stack

        first = learners[0]
        for learner in learners:
            torch.manual_seed(learner.seed)
            learner.module = learner.build(learner.widths)
        generators = [torch.Generator().manual_seed(learner.seed) for learner in learners]
        together = first.build(first.widths, Layers(generators)) if cls.SIDE_BY_SIDE else None
        modules = [learner.module for learner in learners]
        stack = Stack(modules, together, generators, first.losses)
        trained = train_networks(stack, parts, first.settings)
        for learner, one in zip(learners, trained):
            if one.best_state is None:
                raise learner._diverged(len(one.history))
            learner.module.load_state_dict(one.best_state)
        return [one.history for one in trained]

    def _diverged(self, epochs: int) -> InputError:
        return InputError(
            f"Training diverged: none of {epochs} epochs had a finite validation loss",
            f"{type(self).__module__}, learning_rate {self.settings['learning_rate']}",
            "at least one epoch, finite views, and a learning rate at which the loss falls",
            "lower learning_rate in the config (learners) or in the overrides of config/models.tsv",
        )


def scaling_of(inputs: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Mean and standard deviation of each column of each input array (a constant column gets spread 1).

    Arrays of whole numbers, which count or name something, are not scaled.
    """
    scaling = {}
    for number, array in enumerate(inputs):
        if array.dtype.kind == "i":
            continue
        columns = tuple(range(array.ndim - 1))
        # In float64, where the mean of equal float32 values is exact: else a constant column has a spread of 1e-9.
        spread = array.std(axis=columns, dtype=np.float64)
        scaling[f"mean_{number}"] = array.mean(axis=columns, dtype=np.float64).astype(np.float32)
        scaling[f"spread_{number}"] = np.where(spread > 0, spread, 1).astype(np.float32)
    return scaling
