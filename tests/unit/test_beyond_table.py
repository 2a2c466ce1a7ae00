"""The models beyond the paper: the table, its page and the learning curve, from small summaries."""

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.measures import MEASURES
from mmlmirloc.evaluation.names import CHOSEN
from mmlmirloc.files import read_table
from mmlmirloc.reporting.beyond_table import COMPARED, HEADLINE, write_beyond, write_curve

REFERENCES = ["constant", "era", "era_locus", "whole"]
LABELS = {
    "phylo": "Phylo",
    "always": "Always nucleus",
    "without_arms": "Without arms",
    "all_views": "All views",
    "era": "Era",
    "era_locus": "Era and the locus",
    "only_arms": "Only arms",
    "genome": "Phylo + genome",
}
ACCURACY = dict(zip(LABELS, (0.653, 0.5, 0.62, 0.64, 0.6, 0.61, 0.58, 0.66)))
BELOW = {"phylo": "era", "genome": "", "without_arms": "constant+era"}
GENOME = {model: model in ("genome", "era_locus", "all_views", "without_arms") for model in LABELS}
ABLATIONS = {"without_arms": "left out", "only_arms": "alone"}
TEXT = ["ablation", "model", "label", "metric", "rule", "not_above", "genome", "protocol"]


def summary(models=tuple(LABELS), shift=0.0):
    """Two rules; accuracy of each model less that of a reference where they are compared, .01 wide on either side."""
    models_of = {"era": "era", "era_locus": "era_locus", "whole": "all_views", "constant": "always"}
    lines = []
    for model in models:
        for metric, measure in MEASURES.items():
            for rule in ["fixed", CHOSEN] if measure.by_rule else [""]:
                mean = (ACCURACY[model] if metric == "accuracy" else 0.25) + shift + 0.1 * (rule == "fixed")
                line = {"model": model, "label": LABELS[model], "metric": metric, "rule": rule, "mean": mean}
                line |= {"sd": 0.02, "ci_low": mean - 0.02, "ci_high": mean + 0.03}
                for name in REFERENCES:
                    compared = measure.sign and model not in ("always", models_of[name])
                    found = ACCURACY[model] - ACCURACY[models_of[name]] if metric == "accuracy" else 0.125
                    ends = (found, found - 0.01, found + 0.01) if compared else (np.nan,) * 3
                    line |= {f"minus_{name}{end}": value for end, value in zip(("", "_low", "_high"), ends)}
                    line[f"p_{name}"] = 0.5 if compared and metric == "subset_accuracy" else np.nan
                line |= {"not_above": BELOW.get(model, "") if measure.sign else "", "repeats": 20, "test_rows": 118}
                lines.append(line)
    return pd.DataFrame(lines)


def strata(models=tuple(LABELS), locus=True):
    lines = []
    for place, model in enumerate(models):
        for stratum, value, rows in [("length", "44-80", 40.0), ("locus", "inside", 6.4), ("locus", "outside", 111.6)]:
            if stratum == "locus" and not locus:
                continue
            mean = 0.5 + 0.01 * place + 0.2 * (value == "inside")
            ends = (np.nan, np.nan) if model == "era" else (mean - 0.1, mean + 0.1)
            lines.append((model, LABELS[model], stratum, value, rows, mean, *ends))
    return pd.DataFrame(lines, columns=["model", "label", "stratum", "value", "rows", "mean", "ci_low", "ci_high"])


@pytest.fixture
def write(tmp_path):
    """Write the table of one or more protocols of (name, kind, models, locus); return table and page."""

    def written(*protocols, shown=("matched",), note="", genome=GENOME, absent=None):
        files = {"summaries": [], "strata": []}
        for place, (name, _, models, locus) in enumerate(protocols):
            for part, table in (("summaries", summary(models, 0.01 * place)), ("strata", strata(models, locus))):
                files[part].append(tmp_path / f"{name}-{part}.tsv")
                # A model of another comparison in the same file is not shown.
                other = table.head(3).assign(comparison="trust", model="other", label="Other")
                pd.concat([other, table.assign(comparison="beyond")]).to_csv(files[part][-1], sep="\t", index=False)
        if absent:
            absent.unlink()
        outputs = tmp_path / "beyond.tsv", tmp_path / "beyond.md"
        write_beyond(
            **files,
            kinds={name: kind for name, kind, _, _ in protocols},
            comparison="beyond",
            shown=shown,
            chosen="phylo",
            references=REFERENCES,
            constants=["always"],
            ages=["era", "era_locus"],
            ablations=ABLATIONS,
            genome=genome,
            level=0.95,
            note=note,
            table=outputs[0],
            markdown=outputs[1],
        )
        return read_table(outputs[0], text=TEXT), outputs[1].read_text(encoding="utf-8")

    return written


ALL = ("matched", "matched", tuple(LABELS), True)
GROUPED = ("grouped", "grouped", tuple(LABELS), True)


