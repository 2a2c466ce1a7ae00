"""Tables and arrays: what is written is read back, whole or not at all, and bad files get a message."""

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.files import part_of, read_arrays, read_table, whole, write_arrays, write_table


def test_table_is_plain_tsv(tmp_path):
    frame = pd.DataFrame({"id": ["a", "b"], "score": [1 / 3, np.nan], "count": [1, 20]})
    write_table(frame, tmp_path / "deep" / "table.tsv")
    assert (tmp_path / "deep" / "table.tsv").read_bytes() == b"id\tscore\tcount\na\t0.333333\t1\nb\t\t20\n"
    write_table(frame, tmp_path / "two.tsv", decimals=2)
    assert "0.33\t" in (tmp_path / "two.tsv").read_text()


def test_table_is_read_back(tmp_path):
    path = tmp_path / "table.tsv"
    path.write_text("name\tnote\tvalue\n0012\t\t0.5\nNA\tnull\t\n")
    table = read_table(path, columns=["name", "value"], text=["name", "note", "not there"])
    assert table["name"].tolist() == ["0012", "NA"]
    assert table["note"].tolist() == ["", "null"]
    assert table["value"].tolist()[0] == 0.5
    assert np.isnan(table["value"].tolist()[1])


def test_header_alone_is_a_table(tmp_path):
    (tmp_path / "table.tsv").write_text("a\tb\n")
    assert len(read_table(tmp_path / "table.tsv", columns=["a", "b"])) == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "A table is missing"),
        (b"", "A table is empty"),
        (b"a\tc\n1\t2\n", "A table has no column b"),
        (b"a\tb\n1\t2\n1\t2\t3\n", "A table cannot be read"),
        (b"a\tb\n1\t2\t3\n4\t5\t6\n", "A table cannot be read"),
        (b"a\tb\n\xff\xfe\t1\n", "A table cannot be read"),
    ],
)
def test_bad_tables(tmp_path, content, message):
    path = tmp_path / "table.tsv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_table(path, columns=["a", "b"])
    assert caught.value.where == str(path)
    assert caught.value.expected and caught.value.hint


def test_missing_column_lists_those_found(tmp_path):
    (tmp_path / "table.tsv").write_text("a\tc\n")
    with pytest.raises(InputError) as caught:
        read_table(tmp_path / "table.tsv", columns=["a", "b"])
    assert caught.value.expected == "the columns a, b (found: a, c)"


def test_whole_or_not_at_all(tmp_path):
    path = tmp_path / "out.tsv"
    path.write_text("before")
    with pytest.raises(RuntimeError), whole(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "before"
    assert [file.name for file in tmp_path.iterdir()] == ["out.tsv"]
    with whole(path) as temporary:
        assert temporary.suffix == ".tsv"
        assert temporary.parent == tmp_path
        temporary.write_text("after")
        assert path.read_text() == "before"
    assert path.read_text() == "after"


def test_arrays_are_read_back(tmp_path):
    path = tmp_path / "arrays.npz"
    write_arrays(path, names=np.array(["a", "long"]), values=np.arange(6.0).reshape(2, 3))
    read = read_arrays(path)
    assert list(read) == ["names", "values"]
    assert read["names"].tolist() == ["a", "long"]
    np.testing.assert_array_equal(read["values"], [[0, 1, 2], [3, 4, 5]])


def test_arrays_keep_a_name_without_npz(tmp_path):
    write_arrays(tmp_path / "fold-00.model", answer=np.ones(2))
    assert [file.name for file in tmp_path.iterdir()] == ["fold-00.model"]


def test_the_same_arrays_are_the_same_bytes(tmp_path):
    for name in ("one.npz", "two.npz"):
        write_arrays(tmp_path / name, values=np.arange(3))
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_objects_are_never_pickled(tmp_path):
    with pytest.raises(ValueError, match="allow_pickle"):
        write_arrays(tmp_path / "objects.npz", values=np.array([{}, []], dtype=object))
    assert not list(tmp_path.iterdir())


def test_pickles_are_never_read(tmp_path):
    path = tmp_path / "objects.npz"
    np.savez(path, values=np.array([{}, []], dtype=object))
    with pytest.raises(InputError, match="A cached file is damaged"):
        read_arrays(path)


@pytest.mark.parametrize("damage", [lambda whole: whole[:100], lambda whole: b"", lambda whole: b"no archive at all"])
def test_damaged_arrays(tmp_path, damage):
    path = tmp_path / "arrays.npz"
    write_arrays(path, values=np.arange(1000))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError, match="A cached file is damaged") as caught:
        read_arrays(path)
    assert caught.value.where == str(path)
    assert caught.value.hint == "delete it and run the same command again"


def test_flipped_bytes_are_noticed(tmp_path):
    path = tmp_path / "arrays.npz"
    write_arrays(path, values=np.arange(1000))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match="A cached file is damaged"):
        read_arrays(path)


def test_missing_arrays(tmp_path):
    with pytest.raises(InputError, match="A cached array file is missing"):
        read_arrays(tmp_path / "none.npz")


def test_an_unusable_part_sends_the_whole_folder_away(tmp_path):
    with pytest.raises(InputError) as error, part_of(tmp_path / "folds"):
        read_arrays(tmp_path / "folds/fold-00.npz")
    assert error.value.where == str(tmp_path / "folds/fold-00.npz")
    assert error.value.hint == f"delete the folder {tmp_path / 'folds'} and run the same command again"
