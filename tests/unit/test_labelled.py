"""A labelled table of a user's own: what is read, what is refused and how, its groups and its split."""

import gzip

import pandas as pd
import pytest

from mmlmirloc.data.labelled import group_rows, split_as_given, write_dataset
from mmlmirloc.errors import InputError
from mmlmirloc.sources.labelled import read

HAIRPIN = "GGCUAUACUCCUUGCAAGCUUACGAUCGAUCGGAUCUAGC"
OTHER = "AUUACCGGUUAACGCGCAUAUGCAACCGGAUUUCCAGGAA"
TABLE = f"id\tsequence\tnucleus\tmembrane\nb\t{HAIRPIN}\t1\t0\na\t{OTHER}\t0\t1\nc\tacgtacgtacgtacgt\t0\t0\n"


@pytest.fixture
def written(tmp_path):
    """Write a text as a table, and return its path."""

    def write(text, encoding="utf-8", name="table.tsv"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_rows_are_sorted_and_sequences_are_rna(written):
    labelled = read(written(TABLE))
    assert labelled.rows.values.tolist() == [
        ["a", "a", OTHER, 0, 1],
        ["b", "b", HAIRPIN, 1, 0],
        ["c", "c", "ACGUACGUACGUACGU", 0, 0],
    ]
    assert labelled.locations == ["nucleus", "membrane"]
    assert labelled.sides is None and labelled.groups is None and labelled.unread == []


@pytest.mark.parametrize("joined", ["membrane; nucleus", "nucleus|membrane", "nucleus;membrane;"])
def test_joined_names_are_locations_in_the_order_of_the_alphabet(written, joined):
    rows = f'ID,Sequence,Locations,comment\nb,{HAIRPIN},"{joined}",x\na,{OTHER},membrane,y\nc,ACGUACGUACGU,,z\n'
    rows = rows.replace("membrane,y", "nucleus,y")
    labelled = read(written(rows))
    assert labelled.locations == ["membrane", "nucleus"]
    assert labelled.rows[["accession", "membrane", "nucleus"]].values.tolist() == [
        ["a", 0, 1],
        ["b", 1, 1],
        ["c", 0, 0],
    ]
    assert labelled.unread == ["comment"]


def test_one_location_and_labels_as_a_spreadsheet_writes_them(written):
    labelled = read(written(f'"id";"sequence";"cell surface"\n"1";"{HAIRPIN}";1.0\n"2";"{OTHER}";0.0\n'))
    assert labelled.locations == ["cell surface"]
    assert labelled.rows["cell surface"].tolist() == [1, 0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_encodings_are_told_apart(written, encoding):
    assert read(written(TABLE, encoding)).rows["accession"].tolist() == ["a", "b", "c"]


def test_a_packed_table_is_unpacked(tmp_path):
    path = tmp_path / "table.tsv"
    path.write_bytes(gzip.compress(TABLE.encode()))
    assert read(path).locations == ["nucleus", "membrane"]


def test_split_and_group_follow_their_rows(written):
    extended = TABLE.replace("membrane\n", "membrane\tsplit\tgroup\n").replace("\t1\t0\n", "\t1\t0\tTrain\tx\n")
    extended = extended.replace("\t0\t1\n", "\t0\t1\ttest\tx\n").replace("\t0\t0\n", "\t0\t0\ttrain\t\n")
    labelled = read(written(extended))
    assert labelled.sides.tolist() == ["test", "train", "train"]
    assert labelled.groups.tolist() == ["x", "x", ""]


def folded(*names, sides=None):
    """Five rows of each fold."""
    rows = [f"r{n:03d}\t{HAIRPIN}{'ACGU'[n % 4]}{'ACGU'[n // 4 % 4]}{'ACGU'[n // 16]}\t{n % 2}" for n in range(64)]
    told = [name for name in names for _ in range(5)]
    cells = [
        f"{row}\t{name}" + (f"\t{side}" if side else "") for row, name, side in zip(rows, told, sides or [""] * 99)
    ]
    return lines(*cells, head="id\tsequence\tnucleus\tFold" + ("\tsplit" if sides else ""))


def test_folds_are_numbered_in_the_order_of_their_names(written):
    assert read(written(folded("2", "10", "9"))).folds.tolist() == [0] * 5 + [2] * 5 + [1] * 5
    # A test row has no fold, whatever stands there.
    sides = ["train"] * 10 + ["test"] * 5
    assert read(written(folded("b", "a", "", sides=sides))).folds.tolist() == [1] * 5 + [0] * 5 + [-1] * 5


@pytest.mark.parametrize(
    ("names", "what", "hint"),
    [
        (("1", ""), "A row has no fold (line 7)", ""),
        (("1", "NA"), "A row has no fold (line 7)", ""),
        (("1", "-1"), "A row has no fold (line 7)", ""),
        (("1", "1"), "are of the fold '1'", "remove the column"),
        (("1", "2", "Test"), "holds 'Test' (line 12)", "a column 'split'"),
        (("1", "2", "1.0"), "holds '1' and '1.0'", ""),
        (("1", "01", "2"), "holds '1' and '01'", ""),
        (("A", "b", "a"), "holds 'A' and 'a'", ""),
    ],
)
def test_names_that_are_no_folds_are_refused(written, names, what, hint):
    with pytest.raises(InputError) as error:
        read(written(folded(*names)))
    assert what in error.value.what and hint in error.value.hint


def test_a_column_of_other_numbers_is_no_fold(written):
    """Such as a fold change."""
    table = folded("1", "2").replace("\t1\n", "\t0.5\n", 1)
    with pytest.raises(InputError, match=r"The fold '0\.5' has 1 rows \(the column 'fold' holds 3 names\)"):
        read(written(table))


def test_two_spellings_of_a_column_are_refused(written):
    with pytest.raises(InputError, match="Two columns have the name 'fold'"):
        read(written(lines(f"{ONE}\t1\t1", f"{TWO}\t2\t2", head="id\tsequence\tnucleus\tfold\tFold")))


def lines(*rows, head="id\tsequence\tnucleus"):
    return "\n".join([head, *rows]) + "\n"


ONE, TWO = f"a\t{HAIRPIN}\t1", f"b\t{OTHER}\t0"


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        (lines(ONE, TWO, head="name\tsequence\tnucleus"), "has no column 'id'", "name the column 'id'"),
        (lines(ONE, TWO, head="id\tbases\tnucleus"), "has no column 'sequence'", "name the column 'sequence'"),
        (lines(), "has no rows", ""),
        ("", "empty", ""),
        (f"id\tsequence\na\t{HAIRPIN}\nb\t{OTHER}\n", "has no location", "add them"),
        (lines(ONE, f"a\t{OTHER}\t0"), "The id 'a' stands in lines 2, 3", "rename one"),
        (lines(ONE, f"\t{OTHER}\t0"), "A row has no id (line 3)", ""),
        (
            lines(ONE, f"b\t{HAIRPIN.replace('U', 't')}\t0"),
            "'a' and 'b' have the same sequence and other locations (lines 2 and 3)",
            "keep one row",
        ),
        (lines(ONE, f"b\t{OTHER}\t1"), "The location 'nucleus' is always recorded", "remove the location"),
        (lines(f"a\t{HAIRPIN}\t0", TWO), "The location 'nucleus' is never recorded", "remove the location"),
        (lines(ONE, "b\tMKVLAAGIEF\t0"), "The sequence of 'b' holds letters that no RNA has: E F I L", "line 3"),
        (lines(ONE, "b\tACGU\t0"), "The sequence of 'b' has 4 bases (line 3)", ""),
        (lines(ONE, "b\t\t0"), "The sequence of 'b' has 0 bases (line 3)", ""),
        (lines(ONE, f"b\t{OTHER}\tno"), "The column 'nucleus' holds 'no' (line 3)", "where it is no location"),
        (lines(ONE, f"b\t{OTHER}\t2"), "The column 'nucleus' holds '2' (line 3)", ""),
        (lines(ONE, f"b\t{OTHER}\t"), "The column 'nucleus' holds '' (line 3)", ""),
        (lines(ONE, TWO, head="id\tsequence\trepeat"), "A location is called 'repeat'", "another name"),
        (
            lines(f"{ONE}\ttrain\t", f"{TWO}\ttest\t", head="id\tsequence\tnucleus\tsplit\tfold"),
            "A row has no fold (line 2)",
            "remove the column",
        ),
        (lines(ONE, TWO, head="id\tsequence\tAccession"), "A location is called 'Accession'", "another name"),
        (lines(ONE, TWO, head="id\tsequence\tnucleus+membrane"), "cannot be the name of a location", "another name"),
        (lines(f"{ONE}\ttrain", f"{TWO}\tvalid", head="id\tsequence\tnucleus\tsplit"), "holds 'valid' (line 3)", ""),
        (lines(f"{ONE}\ttrain", f"{TWO}\t", head="id\tsequence\tnucleus\tsplit"), "holds '' (line 3)", ""),
        (lines(f"{ONE}\ttrain", f"{TWO}\ttrain", head="id\tsequence\tnucleus\tsplit"), "All rows", "'train'"),
        (lines(ONE, TWO, head="id\tsequence\tid"), "Two columns have the name 'id'", "rename"),
        (
            f"id\tsequence\tlocations\na\t{HAIRPIN}\tnucleus\nb\t{OTHER}\tall;nucleus\n",
            "A location is called 'all'",
            "",
        ),
    ],
)
def test_each_fault_has_a_message(written, text, what, hint):
    with pytest.raises(InputError) as error:
        read(written(text))
    assert what in error.value.what and "table.tsv" in str(error.value)
    assert hint in str(error.value) and error.value.expected and error.value.hint


