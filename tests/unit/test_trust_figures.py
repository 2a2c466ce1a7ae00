"""Figures of the trust table: what is selected, and that each mark stands where the number says."""

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.reporting.figures import calibration, controls, protocols, strata
from mmlmirloc.reporting.figures.marks import MARKERS
from mmlmirloc.reporting.plotting import draw_figure

MODELS = ["net", "always", "era", "forest"]
BELOW = {"net": "era", "always": "", "era": "", "forest": ""}


@pytest.fixture
def table():
    """Two protocols, the metrics of the figure and one that it does not show, sets under two rules."""
    lines = []
    for place, model in enumerate(MODELS):
        for protocol in ("random", "grouped"):
            for metric in (*protocols.SHOWN, "brier"):
                for rule in ["fixed", "chosen"] if metric == "accuracy" else [""]:
                    mean = 0.5 + 0.1 * place + 0.05 * (rule == "fixed")
                    lines.append(
                        [protocol, model, model.title(), metric, rule, mean, mean - 0.02, mean + 0.03, BELOW[model]]
                    )
    columns = ["protocol", "model", "label", "metric", "rule", "mean", "ci_low", "ci_high", "not_above"]
    return pd.DataFrame(lines, columns=columns)


def test_protocols_shows_three_metrics_under_the_chosen_rule_constants_first(table):
    data = protocols.prepare(table, ["always"], "era")
    assert list(pd.unique(data["model"])) == ["always", "era", "net", "forest"]
    assert set(data["metric"]) == set(protocols.SHOWN)
    assert len(data) == 4 * 2 * 3
    assert data.query("metric == 'accuracy' and model == 'net'")["mean"].tolist() == [0.5, 0.5]
    standing = data.drop_duplicates("model").set_index("model")["standing"].to_dict()
    assert standing == {"always": "constant", "era": "age", "net": "open", "forest": "above"}


def test_marks_of_protocols(table):
    data = protocols.prepare(table, ["always"], "era")
    panels = protocols.draw(data).axes
    assert panels[0].get_title(loc="left") == "Accuracy"
    assert [text.get_text() for text in panels[0].get_yticklabels()] == ["Always", "Era", "Net", "Forest"]
    marks = [line for line in panels[0].lines if line.get_marker() in MARKERS and len(line.get_xdata())]
    # Two protocols for each of two models; the others are ticks.
    assert sorted(float(line.get_xdata()[0]) for line in marks) == pytest.approx([0.5, 0.5, 0.8, 0.8])
    filled = [float(line.get_xdata()[0]) for line in marks if line.get_markerfacecolor() != "white"]
    assert filled == pytest.approx([0.8, 0.8])
    left, right = panels[0].get_xlim()
    assert left < data["mean"].min() and data["mean"].max() < right


def test_calibration_leaves_out_bins_of_a_few_rows():
    curves = pd.DataFrame(
        {
            "comparison": "trust",
            "model": ["b", "b", "a", "a", "c"],
            "label": ["B", "B", "A", "A", "C"],
            "location": "nucleus",
            "form": "score",
            "bin": [0, 1, 0, 1, 0],
            # 1 of 101 rows is less than two in a hundred; 2 of 100 is not.
            "count": [1.0, 100.0, 2.0, 98.0, 50.0],
            "predicted": 0.5,
            "observed": 0.5,
        }
    )
    # The lines of another comparison are not pooled with these.
    other = curves.assign(comparison="beyond", count=1000.0)
    data = calibration.prepare(pd.concat([other, curves], ignore_index=True), ["a", "b"], "trust")
    assert data[["model", "bin"]].to_numpy().tolist() == [["a", 0], ["a", 1], ["b", 1]]
    assert data["count"].tolist() == [2, 98, 100] and "comparison" not in data.columns


