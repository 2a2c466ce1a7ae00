"""What changes when one ambiguity of the paper is read the other way, one at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.evaluation.metrics import MAIN_METRICS, METRICS
from mmlmirloc.evaluation.statistics import bootstrap_interval
from mmlmirloc.evaluation.summary import Scores, fold_mean, read_scores, sd
from mmlmirloc.files import write_table
from mmlmirloc.reporting.tables import heading, spread, write_text

COLUMNS = ["setting", "value", "metric", "fold_mean", "fold_sd", "fold_mean_low", "fold_mean_high"]
DIFFERENCE = ["difference", "difference_low", "difference_high"]


@dataclass(frozen=True)
class Variant:
    """One row of the table.

    Attributes
    ----------
    setting, value : str
        What is varied, and to what.
    threshold : float
        Scores from it on are predicted.
    repeat : int
        The repeat that is measured.
    scores : str
        The long scores that hold it.
    """

    setting: str
    value: str
    threshold: float
    repeat: int
    scores: str


def write_sensitivity(
    variants: Sequence[Variant],
    locations: Sequence[str],
    draws: int,
    level: float,
    seed: int,
    caption: str,
    note: str,
    output: str | Path,
    markdown: str | Path,
) -> None:
    """Measure each variant and its difference to the first, which is the default.

    Parameters
    ----------
    variants : sequence of Variant
        The default first.
    locations, draws, level, seed
        As in :func:`mmlmirloc.evaluation.summary.summarise_scores`.
    caption, note : str
        Heading of the Markdown, and what stands below it.
    output, markdown : path
        TSV: setting, value, metric, fold_mean, fold_sd, fold_mean_low, fold_mean_high, difference, difference_low,
        difference_high. The difference is that of the fold means, its interval a paired bootstrap over test rows;
        it has none where the variant has other test rows than the default, or other labels for them.
    """
    measured = [(variant, read_scores(variant.scores, locations, variant.repeat)) for variant in variants]
    rows = [
        _row(variant, scores, metric, measured[0], draws, level, seed)
        for variant, scores in measured
        for metric in MAIN_METRICS
    ]
    table = pd.DataFrame(rows, columns=[*COLUMNS, *DIFFERENCE])
    write_table(table, output)
    write_text(_markdown(table, caption, note), markdown)


def _row(
    variant: Variant, scores: Scores, metric: str, default: tuple[Variant, Scores], draws: int, level: float, seed: int
) -> list:
    first, its = default
    truth, by_fold = scores.truth, scores.by_fold
    ours = partial(fold_mean, truth, by_fold, variant.threshold, metric)
    theirs = partial(fold_mean, its.truth, its.by_fold, first.threshold, metric)
    spread_over_folds = float(
        sd(np.array([fold_mean(truth, part[None], variant.threshold, metric) for part in by_fold]))
    )
    bounds = bootstrap_interval(ours, len(truth), None, draws, seed, level)
    paired = (np.nan, np.nan)
    if scores.accessions == its.accessions and (truth == its.truth).all():
        paired = bootstrap_interval(
            lambda weights: ours(weights) - theirs(weights), len(truth), None, draws, seed, level
        )
    difference = [float(ours() - theirs()), *paired]
    return [variant.setting, variant.value, metric, float(ours()), spread_over_folds, *bounds, *difference]


def _markdown(table: pd.DataFrame, caption: str, note: str) -> str:
    heads = ["setting", "value", "fold models", *(_head(metric) for metric in MAIN_METRICS)]
    lines = []
    # By position: two rows of the config may have the same words.
    for start in range(0, len(table), len(MAIN_METRICS)):
        part = table.iloc[start : start + len(MAIN_METRICS)]
        setting, value = part[["setting", "value"]].iloc[0]
        means = [spread(row.fold_mean, row.fold_sd) for row in part.itertuples()]
        lines.append([f"**{setting}**", value, "mean ± sd", *means])
        if start:
            lines.append(["", "", "difference", *(_difference(row) for row in part.itertuples())])
    body = pd.DataFrame(lines, columns=heads).to_markdown(index=False, disable_numparse=True)
    return heading(caption, note) + f"{body}\n\n{READING}\n"


def _head(metric: str) -> str:
    return METRICS[metric].display + ("" if METRICS[metric].higher_is_better else " (lower is better)")


def _difference(row) -> str:
    if pd.isna(row.difference_low):
        return f"{row.difference:+.4f} (not paired)"
    return f"{row.difference:+.4f} [{row.difference_low:+.3f}, {row.difference_high:+.3f}]"


READING = (
    "The first line is the default; each further pair of lines changes one setting. Differences are to the default, "
    "with a paired bootstrap interval over the test rows (the config's evaluation.level); where it holds 0, these rows "
    "do not tell whether there is an effect. Not paired: the change gives other test rows, or other labels for them; "
    "then there is no such interval, and the difference also holds the luck of which rows are drawn."
)
