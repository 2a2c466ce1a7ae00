"""Metrics: hand-worked cases, scikit-learn, and what constants score on the paper's test set."""

import itertools
from functools import partial

import numpy as np
import pytest
import sklearn.metrics as reference

from mmlmirloc import objectives
from mmlmirloc.errors import InputError
from mmlmirloc.evaluation import metrics

# Rows: exact; one of two found; two found where one is right; all wrong; empty and empty.
TRUTH = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [1, 0, 0], [0, 0, 0]])
PREDICTED = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 1], [0, 1, 1], [0, 0, 0]])


def random_case(seed, rows=60, labels=4, levels=7):
    """Truth, scores with many ties, and 0/1 predictions with empty rows on both sides."""
    generator = np.random.default_rng(seed)
    truth = (generator.random((rows, labels)) < 0.35).astype(int)
    scores = generator.integers(0, levels, (rows, labels)) / (levels - 1)
    truth[:3], scores[2:5] = 0, 0
    return truth, scores, (scores >= 0.5).astype(int)


def evaluate(truth, scores, predicted=None):
    """Measure by every metric of the tables of results."""
    predicted = scores >= 0.5 if predicted is None else predicted
    return {name: metric.measure(truth, scores, predicted) for name, metric in metrics.METRICS.items()}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("accuracy", (1 + 1 / 2 + 1 / 2 + 0 + 1) / 5),
        ("subset_accuracy", 2 / 5),
        ("f1", (1 + 2 / 3 + 2 / 3 + 0 + 1) / 5),
        ("hamming_loss", (0 + 1 + 1 + 3 + 0) / 15),
        # Row precisions 1 1 1/2 0 1 (mean .7), row recalls 1 1/2 1 0 1 (mean .7).
        ("f1_of_means", 0.7),
        # Label 1: 2 of 3 positives found, no false alarm; label 2: 1 of 2 found, 1 of 3 false; label 3: no positive.
        ("auc_macro_labels", ((2 / 3 + 1) / 2 + (1 / 2 + 2 / 3) / 2) / 2),
    ],
)
def test_hand_worked(name, expected):
    assert metrics.METRICS[name].function(TRUTH, PREDICTED) == pytest.approx(expected, abs=1e-12)


def test_two_readings_of_f1_differ():
    # Precisions 1, 1/2 (mean .75); recalls 1/2, 1 (mean .75): eq. 14 gives .75, the mean of row F1 2/3.
    truth, predicted = np.array([[1, 1], [1, 0]]), np.array([[1, 0], [1, 1]])
    assert objectives.f1_of_means(truth, predicted) == pytest.approx(0.75)
    assert objectives.f1(truth, predicted) == pytest.approx(2 / 3)


def test_one_empty_side_counts_nothing():
    empty, one = np.array([[0, 0]]), np.array([[0, 1]])
    for truth, predicted in [(empty, one), (one, empty)]:
        for name in ("accuracy", "f1", "f1_of_means", "subset_accuracy"):
            assert metrics.METRICS[name].function(truth, predicted) == 0


def test_area_with_ties_by_hand():
    # Positives .8 .5, negatives .5 .2: three pairs won, one tied: 3.5 of 4.
    truth, scores = np.array([[1], [1], [0], [0]]), np.array([[0.8], [0.5], [0.5], [0.2]])
    assert objectives.roc_auc(truth, scores) == pytest.approx([3.5 / 4])
    # At .8 half of the positives with precision 1; at .5 the other half with precision 2/3.
    assert metrics.average_precision(truth, scores) == pytest.approx([0.5 * 1 + 0.5 * 2 / 3])


def test_label_with_one_class_is_left_out():
    truth, scores = np.array([[1, 1], [0, 1]]), np.array([[0.9, 0.1], [0.2, 0.7]])
    assert objectives.roc_auc(truth, scores) == pytest.approx([1.0, np.nan], nan_ok=True)
    assert objectives.auc_macro(truth, scores) == 1.0
    assert np.isnan(objectives.auc_macro(truth[:, 1:], scores[:, 1:]))
    assert metrics.average_precision(1 - truth, scores) == pytest.approx([0.5, np.nan], nan_ok=True)


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_scikit_learn(seed):
    truth, scores, predicted = random_case(seed)
    ours = evaluate(truth, scores)
    expected = {
        "accuracy": reference.jaccard_score(truth, predicted, average="samples", zero_division=1),
        "auc_macro": reference.roc_auc_score(truth, scores, average="macro"),
        "subset_accuracy": reference.accuracy_score(truth, predicted),
        "f1": reference.f1_score(truth, predicted, average="samples", zero_division=1),
        "hamming_loss": reference.hamming_loss(truth, predicted),
        "auc_macro_labels": reference.roc_auc_score(truth, predicted, average="macro"),
    }
    assert {name: ours[name] for name in expected} == pytest.approx(expected, abs=1e-12)
    precision = reference.average_precision_score(truth, scores, average=None)
    assert metrics.average_precision(truth, scores) == pytest.approx(precision, abs=1e-12)


