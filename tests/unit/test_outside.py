"""The outside check: hand-worked ranks of hairpins that another source has and the records do not."""

import numpy as np
import pandas as pd
import pytest
from test_leakage import mirbase

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation import outside
from mmlmirloc.evaluation.outside import Asked, measure_outside
from mmlmirloc.files import read_table
from mmlmirloc.reporting.figures import outside as outside_figure
from mmlmirloc.reporting.outside_table import write_outside

ASKED = Asked({"exosome": ["Exosomes", "EV/Exosomes"]}, 2021, ["era", "abundance", "mine"], "era", "abundance")
# Eight hairpins, old to new; the first two have a record. The source has the third to fifth, the fifth since 2021.
ACCESSIONS = [f"MI{number:07d}" for number in range(1, 9)]
RECORDED = [1, 1, 0, 0, 0, 0, 0, 0]
SOURCE = [
    *(("MI0000001", 2022, "Exosomes"), ("MI0000003|MI0000004", 2017, "Exosomes")),
    *(("hsa-mir-5", 2022, "EV/Exosomes"), ("MI0000006", 2022, "Microvesicles"), ("hsa-mir-404404", 2022, "Exosomes")),
]
MINE = [0.9, 0.3, 0.8, 0.4, 0.7, 0.5, 0.2, 0.1]


@pytest.fixture
def measured(tmp_path, search, monkeypatch):
    """The table of a source, and of what models say."""
    monkeypatch.setattr(outside, "FEWEST", 1)

    def measure(source=SOURCE, columns=("hairpins", "year", "vesicle_type"), repeats=((1, MINE),), asked=ASKED):
        dataset = pd.DataFrame({"accession": ACCESSIONS, "sequence": "ACGU", "exosome": RECORDED})
        dataset.to_csv(tmp_path / "mirnas.tsv", sep="\t", index=False)
        pd.DataFrame(source, columns=columns).to_csv(tmp_path / "vesicles.tsv", sep="\t", index=False)
        told = [
            (model, repeat, accession, "exosome", value)
            for repeat, values in repeats
            for model, said in (("era", np.linspace(1, 0, 8)), ("abundance", np.full(8, 0.5)), ("mine", values))
            for accession, value in zip(ACCESSIONS, said)
        ]
        table = pd.DataFrame(told, columns=["model", "repeat", "accession", "location", "calibrated"])
        table.dropna().to_csv(tmp_path / "probabilities.tsv", sep="\t", index=False)
        files = mirbase(tmp_path, ("hairpin", "mature", "coordinates"), search)
        paths = (tmp_path / name for name in ("probabilities.tsv", "mirnas.tsv", "vesicles.tsv"))
        measure_outside(*paths, files, "hsa", asked, tmp_path / "outside.tsv", draws=50, level=0.95, seed=1)
        return read_table(tmp_path / "outside.tsv", text=["location", "model"]).set_index(["since", "model"])

    return measure


def test_unknown_hairpins_are_counted_and_ranked(measured):
    table = measured()
    assert table.loc[0, ["negatives", "unknown"]].to_numpy().tolist() == [[6, 3]] * 3
    assert table.loc[2021, "unknown"].tolist() == [1] * 3
    # .8, .4 and .7 against .5, .2 and .1: eight of nine pairs; .7 against .8, .4, .5, .2 and .1: four of five.
    assert table.loc[(0, "mine"), "auc"] == pytest.approx(8 / 9, abs=1e-5)
    assert table.loc[(2021, "mine"), "auc"] == pytest.approx(4 / 5, abs=1e-5)
    # Older ones first: all nine pairs, and three of five.
    assert table.loc[(0, "era"), "auc"] == 1 and table.loc[(2021, "era"), "auc"] == pytest.approx(3 / 5, abs=1e-5)
    assert table.loc[(0, "abundance"), "auc"] == 0.5
    assert table.loc[(0, "mine"), "minus_age"] == pytest.approx(8 / 9 - 1, abs=1e-5)
    assert table.loc[(0, "mine"), "minus_abundance"] == pytest.approx(8 / 9 - 1 / 2, abs=1e-5)
    low, high = table.loc[(0, "mine"), ["auc_low", "auc_high"]]
    assert low <= 8 / 9 <= high and low < high


