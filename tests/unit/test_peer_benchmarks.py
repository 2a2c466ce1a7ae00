"""Published benchmarks: each becomes a labelled table, and their page holds our rows against what knows no sequence."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.reporting.figures import peer_benchmarks as figure
from mmlmirloc.reporting.peer_benchmarks import joined, write_peer_benchmarks
from mmlmirloc.sources.labelled import read
from mmlmirloc.sources.peer_benchmarks import read_descriptions, write_labelled

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT.parent / "shared/benchmarks"
DESCRIPTIONS = ROOT / "config/peer_benchmarks.tsv"
HEAD = "benchmark\tlabel\tfile\twhere\tid\tlocations\tside\ttest\tfold\tprotocols\tselected\n"
ROWS = """name\tsequence\tkind\tinside\toutside\tpart
miR-1\tUGGAAUGUAAAGAAGUAUGUA\tmature\t1\t0\tcv
miR-1\tUGGAAUGUAAAGAAGUAUGUAU\tmature\t0\t1\theld
miR-2\tUAUCACAGCCAGCUUUGAUGAGC\tmature\t0\t0\tcv
mir-2\tUAUCACAGCCAGCUUUGAUGAGCAAA\thairpin\t1\t1\theld
"""


@pytest.fixture
def described(tmp_path):
    """Describe the table above in one row."""

    def describe(where="kind=mature", identifier="name", locations="outside;inside", side="part", fold=""):
        (tmp_path / "rows.tsv").write_text(ROWS)
        row = f"mine\tMine\trows.tsv\t{where}\t{identifier}\t{locations}\t{side}\theld\t{fold}\tgiven\t\n"
        (tmp_path / "benchmarks.tsv").write_text(HEAD + row)
        return next(read_descriptions(tmp_path / "benchmarks.tsv").itertuples())

    return describe


def test_a_benchmark_becomes_a_labelled_table(described, tmp_path):
    write_labelled(described(), tmp_path, tmp_path / "labelled.tsv")
    labelled = read(tmp_path / "labelled.tsv")
    assert labelled.rows["accession"].tolist() == ["miR-1", "miR-1.2", "miR-2"]
    assert labelled.locations == ["outside", "inside"]
    assert labelled.rows["outside"].tolist() == [0, 1, 0] and labelled.rows["inside"].tolist() == [1, 0, 0]
    assert labelled.sides.tolist() == ["train", "test", "train"]


def test_folds_take_the_place_of_a_split(described, tmp_path):
    write_labelled(described(where="", side="", fold="kind"), tmp_path, tmp_path / "labelled.tsv")
    table = pd.read_csv(tmp_path / "labelled.tsv", sep="\t")
    assert table["fold"].tolist() == ["mature", "mature", "mature", "hairpin"] and "split" not in table


def test_all_rows_are_taken_where_nothing_is_asked(described, tmp_path):
    write_labelled(described(where=""), tmp_path, tmp_path / "labelled.tsv")
    assert len(read(tmp_path / "labelled.tsv").rows) == 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"locations": "outside;nucleus"}, "mine has no column nucleus"),
        ({"identifier": "accession"}, "mine has no column accession"),
        ({"fold": "tenth"}, "mine has no column tenth"),
        ({"where": "molecule=mature"}, "mine has no column molecule"),
        ({"where": "kind=precursor"}, "mine has no row with kind=precursor"),
    ],
)
def test_what_a_benchmark_does_not_have_is_said(described, tmp_path, change, message):
    with pytest.raises(InputError, match=message):
        write_labelled(described(**change), tmp_path, tmp_path / "labelled.tsv")


def test_a_missing_file_is_said(described, tmp_path):
    row = described()
    (tmp_path / "rows.tsv").unlink()
    with pytest.raises(InputError, match=r"rows\.tsv"):
        write_labelled(row, tmp_path, tmp_path / "labelled.tsv")


@pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the published benchmarks are not at hand")
@pytest.mark.parametrize("row", list(read_descriptions(DESCRIPTIONS).itertuples()), ids=lambda row: row.benchmark)
def test_each_published_benchmark_is_read_whole(row, tmp_path):
    write_labelled(row, BENCHMARKS, tmp_path / "labelled.tsv")
    rows = pd.read_csv(BENCHMARKS / row.file, sep="\t", dtype=str, keep_default_na=False)
    column, _, value = row.where.partition("=")
    taken = rows[rows[column] == value] if column else rows
    labelled = read(tmp_path / "labelled.tsv", keep_conflicting=True)
    assert len(labelled.rows) == len(taken)
    for location in row.locations.split(";"):
        assert labelled.rows[location].sum() == taken[location].astype(int).sum()
    if row.side:
        assert (labelled.sides == "test").sum() == (taken[row.side] == row.test).sum()
    if row.fold:
        assert labelled.folds.value_counts().tolist() == taken[row.fold].value_counts().tolist()


@pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the published benchmarks are not at hand")
def test_a_ruler_solves_rnaloc_lm(tmp_path):
    """35 bases or shorter: extracellular. Accuracy .8938 and macro F1 .8852 on its test rows."""
    row = next(row for row in read_descriptions(DESCRIPTIONS).itertuples() if row.benchmark == "rnaloc_lm")
    write_labelled(row, BENCHMARKS, tmp_path / "labelled.tsv")
    labelled = read(tmp_path / "labelled.tsv", keep_conflicting=True)
    tested = labelled.rows[labelled.sides == "test"]
    truth = tested["extracellular"].to_numpy() == 1
    told = tested["sequence"].str.len().to_numpy() <= 35
    f1 = [2 * (truth == side)[told == side].sum() / ((truth == side).sum() + (told == side).sum()) for side in (1, 0)]
    assert round((truth == told).mean(), 4) == 0.8938 and round(np.mean(f1), 4) == 0.8852


COLUMNS = ["protocol", "model", "label", "metric", "rule", "mean", "ci_low", "ci_high"]
COLUMNS += ["minus_length_only", "minus_length_only_low", "minus_length_only_high", "repeats", "test_rows"]


@pytest.fixture
def results(tmp_path):
    """One benchmark with a system above length, one not above it, and length itself."""
    values = {"net": ("Network", 0.7, (0.1, 0.05, 0.15)), "svm": ("Machine", 0.62, (0.02, -0.05, 0.09))}
    values |= {"length_only": ("Length only", 0.6, (None, None, None))}
    lines = []
    for model, (label, mean, minus) in values.items():
        for metric, rules in {"accuracy": ["fixed", "chosen"], "auc_macro": [""], "f1": ["chosen"]}.items():
            for rule in rules:
                own = 0.99 if rule == "fixed" else mean
                lines.append(["given", model, label, metric, rule, own, own - 0.1, own + 0.1, *minus, 1, 20])
    folder = tmp_path / "mine/tables"
    folder.mkdir(parents=True)
    pd.DataFrame(lines, columns=COLUMNS).to_csv(folder / "trust.tsv", sep="\t", index=False)
    overlap = pd.DataFrame([["given", 1, 80, 20, 3, 4, 5, 9]])
    overlap.columns = ["protocol", "repeat", "train_rows", "test_rows", "identical", "inside", "around", "any"]
    overlap.to_csv(folder / "overlap.tsv", sep="\t", index=False)
    roles = "model\trole\nnet\tsystem\nsvm\tcompetitor\nlength_only\tcontrol\n"
    (tmp_path / "models.tsv").write_text(roles)
    (tmp_path / "benchmarks.tsv").write_text(HEAD + "mine\tMine\trows.tsv\t\tname\toutside;inside\t\t\tfold\tgiven\t\n")
    names = "folds\tmodel\tlabel\trows\tmetric\tmean\tci_low\tci_high\t"
    names += "minus_control\tminus_control_low\tminus_control_high\n"
    for folds in ("fold_auc", "fold_multilabel"):
        names += f"{folds}\tdegrees\tFour numbers\t9\troc_auc\t0.8\t0.7\t0.9\t\t\t\n"
        names += f"{folds}\tdegrees\tFour numbers\t9\tpr_auc\t0.6\t0.5\t0.7\t\t\t\n"
        names += f"{folds}\tgraph\tGraph\t9\troc_auc\t0.85\t0.75\t0.95\t0.05\t0.01\t0.09\n"
        names += f"{folds}\tgraph\tGraph\t9\tpr_auc\t0.61\t0.51\t0.71\t0.01\t-0.02\t0.04\n"
    pooled = "model\trule\trows\tmicro_f1\tmacro_f1\n"
    pooled += "net\tfixed\t20\t0.5821\t0.4934\nnet\tchosen\t20\t0.6\t0.5\nsvm\tfixed\t20\t0.1\t0.2\n"
    pooled += "svm\tchosen\t20\t0.3\t0.4\nlength_only\tfixed\t20\t0.7\t0.8\n"
    (tmp_path / "mine_f1.tsv").write_text(pooled)
    (tmp_path / "pmislocmf.tsv").write_text(names)
    published = (
        "benchmark\tsystem\tmetric\tvalue\trows\tsource\nmine\tTheirs\tmicro F1\t.5820\tnot stated\tits README\n"
    )
    (tmp_path / "published.tsv").write_text(published)
    return tmp_path


def test_numbers_are_of_the_chosen_rule_and_controls_are_told(results):
    table = joined(results, read_descriptions(results / "benchmarks.tsv"), results / "models.tsv")
    accuracy = table[table["metric"] == "accuracy"].set_index("model")
    assert accuracy["mean"].to_dict() == {"net": 0.7, "svm": 0.62, "length_only": 0.6}
    assert accuracy["control"].to_dict() == {"net": "no", "svm": "no", "length_only": "yes"}


def test_the_page_marks_what_is_not_above_the_length(results):
    write_peer_benchmarks(*(results / name for name in ("", "benchmarks.tsv", "models.tsv", "published.tsv")))
    page = (results / "benchmarks.md").read_text()
    assert "20 rows in 1 folds; 9 of them equal a training sequence" in page
    assert "- Theirs: micro F1 .5820 (its README; split: not stated)." in page
    assert "in Accuracy 1 of 2 (Network), in Macro AUC 1 of 2 (Network)." in page
    lines = {line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("|")}
    assert ".700 [.600, .800] " in lines["**Network**"] and "‡" not in lines["**Network**"]
    assert ".620 [.520, .720]‡" in lines["**Machine**"]
    assert "‡" not in lines["Length only (control)"]
    named = {line.split("|")[1].strip(): line for line in page.split("## PMiSLocMF")[1].splitlines() if "|" in line}
    assert ".800 [.700, .900] " in named["Four numbers (control)"] and "‡" not in named["Four numbers (control)"]
    assert ".850 [.750, .950] " in named["**Graph**"] and ".610 [.510, .710]‡" in named["**Graph**"]
    pooled = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("| Network ")]
    assert [cell.strip() for cell in pooled[0]] == ["Network", ".5821", ".4934", ".6000", ".5000"]
    assert (results / "benchmarks.png").stat().st_size > 1000


def test_the_figure_has_the_scores_of_the_published_split(results):
    table = joined(results, read_descriptions(results / "benchmarks.tsv"), results / "models.tsv")
    data = figure.prepare(table, {"mine": "Mine"})
    assert data["label"].tolist() == ["Network", "Machine", "Length only"]
    assert data["auc"].tolist() == [0.7, 0.62, 0.6] and set(data["benchmark"]) == {"Mine"}