@pytest.mark.parametrize("name", [*metrics.METRICS, *metrics.LABEL_METRICS])
def test_weights_repeat_rows(name):
    truth, scores, predicted = random_case(8, rows=25)
    metric = metrics.find_metric(name)
    weights = np.random.default_rng(1).multinomial(25, np.full(25, 1 / 25), size=3).astype(float)
    together = metric.measure(truth, scores, predicted, weights)
    for draw, value in zip(weights.astype(int), together, strict=True):
        rows = np.repeat(np.arange(25), draw)
        assert value == pytest.approx(metric.measure(truth[rows], scores[rows], predicted[rows]), abs=1e-12)


def test_a_draw_without_positives_leaves_the_label_out():
    truth, scores = np.array([[1, 1], [0, 0], [1, 0]]), np.array([[0.9, 0.1], [0.2, 0.7], [0.1, 0.3]])
    weights = np.array([[1.0, 1, 1], [0, 2, 1], [0, 3, 0]])
    # Draw 1: areas 1/2 and 0. Draw 2: area 0 of label 1 alone. Draw 3: nothing.
    assert objectives.auc_macro(truth, scores, weights) == pytest.approx([0.25, 0.0, np.nan], nan_ok=True)


def test_the_papers_metrics_stand_first_in_its_order():
    assert list(metrics.METRICS)[:5] == ["accuracy", "auc_macro", "subset_accuracy", "f1", "hamming_loss"]
    assert list(metrics.MAIN_METRICS) == list(metrics.METRICS)[:5]
    assert [name for name, metric in metrics.METRICS.items() if not metric.higher_is_better] == ["hamming_loss"]


def test_what_chooses_is_reported_by_the_same_formula():
    assert {name: metrics.METRICS[name] for name in objectives.OBJECTIVES} == objectives.OBJECTIVES


@pytest.mark.parametrize("name", objectives.OBJECTIVES)
def test_value_of_is_the_metric(name):
    truth, scores, predicted = random_case(3)
    value = objectives.value_of(name, truth, scores)
    assert type(value) is float and value == evaluate(truth, scores)[name]
    assert objectives.value_of(name, truth, scores, predicted) == value
    assert objectives.value_of(name, truth, 1 - scores, predicted) == evaluate(truth, 1 - scores, predicted)[name]


def test_threshold_counts_as_predicted():
    truth = np.array([[1, 0], [0, 1]])
    scores = np.array([[0.5, 0.3], [0.4, 0.5]])
    assert objectives.value_of("subset_accuracy", truth, scores) == 1
    assert objectives.value_of("subset_accuracy", truth, scores, threshold=0.4) == 0.5


# What constants score on the paper's test set.

LABELS = "NECM"  # nucleus, exosome, cytoplasm, microvesicle


def members(names):
    return [int(label in names) for label in LABELS]


def solutions(size, held):
    """All ways to give the label sets of one size counts that add up to ``held`` rows per label."""
    sets = ["".join(names) for names in itertools.combinations(LABELS, size)]
    rows = sum(held.values()) // size
    for counts in itertools.product(range(rows + 1), repeat=len(sets) - 1):
        counts = (*counts, rows - sum(counts))
        if counts[-1] < 0:
            continue
        found = dict(zip(sets, counts, strict=True))
        if all(sum(found[names] for names in sets if label in names) == held[label] for label in LABELS):
            yield found


