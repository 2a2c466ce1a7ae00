"""Views and learners are found by their file's name."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mmlmirloc import views
from mmlmirloc.errors import InputError
from mmlmirloc.models import base
from mmlmirloc.registry import known, load

PACKAGE = Path(__file__).parents[2] / "scripts/mmlmirloc"


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Two modules in a folder that ``mmlmirloc.models`` also looks in: one declares itself, one does not."""
    (tmp_path / "toy_learner.py").write_text("class Learner:\n    pass\n")
    (tmp_path / "toy_helper.py").write_text("")
    package = importlib.import_module("mmlmirloc.models")
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    importlib.invalidate_caches()


@pytest.mark.parametrize("package", ["views", "models"])
def test_every_kind_is_a_module_of_its_own(package):
    for name in known(package):
        module = load(package, name, "here")
        assert module.__name__ == f"mmlmirloc.{package}.{name}"
        assert (PACKAGE / package / f"{name}.py").is_file()


def test_what_does_not_declare_itself_is_not_known():
    assert {"constant", "mvfcnet"} <= set(known("models"))
    assert not {"base", "shared", "network", "kernels", "trees"} & set(known("models"))
    assert {"kmer", "word2vec", "rnabert", "record", "summary"} <= set(known("views"))
    assert {"structural", "evolutionary", "sketches", "arms", "genomic", "locus"} <= set(known("views"))
    assert not {"cache", "clades", "phylogenetic_profile"} & set(known("views"))


@pytest.mark.parametrize("name", known("models"))
def test_learners_derive_from_the_base_and_give_what_it_asks_for(name):
    learner = load("models", name, "here").Learner
    assert issubclass(learner, base.Learner) and not learner.__abstractmethods__


@pytest.mark.parametrize("name", known("views"))
def test_views_derive_from_the_base_and_name_sources_that_there_are(name):
    view = load("views", name, "here").View
    assert issubclass(view, views.base.View)
    assert set(view.NEEDS) <= {"hits", "sketches", "hairpin", "mature", "coordinates", "table"}


def test_a_new_learner_is_one_file(toy):
    assert "toy_learner" in known("models")
    assert "toy_helper" not in known("models")
    assert load("models", "toy_learner", "here").Learner


def test_only_what_is_asked_for_is_imported():
    code = "import sys; from mmlmirloc.registry import load; load('views', 'kmer', 'here'); print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    views = {name for name in done.stdout.split() if name.startswith("mmlmirloc.views.")}
    assert views == {"mmlmirloc.views.base", "mmlmirloc.views.kmer"}


@pytest.mark.parametrize(
    ("package", "name", "message", "listed"),
    [
        ("models", "mvfcnett", "Unknown learner 'mvfcnett'", "mvfcnet"),
        ("views", "kmers", "Unknown kind of view 'kmers'", "kmer"),
        ("models", "network", "Unknown learner 'network'", "constant"),
        ("models", "mvfcnet.settings", "Unknown learner 'mvfcnet.settings'", "mvfcnet"),
        ("views", "", "Unknown kind of view ''", "kmer"),
    ],
)
def test_unknown_names(package, name, message, listed):
    with pytest.raises(InputError, match=message) as caught:
        load(package, name, "models.tsv, line 7")
    assert caught.value.where == "models.tsv, line 7"
    assert listed in caught.value.expected.removeprefix("one of ").split(", ")
    assert f"scripts/mmlmirloc/{package}/{name}.py" in caught.value.hint
