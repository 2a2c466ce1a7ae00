"""An outside check: whether predictions rank what another source found, and the records do not have.

A hairpin without a record of a location may never have been looked for there. Where an outside source found it since,
the record is not absent but unknown, and a model that has learnt more than the records should rank it above others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.data.molecule_names import MoleculeNames
from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.comparing import FIFTHS, describe_dataset, parts_by_value
from mmlmirloc.evaluation.metrics import auc_within
from mmlmirloc.evaluation.statistics import bootstrap_interval
from mmlmirloc.files import read_table, write_table
from mmlmirloc.objectives import roc_auc
from mmlmirloc.sources import annotation

COLUMNS = ["hairpins", "year", "vesicle_type"]
# What is measured of each model, beside differences.
MEASURES = ("auc", "within_age", "within_abundance")
# With fewer hairpins that are found there is nothing to rank.
FEWEST = 10


@dataclass(frozen=True)
class Asked:
    """What is asked of the outside source.

    Attributes
    ----------
    kinds : mapping
        Location -> what the source's column vesicle_type calls it.
    since : int
        Year of publication from which on the source cannot have been one of the records'.
    models : sequence of str
        The models that are held against each other.
    age, abundance : str
        Those of them that know nothing but when a miRNA was discovered, and nothing but how abundant it is.
    """

    kinds: Mapping[str, Sequence[str]]
    since: int
    models: Sequence[str]
    age: str
    abundance: str


def measure_outside(
    probabilities: str | Path,
    mirnas: str | Path,
    vesicles: str | Path,
    mirbase: Mapping[str, str | Path],
    prefix: str,
    asked: Asked,
    output: str | Path,
    draws: int,
    level: float,
    seed: int,
) -> None:
    """Rank the hairpins without a record of a location by what models say of it, and see which the source has.

    Parameters
    ----------
    probabilities : path
        model, repeat, accession, location, calibrated: of test rows. A hairpin's is the mean over the repeats that
        test it, so that no model has seen its records.
    mirnas : path
        The dataset.
    vesicles : path
        The source, a row for each miRNA and experiment: hairpins (accessions or names), year, vesicle_type.
    mirbase : mapping
        ``hairpin``, ``mature`` and ``coordinates``: miRBase's files.
    prefix : str
        miRBase's code of the species.
    asked : Asked
        What is asked.
    output : path
        Output, a line for each location, year (0: of any year) and model: location, since, negatives (hairpins without
        the record), unknown (those of them that the source has), model; auc of the unknown ones against the other
        negatives, within_age and within_abundance (pairs of one fifth by accession, and by what abundance alone says),
        auc_recorded (of the recorded ones against all negatives) and auc_known (without the unknown ones); minus_age
        and minus_abundance (differences in auc); all but auc_recorded and auc_known with the ends of an interval by
        bootstrap over hairpins.
    draws, level, seed
        Of the bootstrap.

    Raises
    ------
    InputError
        When the source lacks a column, or none of its rows is of the hairpins' vesicles.
    """
    scores = out_of_fold(probabilities, asked.models)
    dataset = read_table(mirnas, columns=["accession", *asked.kinds], text=["accession"]).set_index("accession")
    age = describe_dataset(mirnas, None)["fifth"]
    source = found_outside(vesicles, MoleculeNames(*mirbase.values(), prefix))
    lines = []
    for location, kinds in asked.kinds.items():
        require_kinds(source, kinds, location, vesicles)
        tested = scores[location].dropna()
        rows = dataset.loc[dataset.index.intersection(tested.index, sort=False)]
        for since in (0, asked.since):
            named = source[source["vesicle_type"].isin(list(kinds)) & (source["year"] >= since)]
            seen = rows.index.isin(set(named["accession"]))
            recorded = rows[location].to_numpy(dtype=bool)
            part = tested.loc[rows.index]
            counts = {"location": location, "since": since, "negatives": int((~recorded).sum())}
            counts["unknown"] = int((seen & ~recorded).sum())
            strata = {"age": age.loc[rows.index].to_numpy()[~recorded]}
            strata["abundance"] = parts_by_value(part.loc[~recorded, asked.abundance], FIFTHS)
            for model in asked.models:
                told = one_model(part, model, asked, recorded, seen, strata, draws, level, seed)
                lines.append({**counts, "model": model, **told})
    write_table(pd.DataFrame(lines), output)


def out_of_fold(probabilities: str | Path, models: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Return location -> a row for each hairpin that was tested, a column for each model: its mean probability."""
    table = read_table(
        probabilities,
        columns=["model", "repeat", "accession", "location", "calibrated"],
        text=["model", "accession", "location"],
    )
    table = table[table["model"].isin(list(models))]
    return {
        location: rows.pivot_table(index="accession", columns="model", values="calibrated", aggfunc="mean")
        for location, rows in table.groupby("location")
    }


