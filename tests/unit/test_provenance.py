"""The digest of code changes with what a result depends on, and with nothing else."""

import shutil

import pytest

from mmlmirloc import provenance

REAL_ROOT = provenance.ROOT


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package to edit; call it with a module and two texts to replace the first by the second."""
    root = tmp_path / "mmlmirloc"
    shutil.copytree(REAL_ROOT, root, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(provenance, "ROOT", root)
    provenance._parsed.cache_clear()

    def edit(module, old, new):
        path = root.joinpath(*module.split(".")).with_suffix(".py")
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        provenance._parsed.cache_clear()

    yield edit
    provenance._parsed.cache_clear()


def write(package_root, **modules):
    for name, text in modules.items():
        (package_root / f"{name}.py").write_text(text)
    provenance._parsed.cache_clear()


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A package of three modules: a imports b inside a function, b imports c, d stands alone."""
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    write(
        tmp_path,
        a='"""Doc."""\n\n\ndef f(x):\n    """Doc of f."""\n    from mmlmirloc.b import g\n\n    return g(x)  # why\n',
        b="from mmlmirloc import c\n\n\ndef g(x):\n    return c.CONSTANT + x\n",
        c="CONSTANT = 1\n",
        d="OTHER = 1\n",
    )
    yield tmp_path
    provenance._parsed.cache_clear()


def test_comments_docstrings_and_formatting_do_not_count(small):
    before = provenance.digest("a")
    write(
        small, a='def f( x ):\n    "Another doc."\n\n    # Because.\n    from mmlmirloc.b import (g)\n    return g(x)\n'
    )
    assert provenance.digest("a") == before


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("a", "def f(x):\n    from mmlmirloc.b import g\n\n    return g(x) + 1\n"),
        ("b", "from mmlmirloc import c\n\n\ndef g(x):\n    return c.CONSTANT - x\n"),
        ("c", "CONSTANT = 2\n"),
    ],
    ids=["itself", "its import", "its import's import"],
)
def test_code_counts_however_far_away(small, module, text):
    before = provenance.digest("a")
    write(small, **{module: text})
    assert provenance.digest("a") != before


def test_an_unrelated_module_does_not_count(small):
    before = provenance.digest("a")
    write(small, d="OTHER = 2\n")
    assert provenance.digest("a") == before


def test_a_relative_import_counts(small):
    write(small, d="from . import c\nfrom .b import g\n")
    before = provenance.digest("d")
    write(small, c="CONSTANT = 2\n")
    changed = provenance.digest("d")
    assert changed != before
    write(small, b="def g(x):\n    return x\n")
    assert provenance.digest("d") != changed


def test_modules_that_import_each_other(small):
    write(small, d="from mmlmirloc import e\n", e="from mmlmirloc import d\n")
    assert provenance.digest("d") == provenance.digest("e", "d")


def test_a_string_that_is_no_docstring_counts(small):
    before = provenance.digest("d")
    write(small, d="OTHER = 1\nNAME = 'x'\n")
    named = provenance.digest("d")
    assert named != before
    write(small, d="OTHER = 1\nNAME = 'y'\n")
    assert provenance.digest("d") != named


def test_the_order_of_the_modules_does_not_count(small):
    assert provenance.digest("a", "d") == provenance.digest("d", "a")
    assert provenance.digest("a", "d") != provenance.digest("a")


def test_a_missing_module(small):
    with pytest.raises(ModuleNotFoundError, match=r"mmlmirloc\.nowhere"):
        provenance.digest("nowhere")


def test_a_digest_is_short_text_and_stays(small):
    first = provenance.digest("a")
    provenance._parsed.cache_clear()
    assert first == provenance.digest("a")
    assert len(first) == 16


# -- the package itself ---------------------------------------------------------------------------------------------

CONSTANT = ("training", "models.constant")
# Along the road of the data. What stands before the first serves all.
STAGES = ("sources", "data", "pretraining", "views", "objectives", "models", "training", "evaluation", "predicting")
STAGES += ("reporting", "serving")


def stage(module):
    """Place of a module on the road, -1 for what serves all."""
    # The atlas and what predicts use each other.
    part = "predicting" if module.startswith("mmlmirloc.atlas") else module.split(".")[1]
    return STAGES.index(part) if part in STAGES else -1


def test_stages_import_downwards_only():
    paths = [path.relative_to(REAL_ROOT).with_suffix("") for path in REAL_ROOT.rglob("*.py")]
    names = ["mmlmirloc." + ".".join(path.parts).removesuffix(".__init__") for path in paths if len(path.parts) > 1]
    names += [f"mmlmirloc.{name}" for name in ("objectives", "training", "features", "files", "registry")]
    upwards = [(name, used) for name in names for used in provenance._parsed(name)[1] if stage(used) > stage(name)]
    assert not upwards
    assert {stage(name) for name in names} == {*range(-1, len(STAGES))}