def made(tmp_path, path, minimum_count=1, keep_conflicting=False):
    outputs = [tmp_path / name for name in ("sequenced.tsv", "mirnas.tsv", "given.tsv")]
    write_dataset(path, *outputs, minimum_count, keep_conflicting)
    return [pd.read_csv(output, sep="\t", dtype=str, keep_default_na=False) for output in outputs], outputs


def test_the_dataset_holds_all_rows(written, tmp_path):
    (sequenced, mirnas, given), _ = made(tmp_path, written(TABLE))
    assert sequenced["locations"].tolist() == ["membrane", "nucleus", ""]
    assert mirnas.columns.tolist() == ["accession", "name", "sequence", "nucleus", "membrane"]
    assert mirnas["membrane"].tolist() == ["1", "0", "0"]
    assert given.columns.tolist() == ["accession"]


def test_a_location_with_too_few_rows_stops(written, tmp_path):
    with pytest.raises(InputError, match="Fewer than 2 rows have, or fewer lack, the location nucleus"):
        made(tmp_path, written(TABLE), minimum_count=2)


def grouped(tmp_path, path):
    _, (_, mirnas, given) = made(tmp_path, path)
    group_rows(mirnas, given, tmp_path / "groups.tsv")
    table = pd.read_csv(tmp_path / "groups.tsv", sep="\t", dtype={"accession": str})
    return dict(zip(table["accession"], table["group"]))


