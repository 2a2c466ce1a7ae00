"""Figures of the models beyond the paper: what is selected, and that each mark stands where the number says."""

from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest

from mmlmirloc.files import read_table
from mmlmirloc.reporting.figures import attributions, importance, learning_curve, outside, protocols, views
from mmlmirloc.reporting.figures.marks import MARKERS
from mmlmirloc.reporting.plotting import draw_figure, module_of
from mmlmirloc.reporting.style import RC
from mmlmirloc.species import HUMAN
from mmlmirloc.views.clades import KEY_SPECIES

PROJECT = Path(__file__).parents[2]
CONSTANTS = ["always_nucleus", "always_nucleus_exosome_cytoplasm"]
PROTOCOLS = ("matched", "grouped", "temporal")
MODELS = ("era", "only_arms", "without_arms", "only_fold", "without_fold", "whole_model")
# Model -> its difference to the whole.
DIFFERENCE = dict(zip(MODELS, (-0.1, -0.04, -0.01, -0.02, 0.005, np.nan)))


@pytest.fixture
def table():
    """Three protocols; the figure's metrics and one that it does not show; accuracy under two rules."""
    lines = []
    for place, protocol in enumerate(PROTOCOLS):
        for model in MODELS:
            ablation = {"only": "alone", "without": "left out"}.get(model.split("_")[0], "")
            for metric in ("accuracy", "auc_macro", "f1"):
                for rule in ["fixed", "chosen"] if metric != "auc_macro" else [""]:
                    value = DIFFERENCE[model] + 0.1 * place + 0.5 * (rule == "fixed") + 0.001 * (metric == "auc_macro")
                    ends = (value, value - 0.003, value + 0.002)
                    lines.append([protocol, model, model.title(), ablation, metric, rule, 0.6, *ends])
    names = ["minus_whole", "minus_whole_low", "minus_whole_high"]
    return pd.DataFrame(lines, columns=["protocol", "model", "label", "ablation", "metric", "rule", "mean", *names])


def marks(axes):
    """Places of the marks of a panel, one list per line that has any."""
    lines = [line for line in axes.lines if line.get_marker() in MARKERS and len(line.get_xdata())]
    return [list(zip(line.get_xdata().tolist(), line.get_ydata().tolist())) for line in lines]


# --- what each view adds


def test_views_shows_the_ablation_under_the_chosen_rule(table):
    data = views.prepare(table)
    columns = ["protocol", "model", "label", "panel", "metric", "difference", "low", "high"]
    assert list(data.columns) == columns and data.index.tolist() == list(range(len(data)))
    # Four models, two metrics, three protocols, one rule.
    assert len(data) == 4 * 2 * 3
    panels = data.drop_duplicates("model").set_index("model")["panel"].to_dict()
    assert panels == {
        "only_arms": "alone",
        "without_arms": "left out",
        "only_fold": "alone",
        "without_fold": "left out",
    }
    assert set(data["metric"]) == {"accuracy", "auc_macro"}
    row = data.query("protocol == 'grouped' and model == 'only_arms' and metric == 'accuracy'")
    assert row[["difference", "low", "high"]].to_numpy()[0] == pytest.approx([0.06, 0.057, 0.062])


def test_views_has_a_panel_per_metric_and_way(table):
    figure = views.draw(views.prepare(table))
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        f"{metric}: a view {way}, minus all views"
        for way in ("alone", "left out")
        for metric in ("Accuracy", "Macro AUC")
    ]
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["Only_Arms", "Only_Fold"]
    assert [text.get_text() for text in figure.axes[2].get_yticklabels()] == ["Without_Arms", "Without_Fold"]


def test_views_has_a_mark_per_protocol_and_view(table):
    figure = views.draw(views.prepare(table))
    found = marks(figure.axes[0])
    assert len(found) == len(PROTOCOLS)
    # Protocols of a view stand around its row, .3 apart.
    expected = [[(-0.04, -0.3), (-0.02, 0.7)], [(0.06, 0), (0.08, 1)], [(0.16, 0.3), (0.18, 1.3)]]
    assert np.array(found) == pytest.approx(np.array(expected))
    assert len({line.get_marker() for line in figure.axes[0].lines if line.get_marker() in MARKERS}) == 3
    # Its interval is on the height of the mark.
    segments = [segment for lines in figure.axes[0].collections for segment in lines.get_segments()]
    assert np.array(segments[0]) == pytest.approx(np.array([[-0.043, -0.3], [-0.038, -0.3]]))
    assert len(segments) == 6
    # The other panels have numbers of their own.
    assert marks(figure.axes[1])[0][0][0] == pytest.approx(-0.039)
    assert marks(figure.axes[2])[0][1][0] == pytest.approx(0.005)


