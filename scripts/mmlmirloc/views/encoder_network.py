"""Run the project's own encoder over all sequences, once for all views cut from its states."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mmlmirloc.features import Features
from mmlmirloc.files import read_table
from mmlmirloc.job import logger, progress
from mmlmirloc.pretraining.tokens import LARGEST_POSITIONS, encode, pad
from mmlmirloc.views.cache import save_features


def encode_view(
    sequences: str | Path, checkpoint: str | None, output: str | Path, sizes: Mapping[str, Any], seed: int
) -> None:
    """Embed every sequence of the dataset, see :func:`embed`; npz of accessions, values and lengths."""
    table = read_table(sequences, columns=["accession", "sequence"], text=["accession", "sequence"])
    features = embed(table["sequence"].tolist(), checkpoint, sizes, seed)
    save_features(output, table["accession"].tolist(), features)


def embed(
    sequences: Sequence[str], checkpoint: str | Path | None, sizes: Mapping[str, Any], seed: int, batch_size: int = 32
) -> Features:
    """Run the encoder over ``sequences``.

    Parameters
    ----------
    sequences : sequence of str
        RNA; bases after the 440th are not seen, as by RNABERT.
    checkpoint : path or None
        File of :func:`mmlmirloc.pretraining.checkpoint.save`; None for the same network untrained (a control).
    sizes : mapping
        Sizes of the untrained network, of :class:`mmlmirloc.pretraining.network.Sizes`; a trained one has its own.
    seed : int
        Seed of the untrained weights.
    batch_size : int
        Sequences per forward pass, batched by length.

    Returns
    -------
    Features
        float32, values (n, longest, width) zero padded, lengths (n,).

    Raises
    ------
    InputError
        When the checkpoint cannot be used.
    """
    import torch

    from mmlmirloc.pretraining.checkpoint import load
    from mmlmirloc.pretraining.network import untrained

    network = untrained(sizes, seed) if checkpoint is None else load(checkpoint)
    encoded = [encode(sequence[:LARGEST_POSITIONS]) for sequence in sequences]
    cut = sum(len(sequence) > LARGEST_POSITIONS for sequence in sequences)
    if cut:
        logger.warning("%d sequences are longer than %d bases: the rest is not seen", cut, LARGEST_POSITIONS)
    lengths = np.array([len(tokens) for tokens in encoded], dtype=np.int64)
    values = np.zeros((len(encoded), lengths.max(initial=1), network.sizes.width), dtype=np.float32)
    order = np.argsort(lengths, kind="stable")
    for start in progress(range(0, len(order), batch_size), "encoder", unit="batch"):
        rows = order[start : start + batch_size]
        tokens = pad([encoded[row] for row in rows])
        with torch.inference_mode():
            states = network(torch.from_numpy(tokens)).numpy()
        for row, own in zip(rows, states):
            values[row, : lengths[row]] = own[: lengths[row]]
    return Features(values, lengths)
