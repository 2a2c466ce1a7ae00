"""The page of the trust table: marks, the paper's lines, sentences and strata, from small summaries."""

import re

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.measures import MEASURES
from mmlmirloc.evaluation.names import CHOSEN
from mmlmirloc.evaluation.rules import RULES
from mmlmirloc.files import read_table
from mmlmirloc.reporting.trust_table import read_comparison, short, signed, write_strata, write_trust

REFERENCES = ["constant", "era", "net"]
LABELS = {"always": "Always nucleus", "era": "Era", "net": "The network", "forest": "A forest"}
# Accuracy and macro AUC, and what each model is not above.
VALUES = {"always": (0.5, 0.5, ""), "era": (0.6, 0.7, ""), "net": (0.55, 0.6, "constant+era"), "forest": (0.7, 0.8, "")}


def summary(protocol="matched"):
    """One line per model, metric and rule; differences of what is and is not compared."""
    lines = []
    for model, (accuracy, auc, below) in VALUES.items():
        for metric, measure in MEASURES.items():
            rules = [""] if not measure.by_rule else ["fixed", CHOSEN] if model == "always" else [*RULES, CHOSEN]
            for rule in rules:
                mean = {"accuracy": accuracy, "auc_macro": auc}.get(metric, 0.25)
                # One rule is best for accuracy, and the lowest Hamming loss another's.
                mean += 0.1 * ((metric, rule) == ("accuracy", "expected_f1"))
                mean -= 0.1 * ((metric, rule) == ("hamming_loss", "thresholds"))
                line = {
                    "model": model,
                    "label": LABELS[model],
                    "metric": metric,
                    "rule": rule,
                    "mean": mean,
                    "sd": 0.01,
                }
                line |= {"ci_low": mean - 0.02, "ci_high": mean + 0.03}
                for name in REFERENCES:
                    compared = measure.sign and model not in ("always", name)
                    ends = (0.04, -0.01, 0.09) if compared else (np.nan,) * 3
                    line |= {f"minus_{name}{end}": value for end, value in zip(("", "_low", "_high"), ends)}
                    line[f"p_{name}"] = 0.125 if compared and metric == "subset_accuracy" else np.nan
                line |= {"not_above": below if measure.sign else "", "repeats": 3 if model == "forest" else 20}
                lines.append(line | {"test_rows": 118})
    return pd.DataFrame(lines)


STRATA = {"locations": "12", "accession": ["fifth 1"], "length": ["44-80"], "locus": ["inside", "outside"]}


def strata():
    lines = [
        (model, LABELS[model], stratum, value, 10.0, 0.5, 0.4, np.nan if model == "net" else 0.6)
        for model in VALUES
        for stratum, values in STRATA.items()
        for value in values
    ]
    table = pd.DataFrame(lines, columns=["model", "label", "stratum", "value", "rows", "mean", "ci_low", "ci_high"])
    table.loc[table["model"] == "net", "ci_low"] = np.nan
    return table


@pytest.fixture
def written(tmp_path):
    def write(kinds=(("matched", "matched"), ("grouped", "grouped")), note=""):
        """Write both tables and their pages, from summaries that hold another comparison too."""
        kinds = dict(kinds)
        files = {}
        for part, made in (("summary", summary), ("strata", strata)):
            files[part] = [tmp_path / f"{name}-{part}.tsv" for name in kinds]
            for path in files[part]:
                tables = [made().assign(comparison=comparison) for comparison in ("trust", "beyond")]
                # Were it taken, its models would show.
                tables[1]["model"] = tables[1]["label"] = "other"
                pd.concat(tables).to_csv(path, sep="\t", index=False)
        paper = tmp_path / "paper.tsv"
        pd.DataFrame(
            [("net", "x", 0.6124, 0.5953, 0.3152, 0.7094, 0.2627)],
            columns=["model", "label", "accuracy", "auc_macro", "subset_accuracy", "f1", "hamming_loss"],
        ).to_csv(paper, sep="\t", index=False)
        outputs = [tmp_path / name for name in ("trust.tsv", "trust.md", "strata.tsv", "strata.md")]
        write_trust(
            files["summary"],
            kinds,
            "trust",
            "matched",
            REFERENCES,
            ["always"],
            "era",
            [paper],
            ["cytoplasm", "nucleus"],
            0.95,
            note,
            *outputs[:2],
        )
        write_strata(files["strata"], list(kinds), "trust", "matched", note, *outputs[2:])
        return outputs

    return write


