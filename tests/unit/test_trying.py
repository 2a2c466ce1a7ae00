"""Models that were tried one by one, beside each other."""

import pandas as pd
import pytest
from score_files import LOCATIONS, rows_file, scores_file

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.trying import compare_trials

TRUTH = [[1, 0], [1, 1], [0, 1], [1, 0]] * 10
RIGHT = [[0.9, 0.1], [0.9, 0.9], [0.1, 0.9], [0.9, 0.1]] * 10
NUCLEUS = [[1, 0]] * 40
SETTINGS = {"threshold": 0.5, "draws": 200, "level": 0.95, "seed": 1}


@pytest.fixture
def compare(tmp_path):
    """Compare models, each in a file of its own: model -> its one fold's scores."""

    def compared(scores, models, **changes):
        test = rows_file(tmp_path / "test.tsv", {1: TRUTH})
        files = [scores_file(tmp_path / f"{model}_scores.tsv", {model: {1: [one]}}) for model, one in scores.items()]
        settings = {"constants": ["always_nucleus"], "era": "era", "locations": LOCATIONS} | SETTINGS | changes
        compare_trials(files, test, tmp_path / "metrics.tsv", models=models, **settings)
        table = pd.read_csv(tmp_path / "metrics.tsv", sep="\t", keep_default_na=False)
        return table[table["metric"] == "accuracy"].set_index("model")

    return compared


def test_models_stand_in_the_order_that_was_asked_for(compare):
    scores = {"net": RIGHT, "always_nucleus": NUCLEUS, "era": NUCLEUS}
    table = compare(scores, list(scores))
    assert list(table.index) == ["net", "always_nucleus", "era"]
    # Jaccard by row: 1, 1/2, 0 and 1.
    assert table["ensemble"].astype(float).tolist() == [1, 0.625, 0.625]


def test_a_model_is_held_against_the_constants_and_age(compare):
    table = compare({"net": RIGHT, "always_nucleus": NUCLEUS, "era": RIGHT}, ["net", "always_nucleus", "era"])
    # Right everywhere, as age is: above the constant, which misses half of the rows, and in no draw above age.
    assert table.loc["net", "not_above"] == "era"
    # A constant is a reference, and is held against nothing.
    assert table.loc["always_nucleus", "not_above"] == ""


def test_a_model_without_scores_is_named(compare):
    with pytest.raises(InputError, match="other"):
        compare({"net": RIGHT}, ["net", "other"])
