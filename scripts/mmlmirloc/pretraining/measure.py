"""Measure how well masked bases of held-out families are guessed, by the encoder and by what it is held against."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.files import write_table
from mmlmirloc.job import logger, progress, silence_transformers
from mmlmirloc.pretraining import corpus, neighbourhood
from mmlmirloc.pretraining.checkpoint import load
from mmlmirloc.pretraining.fit import masked_rows, predict
from mmlmirloc.pretraining.masking import hidden
from mmlmirloc.pretraining.tokens import BASES, MASK

# The table's models, in its order.
ENCODER, UNTRAINED, RNABERT, NEIGHBOURHOOD, FREQUENT = "encoder", "untrained", "rnabert", "neighbourhood", "frequent"
COLUMNS = ["model", "family", "sequences", "bases", "correct", "nll"]
# Added to the seed of a run, apart from those of its training.
MASKS = 2


def measure(
    path: str | Path, checkpoint: str | Path, rnabert: str | None, output: str | Path, masked: float, seed: int
):
    """Write, for each model and held-out family, how many masked bases it guessed.

    One hairpin of each cluster, up to its 440th base; the same bases are masked for every model.

    Parameters
    ----------
    path : path
        Table of :func:`mmlmirloc.pretraining.corpus.divide_hairpins`.
    checkpoint : path
        The trained encoder.
    rnabert : str or None
        Directory of RNABERT's weights; None to leave its masked-LM head out.
    output : path
        TSV of model, family, sequences, bases (masked), correct (of them), nll (their sum, nats).
    masked : float
        Share of the bases that is masked.
    seed : int
        Seed of the masks, and of the untrained encoder, which is the trained one before its first step.
    """
    from mmlmirloc.pretraining.network import untrained

    table = corpus.one_of_each_cluster(corpus.read_part(path, corpus.HELD_OUT))
    rows = masked_rows(table["sequence"], masked, seed + MASKS)
    training = corpus.one_of_each_cluster(corpus.read_part(path, corpus.TRAINING))
    counted = masked_rows(training["sequence"], masked, seed + MASKS)
    network = load(checkpoint)
    guesses = {
        ENCODER: predict(network, rows),
        UNTRAINED: predict(untrained(network.sizes.as_dict(), seed), rows),
    }
    if rnabert is not None:
        guesses[RNABERT] = told(rnabert_shares(rnabert, rows), rows)
    guesses[NEIGHBOURHOOD] = told(neighbourhood.guess(counted, rows), rows)
    guesses[FREQUENT] = told(neighbourhood.guess(counted, rows, radius=0), rows)
    parts = []
    for model, bases in guesses.items():
        logger.info("%s: accuracy %.4f, nll %.4f", model, bases["correct"].mean(), bases["nll"].mean())
        bases = bases.assign(family=table["family"].to_numpy()[bases["row"]])
        found = bases.groupby("family").agg(
            sequences=("row", "nunique"), bases=("row", "size"), correct=("correct", "sum"), nll=("nll", "sum")
        )
        parts.append(found.reset_index().assign(model=model)[COLUMNS])
    write_table(pd.concat(parts), output)


def told(shares: np.ndarray, rows: Sequence[tuple[np.ndarray, np.ndarray]]) -> pd.DataFrame:
    """Return row, correct and nll of each masked base by its shares, as :func:`mmlmirloc.pretraining.fit.predict`."""
    truth = np.concatenate([tokens[places] for tokens, places in rows])
    row = np.repeat(np.arange(len(rows)), [len(places) for _, places in rows])
    return pd.DataFrame(
        {
            "row": row,
            "correct": (shares.argmax(axis=1) == truth).astype(int),
            "nll": -np.log(shares[np.arange(len(truth)), truth]),
        }
    )


def rnabert_shares(weights: str, rows: Sequence[tuple[np.ndarray, np.ndarray]], batch_size: int = 32) -> np.ndarray:
    """Return the shares of the four bases (masked bases, 4) by RNABERT's masked-LM head, other letters left out."""
    import torch
    from multimolecule import RnaBertForMaskedLM, RnaTokenizer

    tokenizer = RnaTokenizer()
    silence_transformers()
    network = RnaBertForMaskedLM.from_pretrained(weights, local_files_only=True).eval()
    # Our token numbers to RNABERT's: the bases, an unknown base, the mask.
    numbers = np.array(tokenizer.convert_tokens_to_ids([*BASES, "N", tokenizer.mask_token]))
    assert len(numbers) == MASK + 1
    found: list[np.ndarray | None] = [None] * len(rows)
    order = np.argsort([len(tokens) for tokens, _ in rows], kind="stable")
    for start in progress(range(0, len(order), batch_size), "RNABERT", unit="batch"):
        chosen = order[start : start + batch_size]
        longest = max(len(rows[row][0]) for row in chosen)
        given = np.full((len(chosen), longest), tokenizer.pad_token_id)
        for place, row in enumerate(chosen):
            given[place, : len(rows[row][0])] = numbers[hidden(*rows[row])]
        given = torch.from_numpy(given)
        with torch.inference_mode():
            logits = network(given, attention_mask=(given != tokenizer.pad_token_id).long()).logits
        shares = logits[:, :, numbers[: len(BASES)].tolist()].double().softmax(dim=-1).numpy()
        for place, row in enumerate(chosen):
            found[row] = shares[place, rows[row][1]]
    return np.concatenate(found)
