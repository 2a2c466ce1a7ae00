"""The encoder's weights on disk: safetensors, with the sizes of the network among their metadata."""

import json
from pathlib import Path

from mmlmirloc.errors import InputError
from mmlmirloc.files import whole

# One key, since safetensors writes several in an order of its own, and equal weights must be equal files.
KEY = "mmlmirloc_encoder"


def save(network, path: str | Path) -> None:
    """Write an :class:`mmlmirloc.pretraining.network.Encoder`, whole or not at all."""
    from safetensors.torch import save_file

    with whole(path) as temporary:
        save_file(network.state_dict(), temporary, metadata={KEY: json.dumps(network.sizes.as_dict(), sort_keys=True)})


def load(path: str | Path):
    """Read an encoder that :func:`save` wrote, ready to be asked.

    Raises
    ------
    InputError
        When the file is missing, damaged, of another network, or holds a weight that is no finite number.
    """
    from safetensors import SafetensorError, safe_open
    from safetensors.torch import load_file

    from mmlmirloc.pretraining.network import Encoder, sizes_of

    if not Path(path).is_file():
        raise unusable(path, "there is no such file")
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
        tensors = load_file(path)
    except (SafetensorError, OSError) as error:
        raise unusable(path, str(error)) from None
    if KEY not in metadata:
        raise unusable(path, f"its metadata have no {KEY}")
    try:
        network = Encoder(sizes_of(json.loads(metadata[KEY])))
    except (ValueError, TypeError, InputError) as error:
        raise unusable(
            path, f"the sizes in its metadata are not as expected: {getattr(error, 'what', error)}"
        ) from None
    wanted = {name: list(tensor.shape) for name, tensor in network.state_dict().items()}
    found = {name: list(tensor.shape) for name, tensor in tensors.items()}
    for name in sorted({*wanted, *found}):
        if wanted.get(name) != found.get(name):
            raise unusable(path, f"{name} has the shape {found.get(name)} in place of {wanted.get(name)}")
    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise unusable(path, f"{name} holds a value that is no finite number")
    network.load_state_dict(tensors)
    return network.eval()


def unusable(path: str | Path, reason: str) -> InputError:
    """Say why a checkpoint cannot be used."""
    return InputError(
        f"The encoder's weights cannot be loaded ({reason})",
        path,
        "model.safetensors as rule pretrain_encoder writes it and the project keeps it in resources/encoder",
        "restore the file (git checkout resources/encoder), train it anew (snakemake results/tables/encoder.md), or "
        "name another in the config: sources: {encoder: path/to/model.safetensors}",
    )
