"""The index of sketches, and the view of homologs that are found in it: every number worked by hand."""

from math import log

import numpy as np
import pandas as pd
import pytest
from test_evolutionary import HAIRPIN, HITS

from mmlmirloc.data.homologs import FIELDS, query_id, read_hits
from mmlmirloc.data.minhash import digests, filled, hash64, sketches
from mmlmirloc.data.sketch_index import SketchIndex, write_index
from mmlmirloc.errors import InputError
from mmlmirloc.files import read_arrays, write_arrays
from mmlmirloc.views.evolutionary import homolog_table
from mmlmirloc.views.making import compute_view
from mmlmirloc.views.phylogenetic_profile import columns, phylogenetic_profile
from mmlmirloc.views.sketches import View

COLUMNS = columns()

K, KEPT, SHARED = 8, 32, 3


def drawn(length, seed):
    return "".join(np.random.default_rng(seed).choice(list("ACGU"), length))


# Each half of a hairpin has 33 words of eight and seven more run from one half into the other.
FIVE, THREE, OTHER = drawn(40, 1), drawn(40, 2), drawn(40, 3)
QUERY = FIVE + THREE
ENTRIES = [
    ("hsa-mir-1", QUERY),
    ("hsa-mir-2", QUERY),
    ("hsa-mir-3", FIVE + OTHER),
    ("ptr-mir-1", QUERY),
    ("ptr-mir-2", FIVE + OTHER),
    ("mmu-mir-1", OTHER + THREE),
    # A plant, an unrelated hairpin, one without a word, and one with nothing but unknown letters.
    ("ath-MIR1", QUERY),
    ("rno-mir-9", drawn(80, 4)),
    ("gga-mir-1", "ACGUACG"),
    ("dre-mir-1", "N" * 60),
]


@pytest.fixture
def written(tmp_path):
    """Write hairpins and their index; return its path."""

    def write(entries=ENTRIES, k=K, kept=KEPT, name="sketches.npz"):
        fasta = [f">{name} MI{place:07d} x\n{sequence}\n" for place, (name, sequence) in enumerate(entries, start=1)]
        (tmp_path / "hairpin.fa").write_text("".join(fasta))
        write_index(tmp_path / "hairpin.fa", tmp_path / name, k, kept)
        return tmp_path / name

    return write


def index_of(path):
    return SketchIndex(**read_arrays(path))


def table(path, *sequences, shared=SHARED):
    """One mapping of a column's name to its value for each sequence."""
    values = View({"shared": shared}).compute(sequences, {"sketches": str(path)}).values
    return [dict(zip(COLUMNS, row, strict=True)) for row in values.tolist()]


def mash(one, other, k=K, kept=KEPT):
    """Mash's identity in plain Python."""
    first, second = (
        set(sorted({hash64(text[place : place + k].encode()) >> 32 for place in range(len(text) - k + 1)})[:kept])
        for text in (one, other)
    )
    smallest = set(sorted(first | second)[:kept])
    share = len(smallest & first & second) / len(smallest)
    return 1 + log(2 * share / (1 + share)) / k if share else 0


def test_the_index_holds_hashes_digests_and_species(written):
    arrays = read_arrays(written())
    assert set(arrays) == {"sketches", "digests", "species", "codes", "k"}
    sequences = [sequence for _, sequence in ENTRIES]
    assert arrays["sketches"].dtype == np.uint32 and arrays["k"] == K
    assert (
        arrays["sketches"].tolist()
        == (sketches(sequences, K, KEPT) >> np.uint64(32)).tolist()[:8] + [[int(filled(np.uint32))] * KEPT] * 2
    )
    assert arrays["digests"].tolist() == digests(sequences).tolist()
    codes = [arrays["codes"][place] for place in arrays["species"]]
    assert codes == [name.split("-")[0] for name, _ in ENTRIES]


def test_the_index_holds_no_sequence_name_or_accession(written):
    content = written().read_bytes()
    for name, sequence in ENTRIES[:8]:
        assert name.encode() not in content and name.encode("utf-32-le") not in content
        for word in {sequence[start : start + 6] for start in range(len(sequence) - 5)}:
            assert word.encode() not in content and word.encode("utf-32-le") not in content
    assert b"MI0000" not in content