@pytest.fixture
def without_age(tmp_path):
    """The page of a dataset without age and without the paper."""
    lines = summary()
    lines = lines[~lines["metric"].isin(["auc_within_fifths", "auc_within_twentieths", "implication"])]
    lines = lines[lines["model"] != "era"].drop(columns=[name for name in lines if name.endswith("era")])
    lines["not_above"] = lines["not_above"].str.replace("constant+era", "constant")
    lines.assign(comparison="trust").to_csv(tmp_path / "summary.tsv", sep="\t", index=False)
    outputs = tmp_path / "trust.tsv", tmp_path / "trust.md"
    references = ["constant", "net"]
    kinds = {"mine": "given"}
    write_trust(
        [tmp_path / "summary.tsv"], kinds, "trust", "mine", references, ["always"], "", [], [], 0.95, "", *outputs
    )
    return outputs[1].read_text()


def test_a_dataset_without_age_has_a_page_that_does_not_speak_of_it(without_age):
    assert not {"era", "*era*", "age", "accession"} & set(re.findall(r"[\w*]+", without_age.lower()))
    assert "twentieths" not in without_age and "paper's Table" not in without_age
    rows = {row[0]: row[1:] for row in rows_of(without_age, "## Protocol `mine`")}
    assert rows["**The network**"][0] == ".550 [.530, .580]†"
    assert "The table's own division" in without_age
    assert "In accuracy 1 of 2 models is clearly above the best constant. In macro AUC" in without_age
    known = rows_of(without_age, "## Which location sets are predicted under `mine`")
    assert known[0] == ["model", "Label sets that training rows have"]


