"""Imports run one way, and what writes pages computes nothing: read from the source of all modules."""

import ast
from functools import cache
from pathlib import Path

import pytest

import mmlmirloc

ROOT = Path(mmlmirloc.__file__).parent
#: Packages and modules in the order in which they build on each other; those of one line may import each other. All
#: that is in no line is shared, and imports nothing of them.
LAYERS = (
    {"sources"},
    {"data"},
    {"pretraining"},
    {"views"},
    {"models"},
    {"settings", "exportable", "own_table"},
    {"scores", "training", "scoring"},
    {"evaluation"},
    {"reporting"},
)
RANK = {name: place for place, names in enumerate(LAYERS) for name in names}
#: Beside reporting, each built on those before it: they never import reporting. Last what a user imports or calls.
BESIDE = ("predicting", "serving", "command", "")
#: What pages and figures have no use for, since they only read tables.
COMPUTING = ("mmlmirloc.evaluation.statistics", "mmlmirloc.scores", "mmlmirloc.training", "scipy")
#: Its table counts the corpus by families, and the module that knows families also groups homologs, by scipy.
COMPUTES = {"mmlmirloc.reporting.encoder_table": {"scipy"}}


def name_of(path):
    parts = ("mmlmirloc", *path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in ROOT.rglob("*.py")}


def within(name):
    """A name and the packages that it lies in: a, a.b and a.b.c of a.b.c."""
    parts = name.split(".")
    return [".".join(parts[: place + 1]) for place in range(len(parts))]


@cache
def imports(module):
    """All that a module's source imports, wherever in it, with the packages it lies in; of the package, modules."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name for alias in node.names for name in within(alias.name)}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import in {module}"
            found |= {name for alias in node.names for name in within(f"{node.module}.{alias.name}")}
    return frozenset(name for name in found if name in MODULES or not name.startswith("mmlmirloc"))


def reached(module):
    """All modules that come with a module, directly or through others of the package, with a way to each."""
    ways, waiting = {module: (module,)}, [module]
    while waiting:
        one = waiting.pop()
        # The package itself offers predictions, and imports nothing for them before it is asked.
        for name in imports(one) if one in MODULES and one != "mmlmirloc" else ():
            if name not in ways:
                ways[name] = (*ways[one], name)
                waiting.append(name)
    return ways


def part_of(module):
    """``views`` of ``mmlmirloc.views.kmer``; the atlas and what predicts are one part, and use each other."""
    part = module.partition(".")[2].partition(".")[0]
    return "predicting" if part == "atlas" else part


def modules_of(*parts):
    return sorted(module for module in MODULES if part_of(module) in parts)


def test_all_packages_have_their_place():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"atlas"} <= {*RANK, *BESIDE}
    assert {*RANK, *BESIDE} <= {part_of(module) for module in MODULES}


def test_imports_are_found_wherever_they_stand():
    found = imports("mmlmirloc.evaluation.judging")
    assert {"mmlmirloc.scores", "mmlmirloc.evaluation.comparing", "mmlmirloc.evaluation", "pandas"} <= found
    # Inside of a function, and through others.
    assert "mmlmirloc.pretraining.network" in imports("mmlmirloc.pretraining.checkpoint")
    ways = reached("mmlmirloc.evaluation.judging")
    assert ways["scipy"][0] == "mmlmirloc.evaluation.judging" and len(ways["scipy"]) > 2


def refused(module, allowed):
    """Imports of a module that ``allowed`` refuses; all may import the package itself."""
    found = {name for name in imports(module) if name in MODULES and name != "mmlmirloc"}
    return {name for name in found if not allowed(part_of(name))}


@pytest.mark.parametrize("module", modules_of(*RANK))
def test_nothing_imports_what_builds_on_it(module):
    rank = RANK[part_of(module)]
    assert not refused(module, lambda part: part not in BESIDE and RANK.get(part, -1) <= rank)


@pytest.mark.parametrize("module", modules_of(*BESIDE))
def test_predicting_and_serving_never_import_reporting(module):
    above = BESIDE[BESIDE.index(part_of(module)) + 1 :]
    assert not refused(module, lambda part: part != "reporting" and part not in above)


@pytest.mark.parametrize("module", sorted(set(MODULES) - set(modules_of(*RANK, *BESIDE))))
def test_what_all_share_imports_only_what_is_shared(module):
    assert not refused(module, lambda part: part not in RANK and part not in BESIDE)


@pytest.mark.parametrize("module", modules_of("reporting"))
def test_reporting_computes_nothing(module):
    """Neither directly nor through others: what is drawn was measured, and a page needs no measure of its own."""
    ways = reached(module)
    found = {one: ways[one] for one in COMPUTING if one in ways and one not in COMPUTES.get(module, set())}
    assert not found, " -> ".join(next(iter(found.values())))


def test_no_exception_is_left_over():
    for module, names in COMPUTES.items():
        assert names <= set(reached(module)), module
