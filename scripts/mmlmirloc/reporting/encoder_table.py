"""The project's own encoder: how well it guesses masked bases, beside what it is held against, as one page."""

from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.files import read_table, write_table
from mmlmirloc.pretraining import corpus
from mmlmirloc.pretraining.measure import COLUMNS, ENCODER, FREQUENT, NEIGHBOURHOOD, RNABERT, UNTRAINED
from mmlmirloc.reporting.tables import heading, write_text

LABELS = {
    ENCODER: "Own encoder",
    UNTRAINED: "Own encoder [untrained]",
    RNABERT: "RNABERT's masked-LM head",
    NEIGHBOURHOOD: "Four bases to either side, interpolated counts",
    FREQUENT: "Most frequent base",
}
# How near to ln 4 the loss of a model is that knows nothing.
COLLAPSED = 0.005
CAPTION = "The project's own encoder: masked bases guessed in families it never saw"


def accuracies(measured: pd.DataFrame, draws: int, level: float, seed: int) -> pd.DataFrame:
    """Return accuracy and loss of each model, with intervals of a bootstrap over families.

    Parameters
    ----------
    measured : pandas.DataFrame
        Table of :func:`mmlmirloc.pretraining.measure.measure`.
    draws : int
        Samples of the bootstrap, the same families for every model.
    level : float
        Of the intervals, such as .95.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        model, label, families, sequences, bases, accuracy, low, high, nll (nats per base), then difference (the
        encoder's accuracy minus the model's), difference_low, difference_high (empty for the encoder itself).
    """
    by_model = {model: part.set_index("family") for model, part in measured.groupby("model", sort=False)}
    reference = by_model[ENCODER]
    share = np.full(len(reference), 1 / len(reference))
    weights = np.random.default_rng(seed).multinomial(len(reference), share, size=draws)

    def drawn(part: pd.DataFrame) -> np.ndarray:
        return (weights @ part["correct"].to_numpy()) / (weights @ part["bases"].to_numpy())

    ends = [(1 - level) / 2, (1 + level) / 2]
    rows = []
    for model, part in by_model.items():
        part = part.loc[reference.index]
        accuracy = part["correct"].sum() / part["bases"].sum()
        difference = [np.nan] * 3
        if model != ENCODER:
            own = reference["correct"].sum() / reference["bases"].sum()
            difference = [own - accuracy, *np.quantile(drawn(reference) - drawn(part), ends)]
        rows.append(
            [
                *(model, LABELS[model], len(part), part["sequences"].sum(), part["bases"].sum(), accuracy),
                *(*np.quantile(drawn(part), ends), part["nll"].sum() / part["bases"].sum(), *difference),
            ]
        )
    columns = ["model", "label", "families", "sequences", "bases", "accuracy", "low", "high", "nll"]
    return pd.DataFrame(rows, columns=[*columns, "difference", "difference_low", "difference_high"])


def write_encoder_table(
    measured: str | Path,
    hairpins: str | Path,
    checkpoint: str | Path,
    settings: dict,
    masked: float,
    draws: int,
    level: float,
    seed: int,
    note: str,
    output: str | Path,
    markdown: str | Path,
) -> None:
    """Write :func:`accuracies` as TSV, and with what was trained on as Markdown.

    Parameters
    ----------
    measured, hairpins, checkpoint : path
        What was measured, the corpus with its parts, and the trained encoder.
    settings : dict
        The settings of the training, to be told.
    masked : float
        Share of the bases masked where it was measured.
    draws, level, seed
        Of the bootstrap.
    note, output, markdown
        As of every table.
    """
    table = accuracies(read_table(measured, COLUMNS, ["model", "family"]), draws, level, seed)
    write_table(table, output)
    parts = read_table(hairpins, corpus.COLUMNS, corpus.TEXT).groupby("part")
    counts = parts.agg(hairpins=("accession", "size"), families=("family", "nunique"), clusters=("cluster", "nunique"))
    readable = pd.DataFrame(
        {
            "model": table["label"],
            "masked bases guessed [interval]": [between(row.accuracy, row.low, row.high) for row in table.itertuples()],
            "loss (nats per base, ln 4 = 1.386)": table["nll"].map("{:.3f}".format),
            "own encoder minus it [interval]": [
                between(row.difference, row.difference_low, row.difference_high) for row in table.itertuples()
            ],
        }
    )
    body = readable.to_markdown(index=False, disable_numparse=True)
    text = [heading(CAPTION, note).rstrip(), body, reading(table, masked, level)]
    text += [trained_on(counts), how(settings, parameters(checkpoint)), WHAT_IT_IS]
    write_text("\n\n".join(text) + "\n", markdown)


def between(value: float, low: float, high: float) -> str:
    """Value [low, high] with three decimals, a dash for none."""
    return "–" if pd.isna(value) else f"{value:.3f} [{low:.3f}, {high:.3f}]"


def parameters(checkpoint: str | Path) -> int:
    """Return how many numbers a safetensors file holds."""
    from safetensors import safe_open

    with safe_open(checkpoint, framework="numpy") as file:
        return sum(int(np.prod(file.get_slice(name).get_shape())) for name in file.keys())  # noqa: SIM118


def reading(table: pd.DataFrame, masked: float, level: float) -> str:
    """Say what the table's numbers are."""
    first = table.iloc[0]
    loss = table.set_index("model")["nll"]
    uniform = (
        " A loss of ln 4 is what a model has that finds all four bases equally likely; RNABERT's published head has "
        "lost what it knew, and says nothing of what RNABERT's states know of a base."
        if abs(loss.get(RNABERT, 0) - np.log(4)) < COLLAPSED
        else ""
    )
    return (
        f"{masked:.0%} of the bases of {first.sequences} hairpins of {first.families} families are masked "
        f"({first.bases} bases, the same for every model), one hairpin of each cluster; a base is guessed of four. "
        f"Intervals ({level:.0%}) are a bootstrap over families. Remote homologs of held-out families may be among "
        f"what was trained on.{uniform}"
    )


def trained_on(counts: pd.DataFrame) -> str:
    """Say which hairpins were trained on and which were not."""
    told = {part: f"{row.hairpins} hairpins of {row.families} families" for part, row in counts.iterrows()}
    left_out = told.get(corpus.LEFT_OUT, "none")
    return (
        f"Trained on {told[corpus.TRAINING]} of all species of miRBase ({counts.clusters[corpus.TRAINING]} clusters, "
        f"one hairpin of each per epoch). Held out for this table, by name: {told[corpus.HELD_OUT]}; for choosing "
        f"settings: {told[corpus.VALIDATION]}. Left out because they share a cluster with one of those: {left_out}. "
        "A family is the name without species, member and copy; clusters are cd-hit-est's."
    )


def how(settings: dict, number: int) -> str:
    """Say the size of the network and its settings."""
    told = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in settings.items())
    return f"{number:,} parameters ({told})."


WHAT_IT_IS = (
    "The encoder is the project's own and no RNABERT. That it guesses masked bases says that it knows which bases "
    "pair; it is no claim about locations, which the trust table measures, beside the same network untrained. Human "
    "hairpins, those of the dataset's test rows too, are among what was trained on, as sequences and never with a "
    "location."
)