def test_views_names_each_protocol_once(table):
    figure = views.draw(views.prepare(table))
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == list(PROTOCOLS)


def test_views_of_one_protocol_and_one_way(table):
    part = table[(table["protocol"] == "matched") & table["model"].str.startswith("only_")]
    figure = views.draw(views.prepare(part))
    assert len(figure.axes) == 2
    assert np.array(marks(figure.axes[0])) == pytest.approx(np.array([[(-0.04, 0), (-0.02, 1)]]))


def test_views_without_an_ablation_is_drawn(table):
    views.draw(views.prepare(table[table["model"] == "era"]))


# --- the learning curve


@pytest.fixture
def curve():
    """Shares of the training rows; of three models one is constant. Each metric has its own height."""
    lines = []
    for share in (0.25, 0.5, 1.0):
        for place, model in enumerate(("always", "phylo", "era")):
            for number, metric in enumerate((*learning_curve.LEARNT, "f1")):
                for rule in [""] if metric.startswith("auc") else ["fixed", "chosen"]:
                    mean = 0.1 * share + 0.1 * place + 0.05 * number + 0.3 * (rule == "fixed")
                    lines.append([share, model, model.title(), metric, rule, mean, mean - 0.01, mean + 0.02, 20])
    columns = ["share", "model", "label", "metric", "rule", "mean", "ci_low", "ci_high", "repeats"]
    return pd.DataFrame(lines, columns=columns)


def test_the_curve_shows_models_that_learn_under_the_chosen_rule(curve):
    data = learning_curve.prepare(curve, ["always"])
    assert list(data.columns) == ["share", "model", "label", "metric", "mean", "ci_low", "ci_high"]
    assert list(pd.unique(data["model"])) == ["phylo", "era"]
    assert len(data) == 3 * 2 * 4 and data.index.tolist() == list(range(len(data)))
    assert set(data["metric"]) == set(learning_curve.LEARNT)
    row = data.query("share == 0.5 and model == 'phylo' and metric == 'subset_accuracy'")
    assert row[["mean", "ci_low", "ci_high"]].to_numpy()[0] == pytest.approx([0.2, 0.19, 0.22])


def test_the_curve_has_a_panel_per_metric_and_a_line_per_model(curve):
    figure = learning_curve.draw(learning_curve.prepare(curve, ["always"]))
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        *("Accuracy", "Subset accuracy", "Macro AUC", "Macro AUC\nwithin rows of like age")
    ]
    for number, axes in enumerate(figure.axes):
        lines = [bars.lines[0] for bars in axes.containers]
        # Two models, beside each other so that their intervals do not hide each other.
        assert [line.get_xdata().tolist() for line in lines] == [[23.8, 48.8, 98.8], [26.2, 51.2, 101.2]]
        expected = [[0.025 + 0.1 * place + 0.05 * number + x for x in (0, 0.025, 0.075)] for place in (1, 2)]
        assert [line.get_ydata().tolist() for line in lines] == [pytest.approx(heights) for heights in expected]
        ends = axes.containers[0].lines[2][0].get_segments()[0][:, 1]
        assert ends == pytest.approx([expected[0][0] - 0.01, expected[0][0] + 0.02])
    # Chance is drawn where it is one half.
    chance = [[line for line in axes.lines if list(line.get_ydata()) == [0.5, 0.5]] for axes in figure.axes]
    assert [len(lines) for lines in chance] == [0, 0, 1, 1]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["Phylo", "Era"]


def test_one_model_stands_at_its_share(curve):
    data = learning_curve.prepare(curve, ["always", "era"])
    figure = learning_curve.draw(data)
    assert figure.axes[0].containers[0].lines[0].get_xdata().tolist() == [25, 50, 100]


# --- files


@pytest.mark.parametrize(("figure", "options"), [("views", {}), ("learning_curve", {"constants": ["always"]})])
def test_figures_are_saved_with_their_data(table, curve, tmp_path, figure, options):
    drawn = {"views": table, "learning_curve": curve}[figure]
    drawn.to_csv(tmp_path / "table.tsv", sep="\t", index=False)
    outputs = {name: str(tmp_path / f"figure.{name}") for name in ("pdf", "png")} | {"data": str(tmp_path / "data.tsv")}
    draw_figure(figure, {"table": str(tmp_path / "table.tsv")}, options, {}, **outputs, note="Simulated")
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "figure.pdf").read_bytes().startswith(b"%PDF")
    expected = module_of(figure).prepare(drawn, **options)
    assert pd.read_csv(tmp_path / "data.tsv", sep="\t").shape == expected.shape


