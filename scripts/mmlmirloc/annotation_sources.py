"""Sources of annotation that may be left out: which are given, which models need one, and what a table must hold."""

from collections.abc import Mapping
from typing import Any

from mmlmirloc.errors import InputError
from mmlmirloc.schema import nearest, one_of

# Sources that every run has, and those with a checksum among them.
NEEDED = ("rnalocate", "hairpin", "mature", "coordinates", "rnabert", "encoder")
CHECKED = NEEDED[:4]
# The kind of view that takes a table, and the source of the outside check, which no view takes.
TABLE = "table"
OUTSIDE = "vesicles"
# The source that takes the place of RNALocate and miRBase: see :mod:`mmlmirloc.own_table`.
LABELLED = "labelled"


def check_sources(config: Mapping[str, Any]) -> None:
    """Check that each source is one that the workflow knows or that a view takes, and each checksum of a source.

    Raises
    ------
    InputError
        Names the key and the known names.
    """
    if config["sources"].get(OUTSIDE) == "simulated":
        raise cannot_be_simulated(OUTSIDE)
    taken = {spec["source"]: view for view, spec in config["views"].items() if spec["kind"] == TABLE}
    for source, view in taken.items():
        if source in (*NEEDED, LABELLED) or source not in config["sources"]:
            raise InputError(
                f"The view {view} takes the source '{source}', which is no table of `sources`",
                f"config: views.{view}.source",
                one_of(name for name in config["sources"] if name not in NEEDED),
                f'add {source} to `sources` with its path or address, or nothing ("") where there is none yet',
            )
        if config["sources"][source] == "simulated":
            raise cannot_be_simulated(source)
    # What no view takes may be a misspelt name of one that is needed.
    for key, known in (
        ("sources", [*NEEDED, *taken, OUTSIDE, LABELLED]),
        ("sha256", [*CHECKED, *taken, OUTSIDE, LABELLED]),
    ):
        for name in config[key]:
            if name not in known:
                raise InputError(
                    f"Unknown source '{name}'",
                    f"config: {key}.{name}",
                    one_of(known),
                    nearest(name, known) or "correct the name, or add a view of the kind table that takes it",
                )


def cannot_be_simulated(source: str) -> InputError:
    """Say which source is asked to be simulated, and which can be."""
    return InputError(
        f"The table '{source}' cannot be simulated",
        f"config: sources.{source}",
        "a path or an address, or nothing where there is none",
        f"only {', '.join(CHECKED)} are simulated",
    )


def lacking(row: Mapping[str, Any], sources: Mapping[str, str]) -> list[str]:
    """Return the sources that the views of a resolved row of models.tsv take and that are not given."""
    needed = [view["settings"]["source"] for view in row["views"].values() if view["kind"] == TABLE]
    return [source for source in dict.fromkeys(needed) if not sources[source]]


def without_lacking(
    models: Mapping[str, Mapping[str, Any]], sources: Mapping[str, str]
) -> tuple[dict[str, dict[str, Any]], dict[str, list[str]]]:
    """Take the models that lack a source out of all tables.

    Parameters
    ----------
    models : mapping
        The resolved rows of :func:`mmlmirloc.settings.experiments`.
    sources : mapping
        ``sources`` of the config; a source of annotation that is not given is an empty text.

    Returns
    -------
    models : dict
        All rows; those that lack a source stand in no table, so that nothing trains them unless they are asked for.
    left_out : dict
        Model -> the sources that it lacks, of the models that stood in a table.
    """
    lacked = {model: lacking(row, sources) for model, row in models.items()}
    rows = {model: {**row, "tables": [] if lacked[model] else row["tables"]} for model, row in models.items()}
    return rows, {model: names for model, names in lacked.items() if names and models[model]["tables"]}


def wanted(source: str, views: Mapping[str, Mapping[str, Any]]) -> InputError:
    """Say which table is wanted and with which columns, where a source is not given.

    Parameters
    ----------
    source : str
        The source.
    views : mapping
        ``views`` of the config.
    """
    takers = {view: spec for view, spec in views.items() if spec["kind"] == TABLE and spec["source"] == source}
    columns = dict.fromkeys(name for spec in takers.values() for name in (spec["key"], *spec["columns"]))
    named = "named" if all(spec["header"] for spec in takers.values()) else "by their places, no line of names"
    keys = ", ".join(dict.fromkeys(spec["key"] for spec in takers.values()))
    return InputError(
        f"The table '{source}' is not given, and the views {', '.join(takers)} want it",
        f"config: sources.{source}",
        f"a TSV or CSV with the columns ({named}) {', '.join(columns)}; {keys} holds accessions or names of miRBase",
        f"give its path or address in an overlay, sources: {{{source}: path/to/table.tsv}}",
    )
