"""Write the manual's tables of what each learner and each kind of view can be told, from what it declares.

``make settings`` runs this.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mmlmirloc.declarations import Setting
from mmlmirloc.files import whole
from mmlmirloc.registry import DECLARED, known, load
from mmlmirloc.schema import RULES, TYPES, shown

PAGE = Path(__file__).parents[2] / "docs/settings.md"
HEAD = """# Settings of learners and views

Made by `make settings` from what the modules of `scripts/mmlmirloc/models` and `scripts/mmlmirloc/views` declare
(`SETTINGS`). Change them there.
"""
LEARNERS = """
## Learners

`config/config.yaml` has every default under `learners.<learner>.settings`. A row of `config/models.tsv` gives other
values in its column `overrides`.
"""
VIEWS = """
## Kinds of view

A view in `config/views.yaml` names its kind and gives a value to every setting. There are no defaults, since views of
one kind differ in them.
"""


def text() -> str:
    """Return the whole page, in Markdown."""
    return "".join([HEAD, LEARNERS, *_sections("models", True), VIEWS, *_sections("views", False)])


def _sections(package: str, has_defaults: bool) -> Iterable[str]:
    for name in known(package):
        module = load(package, name, "")
        settings = getattr(module, DECLARED[package]).SETTINGS
        rows = table(settings, has_defaults) if settings else "No settings.\n"
        yield f"\n### {name}\n\n{module.__doc__.strip().splitlines()[0]}\n\n{rows}"


def table(settings: Iterable[Setting], has_defaults: bool) -> str:
    """Return the table of some settings, in Markdown."""
    head = ["setting", "what it is", "values", *(["default"] if has_defaults else [])]
    rows = [head, ["---"] * len(head)]
    for setting in settings:
        rules = setting.schema()
        default = [_code(setting.default)] if has_defaults else []
        rows.append([_code(setting.name), rules["description"], _values(rules), *default])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _values(rules: Mapping[str, Any]) -> str:
    if "enum" in rules:
        return ", ".join(map(_code, rules["enum"]))
    if "if" in rules:
        return f"{_values(rules['then'])}, or {_values(rules['else'])}"
    if "items" in rules:
        return f"a list, each {_values(rules['items'])}"
    if rules["type"] in ("string", "object"):
        return TYPES[rules["type"]]
    bounds = [RULES[name].format(limit) for name, limit in rules.items() if name in RULES]
    return ", ".join([TYPES[rules["type"]], *bounds])


def _code(value: Any) -> str:
    return f"`{value if isinstance(value, str) and value else shown(value)}`"


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    with whole(PAGE) as temporary:
        temporary.write_text(text(), encoding="utf-8")
