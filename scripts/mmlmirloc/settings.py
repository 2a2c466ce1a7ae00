"""Resolve what the user configured: the rows of models.tsv, and every name that refers to another."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from mmlmirloc.annotation_sources import OUTSIDE, check_sources
from mmlmirloc.data.splits import KINDS, WHOLE
from mmlmirloc.declarations import defaults
from mmlmirloc.errors import InputError
from mmlmirloc.exportable import check_exportable
from mmlmirloc.objectives import OBJECTIVES
from mmlmirloc.own_table import GIVEN
from mmlmirloc.registry import load
from mmlmirloc.roles import BASELINES, role_of
from mmlmirloc.schema import check, nearest, one_of
from mmlmirloc.species import HUMAN

# Folders of the project itself, where no results may be written.
FOLDERS = ("config", "docs", "envs", "profiles", "resources", "rules", "scripts", "tests")
# What Snakemake fills in, in the path of a file.
UNUSABLE = "{}<>"
# Tables and figures that the rules make whatever the config says; a table of the config cannot take their names.
MADE_BY_RULES = (
    *("dataset", "control", "locations", "sensitivity", "fidelity", "tuning", "trust", "strata", "controls", "encoder"),
    *("atlas", "beyond", "curve", "choices", "age", "views", "learning_curve", "importance", "attributions"),
    *("agreement", "outside", "overlap", "runtime", "systems"),
    *("upset", "label_counts", "lengths", "lengths_train", "lengths_test"),
    *("roc", "pr", "auc_by_location", "confusion", "protocols", "calibration"),
)
# Comparisons that are not of the config's tables, and that rows of models.tsv may name beside them.
TRUST, BEYOND, CURVE, SYSTEMS = COMPARISONS = ("trust", "beyond", "curve", "systems")
# What may choose: thresholds and decision rules are chosen by it too, of which the scores alone say nothing.
CHOOSING = [name for name, metric in OBJECTIVES.items() if metric.uses == "predictions"]
# The view that is RNABERT's in the paper.
SEMANTIC = "semantic"
# Kinds of view that are networks, as the names of models have them.
NETWORKS = {"encoder": "encoder", "rnabert": "RNABERT"}
# What a final model may be for.
PURPOSES = ("default", "explained")
# Columns that stand beside the locations.
COLUMNS = ("repeat", "accession", "name", "sequence", "fold", "all")


def without_removed(views: Mapping[str, Any]) -> dict[str, Any]:
    """Return the views without the settings that are empty (null in YAML).

    An overlay that gives a view another kind takes the old kind's settings away by that, since laying one config over
    another can only add and replace.
    """
    return {
        view: {key: value for key, value in spec.items() if value is not None} if isinstance(spec, Mapping) else spec
        for view, spec in views.items()
    }


def without_removed_names(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``tables``, ``predictions`` and ``trust`` without the names that are empty (null in YAML).

    An overlay takes a table, a file to predict or a reference of the trust table away by that.
    """

    def kept(named: Any) -> Any:
        return (
            {key: value for key, value in named.items() if value is not None} if isinstance(named, Mapping) else named
        )

    trust = config["trust"]
    if isinstance(trust, Mapping) and "references" in trust:
        trust = {**trust, "references": kept(trust["references"])}
    return {"tables": kept(config["tables"]), "predictions": kept(config["predictions"]), "trust": trust}


def with_species(views: Mapping[str, Mapping[str, Any]], prefix: str) -> dict[str, Mapping[str, Any]]:
    """Return the views; those that tell the records' species from others get ``prefix``, miRBase's code of it.

    Human is what they take without it.
    """
    if prefix == HUMAN:
        return dict(views)
    kinds = {spec["kind"] for spec in views.values()}
    of_species = {kind for kind in kinds if load("views", kind, "config/views.yaml").View.OF_SPECIES}
    return {view: {**spec, "prefix": prefix} if spec["kind"] in of_species else spec for view, spec in views.items()}


def retyped(held: Any, given: Any) -> Any:
    """Return what the config holds, with text from ``--config`` within braces or brackets as YAML would read it.

    Snakemake takes every value in there for text: in ``dataset={identity: 0.9}`` the number is "0.9".

    Parameters
    ----------
    held : object
        The value of a key in the merged config.
    given : object
        That which the command line gave for the key.
    """
    if isinstance(given, Mapping) and isinstance(held, Mapping):
        return {**held, **{key: retyped(held[key], value) for key, value in given.items() if key in held}}
    if held == given and isinstance(given, list):
        return [retyped(value, value) for value in given]
    if held == given and isinstance(given, str):
        try:
            return yaml.safe_load(given)
        except yaml.YAMLError:
            pass
    return held


