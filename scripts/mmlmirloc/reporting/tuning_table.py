"""What validation rows chose: every point of every grid in a table, every value of a setting on a page."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from mmlmirloc.evaluation.metrics import METRICS
from mmlmirloc.files import damaged, read_table, write_table
from mmlmirloc.reporting.phrases import counted
from mmlmirloc.reporting.tables import heading, number, write_text
from mmlmirloc.reporting.trust_table import markdown_table

SCORES = ["objective", "mean", "sd", "chosen"]
MODEL = ["protocol", "model", "label", "objective"]
ACCURACY = (
    "The accuracy of one miRNA is the number of its locations that are both recorded and predicted, divided by the "
    "number that are recorded or predicted."
)


def write_choices(
    tunings: Sequence[str | Path],
    tuned: Sequence[tuple[str, str]],
    labels: Mapping[str, str],
    caption: str,
    note: str,
    table: str | Path,
    markdown: str | Path,
) -> None:
    """Write how often the validation rows of each repeat chose each point of each grid, and a page by setting.

    Parameters
    ----------
    tunings : sequence of path
        Files ``tuning.tsv`` of :func:`mmlmirloc.training.train_models`, in the table's order; a model may have several
        under a protocol, each of other repeats, and a file several models.
    tuned : sequence of (protocol, model)
        What is read of each of them.
    labels : mapping
        Model -> name for readers.
    caption, note : str
        Stand on the page.
    table, markdown : path
        Outputs. The table: protocol, model, label, setting (``key=value`` joined by ``, ``; empty for a model without
        a grid), objective, mean and sd (over repeats, of the mean over the validation rows of the searched folds),
        chosen (repeats that chose the point), repeats (that tried it). The page leaves out the models that had
        nothing to choose.
    """
    rows = _gathered([(*one, path) for one, path in zip(tuned, tunings, strict=True)], labels)
    points = _summarised(rows, ["setting"])
    columns = ["protocol", "model", "label", "setting", *SCORES, "repeats"]
    write_table(points[columns], table)
    page = [heading(caption, note).rstrip(), *_sections(points, _by_value(rows), Path(table).name)]
    write_text("\n\n".join(page) + "\n", markdown)


def _gathered(tunings: Sequence[tuple[str, str, str | Path]], labels: Mapping[str, str]) -> pd.DataFrame:
    """Return a row per repeat and point: ``MODEL``, repeat, pairs (key and value), setting, mean, sd, chosen."""
    empty = pd.DataFrame(columns=[*MODEL, "repeat", "pairs", "setting", "mean", "sd", "chosen"])
    parts = [_read(path, model).assign(protocol=protocol, model=model) for protocol, model, path in tunings]
    rows = pd.concat(parts, ignore_index=True) if parts else empty
    return rows.assign(label=rows["model"].map(labels))


def _read(path: str | Path, model: str) -> pd.DataFrame:
    found = read_table(path, columns=["model", "repeat", *SCORES])
    settings = [name for name in found.columns if name not in ("model", "repeat", *SCORES)]
    # Values as they are written: a column of 0.5 and 8 would come back as 0.5 and 8.0.
    part = read_table(path, text=["model", "objective", *settings])
    part = part[part["model"] == model]
    if part.empty:
        raise damaged(path, KeyError(f"model {model}"))
    # A setting is empty that another model has, and one by view where the model has none of the views that it is for.
    settings = [name for name in settings if (part[name] != "").any()]
    pairs = [list(zip(settings, values)) for values in part[settings].to_numpy().tolist()]
    texts = [", ".join(f"{name}={value}" for name, value in point) for point in pairs]
    return part[["repeat", *SCORES]].assign(pairs=pairs, setting=texts)


def _summarised(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return a line per model and ``by``, in the order of ``rows``: mean, sd, chosen and repeats."""
    groups = rows.groupby([*MODEL, *by], sort=False)
    return groups.agg(
        mean=("mean", "mean"), sd=("mean", "std"), chosen=("chosen", "sum"), repeats=("repeat", "nunique")
    ).reset_index()


