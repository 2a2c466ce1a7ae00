"""Declare a setting of a view or a learner once, in the module that uses it.

From the declarations come the check of every value (:mod:`mmlmirloc.schema`) and the manual's tables
(:mod:`mmlmirloc.manual`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}


@dataclass(frozen=True)
class Setting:
    """One setting of a view or a learner.

    Attributes
    ----------
    name : str
        Its key in the config.
    type : type
        ``bool``, ``int``, ``float`` or ``str``.
    meaning : str
        What it is, in one sentence without a full stop; messages and the manual show it.
    default : object
        Its value where nothing is written. A view's settings have none: views of one kind differ in them.
    minimum, maximum : float, optional
        The smallest and the largest number allowed; of text, ``minimum`` is the number of letters.
    above, below : float, optional
        Bounds that are not allowed themselves.
    choices : tuple of str
        The words allowed; beside numbers, where the type is a number.
    joint : str
        What joins several of the choices to one value; empty where only one is allowed.
    unit : str
        What a number counts, where its meaning does not say so.
    several : bool
        Whether it is a list of such values.
    by_kind : bool
        Whether it is given for each kind of view, as a mapping.
    """

    name: str
    type: type
    meaning: str
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None
    choices: tuple[str, ...] = ()
    joint: str = ""
    unit: str = ""
    several: bool = False
    by_kind: bool = False

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of its value."""
        joined = f": {', '.join(self.choices)}, or several joined by {self.joint}" if self.joint else ""
        about = {"description": self.meaning + joined + (f", in {self.unit}" if self.unit else "")}
        rules = about | self._one()
        if self.several:
            return about | {"type": "array", "minItems": 1, "uniqueItems": True, "items": rules}
        if self.by_kind:
            return about | {"type": "object", "propertyNames": {"$ref": "#/$defs/id"}, "additionalProperties": rules}
        return rules

    def _one(self) -> dict[str, Any]:
        if self.joint:
            one = f"({'|'.join(self.choices)})"
            return {"type": "string", "pattern": rf"^{one}({re.escape(self.joint)}{one})*$"}
        if self.choices and self.type is str:
            return {"enum": list(self.choices)}
        bounds = {
            "minLength" if self.type is str else "minimum": self.minimum,
            "exclusiveMinimum": self.above,
            "maximum": self.maximum,
            "exclusiveMaximum": self.below,
        }
        rules = {"type": TYPES[self.type], **{key: bound for key, bound in bounds.items() if bound is not None}}
        if not self.choices:
            return rules
        return {"if": {"type": "string"}, "then": {"enum": list(self.choices)}, "else": rules}


def schema_of(settings: Iterable[Setting], *others: str) -> dict[str, Any]:
    """Return the JSON schema of a mapping with exactly these settings, and the keys ``others`` with any value."""
    properties = {**dict.fromkeys(others, True), **{setting.name: setting.schema() for setting in settings}}
    return {"type": "object", "additionalProperties": False, "required": list(properties), "properties": properties}


def defaults(settings: Iterable[Setting]) -> dict[str, Any]:
    """Return the default of each setting."""
    return {setting.name: setting.default for setting in settings}


def with_defaults(settings: Iterable[Setting], **values: Any) -> tuple[Setting, ...]:
    """Return the settings with other defaults, one for each of them."""
    return tuple(replace(setting, default=values[setting.name]) for setting in settings)
