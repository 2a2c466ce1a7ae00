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
    columns += ["minus_era", "minus_era_low", "minus_era_high", "repeats", "test_rows"]
    values = {
        "always_nucleus": ("Always", 0.5, 0.0, (-0.1, -0.2, 0.0)),
        "era": ("Age", 0.6, 0.1, (None, None, None)),
        "mmlmirlocnet": ("Network", 0.7, 0.1, (0.1, 0.05, 0.15)),
        "phylomirloc": ("Forest", 0.65, 0.1, (0.05, -0.05, 0.15)),
    }
    lines = []
    for protocol in ("matched", "grouped"):
        for model, (label, mean, sd, minus) in values.items():
            minus = minus if protocol == "matched" else (None, None, None)
            for metric in ("accuracy", "auc_macro", "subset_accuracy"):
                rules = ["fixed", "chosen"] if metric != "auc_macro" else [""]
                for rule in rules:
                    # The line of another rule must not be taken.
                    own = mean if rule != "fixed" else 0.99
                    lines.append([protocol, model, label, metric, rule, own, sd, own - 0.1, own + 0.1, *minus, 20, 118])
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
    ]


def test_what_is_above_age_is_said_of_each(published):
    text = headline(published, ROWS, PAPER)
    assert "clearly above age in accuracy under any of 1 protocols: Network under `matched` (paired" in text
    assert "Forest minus age: +.050 [-.050, .150]." in text and "Always minus" not in text


def test_only_what_stands_between_the_marks_changes(published, tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("# A\n\n<!-- results -->\nbefore\n<!-- /results -->\n\nB\n")
    write_headline(readme, published, ROWS, PAPER)
    text = readme.read_text()
    assert text.startswith("# A\n\n<!-- results -->\n\nProtocol") and text.endswith("<!-- /results -->\n\nB\n")
    assert "before" not in text