def found_outside(path: str | Path, names: MoleculeNames) -> pd.DataFrame:
    """Return accession, vesicle_type and year (0 where it is not told) of all that the source has."""
    table = annotation.read(path)
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise InputError(
            f"The table of vesicles has no column {', '.join(missing)}",
            path,
            f"the columns {', '.join(COLUMNS)}, a row for each miRNA and experiment",
            "correct the table, or leave sources: vesicles empty",
        )
    meant = {cell: [one.accession for one in sorted(names.meant(cell))] for cell in table["hairpins"].unique()}
    table["accession"] = table["hairpins"].map(meant)
    table["year"] = annotation.numbers(table["year"], path).fillna(0).astype(int)
    return table[["accession", "vesicle_type", "year"]].explode("accession").dropna(subset="accession")


def require_kinds(source: pd.DataFrame, kinds: Sequence[str], location: str, path: str | Path) -> None:
    """Refuse a source that calls nothing by the words of a location: it would find nothing, without a word."""
    called = sorted(source["vesicle_type"].unique())
    if not set(called) & set(kinds):
        raise InputError(
            f"The table of vesicles calls no vesicle {' or '.join(kinds)}",
            path,
            f"one of them in the column vesicle_type (found: {', '.join(called[:10])})",
            f"correct outside: kinds: {location} in the config",
        )


def one_model(
    tested: pd.DataFrame,
    model: str,
    asked: Asked,
    recorded: np.ndarray,
    seen: np.ndarray,
    strata: Mapping[str, np.ndarray],
    draws: int,
    level: float,
    seed: int,
) -> dict[str, float]:
    """Return the measures of one line; NaN where fewer than :data:`FEWEST` hairpins are on either side."""
    negative = tested[~recorded]
    truth = seen[~recorded].astype(int)[:, None]
    few = min(truth.sum(), len(truth) - truth.sum()) < FEWEST

    def area(weights: np.ndarray, of: str) -> np.ndarray:
        return roc_auc(truth, negative[[of]].to_numpy(), weights)[:, 0]

    def within(weights: np.ndarray, by: str) -> np.ndarray:
        return auc_within(truth, negative[[model]].to_numpy(), strata[by], weights)

    measures: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "auc": lambda weights: area(weights, model),
        "within_age": lambda weights: within(weights, "age"),
        "within_abundance": lambda weights: within(weights, "abundance"),
        "minus_age": lambda weights: area(weights, model) - area(weights, asked.age),
        "minus_abundance": lambda weights: area(weights, model) - area(weights, asked.abundance),
    }
    told: dict[str, float] = {}
    for name, measure in measures.items():
        # A model is not held against itself, nor within what it says.
        if few or name.endswith({asked.age: "_age", asked.abundance: "_abundance"}.get(model, "/")):
            value, ends = np.nan, (np.nan, np.nan)
        else:
            value = float(measure(np.ones((1, len(truth))))[0])
            ends = bootstrap_interval(measure, len(truth), None, draws, seed, level)
        told |= {name: value, f"{name}_low": ends[0], f"{name}_high": ends[1]}
    known = recorded | ~seen
    for name, some in (("auc_recorded", np.ones_like(known)), ("auc_known", known)):
        told[name] = float(roc_auc(recorded[some].astype(int)[:, None], tested.loc[some, [model]].to_numpy())[0])
    return told