def rows_of(text, heading):
    """Lines of the first table below a heading, as lists of cells."""
    part = text.split(heading, 1)[1]
    lines = [line for line in part.split("\n\n## ")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_columns_of_the_table(written):
    table = read_table(written()[0], text=["model", "metric", "rule", "not_above"])
    first = ["protocol", "model", "metric", "rule", "mean", "sd", "ci_low", "ci_high"]
    differences = [f"minus_{name}{end}" for name in REFERENCES for end in ("", "_low", "_high")]
    assert list(table.columns[: len(first) + 9]) == first + differences
    assert table["protocol"].drop_duplicates().tolist() == ["matched", "grouped"]
    assert table["model"].drop_duplicates().tolist() == list(VALUES)
    assert {"accuracy", "subset_accuracy", "f1", "hamming_loss", "auc_macro"} <= set(table["metric"])


def test_headline_marks_and_the_papers_line(written):
    text = written()[1].read_text()
    rows = {row[0]: row[1:] for row in rows_of(text, "## Protocol `matched`")}
    assert rows["**The network**"][0] == ".550 [.530, .580]†‡"
    assert rows["**A forest**"][0] == ".700 [.680, .730]"
    assert rows["the paper"][:2] == ["0.6124", "0.5953"]
    # Only the matched protocol can stand beside the paper's numbers.
    assert "the paper" not in [row[0] for row in rows_of(text, "## Protocol `grouped`")]
    order = [row[0] for row in rows_of(text, "## Protocol `grouped`")[2:]]
    assert order == ["**Always nucleus**", "**Era**", "**The network**", "**A forest**"]


def test_sentences_count_what_is_above(written):
    text = written()[1].read_text()
    assert "118 test rows, 20 repeats (fewer where training costs too much: A forest 3)." in text
    assert (
        "In accuracy 2 of 3 models are clearly above the best constant, 1 of 2 models is clearly above era (A forest)."
    ) in text


def test_rules_side_by_side(written):
    rows = rows_of(written()[1].read_text(), "## Decision rules side by side")
    forest = [row[1:] for row in rows[-7:]]
    assert [row[0] for row in forest][:3] == ["0.5", "thresholds", "best expected accuracy"]
    assert [row[1] for row in forest if row[0] == "best expected f1"] == ["**.800**"]
    # Lower is better.
    assert [row[4] for row in forest if row[0] == "thresholds"] == ["**.150**"]
    assert forest[-1][0] == "chosen on validation rows"


def test_differences(written):
    rows = rows_of(written()[1].read_text(), "## Paired differences")
    assert rows[-3][:3] == ["**A forest**", "best constant", "+.040 [-.010, +.090]"]
    assert rows[-3][-1] == "0.125"
    # Era is not held against itself.
    assert next(row[2] for row in rows if row[1] == "era") == "–"


def test_columns_of_the_strata(written):
    table = read_table(written()[2], text=["protocol", "model", "label", "stratum", "value"])
    columns = ["protocol", "model", "label", "stratum", "value", "rows", "mean", "ci_low", "ci_high"]
    assert table.columns.tolist() == columns
    assert len(table) == 2 * len(strata()) and set(table["model"]) == set(VALUES)


def test_a_comparison_under_several_protocols(tmp_path):
    paths = []
    for name, lines in (("a", "trust\tnet\t1\nbeyond\tnet\t2\n"), ("b", "trust\tera\t3\n")):
        paths.append(tmp_path / f"{name}.tsv")
        paths[-1].write_text("comparison\tmodel\tmean\n" + lines)
    found = read_comparison(paths, ["random", "grouped"], "trust")
    assert found.columns.tolist() == ["protocol", "model", "mean"]
    assert found.to_numpy().tolist() == [["random", "net", 1], ["grouped", "era", 3]]
    paths[1].write_text("model\tmean\n")
    with pytest.raises(InputError, match="no column comparison") as caught:
        read_comparison(paths, ["random", "grouped"], "trust")
    assert caught.value.where == str(paths[1])
    with pytest.raises(ValueError, match="shorter"):
        read_comparison(paths[:1], ["random", "grouped"], "trust")


def test_strata_page(written):
    text = written()[3].read_text()
    rows = rows_of(text, "## Number of recorded locations")
    assert rows[0] == ["model", "1 (about 10 rows)", "2 (about 10 rows)"]
    assert rows[-1] == ["**A forest**", ".500 [.400, .600]", ".500 [.400, .600]"]
    assert [row[1] for row in rows if row[0] == "**The network**"] == [".500"]
    assert "fifth 1" in text and "44-80" in text
    locus = rows_of(text, "## Locus: inside of the stretch")
    assert locus[0] == ["model", "inside (about 10 rows)", "outside (about 10 rows)"] and len(locus) == 2 + len(VALUES)


def test_strata_of_no_locus_have_no_heading(written, monkeypatch):
    monkeypatch.delitem(STRATA, "locus")
    text = written()[3].read_text()
    assert "## Length of the hairpin, bases" in text and "Locus" not in text


def test_each_kind_of_split_is_explained(written):
    for kind in ("random", "matched", "grouped", "locus", "temporal"):
        text = written((("matched", kind),))[1].read_text()
        assert ("no neighbour in the genome of a test row is trained on either" in text) == (kind == "locus")


def test_note_stands_on_both_pages(written):
    outputs = written(note="Control data (simulated)")
    assert all("**Control data (simulated)**" in path.read_text() for path in (outputs[1], outputs[3]))


@pytest.mark.parametrize(("value", "text"), [(0.6124, ".612"), (1.0, "1.000"), (0.0, ".000")])
def test_short_numbers(value, text):
    assert short(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.04, "+.040"), (-0.04, "-.040"), (0.0, "+.000")])
def test_signed_numbers(value, text):
    assert signed(value) == text