# --- all models under every protocol


@pytest.fixture
def trust():
    """A constant, age, a model above both, one not above age, and one of too few repeats, under two protocols."""
    models = {"always": "", "era": "", "good": "", "weak": "era", "slow": ""}
    lines = []
    for protocol in PROTOCOLS[:2]:
        for place, (model, not_above) in enumerate(models.items()):
            mean = 0.5 + 0.05 * place
            low, high = (np.nan, np.nan) if model == "slow" else (mean - 0.02, mean + 0.02)
            lines.append([protocol, model, model.title(), "accuracy", "chosen", mean, low, high, not_above])
            lines.append([protocol, model, model.title(), "auc_within_twentieths", "", mean, low, high, not_above])
    columns = ["protocol", "model", "label", "metric", "rule", "mean", "ci_low", "ci_high", "not_above"]
    return pd.DataFrame(lines, columns=columns)


def test_protocols_says_where_each_model_stands(trust):
    data = protocols.prepare(trust, ["always"], "era")
    assert data.drop_duplicates("model").set_index("model")["standing"].to_dict() == {
        "always": "constant",
        "era": "age",
        "good": "above",
        "weak": "open",
        "slow": "few",
    }


def test_protocols_claims_nothing_of_too_few_repeats(trust):
    """Filled marks are of the good model alone; the slow one is a cross, and age a line through all rows."""
    figure = protocols.draw(protocols.prepare(trust, ["always"], "era"))
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata())]
    filled = [line for line in lines if line.get_marker() in MARKERS and line.get_markerfacecolor() != "white"]
    assert [line.get_xdata()[0] for line in filled] == pytest.approx([0.6, 0.6])
    assert [line.get_xdata()[0] for line in lines if line.get_marker() == "x"] == pytest.approx([0.7, 0.7])
    through = [line for line in lines if list(line.get_ydata()) == [0, 1]]
    assert [line.get_xdata()[0] for line in through] == pytest.approx([0.55, 0.55])
    (legend,) = figure.legends
    texts = [text.get_text() for text in legend.get_texts()]
    assert "too few repeats for an interval" in texts and "age (era)" in texts


# --- the published tables


@pytest.mark.parametrize(
    ("name", "figure", "options"),
    [
        ("trust", protocols, {"constants": CONSTANTS, "era": "era"}),
        ("curve", learning_curve, {"constants": CONSTANTS}),
        ("beyond", views, {}),
        ("outside", outside, {}),
    ],
)
def test_figures_of_the_published_tables_are_not_clipped(name, figure, options):
    texts = ["model", "label", "metric", "rule", "not_above", "ablation"]
    table = read_table(PROJECT / f"resources/results/{name}.tsv", text=texts)
    drawn = figure.draw(figure.prepare(table, **options))
    with matplotlib.rc_context(RC):
        drawn.draw_without_rendering()
        tight = drawn.get_tightbbox()
    width, height = drawn.get_size_inches()
    assert tight.x0 >= -0.01 and tight.y0 >= -0.01 and tight.x1 <= width + 0.01 and tight.y1 <= height + 0.01


def test_columns_of_one_species_have_its_name():
    table = pd.DataFrame({"what": ["view", "column", "column"], "column": [np.nan, "best identity in mmu", "in reach"]})
    assert importance.prepare(table)["column"].tolist()[1:] == ["best identity in the mouse", "in reach"]
    assert importance.SPECIES.keys() == {HUMAN, *KEY_SPECIES}


@pytest.mark.parametrize("mirrored", [1, -1])
@pytest.mark.parametrize("degrees", [0, 70, 180, 290])
def test_a_fold_lies_with_its_ends_at_the_left_and_the_5p_arm_above(degrees, mirrored):
    upright = np.array([[0, 0], [0, 3], [0, 6], [1, 7], [2, 6], [2, 3], [2, 0]], dtype=float) * [mirrored, 1]
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    expected = [[0, 1], [3, 1], [6, 1], [7, 0], [6, -1], [3, -1], [0, -1]]
    np.testing.assert_allclose(attributions.lying(upright @ turn.T + [5, -9]), expected, atol=1e-9)
