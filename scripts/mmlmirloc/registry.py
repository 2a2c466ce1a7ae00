"""Find the views and the learners: each is one module, known by its file name."""

import importlib
import pkgutil
import sys
from importlib.util import find_spec
from types import ModuleType

from mmlmirloc.errors import InputError

# What a module of the package declares, and so is a kind of view or a learner and no helper.
DECLARED = {"views": "View", "models": "Learner"}
BASE = "base"


def known(package: str) -> list[str]:
    """Names of the modules of ``mmlmirloc.<package>`` that are a kind of view or a learner."""
    folder = importlib.import_module(f"mmlmirloc.{package}")
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__) if not module.ispkg)
    return [name for name in names if _declares(package, importlib.import_module(f"mmlmirloc.{package}.{name}"))]


def load(package: str, name: str, where: str) -> ModuleType:
    """Import the module ``name`` of ``views`` or ``models``.

    Parameters
    ----------
    package : str
        ``"views"`` or ``"models"``.
    name : str
        The kind of view or the learner.
    where : str
        The file and row that asks for it, for the message.

    Raises
    ------
    InputError
        When no such module exists; the message lists the known ones.
    """
    path = f"mmlmirloc.{package}.{name}"
    # The others are imported only to be listed: every job and thousands of questions of the rules come through here.
    module = sys.modules.get(path) or _imported(path, name)
    if module is None or not _declares(package, module):
        raise InputError(
            f"Unknown {'kind of view' if package == 'views' else 'learner'} '{name}'",
            where,
            f"one of {', '.join(known(package))}",
            f"correct the name, or add scripts/mmlmirloc/{package}/{name}.py",
        )
    return module


def _declares(package: str, module: ModuleType) -> bool:
    return DECLARED[package] in vars(module) and module.__name__.rpartition(".")[2] != BASE


def _imported(path: str, name: str) -> ModuleType | None:
    return importlib.import_module(path) if name.isidentifier() and find_spec(path) else None