def rows_of(text, heading):
    """Lines of the table below a heading, as lists of cells."""
    part = text.split(f"## {heading}\n", 1)[1].split("\n\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


# --- the table


def test_columns_and_rows_of_the_table(write):
    table, _ = write(ALL, GROUPED)
    against = [f"minus_{name}{end}" for name in REFERENCES for end in ("", "_low", "_high")]
    assert list(table.columns) == [
        *("protocol", "model", "genome", "ablation", "metric", "rule", "mean", "sd", "ci_low", "ci_high"),
        *against,
        *(f"p_{name}" for name in REFERENCES),
        *("not_above", "repeats", "test_rows", "label"),
    ]
    assert table["protocol"].drop_duplicates().tolist() == ["matched", "grouped"]
    expected = summary()
    assert len(table) == 2 * len(expected)
    for shift, protocol in ((0.0, "matched"), (0.01, "grouped")):
        part = table[table["protocol"] == protocol].reset_index(drop=True)
        assert part["mean"].tolist() == pytest.approx(expected["mean"] + shift)
        assert part["minus_whole_low"].tolist() == pytest.approx(expected["minus_whole_low"], abs=1e-6, nan_ok=True)


def test_the_table_says_who_uses_the_genome(write):
    table, _ = write(ALL)
    found = dict(zip(table["model"], table["genome"]))
    assert found == {model: "yes" if used else "no" for model, used in GENOME.items()}


def test_the_table_says_what_an_ablation_has_of_all_views(write):
    table, _ = write(ALL)
    found = dict(zip(table["model"], table["ablation"]))
    assert found == {model: ABLATIONS.get(model, "") for model in LABELS}


# --- the page


def test_the_page_has_a_section_per_protocol_and_three_per_shown_one(write):
    _, page = write(ALL, GROUPED, shown=["grouped"], note="Simulated")
    assert page.startswith("# Beyond the paper") and "**Simulated**" in page
    heads = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]
    assert heads == [
        "Protocol `matched`",
        "Protocol `grouped`",
        "Paired differences under `grouped`",
        "What each view adds under `grouped`",
        "Accuracy inside and outside of the locus under `grouped`",
    ]
    assert "**Phylo** is the project's own model" in page and "95% interval" in page
    assert "No homolog of a test row is trained on" in page.split("## Protocol `grouped`")[1].split("##")[0]


def test_the_headline_has_constants_and_era_first_and_no_ablation(write):
    rows = rows_of(write(ALL)[1], "Protocol `matched`")
    assert rows[0][:3] == ["model", "genome", "Accuracy"] and len(rows[0]) == 2 + len(HEADLINE)
    assert "Hamming loss (lower is better)" in rows[0]
    names = ["Always nucleus", "Era", "Era and the locus", "Phylo", "All views", "Phylo + genome"]
    assert [row[0] for row in rows[1:]] == [f"**{name}**" for name in names]
    assert [row[1] for row in rows[1:]] == ["no", "no", "yes", "no", "yes", "yes"]


def test_numbers_of_the_headline_are_of_the_chosen_rule_with_their_marks(write):
    rows = {row[0]: row for row in rows_of(write(ALL)[1], "Protocol `matched`")}
    assert rows["**Phylo**"][2] == ".653 [.633, .683]‡"
    assert rows["**Phylo + genome**"][2] == ".660 [.640, .690]"
    assert rows["**Always nucleus**"][2] == ".500 [.480, .530]"
    assert set(rows["**Phylo**"][3:]) == {".250 [.230, .280]‡"}


def test_each_protocol_shows_its_own_numbers_and_models(write):
    _, page = write(ALL, ("grouped", "grouped", ("always", "phylo"), True))
    rows = rows_of(page, "Protocol `grouped`")
    assert [row[0] for row in rows[1:]] == ["**Always nucleus**", "**Phylo**"]
    assert rows[2][2] == ".663 [.643, .693]‡"


def test_differences_to_each_reference_but_the_whole(write):
    rows = rows_of(write(ALL)[1], "Paired differences under `matched`")
    assert rows[0] == ["model", "minus", *(MEASURES[metric].display for metric in COMPARED)]
    # Neither constants, nor era with or without the locus, nor the ablation.
    assert [row[0] for row in rows[1:]] == ["**Phylo**", "", "", "**All views**", "", "", "**Phylo + genome**", "", ""]
    assert [row[1] for row in rows[1:4]] == ["best constant", "era", "era + locus"]
    assert [row[2] for row in rows[1:4]] == [
        "+.153 [+.143, +.163]",
        "+.053 [+.043, +.063]",
        "+.043 [+.033, +.053]",
    ]
    assert rows[1][3:] == ["+.125 [+.115, +.135]"] * 3