def test_rows_that_align_lie_in_each_other_or_share_a_seed_are_one_group(written, tmp_path):
    rows = [
        f"long\t{HAIRPIN}\t1",
        # 20 bases of it, which align; 12 of it, too few to align.
        f"part\t{HAIRPIN[5:25]}\t1",
        f"short\t{HAIRPIN[20:32]}\t0",
        f"other\t{OTHER}\t0",
        # Bases 2 to 8 in common, and no more.
        "seed_a\tAGGGCCCAUAUAUAUAUAUAU\t1",
        "seed_b\tUGGGCCCACGCGAACGCGAA\t0",
    ]
    groups = grouped(tmp_path, written(lines(*rows)))
    assert groups["long"] == groups["part"] == groups["short"]
    assert groups["seed_a"] == groups["seed_b"]
    assert len(set(groups.values())) == 3


def test_groups_of_the_table_are_taken_as_they_are(written, tmp_path):
    rows = [f"a\t{HAIRPIN}\t1\tx", f"b\t{HAIRPIN[1:]}\t0\t", f"c\t{OTHER}\t0\tx", f"d\t{OTHER[1:]}\t0\t"]
    groups = grouped(tmp_path, written(lines(*rows, head="id\tsequence\tnucleus\tgroup")))
    assert groups["a"] == groups["c"]
    assert len(set(groups.values())) == 3


def divided(tmp_path, path, folds=2, locations=("nucleus", "membrane"), repeats=(1,)):
    _, (_, mirnas, given) = made(tmp_path, path)
    outputs = tmp_path / "train.tsv", tmp_path / "test.tsv"
    split_as_given(mirnas, given, *outputs, locations=locations, repeats=repeats, folds=folds, stratified=True, seed=1)
    return [pd.read_csv(output, sep="\t") for output in outputs]


