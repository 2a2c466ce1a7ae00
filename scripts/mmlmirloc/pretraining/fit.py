"""Train the encoder to guess masked bases."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mmlmirloc.files import write_table
from mmlmirloc.job import logger
from mmlmirloc.pretraining import corpus
from mmlmirloc.pretraining.masking import choose, hidden
from mmlmirloc.pretraining.tokens import LARGEST_POSITIONS, encode, pad

HISTORY = ["epoch", "train_loss", "validation_loss", "validation_accuracy"]
# Seeds of the parts of a run, added to its seed, so that none repeats the draws of another.
MASKS = 1
# Share of the steps in which the learning rate rises.
WARM_UP = 0.15


def pretrain(
    path: str | Path,
    checkpoint: str | Path,
    history: str | Path,
    sizes: Mapping[str, Any],
    settings: Mapping[str, Any],
    seed: int,
) -> None:
    """Train an encoder on a corpus's training part; keep its weights and a line per epoch.

    Parameters
    ----------
    path : path
        Table of :func:`mmlmirloc.pretraining.corpus.divide_hairpins`.
    checkpoint : path
        safetensors of :func:`mmlmirloc.pretraining.checkpoint.save`.
    history : path
        TSV of epoch, train_loss, validation_loss (both nats per masked base), validation_accuracy.
    sizes, settings, seed
        Of :func:`fit`.
    """
    from mmlmirloc.pretraining.checkpoint import save

    training = corpus.read_part(path, corpus.TRAINING)
    validation = corpus.one_of_each_cluster(corpus.read_part(path, corpus.VALIDATION))
    groups = [rows.tolist() for _, rows in training.groupby("cluster")["sequence"]]
    network, lines = fit(groups, validation["sequence"].tolist(), sizes, settings, seed)
    save(network, checkpoint)
    write_table(pd.DataFrame(lines, columns=HISTORY), history)


def fit(
    groups: Sequence[Sequence[str]],
    validation: Sequence[str],
    sizes: Mapping[str, Any],
    settings: Mapping[str, Any],
    seed: int,
):
    """Return the trained encoder, and a row of ``HISTORY`` for each epoch.

    Parameters
    ----------
    groups : sequence of sequences of str
        Sequences by cluster: each epoch sees one of each, drawn anew.
    validation : sequence of str
        Watched, never trained on; nothing is chosen by it within a run.
    sizes : mapping
        Of :class:`mmlmirloc.pretraining.network.Sizes`.
    settings : mapping
        ``epochs``, ``crop`` (bases of a longer sequence that an epoch sees), ``batch_size`` (sequences),
        ``learning_rate`` (the highest of a one-cycle schedule), ``weight_decay``, ``masked`` (share of bases).
    seed : int
        Seed of the first weights and of every draw.
    """
    import torch
    import torch.nn.functional as F
    from torch.optim.lr_scheduler import OneCycleLR

    from mmlmirloc.pretraining.network import untrained

    network = untrained(sizes, seed)
    steps = settings["epochs"] * -(-len(groups) // settings["batch_size"])
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=settings["learning_rate"], weight_decay=settings["weight_decay"], fused=True
    )
    schedule = OneCycleLR(optimiser, settings["learning_rate"], total_steps=steps, pct_start=WARM_UP)
    generator = np.random.default_rng(seed)
    watched = masked_rows(validation, settings["masked"], seed + MASKS)
    lines = []
    for epoch in range(1, settings["epochs"] + 1):
        network.train()
        total = number = 0
        for tokens, truth in epoch_batches(groups, settings, generator):
            optimiser.zero_grad(set_to_none=True)
            loss = F.cross_entropy(network.logits(network(tokens))[truth >= 0], truth[truth >= 0])
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            seen = int((truth >= 0).sum())
            total, number = total + loss.item() * seen, number + seen
        guesses = predict(network, watched)
        lines.append((epoch, total / number, guesses["nll"].mean(), guesses["correct"].mean()))
        logger.info("epoch %d: training loss %.4f, validation loss %.4f, validation accuracy %.4f", *lines[-1])
    return network.eval(), lines


def epoch_batches(groups, settings: Mapping[str, Any], generator: np.random.Generator) -> Iterator[tuple]:
    """Yield tokens and truth (-1 where nothing is to be guessed), both (n, longest), of one sequence per group."""
    rows = []
    for group in groups:
        tokens = encode(group[generator.integers(len(group))])
        start = generator.integers(max(len(tokens) - settings["crop"], 0) + 1)
        tokens = tokens[start : start + settings["crop"]]
        rows.append((tokens, choose(tokens, settings["masked"], generator)))
    # Sequences of like length lie in one batch, in an order that chance decides among equals.
    order = np.lexsort([generator.random(len(rows)), [len(tokens) for tokens, _ in rows]])
    batches = np.split(order, range(settings["batch_size"], len(order), settings["batch_size"]))
    for number in generator.permutation(len(batches)):
        yield tensors([rows[row] for row in batches[number]])


def tensors(rows: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple:
    """Return masked tokens and truth of rows (tokens, places), padded, as tensors."""
    import torch

    tokens = pad([hidden(*row) for row in rows])
    truth = np.full(tokens.shape, -1, dtype=np.int64)
    for number, (given, places) in enumerate(rows):
        truth[number, places] = given[places]
    return torch.from_numpy(tokens), torch.from_numpy(truth)


def masked_rows(sequences: Sequence[str], share: float, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return tokens and masked places of whole sequences, up to their 440th base; the same for the same seed."""
    generator = np.random.default_rng(seed)
    encoded = [encode(sequence[:LARGEST_POSITIONS]) for sequence in sequences]
    return [(tokens, choose(tokens, share, generator)) for tokens in encoded]


def predict(network, rows: Sequence[tuple[np.ndarray, np.ndarray]], batch_size: int = 64) -> pd.DataFrame:
    """Return row, correct (0 or 1) and nll (nats) of each masked base, in the order of rows and places."""
    import torch

    network.eval()
    found = []
    order = np.argsort([len(tokens) for tokens, _ in rows], kind="stable")
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        tokens, truth = tensors([rows[row] for row in chosen])
        with torch.inference_mode():
            logarithms = network.logits(network(tokens)).log_softmax(dim=-1)
        place = truth >= 0
        found.append(
            pd.DataFrame(
                {
                    "row": chosen[place.nonzero()[:, 0].numpy()],
                    "correct": (logarithms.argmax(dim=-1) == truth)[place].numpy().astype(int),
                    "nll": -logarithms[place].gather(1, truth[place][:, None])[:, 0].double().numpy(),
                }
            )
        )
    return pd.concat(found).sort_values("row", kind="stable", ignore_index=True)
