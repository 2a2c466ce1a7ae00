"""From long scores to probabilities and label sets: layout, and that test labels have no say in anything."""

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.deciding import decide
from mmlmirloc.evaluation.names import CHOSEN, FIXED
from mmlmirloc.evaluation.rules import RULES
from mmlmirloc.files import read_table
from mmlmirloc.training import long_scores

LOCATIONS = ["nucleus", "exosome"]
OUTPUTS = ("probabilities", "decisions", "rules")
#: Repeats of two batches.
BATCHES = ((1, 2), (3,))
FOLDS, PER_FOLD, TESTED = 3, 12, 5


def training_rows(repeat):
    """Validation scores of one repeat: truth and scores, fold after fold, that say something of the truth."""
    generator = np.random.default_rng(repeat)
    truth = (generator.random((FOLDS * PER_FOLD, 2)) < [0.7, 0.4]).astype(int)
    scores = np.clip(0.25 * truth + 0.6 * generator.random(truth.shape), 0, 1).round(3)
    names = [f"MI{1000 * repeat + row}" for row in range(len(truth))]
    folds = np.repeat(np.arange(FOLDS), PER_FOLD)
    return pd.concat(
        [
            long_scores([names[row] for row in np.flatnonzero(folds == fold)], *parts, LOCATIONS, fold)
            for fold in range(FOLDS)
            for parts in [(truth[folds == fold], scores[folds == fold])]
        ]
    ).assign(repeat=repeat)


def scored_rows(repeat):
    generator = np.random.default_rng(100 + repeat)
    truth = (generator.random((TESTED, 2)) < 0.5).astype(int)
    names = [f"MI{900 + row}" for row in range(TESTED)]
    folds = [long_scores(names, truth, generator.random((TESTED, 2)).round(3), LOCATIONS, fold) for fold in range(2)]
    return pd.concat(folds).assign(repeat=repeat)


def same(table):
    return table


def run(folder, validation=same, test=same, constant=False, objective="accuracy", batches=BATCHES):
    """Write both batches of scores, changed by the two functions, and decide; return the paths of the outputs."""
    paths = {"validation": [], "test": []}
    for number, repeats in enumerate(batches):
        for kind, rows, change in (("validation", training_rows, validation), ("test", scored_rows, test)):
            path = folder / f"{kind}-{number}.tsv"
            change(pd.concat(rows(repeat) for repeat in repeats).reset_index(drop=True)).to_csv(
                path, sep="\t", index=False
            )
            paths[kind].append(path)
    outputs = [folder / f"{name}.tsv" for name in OUTPUTS]
    decide(paths["validation"], paths["test"], *outputs, LOCATIONS, 0.5, objective, constant)
    return dict(zip(OUTPUTS, outputs))


def read(paths, name):
    return read_table(paths[name], text=["accession", "location", "rule"])


def flip(table):
    return table.assign(truth=1 - table["truth"])


def test_layout(tmp_path):
    paths = run(tmp_path)
    probabilities, decisions, rules = (read(paths, name) for name in OUTPUTS)
    names = [f"MI{900 + row}" for row in range(TESTED)]
    assert probabilities.columns.tolist() == ["repeat", "accession", "location", "score", "calibrated", "truth"]
    expected = [(repeat, name, location) for repeat in (1, 2, 3) for name in names for location in LOCATIONS]
    assert list(probabilities[["repeat", "accession", "location"]].itertuples(index=False, name=None)) == expected
    assert decisions.columns.tolist() == ["repeat", "accession", "rule", *LOCATIONS, "known"]
    expected = [(repeat, rule, name) for repeat in (1, 2, 3) for rule in (*RULES, CHOSEN) for name in names]
    assert list(decisions[["repeat", "rule", "accession"]].itertuples(index=False, name=None)) == expected
    assert decisions[LOCATIONS].isin([0, 1]).all(axis=None)
    assert rules.columns.tolist() == ["repeat", "rule", "value", "chosen"]
    assert rules["rule"].tolist() == [*RULES] * 3
    assert (rules.groupby("repeat")["chosen"].sum() == 1).all()


def test_scores_are_the_mean_of_the_fold_models_and_fixed_is_their_threshold(tmp_path):
    paths = run(tmp_path)
    probabilities, decisions = read(paths, "probabilities"), read(paths, "decisions")
    for repeat in (1, 2, 3):
        table = scored_rows(repeat)
        mean = table.groupby(["accession", "location"], sort=False)["score"].mean()
        part = probabilities[probabilities["repeat"] == repeat]
        assert part["score"].to_numpy() == pytest.approx(mean.to_numpy(), rel=1e-5)
        assert part["truth"].tolist() == table[table["fold"] == 0]["truth"].tolist()
        fixed = decisions[(decisions["repeat"] == repeat) & (decisions["rule"] == FIXED)]
        assert fixed[LOCATIONS].to_numpy().ravel().tolist() == (mean >= 0.5).astype(int).tolist()