def sixteen(bases="ACGU"):
    words = [bases[i] + bases[j] for i in range(4) for j in range(4)]
    sides = ["test"] * 4 + ["train"] * 12
    rows = [f"r{n:02d}\t{word * 8}\t{n % 2}\t{n // 4 % 2}\t{side}" for n, (word, side) in enumerate(zip(words, sides))]
    return lines(*rows, head="id\tsequence\tnucleus\tmembrane\tsplit")


def test_the_split_of_the_table_is_kept_and_folds_are_of_training_rows(written, tmp_path):
    train, test = divided(tmp_path, written(sixteen()))
    assert test["accession"].tolist() == ["r00", "r01", "r02", "r03"]
    assert train["accession"].tolist() == [f"r{n:02d}" for n in range(4, 16)]
    assert train.columns.tolist() == ["repeat", "accession", "sequence", "nucleus", "membrane", "fold"]
    assert test.columns.tolist() == ["repeat", "accession", "sequence", "nucleus", "membrane"]
    assert train["repeat"].eq(1).all()
    # Stratified: each fold has half of the six rows with the first location.
    assert train.groupby("fold")["nucleus"].agg(["size", "sum"]).values.tolist() == [[6, 3], [6, 3]]


def test_folds_of_a_single_location_are_stratified_too(written, tmp_path):
    one = "".join("\t".join(line.split("\t")[:3] + line.split("\t")[4:]) for line in sixteen().splitlines(True))
    train, test = divided(tmp_path, written(one), folds=3, locations=["nucleus"])
    assert train.columns.tolist() == ["repeat", "accession", "sequence", "nucleus", "fold"] and len(test) == 4
    assert train.groupby("fold")["nucleus"].agg(["size", "sum"]).values.tolist() == [[4, 2]] * 3


def test_too_few_training_rows_for_the_folds_are_refused(written, tmp_path):
    with pytest.raises(InputError, match="12 training rows for 7 folds"):
        divided(tmp_path, written(sixteen()), folds=7)


def folds_of_sixteen(*names):
    """The sixteen rows with a column of folds in turn."""
    folds = ["fold", *(names[number % len(names)] for number in range(16))]
    return "".join(f"{line}\t{fold}\n" for line, fold in zip(sixteen().splitlines(), folds))


def without_split(table):
    return "".join("\t".join([*line.split("\t")[:4], line.split("\t")[5]]) + "\n" for line in table.splitlines())


def test_folds_beside_a_split_are_those_of_its_training_rows(written, tmp_path):
    train, test = divided(tmp_path, written(folds_of_sixteen("x", "y")))
    assert test["accession"].tolist() == ["r00", "r01", "r02", "r03"] and "fold" not in test
    assert dict(zip(train["accession"], train["fold"])) == {f"r{n:02d}": n % 2 for n in range(4, 16)}


def test_each_fold_is_tested_once_where_there_is_no_split(written, tmp_path):
    table = written(without_split(folds_of_sixteen("a", "b", "c")))
    train, test = divided(tmp_path, table, repeats=[1, 2, 3])
    assert sorted(test["accession"]) == [f"r{n:02d}" for n in range(16)]
    tested = test.groupby("repeat")["accession"].agg(list).to_dict()
    assert tested[2] == ["r01", "r04", "r07", "r10", "r13"] and tested[3] == ["r02", "r05", "r08", "r11", "r14"]
    for repeat, part in train.groupby("repeat"):
        assert sorted([*part["accession"], *tested[repeat]]) == [f"r{n:02d}" for n in range(16)]
        # Models choose their epoch and their settings on folds of these, drawn anew.
        assert sorted(part["fold"].unique()) == [0, 1]
    again = divided(tmp_path, table, repeats=[2])
    assert again[0].equals(train[train["repeat"] == 2].reset_index(drop=True))


def test_a_location_of_one_fold_alone_cannot_be_trained(written, tmp_path):
    # Nucleus alternates, and so does the fold.
    table = written(without_split(folds_of_sixteen("a", "b")))
    with pytest.raises(InputError, match=r"No training row has the location nucleus \(repeat 2"):
        divided(tmp_path, table, repeats=[2])
