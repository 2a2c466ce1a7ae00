"""Check settings against a JSON schema, and say which file and key are wrong and what is allowed there."""

import json
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from mmlmirloc.declarations import schema_of
from mmlmirloc.errors import InputError
from mmlmirloc.registry import known, load

# JSON takes 10.0 for a whole number; Python's range does not.
_Validator = extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)

TYPES = {
    "object": "keys with values",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
}
RULES = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "above {}",
    "exclusiveMaximum": "below {}",
    "pattern": "text that matches {}",
    "minLength": "text of at least {} letter",
    "minItems": "a list with at least {} entry",
    "maxItems": "a list with at most {} entries",
    "minProperties": "at least {} entry",
    "uniqueItems": "a list that holds each entry once",
}


def check(value: Any, schema: str | Path, where: str, files: Iterable[str | Path] = (), part: str = "") -> None:
    """Check ``value`` against a JSON schema (draft 2020-12, in YAML).

    Parameters
    ----------
    value : object
        The merged config.
    schema : path
        The schema file. Messages show its ``description`` of a key.
    where : str
        What to name in the message where no file holds the wrong key.
    files : iterable of path
        The config files that were merged, the strongest first: the message names the one that holds the key.
    part : str
        The only key of the top level that ``value`` has; empty where it has to have all.

    Raises
    ------
    InputError
        Names the file, the key, its value, and what is allowed there.
    """
    rules = complete(Path(schema), part)
    errors = sorted(_Validator(rules).iter_errors(value), key=lambda error: [str(key) for key in error.absolute_path])
    if not errors:
        return
    error, path = errors[0], list(errors[0].absolute_path)
    hint = "the comments in config/*.yaml explain every key"
    if error.validator == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        unknown = next(key for key in error.instance if key not in known)
        path.append(unknown)
        what, expected = f"Unknown key '{unknown}' with the value {shown(error.instance[unknown])}", one_of(known)
        hint = nearest(unknown, known) or f"correct the spelling or remove it; {hint}"
    elif error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        what, expected = f"Missing key '{missing[0]}'", f"the keys {', '.join(error.validator_value)}"
    elif "propertyNames" in error.absolute_schema_path:
        what, expected = f"The name {shown(error.instance)} is not allowed as a key", _allowed(error, rules)
        path.append(error.instance)
    else:
        what, expected = f"The value {shown(error.instance)} is not allowed", _allowed(error, rules)
        hint = _value_hint(error) or hint
    raise InputError(what, f"{_home(path, value, files) or where}: {dotted(path)}", expected, hint)


@cache
def complete(schema: Path, part: str = "") -> dict[str, Any]:
    """Return the schema with the settings that learners and kinds of view declare; for ``part`` see :func:`check`."""
    if part:
        rules = complete(schema)
        return {**rules, "required": [part], "properties": {part: rules["properties"][part]}}
    rules = yaml.safe_load(schema.read_text(encoding="utf-8"))
    rules["properties"]["learners"]["properties"] = {
        name: {
            "$ref": "#/$defs/learner",
            "properties": {"settings": schema_of(load("models", name, "").Learner.SETTINGS)},
        }
        for name in known("models")
    }
    rules["$defs"]["view"]["allOf"] = [
        {
            "if": {"required": ["kind"], "properties": {"kind": {"const": kind}}},
            "then": schema_of(load("views", kind, "").View.SETTINGS, "kind"),
        }
        for kind in known("views")
    ]
    return rules


def dotted(path: Sequence) -> str:
    """Return a key as ``splits.random.folds``."""
    return ".".join(map(str, path)) or "(top level)"


def shown(value: Any) -> str:
    """Return a value as it is written in YAML, on one line, cut at 80 characters."""
    text = "(empty)" if value is None else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."


def one_of(known: Iterable) -> str:
    """List the known names."""
    names = [str(name) for name in known]
    return f"one of {', '.join(names)}" if names else "nothing"


def nearest(name: Any, known: Iterable) -> str:
    """Ask whether a known name was meant; empty where none is like it."""
    matches = get_close_matches(str(name), [str(other) for other in known], n=1)
    return f"did you mean '{matches[0]}'?" if matches else ""


def _allowed(error, rules: Mapping) -> str:
    description = _description(error, rules)
    return _rule(error) + (f" ({description})" if description else "")


def _rule(error) -> str:
    limit = error.validator_value
    if error.validator == "type":
        return " or ".join(TYPES[name] for name in ([limit] if isinstance(limit, str) else limit))
    if error.validator == "enum":
        return one_of(limit)
    return RULES[error.validator].format(limit)


def _description(error, rules: Mapping) -> str:
    """Return the innermost description on the way to the rule that failed."""
    found, nodes = "", [rules]
    for step in error.absolute_schema_path:
        nodes = [_step(place, step) for node in nodes for place in _with_reference(node, rules)]
        nodes = [node for node in nodes if node is not _ABSENT]
        texts = [place.get("description") for node in nodes for place in _with_reference(node, rules)]
        found = next((text for text in texts if isinstance(text, str)), found)
    return found


def _with_reference(node: Any, rules: Mapping) -> list[Mapping]:
    """Return a part of the schema, and what its $ref names: the path of an error does not say which it went through."""
    if not isinstance(node, Mapping):
        return [{}] if not isinstance(node, list) else [dict(enumerate(node))]
    return [node, rules["$defs"][node["$ref"].rsplit("/", 1)[1]]] if "$ref" in node else [node]


def _value_hint(error) -> str:
    if error.instance is None:
        return "give a value, or leave the key out to keep the default"
    if error.validator == "enum":
        return nearest(error.instance, error.validator_value)
    wanted = error.validator_value
    if error.validator == "type" and wanted in ("object", "array") and isinstance(error.instance, str):
        form = "'key={name: value}'" if wanted == "object" else "'key=[one, two]'"
        return f"write it in a file for --configfile, or as --config {form} with the space"
    if error.validator == "type" and wanted in ("number", "integer") and _is_number(error.instance):
        return "YAML reads this as text; write it without quotes, and 1e-4 as 0.0001"
    if error.validator == "type" and wanted == "string" and not isinstance(error.instance, list | dict):
        return "put it in quotes, since YAML reads it as something else than text"
    return ""


def _is_number(value: Any) -> bool:
    try:
        return isinstance(value, str) and float(value) is not None
    except ValueError:
        return False


def _home(path: Sequence, value: Any, files: Iterable[str | Path]) -> str:
    """Return the strongest file that holds the key with its value of the merged config, or an empty text."""
    wanted = _at(value, path)
    for file in files:
        held = _at(yaml.safe_load(Path(file).read_text(encoding="utf-8")), path)
        if held is not _ABSENT and (held == wanted or isinstance(wanted, Mapping)):
            return str(file)
    return ""


_ABSENT = object()


def _at(value: Any, path: Sequence) -> Any:
    for key in path:
        value = _step(value, key)
    return value


def _step(value: Any, key: Any) -> Any:
    try:
        return value[key]
    except (KeyError, IndexError, TypeError):
        return _ABSENT