def pair_solutions():
    """Pairs of Table II: the three numbers with nucleus determine the others."""
    for exosome, cytoplasm in itertools.product(range(29), repeat=2):
        counts = {"NE": exosome, "NC": cytoplasm, "NM": 28 - exosome - cytoplasm}
        counts["EM"] = (10 - exosome) + (3 - counts["NM"]) - (19 - cytoplasm)
        if counts["EM"] % 2:
            continue
        counts["EM"] //= 2
        counts["EC"], counts["CM"] = 10 - exosome - counts["EM"], 3 - counts["NM"] - counts["EM"]
        if min(counts.values()) >= 0:
            yield counts


def test_sets():
    """The six test sets of 118 rows that Table II allows."""
    (triples,) = solutions(3, {"N": 25, "E": 21, "C": 23, "M": 6})
    assert triples == {"NEC": 19, "NCM": 4, "NEM": 2, "ECM": 0}
    for pairs in pair_solutions():
        counts = {"N": 38, "E": 13, "M": 1, "NECM": 11} | triples | pairs
        yield np.array([members(names) for names, count in counts.items() for _ in range(count)])


test_sets.__test__ = False


def test_the_paper_leaves_six_test_sets():
    found = list(test_sets())
    assert len(found) == 6
    for truth in found:
        assert truth.shape == (118, 4) and truth.sum(0).tolist() == [102, 55, 53, 21]


@pytest.mark.parametrize(
    ("constant", "expected"),  # accuracy, subset accuracy, F1, F1 of means, Hamming loss
    [
        ("N", (0.5346, 0.3220, 0.6234, 0.6606, 0.3072)),
        ("NE", ((0.520, 0.525), (0.068, 0.085), 0.6672, 0.7137, 0.3242)),
        ("NC", ((0.523, 0.528), (0.144, 0.161), 0.6387, 0.6793, 0.3326)),
        ("NEC", (0.5593, 0.1610, 0.6841, 0.7270, 0.3496)),
        ("NECM", (0.4894, 0.0932, 0.6206, 0.6572, 0.5106)),
    ],
)
def test_constants_on_the_papers_test_set(constant, expected):
    results = []
    for truth in test_sets():
        results.append(evaluate(truth, np.tile(members(constant), (len(truth), 1))))
    names = ("accuracy", "subset_accuracy", "f1", "f1_of_means", "hamming_loss")
    for name, value in zip(names, expected, strict=True):
        values = [result[name] for result in results]
        if isinstance(value, tuple):
            assert (round(min(values), 3), round(max(values), 3)) == value
        else:
            assert {round(one, 4) for one in values} == {value}
    assert {result["auc_macro"] for result in results} == {0.5}


# Bad input.


@pytest.mark.parametrize(
    ("truth", "values", "message"),
    [
        (np.ones((2, 3)), np.ones((2, 2)), r"shape \(2, 3\) cannot be compared with values of shape \(2, 2\)"),
        (np.ones(3), np.ones(3), "cannot be compared"),
        (np.ones((0, 3)), np.ones((0, 3)), "cannot be compared"),
        (np.full((1, 2), 2), np.ones((1, 2)), "A label is 2"),
        (np.ones((1, 2)), np.array([[0.5, np.nan]]), "1 values are not finite"),
    ],
)
def test_what_cannot_be_compared(truth, values, message):
    # A metric of label sets as well: a threshold would hide that scores are not finite.
    chosen = [partial(objectives.value_of, name) for name in objectives.OBJECTIVES]
    for measure in (objectives.roc_auc, metrics.average_precision, objectives.accuracy, *chosen):
        with pytest.raises(InputError, match=message):
            measure(truth, values)


@pytest.mark.parametrize("name", [name for name, metric in metrics.METRICS.items() if metric.uses == "predictions"])
def test_scores_are_no_label_sets(name):
    with pytest.raises(InputError, match=r"A label is 0\.3") as caught:
        metrics.METRICS[name].function(np.array([[1]]), np.array([[0.3]]))
    assert caught.value.where == "predicted"


def test_unknown_metric():
    with pytest.raises(InputError, match="Unknown metric 'auroc'") as caught:
        metrics.find_metric("auroc")
    assert "auc_macro" in caught.value.expected and "pr_auc" in caught.value.expected


def test_what_only_reports_cannot_choose():
    assert metrics.find_metric("roc_auc").name == "roc_auc"
    with pytest.raises(InputError, match="Unknown metric 'roc_auc'") as caught:
        objectives.value_of("roc_auc", TRUTH, PREDICTED)
    assert caught.value.expected == f"one of {', '.join(objectives.OBJECTIVES)}"