def test_the_same_hairpins_give_the_same_bytes(written):
    first = written().read_bytes()
    assert first == written(name="again.npz").read_bytes() != written(ENTRIES[:-1], name="other.npz").read_bytes()


def test_the_index_of_all_of_mirbase_would_be_small(written):
    # Ten bytes of species and digest and 128 of hashes for each hairpin; the rest does not grow with them.
    many = [(f"hsa-mir-{seed}", drawn(60, seed)) for seed in range(400)]
    sizes = [written(many[:count]).stat().st_size for count in (200, 400)]
    assert sizes[1] - sizes[0] == 200 * 138
    assert sizes[0] + (38_589 - 200) * 138 < 6_000_000


def test_homologs_share_hashes(written):
    found = index_of(written()).search([QUERY], SHARED)
    near = [mash(QUERY, one) for one in (FIVE + OTHER, OTHER + THREE)]
    assert found.query.tolist() == [0] * 7
    assert found.species.tolist() == ["hsa", "hsa", "hsa", "ptr", "ptr", "mmu", "ath"]
    assert found.same.tolist() == [True, True, False, True, False, False, True]
    assert found.identity == pytest.approx([1, 1, near[0], 1, near[0], near[1], 1])
    assert all(0.8 < one < 1 for one in near)


def test_a_hairpin_is_a_homolog_from_so_many_common_hashes_on(written):
    # Of five hashes kept, the index's hairpin shares what is counted here.
    index = index_of(written([("ptr-mir-1", FIVE + OTHER)], kept=5))
    common = len(np.intersect1d(*sketches([QUERY, FIVE + OTHER], K, 5)))
    assert 1 < common < 5
    assert len(index.search([QUERY], common).query) == 1
    assert len(index.search([QUERY], common + 1).query) == 0


def test_columns_by_hand(written):
    (row,) = table(written(), QUERY)
    ape, mouse = mash(QUERY, FIVE + OTHER), mash(QUERY, OTHER + THREE)
    expected = dict.fromkeys(COLUMNS, 0.0) | {
        "other species with a homolog": 2,
        # The identical hairpin of ptr counts; mmu's is below .9.
        **{f"other species with a homolog of identity {identity} or more": 2 for identity in (0.5, 0.7, 0.8)},
        **{f"other species with a homolog of identity {identity} or more": 1 for identity in (0.9, 0.97)},
        "species with a homolog among apes": 1,
        "best identity among apes": 1,
        "species with a homolog among rodents and relatives": 1,
        "best identity among rodents and relatives": mouse,
        "clades with a homolog": 2,
        "best identity in ptr": 1,
        "best identity in mmu": mouse,
        "homologous hairpins of other species": 3,
        # Neither the query nor its copy.
        "human paralogs": 1,
        "best identity of a human paralog": ape,
    }
    assert 0.8 < mouse < 0.9
    assert row == pytest.approx(expected)


def test_a_hairpin_that_the_index_does_not_hold_is_its_own_nobody(written):
    # One base less: nothing is identical to it, so that both human copies are paralogs.
    (row,) = table(written(), QUERY[1:])
    assert row["human paralogs"] == 3 and row["best identity of a human paralog"] > 0.98


def test_odd_sequences_have_no_homologs(written):
    for row in table(written(), "", "ACGUACG", "N" * 60, QUERY.replace("U", "T"), "RYSWKM", "A" * 80):
        assert set(row.values()) == {0}
    # A single unknown base costs eight words at most.
    (row,) = table(written(), QUERY[:60] + "N" + QUERY[61:])
    assert row["other species with a homolog"] == 2 and row["human paralogs"] == 3


def test_no_query_and_no_hairpin(written):
    assert View({"shared": SHARED}).compute([], {"sketches": str(written())}).values.shape == (0, len(COLUMNS))
    nothing = index_of(written([("gga-mir-1", "ACGUACG")]))
    found = nothing.search([QUERY, ""], 1)
    assert [len(column) for column in found] == [0, 0, 0, 0]
    assert phylogenetic_profile(2, *found).tolist() == [[0] * len(COLUMNS)] * 2


