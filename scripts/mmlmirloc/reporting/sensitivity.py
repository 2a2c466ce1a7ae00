"""What changes when one ambiguity of the paper is read the other way, one at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.evaluation.metrics import MAIN_METRICS, METRICS
from mmlmirloc.evaluation.statistics import bootstrap_interval
from mmlmirloc.evaluation.summary import fold_mean, read_scores, sd
from mmlmirloc.files import write_table
from mmlmirloc.reporting.tables import heading, number, spread, write_text

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
    scores : str
        The variant's long scores.
    """

    setting: str
    value: str
    threshold: float
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
        it has none where the variant has other test rows than the default.
    """
    measured = [(variant, *read_scores(variant.scores, locations)) for variant in variants]
    rows = [
        _row(variant, truth, by_fold, metric, measured[0], draws, level, seed)
        for variant, truth, by_fold in measured
        for metric in MAIN_METRICS
    ]
    table = pd.DataFrame(rows, columns=[*COLUMNS, *DIFFERENCE])
    write_table(table, output)
    write_text(_markdown(table, caption, note), markdown)


def _row(variant: Variant, truth, by_fold, metric: str, default: tuple, draws: int, level: float, seed: int) -> list:
    ours = partial(fold_mean, truth, by_fold, variant.threshold, metric)
    theirs = partial(fold_mean, default[1], default[2], default[0].threshold, metric)
    spread_over_folds = float(
        sd(np.array([fold_mean(truth, part[None], variant.threshold, metric) for part in by_fold]))
    )
    bounds = bootstrap_interval(ours, len(truth), None, draws, seed, level)
    paired = (np.nan, np.nan)
    if truth.shape == default[1].shape and (truth == default[1]).all():
        paired = bootstrap_interval(
            lambda weights: ours(weights) - theirs(weights), len(truth), None, draws, seed, level
        )
    difference = [float(ours() - theirs()), *paired]
    return [variant.setting, variant.value, metric, float(ours()), spread_over_folds, *bounds, *difference]


def _markdown(table: pd.DataFrame, caption: str, note: str) -> str:
    lines = []
    for (setting, value), part in table.groupby(["setting", "value"], sort=False):
        part = part.set_index("metric")
        lines.append([setting, value, "mean ± sd", *(spread(row.fold_mean, row.fold_sd) for row in part.itertuples())])
        lines.append(["", "", "difference", *(_difference(row) for row in part.itertuples())])
    heads = ["setting", "value", "fold models", *(METRICS[metric].display for metric in MAIN_METRICS)]
    body = pd.DataFrame(lines[:1] + lines[2:], columns=heads).to_markdown(index=False, disable_numparse=True)
    return heading(caption, note) + f"{body}\n\n{READING}\n"


def _difference(row) -> str:
    if pd.isna(row.difference_low):
        return f"{row.difference:+.4f} (other test rows)" if row.difference else number(0.0)
    return f"{row.difference:+.4f} [{row.difference_low:+.3f}, {row.difference_high:+.3f}]"


READING = (
    "The first line is the default. Differences are to it, with a paired bootstrap interval over the test rows; where "
    "the rows differ (another dataset or split) there is no paired interval and the difference also holds the draw "
    "of the rows."
)
