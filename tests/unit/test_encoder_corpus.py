"""The encoder's corpus: families by name, and what is never trained on."""

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table, write_table
from mmlmirloc.pretraining import corpus
from mmlmirloc.pretraining.corpus import HELD_OUT, LEFT_OUT, TRAINING, VALIDATION


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("hsa-mir-30a-1", "mir-30"),
        ("dme-let-7", "let-7"),
        ("hsa-mir-30c-2", "mir-30"),
        ("ath-MIR156a", "mir-156"),
        ("osa-MIR156b", "mir-156"),
        ("dme-bantam", "bantam"),
        ("dps-bantam", "bantam"),
        ("ebv-mir-BART1-1", "mir-bart1"),
    ],
)
def test_families_do_not_know_species_and_copies(name, family):
    assert corpus.family_of(name) == family


def table(families, clusters):
    return pd.DataFrame({"family": list(families), "cluster": clusters})


def test_parts_by_hand():
    # Two families are drawn; a hairpin of another family beside one of theirs is left out, the rest is trained on.
    rows = table("aabbccdd", [0, 1, 1, 2, 3, 4, 4, 5])
    for seed in range(20):
        part = corpus.parts(rows, held_out=0.25, validation=0.25, seed=seed)
        by_family = rows.assign(part=part).groupby("family")["part"].agg(set)
        (measured,) = [family for family, own in by_family.items() if HELD_OUT in own]
        assert by_family[measured] == {HELD_OUT}
        assert sum(VALIDATION in own for own in by_family) == 1
        beside = {"a": "b", "b": "a", "c": "d", "d": "c"}[measured]
        # The other hairpin of the family beside has no held-out neighbour.
        assert LEFT_OUT in by_family[beside] and len(by_family[beside]) == 2


@pytest.mark.parametrize("seed", range(5))
def test_nothing_held_out_is_trained_on_by_name_or_cluster(seed):
    random = np.random.default_rng(seed)
    rows = table(random.integers(0, 40, 300).astype(str), random.integers(0, 150, 300))
    rows["part"] = corpus.parts(rows, 0.1, 0.1, seed)
    trained = rows[rows["part"] == TRAINING]
    for part in (HELD_OUT, VALIDATION):
        own = rows[rows["part"] == part]
        assert own["family"].nunique() == 4
        assert not set(own["family"]) & set(trained["family"])
        assert not set(own["cluster"]) & set(trained["cluster"])
    measured, chosen_on = (rows[rows["part"] == part] for part in (HELD_OUT, VALIDATION))
    assert not set(measured["cluster"]) & set(chosen_on["cluster"])
    # A held-out family is measured whole, and what is neither is trained on.
    assert set(rows.loc[rows["family"].isin(measured["family"]), "part"]) == {HELD_OUT}
    untouched = ~rows["cluster"].isin([*measured["cluster"], *chosen_on["cluster"]])
    drawn = {*measured["family"], *chosen_on["family"]}
    assert set(rows.loc[untouched & ~rows["family"].isin(drawn), "part"]) <= {TRAINING, LEFT_OUT}


def test_the_draw_follows_the_seed_and_not_the_order_of_rows():
    rows = table("abcdefghij", range(10))
    first = corpus.parts(rows, 0.2, 0.2, 1)
    assert (corpus.parts(rows[::-1], 0.2, 0.2, 1)[::-1] == first).all()
    assert any((corpus.parts(rows, 0.2, 0.2, seed) != first).any() for seed in (2, 3))


FASTA = """>hsa-mir-30a MI0000003 Homo sapiens
ACGT
>ath-MIR156a MI0000002 Arabidopsis thaliana
ACRY
>cel-lin-4 MI0000001 Caenorhabditis elegans
AAAA
"""


def test_gather_and_divide(tmp_path):
    (tmp_path / "hairpin.fa").write_text(FASTA)
    corpus.gather_hairpins(tmp_path / "hairpin.fa", tmp_path / "hairpins.tsv")
    hairpins = read_table(tmp_path / "hairpins.tsv", text=["accession", "name", "family", "sequence"])
    assert hairpins["accession"].tolist() == ["MI0000001", "MI0000002", "MI0000003"]
    assert hairpins["family"].tolist() == ["lin-4", "mir-156", "mir-30"]
    assert hairpins["sequence"].tolist() == ["AAAA", "ACRY", "ACGU"]
    clusters = pd.DataFrame({"accession": hairpins["accession"], "cluster": [2, 0, 1]})
    write_table(clusters, tmp_path / "clusters.tsv")
    paths = (tmp_path / "hairpins.tsv", tmp_path / "clusters.tsv", tmp_path / "corpus.tsv")
    corpus.divide_hairpins(*paths, held_out=0.3, validation=0.3, seed=1)
    divided = read_table(paths[2], corpus.COLUMNS, corpus.TEXT)
    assert divided["cluster"].tolist() == [2, 0, 1]
    assert sorted(divided["part"]) == sorted([HELD_OUT, TRAINING, VALIDATION])
    assert len(corpus.read_part(paths[2], TRAINING)) == 1
    write_table(clusters[1:], paths[1])
    with pytest.raises(InputError, match="1 hairpins have no cluster, such as MI0000001"):
        corpus.divide_hairpins(*paths, held_out=0.3, validation=0.3, seed=1)


def test_too_few_families(tmp_path):
    rows = pd.DataFrame({"accession": ["MI1", "MI2"], "name": ["a", "b"], "family": ["a", "b"], "sequence": ["A", "C"]})
    write_table(rows, tmp_path / "hairpins.tsv")
    write_table(pd.DataFrame({"accession": ["MI1", "MI2"], "cluster": [0, 1]}), tmp_path / "clusters.tsv")
    paths = (tmp_path / "hairpins.tsv", tmp_path / "clusters.tsv", tmp_path / "corpus.tsv")
    with pytest.raises(InputError, match="No hairpin is left for the part 'training'"):
        corpus.divide_hairpins(*paths, held_out=0.1, validation=0.1, seed=1)


def test_one_of_each_cluster():
    rows = pd.DataFrame({"accession": list("abcd"), "cluster": [3, 1, 3, 1]})
    assert corpus.one_of_each_cluster(rows)["accession"].tolist() == ["a", "b"]
