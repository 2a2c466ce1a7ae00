import numpy as np
import pytest

from mmlmirloc.views import property_components
from mmlmirloc.views.kmer import all_words
from mmlmirloc.views.property_components import mean_properties, properties, stability

# AC is 1 and 2, CA is 3 and 2, CC is 3 and 8; all others are 0.
TOY = np.zeros((2, 16))
TOY[:, [1, 4, 5]] = [[1, 3, 3], [2, 2, 8]]


def view(components):
    return property_components.View({"components": components})


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        # Xia et al. 1998, table 4; entropy and enthalpy give the free energy that the table rounds.
        ("AA", (-6.82, -19.0, -0.93)),
        ("UU", (-6.82, -19.0, -0.93)),
        ("AC", (-11.40, -29.5, -2.24)),
        ("GU", (-11.40, -29.5, -2.24)),
        ("GC", (-14.88, -36.9, -3.42)),
        ("CG", (-10.64, -26.7, -2.36)),
        ("UC", (-12.44, -32.5, -2.35)),
        ("GA", (-12.44, -32.5, -2.35)),
    ],
)
def test_stability_is_that_of_the_published_table(step, expected):
    assert stability(step) == pytest.approx(expected, abs=0.02)


def test_a_step_read_from_the_other_strand_is_as_stable():
    other = str.maketrans("ACGU", "UGCA")
    assert all(stability(word) == stability(word[::-1].translate(other)) for word in all_words(2))
    assert properties().shape == (9, 16) and len({stability(word) for word in all_words(2)}) == 10


def test_means_by_hand(monkeypatch):
    monkeypatch.setattr(property_components, "properties", lambda: TOY)
    # ACCN: AC and CC, since the last one holds an ambiguous letter. ACA: AC and CA.
    means, known = mean_properties(["ACCN", "ACA", "A"])
    assert means.tolist() == [[2, 5], [2, 2], [0, 0]]
    assert known.tolist() == [True, True, False]


def test_components_by_hand(monkeypatch):
    monkeypatch.setattr(property_components, "properties", lambda: TOY)
    # Means (1, 2), (3, 2), (3, 8): centre (7/3, 4), variances 8/9 and 8, so that the scaled rows are (-s2, -1/s2),
    # (1/s2, -1/s2), (1/s2, s2) with s2 = sqrt(2). Their correlation is (1 - 1/2 + 1) / 3 = 1/2, so that the components
    # are the sum and the difference over s2: -3/2, 0, 3/2, and 1/2, -1, 1/2 up to sign.
    sequences = ["AC", "CA", "CC"]
    fitted = view(2).fit(sequences, seed=1)
    assert fitted["centre"].tolist() == pytest.approx([7 / 3, 4])
    assert fitted["spread"].tolist() == pytest.approx([np.sqrt(8) / 3, np.sqrt(8)])
    scores = view(2).transform(fitted, sequences).values
    assert scores[:, 0] == pytest.approx([-1.5, 0, 1.5], abs=1e-6)
    assert np.abs(scores[:, 1]) == pytest.approx([0.5, 1, 0.5], abs=1e-6)
    # Other rows are scaled by the training rows: (2, 5) is 1/3 / spread and 1 / spread away from the centre.
    (other,) = view(1).transform(view(1).fit(sequences, seed=1), ["ACC"]).values
    x, y = (2 - 7 / 3) * 3 / np.sqrt(8), (5 - 4) / np.sqrt(8)
    assert other == pytest.approx([(x + y) / np.sqrt(2)], abs=1e-6)


def test_a_sequence_without_a_dinucleotide_stands_at_the_mean():
    fitted = view(3).fit(["ACGUACGG", "A", "GGAUCC"], seed=1)
    same = view(3).fit(["ACGUACGG", "GGAUCC"], seed=1)
    assert all(np.array_equal(fitted[name], same[name]) for name in fitted)
    assert not view(3).transform(fitted, ["A", "", "NNNN"]).values.any()


@pytest.mark.parametrize("sequences", [["ACGU"], ["ACGU"] * 5, ["A"], []], ids=["one", "equal", "none", "no row"])
def test_few_rows_are_no_obstacle(sequences):
    scores = view(9).transform(view(9).fit(sequences, seed=1), ["ACGU", "GGGG"]).values
    assert scores.shape == (2, 9) and np.isfinite(scores).all()
