import os
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features
from mmlmirloc.files import read_arrays, write_arrays, write_table
from mmlmirloc.views import kmer_tokens, record, word2vec
from mmlmirloc.views.cache import ViewFiles, fold_file, read_view, save_features
from mmlmirloc.views.making import compute_view, fit_view

ACCESSIONS = ["MI0000001", "MI0000002", "MI0000003"]
TOKENS = {"k": 2, "positions": 4}
WORD2VEC = {"k": 2, "positions": 5, "width": 4, "window": 2, "negative": 2, "epochs": 1}
BY_POSITION = Features(np.arange(36, dtype=np.float32).reshape(3, 6, 2), np.array([6, 2, 4]))


def tokens_file(path):
    return ViewFiles("kmer_tokens", TOKENS, str(path))


@pytest.mark.parametrize("features", [BY_POSITION, Features(np.array([[0.5], [0.25], [1.0]]))], ids=["3d", "2d"])
def test_what_is_saved_is_read_in_the_order_asked_for(features, tmp_path):
    save_features(tmp_path / "view.npz", ACCESSIONS, features)
    read = read_view(tokens_file(tmp_path / "view.npz"), 1, 0, ["MI0000003", "MI0000001"], ["", ""])
    assert np.array_equal(read.values, features.values[[2, 0]])
    assert read.values.dtype == features.values.dtype
    assert (read.lengths is None) if features.lengths is None else (read.lengths.tolist() == [4, 6])


def test_a_file_written_anew_under_the_same_name_is_read_anew(tmp_path):
    path = tmp_path / "view.npz"
    for hour, (accessions, features) in enumerate(
        [(ACCESSIONS, BY_POSITION), (ACCESSIONS[::-1], BY_POSITION), (ACCESSIONS, Features(BY_POSITION.values + 1))],
        start=1,
    ):
        save_features(path, accessions, features)
        os.utime(path, (3600 * hour, 3600 * hour))
        read = read_view(tokens_file(path), 1, 0, ACCESSIONS, [""] * 3)
        expected = features.values if accessions == ACCESSIONS else features.values[::-1]
        assert np.array_equal(read.values, expected)
    path.unlink()
    with pytest.raises(InputError, match="A cached array file is missing"):
        read_view(tokens_file(path), 1, 0, ACCESSIONS, [""] * 3)


def test_what_one_reader_changes_no_other_reads(tmp_path):
    """Folds read the same file one after the other, and each gets its own copy."""
    save_features(tmp_path / "view.npz", ACCESSIONS, BY_POSITION)
    first = read_view(tokens_file(tmp_path / "view.npz"), 1, 0, ACCESSIONS, [""] * 3)
    first.values[:] = -1
    first.lengths[:] = 0
    second = read_view(tokens_file(tmp_path / "view.npz"), 1, 1, ACCESSIONS, [""] * 3)
    assert np.array_equal(second.values, BY_POSITION.values) and second.lengths.tolist() == [6, 2, 4]


def test_same_features_same_bytes(tmp_path):
    save_features(tmp_path / "one.npz", ACCESSIONS, BY_POSITION)
    save_features(tmp_path / "other.npz", ACCESSIONS, BY_POSITION)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()
    # Nor does the hour of writing stand in them.
    with ZipFile(tmp_path / "one.npz") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_views_cut_from_one_file_of_embeddings(tmp_path):
    save_features(tmp_path / "rnabert.npz", ACCESSIONS, BY_POSITION)
    for positions in (3, 440):
        view = ViewFiles("rnabert", {"positions": positions}, str(tmp_path / "rnabert.npz"))
        read = read_view(view, 1, 0, ACCESSIONS, [""] * 3)
        assert np.array_equal(read.values, BY_POSITION.values[:, :positions])
        assert read.lengths.tolist() == [min(length, positions) for length in (6, 2, 4)]