def results_folder(folder: str, root: str | Path) -> str:
    """Return the folder of results as its files are asked for: no slash at its end, no ``//``, ``..`` or ``~``.

    Raises
    ------
    InputError
        When it cannot be a folder of results: it holds what has a meaning to Snakemake, or it is the project's own.
    """
    path = os.path.normpath(os.path.expanduser(folder.strip()))
    odd = sorted({letter for letter in path if letter in UNUSABLE or not letter.isprintable()})
    if odd or path.startswith("~"):
        raise InputError(
            f"The folder of results '{folder}' holds {' '.join(map(repr, odd)) or 'the name of an unknown user'}",
            "config: results",
            f"a path without {' '.join(UNUSABLE)}, line breaks and tabs",
            "write the folder's name itself; nothing is filled in here",
        )
    inside = os.path.relpath(path, root).split(os.sep)
    if set(inside) <= {os.curdir, os.pardir} or inside[0] in FOLDERS or inside[0].startswith(".snakemake"):
        raise InputError(
            f"Results would be written into the project's own folder, or one that holds it: '{folder}'",
            "config: results",
            f"a folder other than {', '.join(FOLDERS)}",
            "take results, or results/<name of the run>",
        )
    return path


def overrides(text: str, where: str) -> dict[str, Any]:
    """Parse the overrides of a model's row, ``key=value;key=value`` with YAML values.

    Raises
    ------
    InputError
        When a part is not of that form, or a key is repeated.
    """
    settings = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        key, equals, value = part.partition("=")
        try:
            parsed = yaml.safe_load(value)
        except yaml.YAMLError:
            parsed, equals = None, ""
        if not equals or not key.strip() or key.strip() in settings:
            raise InputError(
                f"The override '{part}' cannot be read",
                where,
                "key=value;key=value, each key once, each value as in YAML",
                "correct the row",
            )
        settings[key.strip()] = parsed
    return settings