def test_known_says_whether_a_training_row_has_the_set(tmp_path):
    def one_location_each(table):
        # Training rows are nucleus or exosome in turn, never both and never neither.
        first = table.groupby(["repeat", "accession"], sort=False).ngroup() % 2 == 0
        return table.assign(truth=((table["location"] == LOCATIONS[0]) == first).astype(int))

    decisions = read(run(tmp_path, validation=one_location_each), "decisions")
    expected = (decisions[LOCATIONS].sum(axis=1) == 1).astype(int)
    assert decisions["known"].tolist() == expected.tolist() and set(expected) == {0, 1}


@pytest.mark.parametrize(("objective", "best"), [("accuracy", "max"), ("hamming_loss", "min")])
def test_the_chosen_rule_is_the_best_on_validation_rows_of_its_repeat(tmp_path, objective, best):
    paths = run(tmp_path, objective=objective)
    decisions, rules = read(paths, "decisions"), read(paths, "rules")
    for repeat, part in rules.groupby("repeat"):
        (chosen,) = part.loc[part["chosen"] == 1, "rule"]
        # The first of equals.
        assert chosen == part.loc[part["value"] == part["value"].agg(best), "rule"].iloc[0]
        answers = {
            rule: sets[LOCATIONS].to_numpy() for rule, sets in decisions[decisions["repeat"] == repeat].groupby("rule")
        }
        assert np.array_equal(answers[CHOSEN], answers[chosen])


@pytest.mark.parametrize("change", [flip, lambda table: table.assign(truth=0), lambda table: table.assign(truth=1)])
def test_test_labels_change_nothing_but_the_column_that_holds_them(tmp_path, change):
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        folder.mkdir()
    one, other = run(before), run(after, test=change)
    assert one["decisions"].read_bytes() == other["decisions"].read_bytes()
    assert one["rules"].read_bytes() == other["rules"].read_bytes()
    texts = [paths["probabilities"].read_text().splitlines() for paths in (one, other)]
    lines = [[line.rsplit("\t", 1) for line in text] for text in texts]
    assert [rest for rest, _ in lines[0]] == [rest for rest, _ in lines[1]]
    assert [truth for _, truth in lines[0]] != [truth for _, truth in lines[1]]


def test_training_rows_decide_in_their_own_repeat_only(tmp_path):
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        folder.mkdir()
    one = run(before)
    other = run(after, validation=lambda table: flip(table).where(table["repeat"] == 2, table))
    for name in OUTPUTS:
        first, second = read(one, name), read(other, name)
        for repeat in (1, 2, 3):
            equal = first[first["repeat"] == repeat].equals(second[second["repeat"] == repeat])
            assert equal == (repeat != 2), (name, repeat)


def test_batches_are_all_one(tmp_path):
    for folder, batches in (("two", BATCHES), ("one", ((1, 2, 3),))):
        (tmp_path / folder).mkdir()
        run(tmp_path / folder, batches=batches)
    for name in OUTPUTS:
        assert (tmp_path / "one" / f"{name}.tsv").read_bytes() == (tmp_path / "two" / f"{name}.tsv").read_bytes()


def test_a_constant_model_keeps_its_answer(tmp_path):
    paths = run(tmp_path, lambda table: table.assign(score=0.9), lambda table: table.assign(score=0.9), constant=True)
    decisions, rules = read(paths, "decisions"), read(paths, "rules")
    assert decisions["rule"].unique().tolist() == [FIXED, CHOSEN]
    assert (decisions[LOCATIONS] == 1).all(axis=None)
    assert rules["rule"].tolist() == [FIXED] * 3 and rules["chosen"].tolist() == [1] * 3


def cut(table):
    return table.drop(index=3)


def shuffled(table):
    return table.sample(frac=1, random_state=0)


def locations_swapped(table):
    return table.iloc[[1, 0, *range(2, len(table))]]


def rows_mixed(table):
    """Exchange the first location's line of the first two rows."""
    return table.iloc[[2, 1, 0, *range(3, len(table))]]


@pytest.mark.parametrize("kind", ["validation", "test"])
@pytest.mark.parametrize("change", [cut, shuffled, locations_swapped, rows_mixed])
def test_lines_that_are_not_whole_or_in_order(tmp_path, kind, change):
    with pytest.raises(InputError, match="missing, repeated or out of order") as caught:
        run(tmp_path, **{kind: change})
    assert caught.value.where == str(tmp_path / f"{kind}-0.tsv")


@pytest.mark.parametrize("kind", ["validation", "test"])
def test_batches_of_other_repeats(tmp_path, kind):
    with pytest.raises(InputError, match=r"repeats \[.*\], validation scores of \[.*\]") as caught:
        run(tmp_path, **{kind: lambda table: table.assign(repeat=table["repeat"] + 3)})
    assert caught.value.where == str(tmp_path / "test-0.tsv")


def test_batches_in_another_order(tmp_path):
    def exchanged(table):
        return table.assign(repeat=table["repeat"].map({1: 3, 2: 4, 3: 1}))

    with pytest.raises(InputError, match=r"repeats \[3, 4\], validation scores of \[1, 2\]"):
        run(tmp_path, test=exchanged)