def test_recorded_ones_are_ranked_above_all_others_and_above_those_that_are_known(measured):
    row = measured().loc[(0, "mine")]
    # .9 above all six; .3 above .2 and .1 alone; without the unknown .8, .4 and .7 the others are .5, .2 and .1.
    assert row["auc_recorded"] == pytest.approx(8 / 12, abs=1e-5) and row["auc_known"] == pytest.approx(5 / 6, abs=1e-5)


def test_a_reference_is_not_held_against_itself(measured):
    table = measured()
    assert table.loc[(0, "era"), ["within_age", "minus_age"]].isna().all()
    assert table.loc[(0, "abundance"), ["within_abundance", "minus_abundance"]].isna().all()
    assert table.loc[(0, "abundance"), "minus_age"] == pytest.approx(-0.5, abs=1e-5)


def test_a_probability_is_the_mean_over_the_repeats_that_test_the_hairpin(measured):
    parts = [[2 * MINE[0], *MINE[1:7], np.nan], [0, *[np.nan] * 6, MINE[7]]]
    table = measured(repeats=((1, parts[0]), (2, parts[1])))
    assert table.loc[(0, "mine"), "auc"] == measured().loc[(0, "mine"), "auc"]


def test_too_few_have_no_number(measured, monkeypatch):
    monkeypatch.setattr(outside, "FEWEST", 2)
    table = measured()
    assert table.loc[2021, "auc"].isna().all() and table.loc[0, "auc"].notna().all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"columns": ("hairpins", "year", "type")}, "no column vesicle_type"),
        ({"source": [("MI0000003", "about 2017", "Exosomes")]}, "holds 'about 2017'"),
        ({"source": [("MI0000003", 2017, "exosome")]}, "calls no vesicle Exosomes or EV/Exosomes"),
    ],
)
def test_a_source_that_is_none_is_refused(measured, options, words):
    with pytest.raises(InputError) as caught:
        measured(**options)
    assert words in str(caught.value)


def test_page_says_what_was_found_and_what_has_no_source(measured, tmp_path):
    measured()
    labels = {model: model.capitalize() for model in ASKED.models}
    paths = tmp_path / "out.tsv", tmp_path / "out.md"
    write_outside(tmp_path / "outside.tsv", labels, ["nucleus", "exosome", "cytoplasm"], 0.95, "Control", *paths)
    page = paths[1].read_text()
    assert "No outside source of nucleus and cytoplasm is at hand." in page and "**Control**" in page
    assert "## Exosome, in studies of any year: 3 of 6 hairpins without a record" in page
    assert "## Exosome, in studies from 2021 on: 1 of 6 hairpins without a record" in page
    assert "| Mine" in page and "0.889 [" in page
    assert read_table(paths[0])["label"].tolist()[:3] == ["Era", "Abundance", "Mine"]


def test_figure_has_a_panel_for_each_question_and_a_mark_for_each_kind_of_pairs(measured):
    table = measured().reset_index().assign(label=lambda rows: rows["model"].str.capitalize())
    data = outside_figure.prepare(table)
    figure = outside_figure.draw(data)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["exosome: 3 of 6 found in any year", "exosome: 1 of 6 found since 2021"]
    names = [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    assert names == ["Era", "Abundance", "Mine"]
    marks = {line.get_label(): line for line in figure.axes[0].lines}
    assert marks["all pairs"].get_xdata() == pytest.approx([1, 0.5, 8 / 9], abs=1e-5)
    # A reference is not held against itself: it has no mark of its own kind.
    assert np.isnan(marks["of like age"].get_xdata()[0]) and np.isnan(marks["of like abundance"].get_xdata()[1])