def resolved(base: Mapping[str, Any], changes: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Lay ``changes`` over the default settings ``base``.

    Raises
    ------
    InputError
        When a change names a setting that does not exist; the message lists the known ones.
    """
    for key in changes:
        _require(key, base, "setting", where, "correct the row")
    return {**base, **changes}


def selected_rows(rows: Sequence[Mapping[str, str]], selected: Sequence[str], table: str) -> list[Mapping[str, str]]:
    """Return the rows whose models are named, in the table's order; all rows where none is named.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of models.tsv, with those of the ablation by view.
    selected : sequence of str
        The config's ``selected``.
    table : str
        The table's path, for messages.

    Raises
    ------
    InputError
        When a name is of no row.
    """
    known = [row["model"] for row in rows]
    for place, name in enumerate(selected):
        _require(name, known, "model", f"config: selected.{place}", f"correct the name, or add its row to {table}")
    return [row for row in rows if not selected or row["model"] in selected]


def experiments(rows: Iterable[Mapping[str, str]], config: Mapping[str, Any], table: str) -> dict[str, dict[str, Any]]:
    """Resolve the rows of models.tsv against the config's learners and views.

    Parameters
    ----------
    rows : iterable of mapping
        Rows with model, label, role, learner, views (ids joined by commas), overrides, share (of a split's repeats on
        which the model is trained, empty for all) and tables (ids joined by commas); perhaps also ablation and line
        (see :func:`mmlmirloc.roles.with_ablations`).
    config : mapping
        Its keys ``learners``, ``views`` and ``tables`` are used. A learner that is not in ``learners`` has the defaults
        that it declares and no grid, so that a new learner is one file and one row.
    table : str
        The table's path, for messages.

    Returns
    -------
    dict
        model -> label, role, ablation, learner, settings, grid, search, views (id -> kind and settings), share (of
        repeats), tables.

    Raises
    ------
    InputError
        For an unknown role, learner, view or setting, a view that is repeated, or an id that is repeated or not a plain
        word.
    """
    resolved_rows: dict[str, dict[str, Any]] = {}
    for number, row in enumerate(rows, start=2):
        where, model = f"{table}, line {row.get('line', number)}", row["model"]
        if not re.fullmatch(r"[a-z][a-z0-9_]*", model) or model in (*resolved_rows, BASELINES):
            raise InputError(
                f"The model id '{model}' is repeated, reserved or not a plain word",
                where,
                f"small letters, digits and _, once in the table, and not {BASELINES}",
                "rename it",
            )
        declared = defaults(load("models", row["learner"], where).Learner.SETTINGS)
        changes = overrides(row["overrides"], where)
        learner = config["learners"].get(row["learner"], {"settings": declared, "grid": {}, "search": "product"})
        _require_kinds([learner["settings"], changes, *_points(learner["grid"])], where)
        for view in _ids(row["views"], where):
            _require(view, config["views"], "view", where, "correct the row, or add it to config/views.yaml")
        for name in _ids(row["tables"], where):
            known = [*config["tables"], *COMPARISONS]
            _require(name, known, "table", where, "correct the row, or add it to config/tables.yaml")
        views = {view: _view(config["views"][view], view) for view in _ids(row["views"], where)}
        resolved_rows[model] = {
            "label": (row["label"] or model) + _stand_in(views) + _untrained(views),
            "role": role_of(row["role"], where),
            "ablation": row.get("ablation", ""),
            "learner": row["learner"],
            "settings": by_view(resolved(learner["settings"], changes, where), views),
            # A setting that the row fixes is not searched.
            "grid": {
                key: _distinct(by_view(dict(enumerate(values)), views).values())
                for key, values in learner["grid"].items()
                if key not in changes
            },
            "search": learner["search"],
            "views": views,
            "share": _share(row["share"], where),
            "tables": _ids(row["tables"], where),
        }
    return resolved_rows


def _points(grid: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Return each value of a grid as settings of its own."""
    return [{key: value} for key, values in grid.items() for value in values]


def _require_kinds(several: Iterable[Mapping[str, Any]], where: str) -> None:
    """Refuse a setting that is given for a kind of view that there is not: it would be left out without a word."""
    for settings in several:
        for key, value in settings.items():
            for kind in value if isinstance(value, Mapping) else ():
                load("views", str(kind), f"{where}: {key}")


def by_view(settings: Mapping[Any, Any], views: Mapping[str, Mapping[str, Any]]) -> dict[Any, Any]:
    """Turn each setting that is given by kind of view into one by view, for the views of a row."""
    return {
        key: {view: value[spec["kind"]] for view, spec in views.items() if spec["kind"] in value}
        if isinstance(value, Mapping)
        else value
        for key, value in settings.items()
    }


def _distinct(values: Iterable[Any]) -> list[Any]:
    """Return the values without repetitions: those given by kind of view may be the same for a row's views."""
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def _share(text: str, where: str) -> float:
    try:
        share = float(text or 1)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise InputError(
            f"'{text}' is no share of the repeats",
            where,
            "above 0 and at most 1, or nothing for all",
            "correct the row",
        )
    return share


def _ids(text: str, where: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if len(names) > len(set(names)):
        raise InputError(f"A name is repeated in '{text}'", where, "each once", "correct the row")
    return names


def _require(name: str, known: Iterable[str], what: str, where: str, hint: str) -> None:
    """Refuse a name that is not among the known ones."""
    known = list(known)
    if name not in known:
        raise InputError(f"Unknown {what} '{name}'", where, one_of(known), nearest(name, known) or hint)


def _view(spec: Mapping[str, Any], view: str) -> dict[str, Any]:
    load("views", spec["kind"], f"config/views.yaml: {view}")
    return {"kind": spec["kind"], "settings": {key: value for key, value in spec.items() if key != "kind"}}


def _stand_in(views: Mapping[str, Any]) -> str:
    """Say in a model's name that the project's own encoder stands in RNABERT's place."""
    return " [own encoder for RNABERT]" if views.get(SEMANTIC, {}).get("kind") == "encoder" else ""


def _untrained(views: Mapping[str, Any]) -> str:
    """Say in a model's name that a view of it is an untrained network, so that no table can hide it."""
    kinds = {view["kind"] for view in views.values() if view["settings"].get("weights") == "random"}
    return f" [untrained {', '.join(NETWORKS[kind] for kind in sorted(kinds))}]" if kinds else ""


def check_models(models: Mapping[str, Mapping[str, Any]], config: Mapping[str, Any], schema: str | Path) -> None:
    """Check the settings of each row of models.tsv, and each value of its grid, as those of the config are.

    Parameters
    ----------
    models : mapping
        The resolved rows of :func:`experiments`.
    config : mapping
        The config; ``models`` is the table's path, for messages, and the locations are needed.
    schema : path
        The schema of the config.

    Raises
    ------
    InputError
        For a value that the schema does not allow, settings that do not go together, or a grid over a setting that does
        not exist.
    """
    checked = set()  # Most rows share their learner's defaults and grid, and a job should not wait for all of them.
    for model, row in models.items():
        where = f"{config['models']}, model {model}"
        for key in row["grid"]:
            _require(key, row["settings"], "setting", f"{where}: grid of {row['learner']}", "correct the grid")
        learns = load("models", row["learner"], where).Learner
        for point in [{}, *_points(row["grid"])]:
            settings = {**row["settings"], **point}
            learner = {row["learner"]: {"settings": settings, "grid": {}, "search": "product"}}
            if repr(learner) not in checked:
                check({"learners": learner}, schema, where, part="learners")
                checked.add(repr(learner))
            try:
                learns.check(settings, list(row["views"]), config["dataset"]["locations"])
            except ValueError as error:
                what, expected = error.args
                raise InputError(what, where, expected, "correct the row, or its learner in the config") from None


def check_references(config: Mapping[str, Any], models: Mapping[str, Mapping[str, Any]], root: str | Path) -> None:
    """Check what a schema cannot: that a name refers to something, and that no two outputs share a path.

    Parameters
    ----------
    config : mapping
        The config, checked against its schema.
    models : mapping
        The resolved rows of :func:`experiments`.
    root : path
        The project's folder.

    Raises
    ------
    InputError
        Names the key and the known values.
    """
    check_sources(config)
    # A split without test rows is for the final models alone.
    splits = {name: row for name, row in config["splits"].items() if row["kind"] != WHOLE}
    both = [("model", models), ("split", splits)]
    named = [
        *((f"figures.{what}", what, config["figures"][what], known) for what, known in both),
        ("training.objective", "metric of location sets", config["training"]["objective"], CHOOSING),
    ]
    for split, row in config["splits"].items():
        named.append((f"splits.{split}.kind", "kind of split", row["kind"], [*KINDS, GIVEN]))
        named.append((f"splits.{split}.dataset", "dataset", row["dataset"], ["main", *config["dataset_variants"]]))
    for table, row in config["tables"].items():
        named.append((f"tables.{table}.split", "split", row["split"], splits))
        repeated = enumerate(row.get("repeated", []))
        named += [(f"tables.{table}.repeated.{place}", "split", split, splits) for place, split in repeated]
    for place, row in [("", config["sensitivity"]), *enumerate(config["sensitivity"]["rows"])]:
        key = f"sensitivity.rows.{place}" if place != "" else "sensitivity"
        named += [(f"{key}.{what}", what, row[what], known) for what, known in both if what in row]
    named += _trust_references(config["trust"], models, splits, config["dataset"]["locations"])
    if config["beyond"]["protocols"]:
        named += _beyond_references(config["beyond"], config["views"], models, splits)
    if config["sources"][OUTSIDE]:
        named += _outside_references(config, models)
    shown = BEYOND if config["beyond"]["protocols"] else TRUST
    named += _final_references(config["final"], models, config["splits"], shown)
    unfitted = [name for name, row in models.items() if not _fitted(row["views"])]
    named += [
        (f"atlas.models.{place}", "model without fitted views", name, unfitted)
        for place, name in enumerate(config["atlas"]["models"])
    ]
    for key, what, name, known in named:
        _require(name, known, what, f"config: {key}", "correct the name, or add what it names")
    for purpose in PURPOSES:
        check_exportable(config["final"][purpose], models, f"config: final.{purpose}")
    for place, row in enumerate(config["sensitivity"]["rows"]):
        split = row.get("split", config["sensitivity"]["split"])
        if row.get("repeat", 1) > splits[split]["repeats"]:
            raise InputError(
                f"The split {split} has no repeat {row['repeat']}",
                f"config: sensitivity.rows.{place}.repeat",
                f"a number from 1 to {splits[split]['repeats']}",
                "correct the number, or raise the split's repeats",
            )
    for table in config["tables"]:
        if not any(table in row["tables"] for row in models.values()):
            raise InputError(
                "No model stands in a table",
                f"config: tables.{table}",
                f"at least one row of {config['models']} that names it in its column tables",
                "name the table in a row, or remove it",
            )
    _refuse_taken("dataset.locations", config["dataset"]["locations"], COLUMNS, "a column of the dataset")
    _refuse_taken("dataset_variants", config["dataset_variants"], ["main"], "the dataset proper")
    taken = [*MADE_BY_RULES, *(f"{table}_repeats" for table in config["tables"])]
    _refuse_taken("tables", config["tables"], taken, "a table or figure that the rules make")
    _refuse_taken("views", config["views"], _shared_caches(config["views"]), "a file that several views share")
    if "simulated" in config["sources"].values() and os.path.relpath(config["results"], root) == "results":
        raise InputError(
            "Simulated records would be written to the folder of real results",
            "config: results",
            "a folder of their own, such as results/control",
            "run with --configfile=config/control.yaml, or set results",
        )


def _trust_references(trust: Mapping, models: Mapping, splits: Mapping, locations: Iterable[str]) -> list[tuple]:
    """Names in the trust table's settings: key, what it is, the name, and what is known."""

    def listed(key: str, what: str, known: Iterable[str]) -> list[tuple]:
        return [(f"trust.{key}.{place}", what, name, known) for place, name in enumerate(trust[key])]

    held = [model for model, row in models.items() if TRUST in row["tables"]]
    return [
        *listed("protocols", "split", splits),
        *((f"trust.{key}", "split", trust[key], splits) for key in ("shuffled", "planted")),
        ("trust.shown", "protocol", trust["shown"], trust["protocols"]),
        *listed("drawn", "model of the trust table", held),
        *(
            (f"trust.references.{name}", "model of the trust table", model, held)
            for name, model in trust["references"].items()
        ),
        *listed("implication", "location", locations),
    ]


def _final_references(final: Mapping, models: Mapping, splits: Mapping, table: str) -> list[tuple]:
    """Names in the settings of the models to predict with, like :func:`_trust_references`."""
    # Their cards show the numbers of this table.
    held = [model for model, row in models.items() if table in row["tables"]]
    whole = [split for split, row in splits.items() if row["kind"] == WHOLE]
    return [
        ("final.split", f"split of the kind {WHOLE}", final["split"], whole),
        *((f"final.{purpose}", f"model of the table {table}", final[purpose], held) for purpose in PURPOSES),
    ]


def _outside_references(config: Mapping, models: Mapping) -> list[tuple]:
    """Names in the settings of the outside check, like :func:`_trust_references`."""
    outside, locations = config["outside"], config["dataset"]["locations"]
    held = [model for model, row in models.items() if BEYOND in row["tables"]]
    return [
        ("outside.split", "protocol of beyond", outside["split"], config["beyond"]["protocols"]),
        *((f"outside.kinds.{location}", "location", location, locations) for location in outside["kinds"]),
        *(
            (f"outside.models.{place}", "model of the table beyond", name, held)
            for place, name in enumerate(outside["models"])
        ),
        *(
            (f"outside.{key}", "model of outside.models", outside[key], outside["models"])
            for key in ("age", "abundance")
        ),
    ]


def _beyond_references(beyond: Mapping, views: Mapping, models: Mapping, splits: Mapping) -> list[tuple]:
    """Names in the settings of the models beyond the paper, like :func:`_trust_references`."""
    held = [model for model, row in models.items() if BEYOND in row["tables"]]
    listed = {"protocols": splits, "curve": splits, "shown": beyond["protocols"]}
    return [
        ("beyond.locus", "view of the kind locus", beyond["locus"], [v for v in views if views[v]["kind"] == "locus"]),
        *(
            (f"beyond.{key}.{place}", "split", name, known)
            for key, known in listed.items()
            for place, name in enumerate(beyond[key])
        ),
        *((f"beyond.{key}", "model of the table beyond", beyond[key], held) for key in ("chosen", "whole")),
        *(
            (f"beyond.references.{name}", "model of the table beyond", model, held)
            for name, model in beyond["references"].items()
        ),
    ]


def _fitted(views: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether one of a model's views is fitted on training rows."""
    return any(
        load("views", view["kind"], "config/models.tsv").View(view["settings"]).FITTED for view in views.values()
    )


def _refuse_taken(key: str, names: Iterable[str], taken: Iterable[str], what: str) -> None:
    for name in names:
        if name in taken:
            raise InputError(
                f"The name '{name}' is taken: {what}", f"config: {key}", f"none of {', '.join(taken)}", "rename it"
            )


def _shared_caches(views: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Names of files that a view takes its values from though they bear another name."""
    names = {
        view: load("views", spec["kind"], f"config/views.yaml: {view}").View(spec).cache_name(view)
        for view, spec in views.items()
    }
    return sorted({name for view, name in names.items() if name != view})