def test_scores_depend_on_the_metrics_that_choose(package):
    before = provenance.digest(*CONSTANT)
    package("objectives", "def accuracy(", "def accuracy_(")
    assert provenance.digest(*CONSTANT) != before


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("job", "FORMAT = ", "FORMAT = 'now ' + "),
        ("errors", "self.what", "self.what_"),
        ("models.mvfcnet", "relu(", "tanh("),
        ("models.constant", 'default=""', 'default="nucleus"'),
        ("evaluation.metrics", "METRICS = dict(OBJECTIVES)", "METRICS = dict(OBJECTIVES, new=None)"),
        ("evaluation.label_sets", "MINIMUM_ROWS = 5", "MINIMUM_ROWS = 6"),
        ("reporting.tables", "READING", "READ"),
    ],
    ids=[
        "logging",
        "messages",
        "another learner",
        "declared settings",
        "metrics that report",
        "decision rules",
        "reporting",
    ],
)
def test_what_scores_do_not_depend_on(package, module, old, new):
    before = provenance.digest(*CONSTANT)
    package(module, old, new)
    assert provenance.digest(*CONSTANT) == before


def test_a_learner_is_the_only_one_to_change(package):
    others = [provenance.digest("training", f"models.{name}") for name in ("constant", "mksvm")]
    own = provenance.digest("training", "models.mkghknn")
    package("models.mkghknn", "CHUNK = 256", "CHUNK = 257")
    assert provenance.digest("training", "models.mkghknn") != own
    assert [provenance.digest("training", f"models.{name}") for name in ("constant", "mksvm")] == others


@pytest.mark.parametrize(
    ("module", "old", "new", "changed"),
    [
        ("views.clades", "APES = ", "APES = '' + ", {"evolutionary", "sketches", "genomic"}),
        ("data.sketch_index", "BATCH = 250", "BATCH = 25", {"sketches"}),
        ("views.structural", "THERMAL = ", "THERMAL = 2 * ", {"structural", "arms"}),
        ("sources.coordinates", "EXPECTED = ", "EXPECTED = '' + ", {"genomic", "locus"}),
        ("data.homologs", "[:16]", "[:17]", {"evolutionary", "genomic"}),
    ],
    ids=["clades", "sketches", "folds", "coordinates", "hits"],
)
def test_a_view_depends_on_what_it_is_made_with(package, module, old, new, changed):
    views = ("structural", "evolutionary", "sketches", "arms", "genomic", "locus", "kmer")
    before = {view: provenance.digest("views.making", f"views.{view}") for view in views}
    package(module, old, new)
    assert {view for view in views if provenance.digest("views.making", f"views.{view}") != before[view]} == changed


def test_nothing_that_is_made_of_sources_depends_on_how_they_are_fetched(package):
    modules = ("data.records", "data.sequences", "data.groups", "data.loci", "pretraining.corpus", "views.evolutionary")
    modules += ("views.genomic", "views.locus", "views.arms", "predicting.predictor", "sources.text", "sources.rnabert")
    before = [provenance.digest(module) for module in modules]
    package("sources.fetch", "attempts: int = 4", "attempts: int = 5")
    package("sources.download", "PIECE = 1 << 16", "PIECE = 1 << 17")
    assert [provenance.digest(module) for module in modules] == before


@pytest.mark.parametrize(
    ("module", "old", "new", "changed"),
    [
        ("views.rnabert_network", "LARGEST_POSITIONS = 440", "LARGEST_POSITIONS = 44", set()),
        ("views.encoder_network", "batch_size: int = 32", "batch_size: int = 16", set()),
        ("views.making", "fold_file(output", "fold_file('' + output", set()),
        ("views.rnabert", '"_special_tokens"', '"_tokens"', {"rnabert"}),
        ("views.positions", 'settings["positions"]', 'settings["positions"] - 1', {"rnabert", "encoder"}),
        ("views.cache", "1000 * repeat", "100 * repeat", {"kmer", "word2vec", "rnabert", "encoder"}),
    ],
    ids=["RNABERT", "encoder", "computing and fitting", "view of RNABERT", "cutting", "reading"],
)
def test_a_model_depends_on_what_reads_its_views(package, module, old, new, changed):
    views = ("kmer", "word2vec", "rnabert", "encoder")

    def digest(view):
        return provenance.digest("training", "models.mvfcnet", f"views.{view}")

    before = {view: digest(view) for view in views}
    package(module, old, new)
    assert {view for view in views if digest(view) != before[view]} == changed
