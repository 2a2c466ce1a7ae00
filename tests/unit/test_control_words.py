"""The last words of a control run."""

from mmlmirloc.reporting.control_words import control_words

LINES = """location\texpected\toutcome\toutcome_shuffled\tauc
nucleus\tfound\tfound\tnot found\t0.8123
exosome\tfound\tnot found\tnot found\t0.55
cytoplasm\tnot found\tnot found\tfound\t0.49
"""


def test_five_lines_say_what_was_planted_and_found(tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/control.tsv").write_text(LINES)
    lines = control_words(tmp_path).splitlines()
    assert len(lines) == 5
    assert lines[0] == "Simulated records. Planted in 2 locations, found in: nucleus (ROC-AUC 0.81)."
    assert lines[1].startswith("2 of 3 locations came out as planted. With labels shuffled 1 of 3 seems to be found")
    assert lines[2].startswith(f"Tables: {tmp_path}/tables/")


def test_nothing_found_is_said(tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/control.tsv").write_text("\n".join(LINES.splitlines()[::2][:1] + LINES.splitlines()[2:3]))
    assert "Planted in 1 locations, found in: none." in control_words(tmp_path)
