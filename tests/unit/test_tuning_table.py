"""The table of what each model chose among."""

import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.reporting.tuning_table import gather_tuning, write_tuning_table

NETWORK = (
    "repeat\tlearning_rate\tobjective\tmean\tsd\tchosen\n"
    "1\t0.001\taccuracy\t0.5\t0.01\t0\n1\t0.0003\taccuracy\t0.6\t0.02\t1\n"
)
CONSTANT = "repeat\tobjective\tmean\tsd\tchosen\n1\taccuracy\t0.55\t0.03\t1\n"
LABELS = {"network": "Network", "constant": "Constant"}


@pytest.fixture
def tunings(tmp_path):
    (tmp_path / "network.tsv").write_text(NETWORK)
    (tmp_path / "constant.tsv").write_text(CONSTANT)
    return {name: tmp_path / f"{name}.tsv" for name in LABELS}


def test_each_point_of_each_grid_is_a_row(tunings):
    table = gather_tuning(tunings, LABELS)
    assert table["setting"].tolist() == ["learning_rate=0.001", "learning_rate=0.0003", ""]
    assert table["chosen"].tolist() == [0, 1, 1]
    assert table["mean"].tolist() == [0.5, 0.6, 0.55]
    assert table["label"].tolist() == ["Network", "Network", "Constant"]


def test_the_page_for_readers_leaves_out_who_had_no_choice(tunings, tmp_path):
    write_tuning_table(tunings, LABELS, "a note", tmp_path / "t.tsv", tmp_path / "t.md")
    page = (tmp_path / "t.md").read_text()
    assert "0.6000 ± 0.0200" in page and "**a note**" in page
    assert "Constant" not in page
    assert (tmp_path / "t.tsv").read_text().count("\n") == 4


def test_without_any_choice_the_page_says_so(tunings, tmp_path):
    write_tuning_table({"constant": tunings["constant"]}, LABELS, "", tmp_path / "t.tsv", tmp_path / "t.md")
    assert "No model had a choice." in (tmp_path / "t.md").read_text()


def test_a_file_that_is_no_tuning_is_refused(tunings, tmp_path):
    tunings["network"].write_text("a\tb\n1\t2\n")
    with pytest.raises(InputError, match="no column objective"):
        gather_tuning(tunings, LABELS)