def test_calibration_has_a_row_per_model_before_and_after():
    lines = [
        (model, model, location, form, 5, 50.0, 0.5, observed)
        for model in ("a", "b")
        for location in ("nucleus", "exosome")
        for form, observed in (("score", 0.2), ("calibrated", 0.4))
    ]
    columns = ["model", "label", "location", "form", "bin", "count", "predicted", "observed"]
    figure = calibration.draw(pd.DataFrame(lines, columns=columns))
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        f"{model}\n{form}" for model in "ab" for form in ("scores as they are", "after Platt scaling")
    ]
    heights = [{float(line.get_ydata()[0]) for line in axes.lines[1:]} for axes in figure.axes]
    assert heights == [{0.2}, {0.4}, {0.2}, {0.4}]


def test_long_names_of_calibration_neither_meet_nor_leave_the_figure():
    name, forms = "MMLmiRLocNet [own encoder for RNABERT]", ("score", "calibrated")
    lines = [("a", name, "nucleus", form, 5, 50.0, 0.5, 0.5) for form in forms]
    columns = ["model", "label", "location", "form", "bin", "count", "predicted", "observed"]
    figure = calibration.draw(pd.DataFrame(lines, columns=columns))
    figure.canvas.draw()
    left, right = (axes._left_title.get_window_extent() for axes in figure.axes)
    assert left.x1 < right.x0 and right.x1 <= figure.bbox.x1


@pytest.fixture
def of_strata():
    lines = [
        (protocol, model, model.title(), stratum, value, 12.0, 0.6, 0.5, 0.9)
        for protocol in ("random", "grouped")
        for model in MODELS
        for stratum, value in [("locations", "1"), ("locations", "2"), ("accession", "fifth 1"), ("length", "44-80")]
    ]
    columns = ["protocol", "model", "label", "stratum", "value", "rows", "mean", "ci_low", "ci_high"]
    return pd.DataFrame(lines, columns=columns)


def test_strata_of_one_protocol_and_some_models(of_strata):
    data = strata.prepare(of_strata, "grouped", ["era", "net"])
    assert list(pd.unique(data["model"])) == ["era", "net"] and set(data["protocol"]) == {"grouped"}
    figure = strata.draw(data)
    ticks = [[tick.get_text() for tick in axes.get_xticklabels()] for axes in figure.axes]
    assert ticks == [["1\n(12)", "2\n(12)"], ["1\n(12)"], ["44-80\n(12)"]]
    bars = figure.axes[0].containers[0]
    assert bars.lines[0].get_ydata().tolist() == [0.6, 0.6]
    ends = bars.lines[2][0].get_segments()[0][:, 1]
    assert ends == pytest.approx([0.5, 0.9])


def test_controls_beside_the_recorded_labels(table, tmp_path):
    of_controls = pd.DataFrame(
        {
            "control": ["shuffled", "planted"],
            "model": "net",
            "label": "Net",
            "auc_macro": [0.51, 0.9],
            "ci_low": [0.48, np.nan],
            "ci_high": [0.54, np.nan],
        }
    )
    data = controls.prepare(of_controls, table, "random")
    # Only models of the controls, with their AUC under the protocol.
    assert data[["panel", "model"]].to_numpy().tolist() == [
        ["shuffled", "net"],
        ["planted", "net"],
        ["recorded", "net"],
    ]
    assert data["mean"].tolist() == [0.51, 0.9, 0.5]
    paths = {}
    for name, frame in {"controls": of_controls, "table": table}.items():
        paths[name] = str(tmp_path / f"{name}.tsv")
        frame.to_csv(paths[name], sep="\t", index=False)
    outputs = {name: str(tmp_path / f"figure.{name}") for name in ("pdf", "png")} | {"data": str(tmp_path / "data.tsv")}
    draw_figure("controls", paths, {"protocol": "random"}, {}, **outputs, note="Control data (simulated)")
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert pd.read_csv(tmp_path / "data.tsv", sep="\t")["mean"].tolist() == [0.51, 0.9, 0.5]
