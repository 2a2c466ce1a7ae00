"""What code a result depends on, as a digest that Snakemake can compare between runs.

Snakemake sees a changed entry script but not a changed module that the script imports. Rules therefore
carry the digest of the modules they use as a parameter.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = "mmlmirloc"
ROOT = Path(__file__).parent
# Messages and logging change no result. Nor do the settings that a view or a learner declares: their values are
# parameters of the rules.
WITHOUT_RESULTS = {f"{PACKAGE}.errors", f"{PACKAGE}.job", f"{PACKAGE}.declarations"}
DECLARED = "SETTINGS"


def digest(*modules: str) -> str:
    """Return a digest of modules of this package and of all they import from it.

    Comments, docstrings, formatting and the declared settings do not count.

    Parameters
    ----------
    *modules : str
        Names below the package, such as ``"models.mvfcnet"``.

    Raises
    ------
    ModuleNotFoundError
        When a module does not exist.
    """
    names: set[str] = set()
    waiting = [f"{PACKAGE}.{module}" for module in modules]
    while waiting:
        name = waiting.pop()
        if name in names or name in WITHOUT_RESULTS:
            continue
        names.add(name)
        waiting.extend(_parsed(name)[1])
    text = "\n".join(f"{name} {_parsed(name)[0]}" for name in sorted(names))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _path(name: str) -> Path | None:
    inside = ROOT.joinpath(*name.split(".")[1:])
    for path in (inside.with_suffix(".py"), inside / "__init__.py"):
        if path.is_file():
            return path
    return None


@cache
def _parsed(name: str) -> tuple[str, tuple[str, ...]]:
    """Return the module's code without docstrings and declarations, and the modules of this package that it imports."""
    path = _path(name)
    if path is None:
        raise ModuleNotFoundError(f"No module named {name!r}")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = name.rsplit(".", node.level)[0] if node.level else ""
            source = ".".join(part for part in (base, node.module) if part)
            imported += [f"{source}.{alias.name}" for alias in node.names] + [source]
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            _strip_docstring(node)
            node.body = [part for part in node.body if not _declares(part)]
    inside = {module for module in imported if module.startswith(f"{PACKAGE}.") and _path(module)}
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), tuple(sorted(inside))


def _declares(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == [DECLARED]


def _strip_docstring(node: ast.AST) -> None:
    body = node.body
    if (
        body
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    ):
        node.body = body[1:]


def checksum(path: str | Path) -> str:
    """Return the sha256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
