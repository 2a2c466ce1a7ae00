"""The atlas: a line per hairpin, mature miRNA in it, and model; and the page that says what it is."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.tables import heading, write_text

FIFTHS = 5
HAIRPIN, MATURE = "hairpin", "mature"
TEXT = ["model", "accession", "name", "source", "nearest", "flags"]
ARM = ["accession", "name", "hairpin", "arm"]


def write_atlas(
    predictions: Sequence[str | Path],
    arms: str | Path,
    hairpins: str | Path,
    labels: Mapping[str, str],
    genome: Mapping[str, bool],
    locations: Sequence[str],
    note: str,
    table: str | Path,
    markdown: str | Path,
) -> None:
    """Write the atlas.

    Parameters
    ----------
    predictions : sequence of path
        Tables of :func:`mmlmirloc.atlas.hairpins.predict_hairpins`, one per model.
    arms, hairpins : path
        Tables of :func:`mmlmirloc.atlas.molecules.list_molecules`.
    labels, genome : mapping
        Model -> its name for readers, and whether it uses places in the genome.
    locations : sequence of str
        In the order of the columns.
    note : str
        Stands on the page.
    table : path
        Output, TSV without any sequence, a line per hairpin or mature miRNA in a hairpin, and model. accession, name,
        molecule (``hairpin`` or ``mature``), hairpin, hairpin_name, arm (``5p``, ``3p``, empty for a hairpin), start,
        end (of the arm in the hairpin, from 1), model, answer (1 for the model that is the answer for this hairpin,
        else 0), ``probability_<location>``, ``predicted_<location>``, ``percentile_<location>`` (percent of all
        hairpins whose probability by the same model is not above this one's), source, age (fifth of all hairpins by
        accession number, 1 the oldest), nearest, nearest_identity, flags. A mature miRNA has what its hairpin has.
    markdown : path
        Output.
    """
    known = read_table(hairpins, columns=["accession", "name"], text=["accession", "name"])
    known = known.assign(age=fifths(known["accession"]))
    parts = [read_table(path, columns=TEXT, text=TEXT) for path in predictions]
    auc = {part["model"][0]: part["validation_auc"][0] for part in parts}
    best = sorted(auc, key=auc.get, reverse=True)
    found = pd.concat([with_percentiles(part, locations) for part in parts])
    # A stable order: hairpin by hairpin, the models as the config names them.
    found = found.merge(known[["accession", "age"]], on="accession").sort_values("accession", kind="stable")
    rank = found["model"].map(best.index)
    found["answer"] = (rank == rank.groupby(found["accession"]).transform("min")).astype(int)
    atlas = with_arms(found, read_table(arms, columns=[*ARM, "start", "end"], text=ARM))
    columns = ["accession", "name", "molecule", "hairpin", "hairpin_name", "arm", "start", "end", "model", "answer"]
    for kind in ("probability", "predicted", "percentile"):
        columns += [f"{kind}_{location}" for location in locations]
    columns += ["source", "age", "nearest", "nearest_identity", "flags"]
    write_table(atlas[columns], table, decimals=4)
    write_text(atlas_markdown(atlas, labels, auc, genome, locations, note), markdown)


def fifths(accessions: pd.Series) -> np.ndarray:
    """Return the fifth of each accession by its number, 1 (the oldest) to 5."""
    number = accessions.str.extract(r"(\d+)", expand=False).astype(int)
    rank = number.rank(method="first").to_numpy() - 1
    return (rank * FIFTHS // max(len(accessions), 1)).astype(int) + 1


def with_percentiles(part: pd.DataFrame, locations: Sequence[str]) -> pd.DataFrame:
    """Return a model's table with the percent of hairpins whose probability is not above each one's."""
    ranks = {
        f"percentile_{location}": part[f"probability_{location}"].rank(method="max", pct=True) * 100
        for location in locations
    }
    return part.assign(**{name: values.round(1) for name, values in ranks.items()})


def with_arms(found: pd.DataFrame, arms: pd.DataFrame) -> pd.DataFrame:
    """Return the lines of the hairpins, each followed by those of its mature miRNAs."""
    own = found.assign(molecule=HAIRPIN, hairpin=found["accession"], hairpin_name=found["name"], arm="", order=0)
    parents = own.drop(columns=["accession", "name", "arm", "molecule", "order"])
    of_arms = arms.merge(parents, on="hairpin").assign(molecule=MATURE)
    of_arms["order"] = of_arms["start"].fillna(0) + 1
    both = pd.concat([own, of_arms]).sort_values(["hairpin", "order", "accession"], kind="stable", ignore_index=True)
    return both.astype({"start": "Int64", "end": "Int64"})


def atlas_markdown(
    atlas: pd.DataFrame,
    labels: Mapping[str, str],
    auc: Mapping[str, float],
    genome: Mapping[str, bool],
    locations: Sequence[str],
    note: str,
) -> str:
    """Return the page: what the atlas is, how many lines of each kind, and how often each location is predicted."""
    hairpins = atlas[(atlas["molecule"] == HAIRPIN) & (atlas["answer"] == 1)]
    matures = atlas.loc[atlas["molecule"] == MATURE, "accession"].nunique()
    sources = hairpins["source"].value_counts()
    lines = []
    for model, label in labels.items():
        of_model = atlas[(atlas["model"] == model) & (atlas["molecule"] == HAIRPIN)]
        needs = "the sequence and the place in the genome" if genome[model] else "the sequence alone"
        lines.append([label, needs, f"{auc[model]:.3f}", len(of_model), int(of_model["answer"].sum())])
    columns = ["model", "needs", "macro AUC on rows held out", "hairpins", "is the answer for"]
    models = pd.DataFrame(lines, columns=columns).to_markdown(index=False, disable_numparse=True)
    sets = [f"predicted_{location}" for location in locations]
    shares = pd.DataFrame(
        [
            [fifth, len(part), *(f"{share:.0%}" for share in part[sets].mean())]
            for fifth, part in hairpins.groupby("age")
        ],
        columns=["fifth by accession number, the oldest first", "hairpins", *locations],
    ).to_markdown(index=False, disable_numparse=True)
    return (
        heading("Atlas of known microRNAs", note)
        + f"Predictions for all {len(hairpins):,} hairpins of the species in miRBase, and by them for its {matures:,} "
        "mature miRNAs: a mature miRNA has what is predicted for the hairpin that it is an arm of, one line for each "
        "of its hairpins. Every probability is calibrated. The table holds neither sequences nor records.\n\n"
        f"For {sources.get('out of fold', 0):,} hairpins, those of the dataset and others with the same sequence, the "
        "prediction is **out of fold**: by the fold model that never saw that sequence, though it may have seen "
        "a homolog. For the other "
        f"{sources.get('final model', 0):,} it is the **final model's**, the mean over its fold models. These are "
        "mostly younger than the dataset, and the temporal protocol shows that little transfers to the youngest: look "
        "at the age (1 is the oldest fifth), at the nearest training hairpin and at the flags.\n\n"
        "The model with the higher AUC on rows held out answers for a hairpin that has all it needs (answer = 1); the "
        f"other one stands beside it.\n\n{models}\n\n"
        "A percentile says where a miRNA stands among all hairpins: 95 means that 95% of them have no higher "
        "probability of that location.\n\n"
        f"How often each location is predicted, by age:\n\n{shares}\n\n"
        "To look names up: `mmlmirloc lookup hsa-miR-21-5p`.\n"
    )
