"""What becomes of the config, and of the rows of models.tsv, where a labelled table of a user's own is the dataset."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmlmirloc.annotation_sources import LABELLED
from mmlmirloc.data.splits import WHOLE
from mmlmirloc.errors import InputError
from mmlmirloc.registry import load
from mmlmirloc.sources.download import is_address
from mmlmirloc.sources.labelled import FOLD, KEEP, SPLIT, Labelled, read

#: The kind of split that the table's column split gives, or its column fold.
GIVEN = "given"
OVERLAY = "config/own_table.yaml"
#: Kinds of split that need nothing but labelled sequences.
KINDS = ("random", "grouped", GIVEN, WHOLE)
WITHOUT = (
    "The dataset is the labelled table {path}. Left out, since it has no accession numbers, no places in the genome "
    "and no names of miRBase, and is not the paper's: age and the measures within like age, the strata of age and "
    "locus, the splits matched, locus and temporal, the paper's numbers and its tables, the atlas and the outside check"
)
# What views need that a table does not have, in words; the index of hairpins (sketches) needs a sequence alone.
NEEDED = {
    "hits": "homologs in miRBase that blastn finds",
    "mature": "mature arms of miRBase",
    "hairpin": "accessions of miRBase",
    "coordinates": "places in the genome",
    "table": "accessions or names of miRBase",
}


def with_table(config: Mapping[str, Any], root: str | Path) -> dict[str, Any]:
    """Return the config with the locations of the labelled table, and without the protocol that it does not give.

    Parameters
    ----------
    config : mapping
        The config, checked against its schema; ``sources: labelled`` is a path.
    root : path
        The folder that relative paths start from.

    Raises
    ------
    InputError
        When the source is no file, or no labelled table, or the config asks for what such a table cannot have.
    """
    path = config["sources"][LABELLED]
    if path == "simulated" or is_address(path):
        raise InputError(
            f"The labelled table is to be read from '{path}'",
            f"config: sources.{LABELLED}",
            "the path of a file",
            "download the table first, and give its path",
        )
    labelled = read(Path(root) / Path(path).expanduser(), config["dataset"]["conflicting"] == KEEP)
    _refuse_paper(config)
    trust = config["trust"]
    protocols = trust["protocols"]
    if labelled.sides is None and labelled.folds is None:
        protocols = [split for split in protocols if config["splits"].get(split, {}).get("kind") != GIVEN]
        if trust["shown"] not in protocols and trust["shown"] in trust["protocols"]:
            raise InputError(
                f"The protocol {trust['shown']} needs a split that the table does not give",
                "config: trust.shown",
                f"another protocol, or a column '{SPLIT}' of train and test, or '{FOLD}', in {path}",
                "take trust.shown: grouped",
            )
    _check_kinds(protocols, config)
    dataset = {**config["dataset"], "locations": labelled.locations}
    division = _division(labelled)
    splits = {name: {**row, **division} if row["kind"] == GIVEN else row for name, row in config["splits"].items()}
    return {**config, "dataset": dataset, "splits": splits, "trust": {**trust, "protocols": protocols}}


def _division(labelled: Labelled) -> dict[str, int]:
    """Return what the settings of the split ``given`` are where the table has folds."""
    if labelled.folds is None:
        return {"repeats": 1}
    number = int(labelled.folds.max()) + 1
    # Without a split each fold is tested once.
    return {"repeats": number} if labelled.sides is None else {"repeats": 1, "folds": number}


def _refuse_paper(config: Mapping[str, Any]) -> None:
    """Refuse the settings of the paper's run, which this overlay takes away."""
    if config["tables"] or config["beyond"]["protocols"] or config["trust"]["implication"]:
        raise InputError(
            "The config asks for the paper's tables, and the dataset is a labelled table",
            f"config: sources.{LABELLED}",
            f"the settings of {OVERLAY}",
            f"run with --configfile {OVERLAY}, and your own overlay after it",
        )


def _check_kinds(protocols: Iterable[str], config: Mapping[str, Any]) -> None:
    for split in protocols:
        kind = config["splits"].get(split, {}).get("kind", "random")
        if kind not in KINDS:
            raise InputError(
                f"The protocol {split} is of the kind {kind}, which a labelled table cannot be split by",
                "config: trust.protocols",
                f"splits of the kinds {', '.join(KINDS[:-1])}",
                "take the protocol out",
            )


def lacking(row: Mapping[str, Any]) -> list[str]:
    """Return in words what the views of a resolved row of models.tsv need and a labelled table does not have."""
    found = []
    for view in row["views"].values():
        if view["kind"] == "record":
            found.append("accession numbers and numbers in names")
        needs = load("views", view["kind"], "config/views.yaml").View.NEEDS
        found += [NEEDED[need] for need in needs if need in NEEDED]
    return list(dict.fromkeys(found))


def left_out(path: str, models: Mapping[str, Sequence[str]]) -> str:
    """Return a line for the log that says what is left out of a run on a labelled table, and why.

    Parameters
    ----------
    path : str
        The table.
    models : mapping
        Model -> what it lacks, of :func:`without_lacking`.
    """
    rows = "; ".join(f"{model} ({', '.join(needs)})" for model, needs in models.items())
    return WITHOUT.format(path=path) + (f"; the models {rows}." if rows else ".")


def without_lacking(
    models: Mapping[str, Mapping[str, Any]],
) -> tuple[dict[str, dict[str, Any]], dict[str, list[str]]]:
    """Take the models that need what a labelled table does not have out of all tables.

    Returns what :func:`mmlmirloc.annotation_sources.without_lacking` does.
    """
    lacked = {model: lacking(row) for model, row in models.items()}
    rows = {model: {**row, "tables": [] if lacked[model] else row["tables"]} for model, row in models.items()}
    return rows, {model: needs for model, needs in lacked.items() if needs and models[model]["tables"]}
