"""The evolutionary view: a small table of hits and a small mature.fa, every number worked by hand."""

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.data.homologs import FIELDS, prepare_search, query_id
from mmlmirloc.files import read_arrays
from mmlmirloc.views import evolutionary
from mmlmirloc.views.clades import CLADE_OF, CLADES, KEY_SPECIES
from mmlmirloc.views.evolutionary import ARMS
from mmlmirloc.views.making import compute_view

# Forty bases: arms that start before base 10 are 5p ones (the middle less half a loop).
HAIRPIN = "GGCAUUGACCUAGGAUACUUCCGAUUAGCCUGUACGAUCA"
FEW, NONE = "ACGUACCAGGUUUACCAGGAUUACG", "CCCCCCCCCCCCCCCCCCCCCCCC"
HITS = [
    # Query, hit, identical bases of the query's 40.
    (HAIRPIN, "ptr.MI0000001", 39),
    (HAIRPIN, "ptr.MI0000002", 24),
    (HAIRPIN, "mmu.MI0000003", 34),
    (HAIRPIN, "rno.MI0000004", 28),
    (HAIRPIN, "dre.MI0000005", 16),
    # Itself, a paralog, another one, and a plant.
    (HAIRPIN, "hsa.MI0000006", 40),
    (HAIRPIN, "hsa.MI0000007", 30),
    (HAIRPIN, "hsa.MI0000008", 20),
    (HAIRPIN, "ath.MI0000009", 40),
    # A species whose nearest homolog is no feature of its own.
    (FEW, "nle.MI0000010", 20),
]
MATURE = [
    # From base 4 on, its first base another one and its end cut: two species, one of them twice.
    ("mmu-miR-1-5p", "C" + HAIRPIN[4:21]),
    ("mmu-miR-2-5p", "G" + HAIRPIN[4:24]),
    ("ptr-miR-1-5p", HAIRPIN[3:22]),
    # Only the seed of that arm.
    ("gga-miR-1-5p", "A" + HAIRPIN[4:11] + "GGGGGGGGGGGG"),
    # From base 21 on, in one species.
    ("ppy-miR-1-3p", HAIRPIN[20:38]),
    # Human arms and those of plants are not counted.
    ("hsa-miR-1-5p", HAIRPIN[3:24]),
    ("ath-miR-1", HAIRPIN[3:24]),
]


@pytest.fixture
def sources(tmp_path):
    rows = [(query_id(query), hit, same, len(query), 40) for query, hit, same in HITS]
    pd.DataFrame(rows, columns=list(FIELDS.values())).to_csv(tmp_path / "hits.tsv", sep="\t", index=False)
    entries = [f">{name} MIMAT{number:07d} x\n{arm}\n" for number, (name, arm) in enumerate(MATURE, start=1)]
    (tmp_path / "mature.fa").write_text("".join(entries))
    return {name: str(tmp_path / file) for name, file in (("hits", "hits.tsv"), ("mature", "mature.fa"))}


def table(sources, *sequences):
    """One mapping of a column's name to its value for each sequence."""
    values = evolutionary.View({}).compute(sequences, sources).values
    return [dict(zip(evolutionary.View({}).names(), row, strict=True)) for row in values.tolist()]


def test_homologs_by_hand(sources):
    (row,) = table(sources, HAIRPIN)
    # Identities: ptr .975 (and .6), mmu .85, rno .7, dre .4.
    expected = dict.fromkeys(evolutionary.View({}).names()[: -len(ARMS)], 0.0)
    expected |= {
        "other species with a homolog": 4,
        "other species with a homolog of identity 0.5 or more": 3,
        "other species with a homolog of identity 0.7 or more": 3,
        "other species with a homolog of identity 0.8 or more": 2,
        "other species with a homolog of identity 0.9 or more": 1,
        "other species with a homolog of identity 0.97 or more": 1,
        "species with a homolog among apes": 1,
        "best identity among apes": 0.975,
        "species with a homolog among rodents and relatives": 2,
        "best identity among rodents and relatives": 0.85,
        "species with a homolog among fishes": 1,
        "best identity among fishes": 0.4,
        "clades with a homolog": 3,
        "best identity in ptr": 0.975,
        "best identity in mmu": 0.85,
        "best identity in rno": 0.7,
        "best identity in dre": 0.4,
        "homologous hairpins of other species": 5,
        "human paralogs": 2,
        "best identity of a human paralog": 0.75,
    }
    assert {name: row[name] for name in expected} == pytest.approx(expected)


def test_arms_by_hand(sources):
    (row,) = table(sources, HAIRPIN)
    assert {name: row[name] for name in ARMS} == {
        "species with the same 5p arm": 2,
        "species with the same 3p arm": 1,
        "species with the same arm, the better one": 2,
        "species with the same arm, the worse one": 1,
        "how far more species record the 5p arm than the 3p arm": (2 - 1) / (2 + 1 + 1),
        "places where a species' mature arm starts": 2,
        # mmu, ptr and gga.
        "species that share a seed, anywhere": 3,
        "species that share a seed, 5p half": 3,
        "species that share a seed, 3p half": 1,
        "species that share the seed of the 5p arm": 3,
        "species that share the seed of the 3p arm": 1,
    }