def test_a_missing_accession_is_named(tmp_path):
    save_features(tmp_path / "view.npz", ACCESSIONS, BY_POSITION)
    asked = ["MI0000001", "MI0000007", "MI0000008"]
    with pytest.raises(InputError, match=r"A cached view lacks 2 of 3 rows \(first: MI0000007\)") as caught:
        read_view(tokens_file(tmp_path / "view.npz"), 1, 0, asked, [""] * 3)
    assert caught.value.where == str(tmp_path / "view.npz")
    assert caught.value.hint == "delete the file and run the same command again"


def shorten(path):
    path.write_bytes(path.read_bytes()[:-40])


def empty(path):
    path.write_bytes(b"")


def flip_a_byte(path):
    content = bytearray(path.read_bytes())
    content[content.index(BY_POSITION.values.tobytes())] ^= 255
    path.write_bytes(content)


def put_a_page(path):
    path.write_text("<html>not found</html>")


def leave_values_out(path):
    write_arrays(path, accessions=np.array(ACCESSIONS))


@pytest.mark.parametrize("damage", [shorten, empty, flip_a_byte, put_a_page, leave_values_out])
def test_a_damaged_file_is_named(damage, tmp_path):
    path = tmp_path / "view.npz"
    save_features(path, ACCESSIONS, BY_POSITION)
    damage(path)
    with pytest.raises(InputError, match="A cached file is damaged") as caught:
        read_view(tokens_file(path), 1, 0, ACCESSIONS, [""] * 3)
    assert caught.value.where == str(path)
    assert caught.value.hint == "delete it and run the same command again"


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="A cached array file is missing") as caught:
        read_view(tokens_file(tmp_path / "view.npz"), 1, 0, ACCESSIONS, [""] * 3)
    assert caught.value.hint == "run the rule that makes it"


def test_an_unknown_kind_is_named_with_the_known_ones(tmp_path):
    with pytest.raises(InputError, match="Unknown kind of view 'kmers'") as caught:
        read_view(ViewFiles("kmers", {}, str(tmp_path)), 1, 0, ACCESSIONS, [""] * 3)
    assert {"kmer", "kmer_tokens", "rnabert", "word2vec"} <= set(
        caught.value.expected.removeprefix("one of ").split(", ")
    )


def test_compute_view_reads_sequences_and_keeps_one_row_each(tmp_path):
    sequences = ["ACGU", "AA", ""]
    table = pd.DataFrame({"accession": ACCESSIONS, "name": "x", "sequence": sequences, "nucleus": [0, 1, 1]})
    write_table(table, tmp_path / "mirnas.tsv")
    compute_view(tmp_path / "mirnas.tsv", tmp_path / "views" / "words.npz", "kmer_tokens", TOKENS)
    read = read_view(tokens_file(tmp_path / "views" / "words.npz"), 1, 3, ACCESSIONS, sequences)
    expected = kmer_tokens.View(TOKENS).compute(sequences)
    assert np.array_equal(read.values, expected.values) and read.values.any()
    assert read.lengths.tolist() == expected.lengths.tolist() == [3, 1, 0]


@pytest.mark.parametrize("missing", ["accession", "name", "sequence"])
def test_compute_view_needs_accession_name_and_sequence(tmp_path, missing):
    table = pd.DataFrame({"accession": ACCESSIONS, "name": "x", "sequence": "ACGU"})
    write_table(table.drop(columns=missing), tmp_path / "mirnas.tsv")
    with pytest.raises(InputError, match=f"A table has no column {missing}"):
        compute_view(tmp_path / "mirnas.tsv", tmp_path / "view.npz", "kmer_tokens", TOKENS)
    assert not (tmp_path / "view.npz").exists()


def test_a_view_of_records_is_computed_from_accession_and_name_too(tmp_path):
    names = ["hsa-let-7a-1", "hsa-mir-30c-2", "hsa-mir-100"]
    table = pd.DataFrame({"accession": ACCESSIONS, "name": names, "sequence": ["ACGU", "AA", ""], "nucleus": [0, 1, 1]})
    write_table(table, tmp_path / "mirnas.tsv")
    for field, numbers in (("accession", [1, 2, 3]), ("name", [7, 30, 100])):
        compute_view(tmp_path / "mirnas.tsv", tmp_path / f"{field}.npz", "record", {"field": field})
        view = ViewFiles("record", {"field": field}, str(tmp_path / f"{field}.npz"))
        read = read_view(view, 1, 0, ACCESSIONS[::-1], [""] * 3)
        assert read.values.tolist() == [[number] for number in numbers[::-1]] and read.lengths is None