def test_order_and_other_queries_do_not_matter(written):
    index = index_of(written())
    # More than are searched at a time.
    queries = [drawn(80, seed) for seed in range(100, 400)] + [QUERY, FIVE + OTHER, QUERY]
    together = phylogenetic_profile(len(queries), *index.search(queries, 1))
    for place in (0, 250, 300, 301, 302):
        alone = phylogenetic_profile(1, *index.search([queries[place]], 1))
        assert alone.tobytes() == together[[place]].tobytes()
    assert together[:, 0].any()


def test_the_order_of_hairpins_does_not_matter(written):
    forth = table(written(), QUERY, FIVE + OTHER)
    assert table(written(ENTRIES[::-1]), QUERY, FIVE + OTHER) == forth


def test_the_search_finds_what_comparing_every_pair_does(written):
    hairpins = [*(sequence for _, sequence in ENTRIES), *(drawn(70, seed) for seed in range(50, 60))]
    # Each of a species of its own, so that a homolog is known by it.
    index = index_of(written([(f"s{place}-mir-1", one) for place, one in enumerate(hairpins)], k=5, kept=20))
    queries = hairpins[::-1]
    found = index.search(queries, 2)
    expected = {}
    for query, one in enumerate(sketches(queries, 5, 20, np.uint32)):
        for hairpin, other in enumerate(index.sketches):
            if (np.intersect1d(one, other) != filled(np.uint32)).sum() >= 2:
                expected[query, f"s{hairpin}"] = mash(queries[query], hairpins[hairpin], 5, 20)
    assert dict(zip(zip(found.query.tolist(), found.species.tolist()), found.identity)) == pytest.approx(expected)
    assert len(expected) == len(found.query) > 30


def test_labels_accessions_and_names_cannot_reach_it(written, tmp_path):
    path, outputs = written(), []
    for number, (accession, label) in enumerate((("MI0000001", 1), ("MI0000003", 0))):
        row = {"accession": [accession], "name": [f"hsa-mir-{number}"], "sequence": [QUERY], "nucleus": [label]}
        pd.DataFrame(row).to_csv(tmp_path / "mirnas.tsv", sep="\t", index=False)
        compute_view(tmp_path / "mirnas.tsv", tmp_path / "view.npz", "sketches", {"shared": 3}, {"sketches": str(path)})
        outputs.append(read_arrays(tmp_path / "view.npz")["values"].tobytes())
    assert outputs[0] == outputs[1]


def test_a_damaged_index_is_named(written, tmp_path):
    arrays = read_arrays(written())
    broken = {
        "lacks": {name: arrays[name] for name in ("sketches", "digests", "species", "k")},
        "more": {**arrays, "accessions": arrays["codes"]},
        "species": {**arrays, "codes": arrays["codes"][:1]},
    }
    for name, some in broken.items():
        path = tmp_path / f"{name}.npz"
        write_arrays(path, **some)
        with pytest.raises(InputError, match="damaged") as caught:
            table(path, QUERY)
        assert str(path) in str(caught.value)
    with pytest.raises(InputError, match="missing"):
        table(tmp_path / "none.npz", QUERY)


@pytest.mark.parametrize("text", ["", "<html>", "ACGU\n"])
def test_what_is_not_mirbase_is_refused(tmp_path, text):
    (tmp_path / "hairpin.fa").write_text(text)
    with pytest.raises(InputError):
        write_index(tmp_path / "hairpin.fa", tmp_path / "sketches.npz", K, KEPT)
    assert not (tmp_path / "sketches.npz").exists()


def test_the_profile_is_that_of_the_evolutionary_view(tmp_path):
    """The same homologs give the same columns, whoever found them."""
    rows = [(query_id(query), hit, same, len(query), 40) for query, hit, same in HITS]
    pd.DataFrame(rows, columns=list(FIELDS.values())).to_csv(tmp_path / "hits.tsv", sep="\t", index=False)
    hits = read_hits(tmp_path / "hits.tsv")
    own = hits[hits["query"] == query_id(HAIRPIN)]
    arrays = [own[name].to_numpy() for name in ("species", "identity", "same")]
    profile = phylogenetic_profile(1, np.zeros(len(own), dtype=int), *arrays)
    assert profile.tolist() == homolog_table(hits, [query_id(HAIRPIN)], "hsa").tolist()
    assert homolog_table(hits, [query_id(HAIRPIN)] * 2, "hsa").tolist() == profile.tolist() * 2
    assert homolog_table(hits, [], "hsa").shape == (0, len(COLUMNS))
