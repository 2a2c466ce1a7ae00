"""Sources of annotation that may be left out, and what is said of them."""

import gzip

import pytest

from mmlmirloc.annotation_sources import NEEDED, check_sources, wanted, without_lacking
from mmlmirloc.errors import InputError
from mmlmirloc.sources.fetch import fetch

SPEC = {
    **{"kind": "table", "source": "expression", "header": True, "key": "mature_id", "columns": ["mean", "tpm"]},
    **{"taken": "number", "arms": "best", "transform": "log", "missing": 0, "listed": False},
}


def config(sources=(), sha256=(), views=()):
    return {
        "sources": {**dict.fromkeys(NEEDED, "a path"), "expression": "", **dict(sources)},
        "sha256": {"hairpin": "", **dict(sha256)},
        "views": {"expression": SPEC, "lexical": {"kind": "kmer"}, **dict(views)},
    }


def row(*views, tables=("beyond",)):
    named = {view: {"kind": config()["views"][view]["kind"], "settings": config()["views"][view]} for view in views}
    return {"views": named, "tables": list(tables)}


def test_a_new_table_is_a_source_and_a_view():
    new = {"proteins": "proteins.tsv"}
    check_sources(config(new, {"proteins": "0" * 64}, {"proteins": {**SPEC, "source": "proteins"}}))


@pytest.mark.parametrize(
    ("changes", "where", "words"),
    [
        ({"sources": {"expresion": "x.tsv"}}, "config: sources.expresion", "did you mean 'expression'?"),
        ({"sources": {"hairpins": "x.fa"}}, "config: sources.hairpins", "did you mean 'hairpin'?"),
        ({"sources": {"unheard_of": "x.tsv"}}, "config: sources.unheard_of", "add a view of the kind table"),
        ({"sha256": {"hairpn": ""}}, "config: sha256.hairpn", "did you mean 'hairpin'?"),
        ({"sources": {"expression": "simulated"}}, "config: sources.expression", "cannot be simulated"),
        ({"views": {"new": {**SPEC, "source": "new"}}}, "config: views.new.source", "add new to `sources`"),
        (
            {"views": {"new": {**SPEC, "source": "rnalocate"}}},
            "config: views.new.source",
            "'rnalocate', which is no table",
        ),
    ],
)
def test_an_unknown_source_is_named(changes, where, words):
    with pytest.raises(InputError) as caught:
        check_sources(config(**changes))
    assert caught.value.where == where
    assert words in str(caught.value)


def test_models_without_their_table_stand_in_no_table_of_results():
    models = {
        "sequence": row("lexical"),
        "both": row("lexical", "expression"),
        "alone": row("expression", tables=()),
    }
    rows, left_out = without_lacking(models, config()["sources"])
    assert {model: one["tables"] for model, one in rows.items()} == {"sequence": ["beyond"], "both": [], "alone": []}
    assert left_out == {"both": ["expression"]}
    assert rows["both"]["views"] == models["both"]["views"]
    given, left_out = without_lacking(models, {**config()["sources"], "expression": "x.tsv"})
    assert given == models and left_out == {}


def test_the_wanted_table_is_described():
    later = {**SPEC, "columns": ["later_mean"]}
    hosts = {**SPEC, "source": "hosts", "header": False, "key": "2", "columns": ["1"]}
    views = {"expression": SPEC, "later": later, "hosts": hosts, "lexical": {"kind": "kmer"}}
    error = wanted("expression", views)
    assert error.what == "The table 'expression' is not given, and the views expression, later want it"
    assert error.where == "config: sources.expression"
    assert "the columns (named) mature_id, mean, tpm, later_mean; mature_id holds" in error.expected
    assert "no line of names) 2, 1; 2 holds" in wanted("hosts", views).expected


def test_a_table_is_fetched_plain_and_whole(tmp_path):
    packed, output = tmp_path / "levels.csv.gz", tmp_path / "out" / "expression.txt"
    packed.write_bytes(gzip.compress(b"name,level\r\nhsa-mir-21,4\r\n"))
    fetch(str(packed), output, "expression")
    assert output.read_bytes() == b"name,level\nhsa-mir-21,4\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [("<!DOCTYPE html><p>gone", "An HTML page"), ("", "empty"), ("a\tb\n1\t2\t3\n", "cannot be read")],
)
def test_what_is_no_table_is_not_fetched(tmp_path, content, words):
    (tmp_path / "levels.tsv").write_text(content)
    with pytest.raises(InputError) as caught:
        fetch(str(tmp_path / "levels.tsv"), tmp_path / "expression.txt", "expression")
    assert words in caught.value.what and "sources.expression" in caught.value.hint
    assert not (tmp_path / "expression.txt").exists()