def _by_value(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a line per model, setting (key) and value.

    The mean is over repeats and over those points with the value that were tried with every other value as well, all
    other settings the same: where settings are searched one after the other, the rest cannot be compared.
    """
    single = rows.explode("pairs").dropna(subset="pairs")
    single = single.assign(key=single["pairs"].str[0], value=single["pairs"].str[1])
    others = [
        str([pair for pair in point if pair[0] != key])
        for point, key in zip(rows["pairs"][single.index], single["key"])
    ]
    values = single.groupby([*MODEL, "key"])["value"].transform("nunique")
    tried = single.assign(others=others).groupby([*MODEL, "repeat", "key", "others"])["value"].transform("nunique")
    return _summarised(single.assign(mean=single["mean"].where(tried == values)), ["key", "value"])


def _sections(points: pd.DataFrame, values: pd.DataFrame, file: str) -> list[str]:
    """Return the page below its heading: how to read it, then a section per protocol and a smaller one per model."""
    searched = points[points.groupby(MODEL)["setting"].transform("size") > 1]
    if searched.empty:
        return ["No model had a choice."]
    texts = [_reading(searched["objective"].unique(), file)]
    values_of = dict(list(values.groupby(MODEL, sort=False)))
    for protocol, part in searched.groupby("protocol", sort=False):
        texts.append(f"## Protocol `{protocol}`")
        for model, grid in part.groupby(MODEL, sort=False):
            texts += [f"### {grid['label'].iloc[0]}", _favourite(grid), _table(values_of[model])]
    return texts


def _reading(objectives: Sequence[str], file: str) -> str:
    """Return how to read the page."""
    objective = " ".join(_explained(name) for name in objectives)
    return (
        "Some settings of a model must be fixed before it learns. For some of them several values were tried. A full "
        "point is one value for each of these settings. A repeat tried all points of a model, or, for "
        "MMLmiRLocNet and its variants, one setting after the other, each with the best values so far of the settings "
        "before it. It chose the point with the best mean objective on its own validation rows. Validation rows are "
        f"training rows that are held back while the model learns. No test row was looked at. {objective}\n\n"
        "A table has a line for each value that was tried. The line counts the repeats whose chosen point has this "
        "value. Its mean is that of the objective over the repeats, and over the points with this value that were "
        "tried with all other values of the setting as well. Compare means of one setting only. Models that had "
        f"nothing to choose are left out. Every point that was tried is in `{file}`."
    )


def _explained(objective: str) -> str:
    metric = METRICS[objective]
    text = f"The objective is {metric.display}. A {'higher' if metric.higher_is_better else 'lower'} value is better."
    return f"{text} {ACCURACY}" if objective == "accuracy" else text


def _favourite(grid: pd.DataFrame) -> str:
    """Say which point of a grid was chosen most often, and by how many repeats; of equals the first."""
    best = grid[grid["chosen"] == grid["chosen"].max()]
    first, others = best.iloc[0], len(best) - 1
    repeats = grid["repeats"].max()
    chosen = f"{first['chosen']} of {counted(repeats, 'repeat')}"
    text = f"Full point chosen most often: `{first['setting']}`, in {chosen}."
    return text + (f" As often: {counted(others, 'other point')}." if others else "")


def _table(values: pd.DataFrame) -> str:
    """Return a model's table, a line per value of each setting that has more than one."""
    lines = []
    for key, part in values.groupby("key", sort=False):
        if len(part) > 1:
            texts = [[row["value"], _share(row), number(row["mean"])] for _, row in part.iterrows()]
            lines += [[f"`{key}`" if place == 0 else "", *text] for place, text in enumerate(texts)]
    objective = METRICS[values["objective"].iloc[0]].display
    return markdown_table(["setting", "value", "repeats that chose it", f"{objective}, mean"], lines)


def _share(row: pd.Series) -> str:
    return f"{row['chosen']} of {row['repeats']}"