def test_a_difference_without_interval_or_without_value(write, monkeypatch):
    def changed(models=tuple(LABELS), shift=0.0):
        table = original(models, shift)
        table.loc[:, ["minus_era_low", "minus_era_high"]] = np.nan
        table.loc[table["model"] == "phylo", "minus_era"] = -0.021
        table.loc[table["model"] == "genome", "minus_era"] = np.nan
        return table

    original = summary
    monkeypatch.setitem(globals(), "summary", changed)
    rows = rows_of(write(ALL)[1], "Paired differences under `matched`")
    assert rows[2][1:3] == ["era", "-.021"] and rows[8][1:3] == ["era", "–"]


def test_the_ablation_has_each_view_alone_and_left_out(write):
    rows = rows_of(write(ALL)[1], "What each view adds under `matched`")
    assert rows[0] == [
        "views",
        *("Accuracy", "minus all views", "Macro AUC", "minus all views"),
        *("Macro AUC within twentieths by accession", "minus all views"),
    ]
    # In the order of the models, without marks.
    assert [row[:3] for row in rows[1:]] == [
        ["**Without arms**", ".620 [.600, .650]", "-.020 [-.030, -.010]"],
        ["**Only arms**", ".580 [.560, .610]", "-.060 [-.070, -.050]"],
    ]


def test_without_models_of_the_ablation_its_table_is_empty(write):
    models = ("always", "era", "phylo")
    assert len(rows_of(write(("matched", "matched", models, True))[1], "What each view adds under `matched`")) == 1


def test_accuracy_inside_and_outside_of_the_locus(write):
    rows = rows_of(write(ALL)[1], "Accuracy inside and outside of the locus under `matched`")
    assert rows[0] == ["model", "genome", "inside (about 6 rows)", "outside (about 112 rows)"]
    assert rows[1] == ["**Always nucleus**", "no", ".710 [.610, .810]", ".510 [.410, .610]"]
    # Without an interval the mean alone.
    assert rows[2] == ["**Era**", "no", ".740", ".540"]
    assert [row[0] for row in rows[1:]].count("**Only arms**") == 0 and len(rows) == 7


def test_without_a_locus_no_column_of_it(write):
    _, page = write(("matched", "matched", tuple(LABELS), False))
    rows = rows_of(page, "Accuracy inside and outside of the locus under `matched`")
    assert rows[0] == ["model", "genome"]
    assert "44-80" not in page


def test_a_summary_of_another_protocol_is_not_shown(write):
    with pytest.raises(KeyError):
        write(ALL, shown=["temporal"])


def test_a_missing_summary_is_named(write, tmp_path):
    with pytest.raises(InputError, match="A table is missing") as caught:
        write(ALL, GROUPED, absent=tmp_path / "grouped-summaries.tsv")
    assert caught.value.where == str(tmp_path / "grouped-summaries.tsv")
    assert not (tmp_path / "beyond.tsv").exists() and not (tmp_path / "beyond.md").exists()


# --- the learning curve


@pytest.fixture
def curve(tmp_path):
    def written(shares, note=""):
        paths = []
        for place, _ in enumerate(shares):
            paths.append(tmp_path / f"curve-{place}.tsv")
            table = summary(("phylo", "era"), 0.02 * place)
            other = table.assign(comparison="trust", mean=0.999)
            pd.concat([other, table.assign(comparison="curve")]).to_csv(paths[-1], sep="\t", index=False)
        outputs = tmp_path / "curve.tsv", tmp_path / "curve.md"
        write_curve(paths, {f"share_{share}": share for share in shares}, "curve", note, *outputs)
        return read_table(outputs[0], text=TEXT), outputs[1].read_text(encoding="utf-8")

    return written


def test_the_curve_has_all_lines_of_each_point(curve):
    table, _ = curve([0.25, 1.0])
    columns = ["share", "model", "label", "metric", "rule", "mean", "sd", "ci_low", "ci_high", "repeats"]
    assert list(table.columns) == columns
    assert table["share"].value_counts().to_dict() == dict.fromkeys([0.25, 1.0], len(summary(("phylo", "era"))))
    rows = table[(table["model"] == "phylo") & (table["metric"] == "accuracy")]
    assert rows["rule"].tolist() == ["fixed", CHOSEN] * 2
    assert rows["mean"].tolist() == pytest.approx([0.753, 0.653, 0.773, 0.673])


def test_the_page_of_the_curve(curve):
    _, page = curve([0.25, 0.5, 1.0], "Simulated")
    assert page.startswith("# Learning curve") and "**Simulated**" in page
    rows = rows_of("## x\n" + page, "x")
    assert rows[0][:3] == ["model", "training rows", "Accuracy"] and len(rows[0]) == 2 + len(HEADLINE)
    # No marks, which are of another set of references.
    assert [row[:3] for row in rows[1:]] == [
        ["**Phylo**", "25%", ".653 [.633, .683]"],
        ["", "50%", ".673 [.653, .703]"],
        ["", "100%", ".693 [.673, .723]"],
        ["**Era**", "25%", ".600 [.580, .630]"],
        ["", "50%", ".620 [.600, .650]"],
        ["", "100%", ".640 [.620, .670]"],
    ]
