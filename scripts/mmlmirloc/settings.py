"""Check what the user configured, and say precisely what is wrong with it."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from mmlmirloc.errors import InputError
from mmlmirloc.registry import load


def check(value: Any, schema: str | Path, where: str) -> None:
    """Check ``value`` against a JSON schema (in YAML).

    Parameters
    ----------
    value : object
        The merged config, or one of its tables.
    schema : path
        The schema file.
    where : str
        The file to name in the message.

    Raises
    ------
    InputError
        Names the key, its value, and what is allowed there.
    """
    validator = Draft202012Validator(yaml.safe_load(Path(schema).read_text(encoding="utf-8")))
    errors = sorted(validator.iter_errors(value), key=lambda error: list(map(str, error.absolute_path)))
    if not errors:
        return
    error = errors[0]
    while error.context:  # of anyOf and the like, the branch that comes nearest
        error = max(error.context, key=lambda branch: len(branch.absolute_path))
    key = ".".join(map(str, error.absolute_path)) or "(top level)"
    raise InputError(_what(error, key), f"{where}: {key}", _expected(error), _hint(error, key))


def _what(error, key: str) -> str:
    if error.validator == "additionalProperties":
        return f"Unknown key {', '.join(sorted(_unknown(error)))} under {key}"
    if error.validator == "required":
        return f"Missing key: {error.message}"
    return f"The value {error.instance!r} is not allowed"


def _unknown(error) -> set[str]:
    return {str(key) for key in error.instance} - set(error.schema.get("properties", {}))


def _expected(error) -> str:
    schema = error.schema
    if error.validator in {"additionalProperties", "required"}:
        return f"the keys {', '.join(schema.get('properties', {}))}"
    if error.validator == "enum":
        return f"one of {', '.join(map(str, schema['enum']))}"
    description = schema.get("description", "")
    limits = {
        "type": "of type",
        "minimum": "at least",
        "maximum": "at most",
        "exclusiveMinimum": "above",
        "pattern": "matching",
    }
    rule = f"{limits.get(error.validator, error.validator)} {error.validator_value}"
    return f"a value {rule}" + (f" ({description})" if description else "")


def _hint(error, key: str) -> str:
    if error.validator == "additionalProperties":
        return "correct the spelling or remove it; config/README.md explains every key"
    return f"config/README.md explains {key}"


def overrides(text: str, where: str) -> dict[str, Any]:
    """Parse the overrides of a model's row, ``key=value;key=value`` with YAML values.

    Raises
    ------
    InputError
        When a part is not of that form.
    """
    settings = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        key, equals, value = part.partition("=")
        if not equals or not key.strip():
            raise InputError(f"The override '{part}' cannot be read", where, "key=value;key=value", "correct the row")
        settings[key.strip()] = yaml.safe_load(value)
    return settings


def resolved(base: Mapping[str, Any], changes: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Lay ``changes`` over the default settings ``base``.

    Raises
    ------
    InputError
        When a change names a setting that does not exist; the message lists the known ones.
    """
    unknown = sorted(set(changes) - set(base))
    if unknown:
        raise InputError(
            f"Unknown setting {', '.join(unknown)}",
            where,
            f"one of {', '.join(base) or '(no settings)'}",
            "correct the row",
        )
    return {**base, **changes}


def experiments(rows: Iterable[Mapping[str, str]], config: Mapping[str, Any], table: str) -> dict[str, dict[str, Any]]:
    """Resolve the rows of models.tsv against the config's learners and views.

    Parameters
    ----------
    rows : iterable of mapping
        Rows with model, label, learner, views (ids joined by commas) and overrides.
    config : mapping
        Its keys ``learners`` and ``views`` are used.
    table : str
        The table's path, for messages.

    Returns
    -------
    dict
        model -> label, learner, settings, grid, views (id -> kind and settings).

    Raises
    ------
    InputError
        For an unknown learner, view or setting, or an id that is repeated or not a plain word.
    """
    resolved_rows: dict[str, dict[str, Any]] = {}
    for number, row in enumerate(rows, start=2):
        where, model = f"{table}, line {number}", row["model"]
        if not re.fullmatch(r"[a-z][a-z0-9_]*", model) or model in resolved_rows:
            raise InputError(
                f"The model id '{model}' is repeated or not a plain word",
                where,
                "small letters, digits and _, once in the table",
                "rename it",
            )
        load("models", row["learner"], where)
        defaults = _known(config["learners"], row["learner"], "learner", where, "config/config.yaml: learners")
        changes = overrides(row["overrides"], where)
        views = {
            view: _view(_known(config["views"], view, "view", where, "config/views.yaml"), view)
            for view in filter(None, (view.strip() for view in row["views"].split(",")))
        }
        resolved_rows[model] = {
            "label": (row["label"] or model) + _untrained(views),
            "learner": row["learner"],
            "settings": resolved(defaults["settings"], changes, where),
            # A setting that the row fixes is not searched.
            "grid": {key: values for key, values in defaults["grid"].items() if key not in changes},
            "views": views,
        }
    return resolved_rows


def _known(table: Mapping[str, Any], name: str, what: str, where: str, home: str) -> Any:
    if name not in table:
        raise InputError(
            f"Unknown {what} '{name}'", where, f"one of {', '.join(table)}", f"correct the row, or add it to {home}"
        )
    return table[name]


def _view(spec: Mapping[str, Any], view: str) -> dict[str, Any]:
    load("views", spec["kind"], f"config/views.yaml: {view}")
    return {"kind": spec["kind"], "settings": {key: value for key, value in spec.items() if key != "kind"}}


def _untrained(views: Mapping[str, Any]) -> str:
    """Say in a model's name that a view of it is an untrained network, so that no table can hide it."""
    kinds = {view["kind"] for view in views.values() if view["settings"].get("weights") == "random"}
    return f" [untrained {', '.join(sorted(kinds))}]" if kinds else ""