def test_a_seed_without_an_arm(sources, tmp_path):
    (tmp_path / "mature.fa").write_text(f">gga-miR-1 MIMAT0000001 x\nA{HAIRPIN[4:11]}GGGGGGGGGGGG\n")
    (row,) = table(sources, HAIRPIN)
    assert [row[name] for name in ARMS] == [0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0]


def test_no_hits_are_zeros(sources):
    _, few, none = table(sources, HAIRPIN, FEW, NONE)
    # 20 of 25 bases.
    assert few["other species with a homolog"] == few["species with a homolog among apes"] == 1
    assert few["best identity among apes"] == pytest.approx(0.8)
    assert set(none.values()) == {0}
    # Nor has a sequence shorter than an arm anything else.
    for row in table(sources, "ACG", "A"):
        assert set(row.values()) == {0}


def test_a_search_that_found_nothing_gives_zeros(sources, tmp_path):
    (tmp_path / "hits.tsv").write_text("\t".join(FIELDS.values()) + "\n")
    for row in table(sources, NONE, "ACG"):
        assert set(row.values()) == {0}


def test_each_clade_and_key_species_has_its_own_column(sources):
    assert len(CLADE_OF) == sum(len(codes.split()) for codes in CLADES.values())
    assert set(KEY_SPECIES) <= set(CLADE_OF) and "hsa" not in CLADE_OF
    assert (
        len(set(evolutionary.View({}).names()))
        == len(evolutionary.View({}).names())
        == 1 + 5 + 2 * 15 + 1 + 21 + 3 + 11
    )
    features = evolutionary.View({}).compute([HAIRPIN, NONE], sources)
    assert features.values.shape == (2, len(evolutionary.View({}).names())) and features.values.dtype == np.float32
    assert evolutionary.View({}).compute([], sources).values.shape == (0, len(evolutionary.View({}).names()))


def test_order_and_other_rows_do_not_matter(sources):
    together = evolutionary.View({}).compute([NONE, HAIRPIN, FEW, HAIRPIN], sources).values
    alone = [evolutionary.View({}).compute([sequence], sources).values for sequence in (NONE, HAIRPIN, FEW, HAIRPIN)]
    assert together.tobytes() == np.concatenate(alone).tobytes()


def test_another_species_has_itself_for_paralogs_and_human_among_the_apes(sources):
    view = evolutionary.View({"prefix": "mmu"})
    names, (values,) = view.names(), view.compute([HAIRPIN], sources).values.tolist()
    assert len(names) == len(set(names)) == len(evolutionary.View({}).names())
    row = dict(zip(names, values, strict=True))
    # Identities: ptr .975, hsa 1 (and .75, .5), rno .7, dre .4; the hit of mmu, .85, is a paralog.
    expected = {
        "other species with a homolog": 4,
        "other species with a homolog of identity 0.9 or more": 2,
        "species with a homolog among apes": 2,
        "best identity among apes": 1,
        "species with a homolog among rodents and relatives": 1,
        "best identity in hsa": 1,
        "best identity in rno": 0.7,
        "homologous hairpins of other species": 7,
        "mmu paralogs": 1,
        "best identity of a mmu paralog": 0.85,
        # ptr and hsa; the arms of mmu are its own.
        "species with the same 5p arm": 2,
    }
    assert {name: row[name] for name in expected} == pytest.approx(expected)
    assert not [name for name in names if "human" in name or name.endswith(" in mmu")]


def test_a_species_whose_relatives_are_not_looked_at_is_told_of(sources, caplog):
    rows = pd.DataFrame({"accession": ["MI0000001"], "name": "x-mir-1", "sequence": HAIRPIN})
    for prefix in ("hsa", "mmu", "ath"):
        evolutionary.View({"prefix": prefix}).compute_records(rows, sources)
    assert caplog.messages == ["Clades are of animals: those of ath are not looked at, and it has few homologs"]


def test_labels_accessions_and_names_cannot_reach_it(sources, tmp_path):
    """Neither the search's files nor the view's values differ when all else of a row than its sequence does."""
    (tmp_path / "hairpin.fa").write_text(f">hsa-mir-1 MI0000006 x\n{HAIRPIN}\n>ptr-mir-1 MI0000001 x\n{HAIRPIN}\n")
    rows = pd.DataFrame({"sequence": [HAIRPIN, FEW, NONE]})
    # The second table's names are those of other rows.
    accessions = [["MI0000006", "MI0000011", "MI0000012"], ["MI0000012", "MI0000006", "MI0000099"]]
    tables = [
        rows.assign(accession=own, name=[f"hsa-mir-{one[-1]}" for one in own], nucleus=labels)
        for own, labels in zip(accessions, ([1, 0, 1], [0, 1, 0]))
    ]
    found = []
    for number, own in enumerate(tables):
        paths = [tmp_path / f"{number}.{ending}" for ending in ("tsv", "queries.fa", "database.fa", "npz")]
        own.to_csv(paths[0], sep="\t", index=False)
        prepare_search(paths[0], tmp_path / "hairpin.fa", "hsa", *paths[1:3])
        compute_view(paths[0], paths[3], "evolutionary", {}, sources)
        found.append([*(path.read_bytes() for path in paths[1:3]), read_arrays(paths[3])["values"].tobytes()])
    assert found[0] == found[1]
    # The sequence does reach it.
    assert read_arrays(paths[3])["values"].any(axis=1).tolist() == [True, True, False]
