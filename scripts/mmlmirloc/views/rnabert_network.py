"""Run RNABERT over all sequences through multimolecule, once for all views cut from its embeddings."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features
from mmlmirloc.files import read_table
from mmlmirloc.job import logger, progress, silence_transformers
from mmlmirloc.views.cache import save_features

# RNABERT has this many position embeddings: the largest "size" of the paper's Table V.
LARGEST_POSITIONS = 440


def embed_view(sequences: str | Path, weights: str | None, output: str | Path, special_tokens: bool, seed: int) -> None:
    """Embed every sequence of the dataset with RNABERT (``weights`` None: untrained, a control)."""
    table = read_table(sequences, columns=["accession", "sequence"], text=["accession", "sequence"])
    features = embed(table["sequence"].tolist(), Path(weights) if weights else None, seed, special_tokens)
    save_features(output, table["accession"].tolist(), features)


def embed(
    sequences: Sequence[str], weights: Path | None, seed: int, special_tokens: bool, batch_size: int = 32
) -> Features:
    """Run RNABERT over ``sequences`` at its largest length.

    Parameters
    ----------
    sequences : sequence of str
        RNA; bases after the 440th (438th with special tokens) are not seen.
    weights : Path or None
        Directory with config.json and model.safetensors; None for the same network untrained
        (a control).
    seed : int
        Seed of the untrained weights.
    special_tokens : bool
        Whether the network sees a start and an end token around the bases, as multimolecule's
        tokenizer adds; the authors' script does not. They are never part of the output.
    batch_size : int
        Sequences per forward pass, batched by length.

    Returns
    -------
    Features
        Values (n, longest, 120) zero padded, lengths (n,).

    Raises
    ------
    InputError
        When the weights cannot be loaded.
    """
    import torch
    from multimolecule import RnaTokenizer

    torch.manual_seed(seed)
    network = load_network(weights).eval()
    tokenizer = RnaTokenizer()
    longest = LARGEST_POSITIONS - 2 * special_tokens
    kept = [sequence[:longest] for sequence in sequences]
    cut = sum(len(sequence) > longest for sequence in sequences)
    if cut:
        logger.warning("%d sequences are longer than %d bases, RNABERT's limit: the rest is not seen", cut, longest)
    lengths = np.array([len(sequence) for sequence in kept], dtype=np.int64)
    values = np.zeros((len(kept), lengths.max(initial=1), network.config.hidden_size), dtype=np.float32)
    order = np.argsort(lengths, kind="stable")
    starts = range(0, len(order), batch_size)
    for start in progress(starts, "RNABERT", unit="batch"):
        rows = order[start : start + batch_size]
        tokens = tokenizer(
            [kept[row] for row in rows], add_special_tokens=special_tokens, padding=True, return_tensors="pt"
        )
        with torch.inference_mode():
            hidden = network(tokens["input_ids"], attention_mask=tokens["attention_mask"]).last_hidden_state
        for row, states in zip(rows, hidden.numpy()):
            first = int(special_tokens)
            values[row, : lengths[row]] = states[first : first + lengths[row]]
    return Features(values, lengths)


def load_network(weights: Path | None):
    """Load RNABERT from a directory, or build it untrained where ``weights`` is None."""
    from multimolecule import RnaBertConfig, RnaBertModel
    from safetensors import SafetensorError

    if weights is None:
        return RnaBertModel(RnaBertConfig())
    # transformers takes a path that is not there for an id of its hub, and asks the hub in spite of local_files_only.
    absent = [name for name in ("config.json", "model.safetensors") if not (Path(weights) / name).is_file()]
    if absent:
        raise unusable(weights, f"there is no {' and no '.join(absent)}")
    silence_transformers()
    try:
        network, loading = RnaBertModel.from_pretrained(str(weights), local_files_only=True, output_loading_info=True)
    except (OSError, ValueError, RuntimeError, TypeError, SafetensorError) as error:
        raise unusable(weights, str(error)) from None
    # transformers fills what a file lacks with random numbers; only the pooler does not touch the embedding of a base.
    missing = sorted(name for name in loading["missing_keys"] if not name.startswith("pooler."))
    if missing:
        raise unusable(weights, f"{len(missing)} tensors are missing, first {missing[0]}")
    return network


def unusable(weights: Path, reason: str) -> InputError:
    """Say why a directory of weights cannot be used."""
    return InputError(
        f"RNABERT's weights cannot be loaded ({reason})",
        weights,
        "config.json and model.safetensors of multimolecule's RnaBertModel",
        "give such a directory in the config: sources: {rnabert: path/to/directory}",
    )
