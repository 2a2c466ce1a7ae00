"""The README's results: they are those of the published tables, number by number."""

from pathlib import Path

import pandas as pd
import pytest

from mmlmirloc.reporting.headline import BLOCK, headline, write_headline

ROOT = Path(__file__).parents[2]
ROWS, PAPER = ROOT / "resources/headline.tsv", ROOT / "resources/paper/table3.tsv"


def test_the_readme_has_what_the_published_tables_have():
    (block,) = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert block == headline(ROOT / "resources/results", ROWS, PAPER)


@pytest.fixture
def published(tmp_path):
    """Tables of three models; the network is above age under one of two protocols, the forest is not."""
    columns = ["protocol", "model", "label", "metric", "rule", "mean", "sd", "ci_low", "ci_high"]
    columns += ["minus_era", "minus_era_low", "minus_era_high", "minus_constant_low", "minus_constant_high"]
    columns += ["repeats", "test_rows"]
    values = {
        "always_nucleus": ("Always", 0.5, 0.0, (-0.1, -0.2, 0.0)),
        "era": ("Age", 0.6, 0.1, (None, None, None)),
        "mmlmirlocnet": ("Network", 0.7, 0.1, (0.1, 0.05, 0.15)),
        "phylomirloc": ("Forest", 0.65, 0.1, (0.05, -0.05, 0.15)),
        "sketchmirloc": ("Sketches", 0.65, 0.1, (0.05, 0.01, 0.15)),
    }
    lines = []
    for protocol in ("matched", "grouped", "temporal"):
        for model, (label, mean, sd, minus) in values.items():
            minus = minus if protocol == "matched" else (None, None, None)
            constant = (-0.2, -0.1) if protocol == "temporal" else (0.1, 0.2)
            for metric in ("accuracy", "auc_macro", "subset_accuracy"):
                rules = ["fixed", "chosen"] if metric != "auc_macro" else [""]
                for rule in rules:
                    # The line of another rule must not be taken.
                    own = mean if rule != "fixed" else 0.99
                    lines.append(
                        [
                            protocol,
                            model,
                            label,
                            metric,
                            rule,
                            own,
                            sd,
                            own - 0.1,
                            own + 0.1,
                            *minus,
                            *constant,
                            20,
                            118,
                        ]
                    )
    for name in ("beyond", "trust"):
        pd.DataFrame(lines, columns=columns).to_csv(tmp_path / f"{name}.tsv", sep="\t", index=False)
    return tmp_path


def test_the_table_by_hand(published):
    text = headline(published, ROWS, PAPER)
    assert "Protocol `matched`: 20 draws of 118 test rows" in text
    table = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert table == [
        "| Always | nothing | .500 | .500 | .500 |",
        "| Age | when a miRNA was discovered | .600 [.500, .700] | .600 [.500, .700] | .600 [.500, .700] |",
        "| Network, as printed | k-mers, word2vec, RNABERT | .6124 | .5953 | .3152 |",
        "| Network, ours | k-mers, word2vec, RNABERT | .700 [.600, .800] | .700 [.600, .800] | .700 [.600, .800] |",
        "| Forest | homologs in other species, fold, arms, composition | .650 [.550, .750] | .650 [.550, .750] "
        "| .650 [.550, .750] |",
        "| Sketches | homologs in other species by hashes, composition | .650 [.550, .750] | .650 [.550, .750] "
        "| .650 [.550, .750] |",
    ]


def test_what_is_above_age_is_said_of_each(published):
    text = headline(published, ROWS, PAPER)
    assert "clearly above age in accuracy under any of 1 protocols: Network under `matched` (paired" in text
    assert "Forest minus age: +.050 [-.050, .150]." in text and "Always minus" not in text


def test_a_verdict_tells_all_protocols(published):
    assert (
        "Sketches in accuracy, under 3 protocols: clearly above the best constant under `matched` and `grouped`, "
        "clearly below it under `temporal`; clearly above age under `matched`."
    ) in headline(published, ROWS, PAPER).splitlines()


@pytest.mark.parametrize("table", ["trust", "beyond"])
def test_no_model_is_above_the_constants_on_the_newest_mirnas_as_the_readme_says(table):
    words = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert "On the newest miRNAs (`temporal`) no model here is clearly more accurate than always answering" in words
    rows = pd.read_csv(ROOT / f"resources/results/{table}.tsv", sep="\t")
    rows = rows[(rows["protocol"] == "temporal") & (rows["metric"] == "accuracy") & (rows["rule"] == "chosen")]
    assert len(rows) > 15 and not (rows["minus_constant_low"] > 0).any()


def test_only_what_stands_between_the_marks_changes(published, tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("# A\n\n<!-- results -->\nbefore\n<!-- /results -->\n\nB\n")
    write_headline(readme, published, ROWS, PAPER)
    text = readme.read_text()
    assert text.startswith("# A\n\n<!-- results -->\n\nProtocol") and text.endswith("<!-- /results -->\n\nB\n")
    assert "before" not in text
