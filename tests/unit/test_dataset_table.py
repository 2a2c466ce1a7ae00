"""Tables I and II: hand-counted rows beside the paper's."""

from pathlib import Path

import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table
from mmlmirloc.reporting.dataset_table import label_counts, write_dataset_table

PAPER = Path(__file__).parents[2] / "resources/paper"
LOCATIONS = ["nucleus", "exosome", "cytoplasm"]
TRAIN = pd.DataFrame([[1, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 1], [1, 1, 1]], columns=LOCATIONS)
TEST = pd.DataFrame([[0, 0, 1], [1, 0, 1]], columns=LOCATIONS)


def test_counts_by_hand():
    counts = label_counts(TRAIN)
    assert list(counts.itertuples(index=False, name=None)) == [
        ("nucleus", "count", 4),
        ("nucleus", "held_1", 2),
        ("nucleus", "held_2", 1),
        ("nucleus", "held_3", 1),
        ("exosome", "count", 3),
        ("exosome", "held_1", 0),
        ("exosome", "held_2", 2),
        ("exosome", "held_3", 1),
        ("cytoplasm", "count", 2),
        ("cytoplasm", "held_1", 0),
        ("cytoplasm", "held_2", 1),
        ("cytoplasm", "held_3", 1),
        ("all", "count", 5),
    ]


@pytest.fixture
def written(tmp_path):
    """Write the table of the tiny dataset, with a made-up location the paper has not; return a function to do so."""

    def write(locations=LOCATIONS, note=""):
        parts = {}
        for part, labels in (("train", TRAIN), ("test", TEST)):
            parts[part] = tmp_path / f"{part}.tsv"
            labels.rename(columns={"cytoplasm": locations[2]}).to_csv(parts[part], sep="\t", index=False)
        outputs = [tmp_path / "dataset.tsv", tmp_path / "dataset.md"]
        paper = [PAPER / f"{name}.tsv" for name in ("table1", "table2", "dataset")]
        write_dataset_table(parts["train"], parts["test"], *paper, locations, *outputs, note)
        return read_table(outputs[0], text=["part", "location", "quantity"]), outputs[1].read_text()

    return write


def test_the_papers_counts_stand_beside(written):
    table, _ = written()
    assert list(table.columns) == ["part", "location", "quantity", "paper", "ours"]
    rows = table.set_index(["part", "location", "quantity"])
    # Table I: nucleus 343, of which alone 134; Table II: 102 and 38.
    assert rows.loc[("train", "nucleus", "count")].tolist() == [343, 4]
    assert rows.loc[("train", "nucleus", "held_1")].tolist() == [134, 2]
    assert rows.loc[("test", "nucleus", "count")].tolist() == [102, 1]
    assert rows.loc[("test", "nucleus", "held_1")].tolist() == [38, 0]
    assert rows.loc[("train", "all", "count")].tolist() == [420, 5]
    assert rows.loc[("test", "all", "count")].tolist() == [118, 2]
    assert table["part"].tolist() == ["train"] * 13 + ["test"] * 13


def test_a_location_that_the_paper_has_not(written):
    table, markdown = written(locations=["nucleus", "exosome", "mitochondrion"])
    assert table.loc[table["location"] == "mitochondrion", "paper"].isna().all()
    line = next(line for line in markdown.splitlines() if line.startswith("| mitochondrion"))
    assert [cell.strip() for cell in line.strip("|").split("|")] == ["mitochondrion", "2", "0", "1", "1"]


def test_markdown(written):
    _, markdown = written()
    lines = markdown.splitlines()
    assert [line for line in lines if line.startswith("#")] == [
        "# The dataset: rows per location and by number of locations held (the paper's Tables I and II)",
        "## Training rows: ours (paper)",
        "## Test rows: ours (paper)",
    ]
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    assert table[0] == ["location", "count", "held_1", "held_2", "held_3"]
    assert table[2] == ["nucleus", "4 (343)", "2 (134)", "1 (110)", "1 (77)"]
    assert table[5] == ["all", "5 (420)", "", "", ""]
    assert len(table) == 2 * 6


def test_a_note_stands_below_the_heading(written):
    assert "\n\n**Control data**\n\n" in written(note="Control data")[1]


def test_without_the_papers_tables_ours_stand_alone(tmp_path, written):
    written()
    outputs = tmp_path / "own.tsv", tmp_path / "own.md"
    write_dataset_table(tmp_path / "train.tsv", tmp_path / "test.tsv", [], [], [], LOCATIONS, *outputs)
    table = read_table(outputs[0], text=["part", "location", "quantity"])
    assert list(table.columns) == ["part", "location", "quantity", "ours"]
    assert table["ours"].tolist()[:4] == [4, 2, 1, 1]
    assert "paper" not in outputs[1].read_text()


def test_rows_without_a_location(tmp_path, written):
    written()
    with pytest.raises(InputError, match="no column golgi"):
        write_dataset_table(
            tmp_path / "train.tsv",
            tmp_path / "test.tsv",
            *(PAPER / f"{name}.tsv" for name in ("table1", "table2", "dataset")),
            ["nucleus", "golgi"],
            tmp_path / "out.tsv",
            tmp_path / "out.md",
        )
    assert not (tmp_path / "out.tsv").exists()