def test_a_view_of_records_sees_no_label(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(
        record.View, "compute_records", lambda self, records, sources: seen.append(records) or BY_POSITION
    )
    table = pd.DataFrame({"nucleus": [0, 1, 1], "sequence": "ACGU", "name": "x", "accession": ACCESSIONS})
    write_table(table, tmp_path / "mirnas.tsv")
    compute_view(tmp_path / "mirnas.tsv", tmp_path / "view.npz", "record", {"field": "name"})
    assert [list(records.columns) for records in seen] == [["accession", "name", "sequence"]]


def test_a_view_is_handed_the_sources_that_it_needs(tmp_path):
    line = "chr14\t.\tmiRNA_primary_transcript\t{}\t{}\t.\t+\t.\tAlias={}\n"
    (tmp_path / "hsa.gff3").write_text(line.format(5, 80, ACCESSIONS[2]) + line.format(500, 580, ACCESSIONS[0]))
    write_table(pd.DataFrame({"accession": ACCESSIONS, "name": "x", "sequence": "ACGU"}), tmp_path / "mirnas.tsv")
    settings = {"chromosome": "chr14", "start": 1, "end": 90}
    sources = {"coordinates": str(tmp_path / "hsa.gff3")}
    compute_view(tmp_path / "mirnas.tsv", tmp_path / "view.npz", "locus", settings, sources)
    read = read_view(ViewFiles("locus", settings, str(tmp_path / "view.npz")), 1, 0, ACCESSIONS, [""] * 3)
    assert read.values.tolist() == [[0], [0], [1]]
    # One that needs none is not handed any.
    compute_view(tmp_path / "mirnas.tsv", tmp_path / "words.npz", "kmer_tokens", TOKENS, sources)
    assert read_view(tokens_file(tmp_path / "words.npz"), 1, 0, ACCESSIONS, [""] * 3).lengths.tolist() == [3] * 3


random = np.random.default_rng(3)
TRAIN = pd.DataFrame(
    {
        "accession": [f"MI000000{number}" for number in range(9)],
        "sequence": ["".join(random.choice(list("ACGU"), size=20)) for _ in range(9)],
        "nucleus": [0, 1, 0] * 3,
        "fold": [0, 1, 2] * 3,
        "repeat": 1,
    }
)
# The same rows in another order, in two folds.
SECOND = TRAIN.iloc[::-1].assign(repeat=2, fold=[0, 1, 0, 1, 0, 1, 0, 1, 0])


def fitted_files(table, folder, seed=1, repeat=1):
    """Fit the view, and return what it has learnt in each fold of a repeat."""
    folder.mkdir()
    write_table(table, folder / "train.tsv")
    fit_view(folder / "train.tsv", folder / "fitted", "word2vec", WORD2VEC, seed)
    return [path.read_bytes() for path in sorted((folder / "fitted" / f"repeat-0{repeat}").iterdir())]


def test_fit_view_never_sees_a_folds_validation_rows(tmp_path):
    before = fitted_files(TRAIN, tmp_path / "before")
    changed = TRAIN.copy()
    changed.loc[changed["fold"] == 1, "sequence"] = ["G" * 20, "GC" * 10, "AN" * 10]
    after = fitted_files(changed, tmp_path / "after")
    assert len(before) == len(after) == 3
    # Only fold 1 left these rows out; the others were fitted on them.
    assert [one == other for one, other in zip(before, after)] == [False, True, False]


def test_fit_view_never_sees_labels_or_accessions(tmp_path):
    other = TRAIN.assign(nucleus=1 - TRAIN["nucleus"], accession=TRAIN["accession"].str.replace("MI", "MX"))
    assert fitted_files(other, tmp_path / "other") == fitted_files(TRAIN, tmp_path / "train")


def test_files_of_a_fitted_view_lie_by_repeat_and_fold(tmp_path):
    fitted_files(pd.concat([SECOND, TRAIN]), tmp_path / "train")
    folder = tmp_path / "train" / "fitted"
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.npz"))
    assert files == [
        *(f"repeat-01/fold-0{fold}.npz" for fold in range(3)),
        *(f"repeat-02/fold-0{fold}.npz" for fold in range(2)),
    ]
    assert fold_file("fitted", 12, 10) == Path("fitted/repeat-12/fold-10.npz")


def test_fit_view_fits_fold_k_of_repeat_r_with_seed_plus_1000_r_plus_k(tmp_path):
    fitted_files(pd.concat([TRAIN, SECOND]), tmp_path / "train", seed=5)
    for table, repeat, fold in [(TRAIN, 1, 0), (TRAIN, 1, 1), (TRAIN, 1, 2), (SECOND, 2, 0), (SECOND, 2, 1)]:
        sequences = table.loc[table["fold"] != fold, "sequence"].tolist()
        expected = word2vec.View(WORD2VEC).fit(sequences, 5 + 1000 * repeat + fold)
        read = read_arrays(fold_file(tmp_path / "train" / "fitted", repeat, fold))
        assert read.keys() == expected.keys()
        assert all(np.array_equal(read[name], expected[name]) for name in read)


def test_fit_view_never_sees_another_repeats_rows(tmp_path):
    alone = fitted_files(TRAIN, tmp_path / "alone")
    before = fitted_files(pd.concat([TRAIN, SECOND]), tmp_path / "before")
    changed = SECOND.assign(sequence=["G" * 20, "GC" * 10, "AN" * 10] * 3)
    after = fitted_files(pd.concat([changed, TRAIN]), tmp_path / "after")
    assert len(alone) == 3 and alone == before == after
    # The second repeat's own files do change, so that the test can fail.
    seconds = [
        [fold_file(tmp_path / name / "fitted", 2, fold).read_bytes() for fold in range(2)]
        for name in ("before", "after")
    ]
    assert all(one != other for one, other in zip(*seconds, strict=True))


def test_fit_view_needs_the_repeat(tmp_path):
    with pytest.raises(InputError, match="A table has no column repeat"):
        fitted_files(TRAIN.drop(columns="repeat"), tmp_path / "train")
    assert not (tmp_path / "train" / "fitted").exists()


def test_a_fitted_view_is_read_with_the_vectors_of_its_repeat_and_fold(tmp_path):
    fitted_files(pd.concat([TRAIN, SECOND]), tmp_path / "train")
    folder = tmp_path / "train" / "fitted"
    view = ViewFiles("word2vec", WORD2VEC, str(folder))
    # A row that was in no training table: it is computed from its sequence.
    places = [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1)]
    read = {place: read_view(view, *place, ["MI0000099"], ["ACGUA"]) for place in places}
    for repeat, fold in places:
        path = folder / f"repeat-0{repeat}" / f"fold-0{fold}.npz"
        expected = word2vec.View(WORD2VEC).transform(read_arrays(path), ["ACGUA"])
        own = read[repeat, fold]
        assert np.array_equal(own.values, expected.values) and own.lengths.tolist() == [4]
    assert len({features.values.tobytes() for features in read.values()}) == len(places)


@pytest.mark.parametrize(("repeat", "fold"), [(1, 3), (2, 0)])
def test_a_fold_or_repeat_that_was_not_fitted_is_said(tmp_path, repeat, fold):
    fitted_files(TRAIN, tmp_path / "train")
    view = ViewFiles("word2vec", WORD2VEC, str(tmp_path / "train" / "fitted"))
    with pytest.raises(InputError, match="A cached array file is missing") as caught:
        read_view(view, repeat, fold, ["MI0000099"], ["ACGUA"])
    assert caught.value.where.endswith(f"repeat-0{repeat}/fold-0{fold}.npz")
