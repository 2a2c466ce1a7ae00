import os
import subprocess
import sys

import numpy as np
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.views.word2vec import View

SETTINGS = {"k": 3, "positions": 6, "width": 8, "window": 2, "negative": 3, "epochs": 2}
random = np.random.default_rng(1)
SEQUENCES = ["".join(random.choice(list("ACGU"), size=60)) for _ in range(12)]
# Vectors set by hand: AAA, AAC.
FITTED = {"words": np.array(["AAA", "AAC"]), "vectors": np.array([[1, 2], [3, 4]], dtype=np.float32)}


@pytest.fixture(scope="module")
def fitted():
    return View(SETTINGS).fit(SEQUENCES, 1)


def same(one, other):
    return all(one[name].tobytes() == other[name].tobytes() for name in ("words", "vectors"))


def test_each_word_of_the_sequences_gets_a_vector(fitted):
    expected = {sequence[start : start + 3] for sequence in SEQUENCES for start in range(58)}
    assert set(fitted["words"].tolist()) == expected and len(fitted["words"]) == len(expected)
    assert fitted["vectors"].shape == (len(expected), 8) and fitted["vectors"].dtype == np.float32
    assert np.ptp(fitted["vectors"], axis=0).min() > 0


def test_words_come_by_falling_frequency():
    words = View(SETTINGS).fit(["AAAAAAACCCCC", "UUU"], 1)["words"].tolist()
    assert words[:2] == ["AAA", "CCC"]
    assert set(words) == {"AAA", "CCC", "AAC", "ACC", "UUU"}


def test_same_seed_same_bytes_other_seed_other_vectors(fitted):
    assert same(View(SETTINGS).fit(SEQUENCES, 1), fitted)
    assert not same(View(SETTINGS).fit(SEQUENCES, 2), fitted)


def test_other_sequences_other_vectors(fitted):
    assert not same(View(SETTINGS).fit(SEQUENCES[:-1], 1), fitted)


PROGRAM = """
import sys
from mmlmirloc.views.word2vec import View
fitted = View({"k": 3, "width": 8, "window": 2, "negative": 3, "epochs": 2}).fit(sys.argv[1].split(","), 1)
sys.stdout.write(",".join(fitted["words"].tolist()) + " " + fitted["vectors"].tobytes().hex())
"""


def test_another_process_gives_the_same_bytes(fitted):
    # Python's hash of text differs from process to process unless told otherwise.
    environment = os.environ | {"PYTHONHASHSEED": "12345", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PROGRAM, ",".join(SEQUENCES)]
    words, vectors = subprocess.run(command, env=environment, capture_output=True, check=True).stdout.decode().split()
    assert words == ",".join(fitted["words"].tolist())
    assert vectors == fitted["vectors"].tobytes().hex()


def test_it_is_the_skip_gram_with_every_setting_of_the_view(fitted):
    from gensim.models import Word2Vec

    sentences = [[sequence[start : start + 3] for start in range(58)] for sequence in SEQUENCES]
    options = {"sg": 1, "vector_size": 8, "window": 2, "negative": 3, "epochs": 2, "min_count": 1, "workers": 1}
    assert Word2Vec(sentences, seed=1, **options).wv.vectors.tobytes() == fitted["vectors"].tobytes()


def test_words_that_keep_the_same_company_lie_close():
    """The skip-gram learns: AAA and CCC stand in the same places, GGG elsewhere."""
    choose = np.random.default_rng(2).choice
    sequences = [choose(["A", "C"]) * 3 + "U" * 3 if number % 2 else "GGGACG" for number in range(600)]
    vectors = View(SETTINGS | {"epochs": 20}).fit(sequences, 1)
    vector = dict(zip(vectors["words"].tolist(), vectors["vectors"]))

    def cosine(one, other):
        return vector[one] @ vector[other] / np.linalg.norm(vector[one]) / np.linalg.norm(vector[other])

    assert cosine("AAA", "CCC") > cosine("AAA", "GGG") + 0.2


def test_a_seed_beyond_32_bits_is_taken_modulo():
    assert same(View(SETTINGS).fit(SEQUENCES, 2**32 + 1), View(SETTINGS).fit(SEQUENCES, 1))


def test_vectors_are_looked_up_by_position_with_zero_padding():
    view = View({"k": 3, "positions": 4}).transform(FITTED, ["AAAAC", "AAC", "AA", ""])
    expected = np.zeros((4, 4, 2))
    expected[0, :3] = [[1, 2], [1, 2], [3, 4]]
    expected[1, 0] = [3, 4]
    assert np.array_equal(view.values, expected)
    assert view.values.dtype == np.float32
    assert view.lengths.tolist() == [3, 1, 0, 0]


def test_words_after_the_last_position_are_cut():
    view = View({"k": 3, "positions": 2}).transform(FITTED, ["AAAAC"])
    assert view.values.tolist() == [[[1, 2], [1, 2]]]
    assert view.lengths.tolist() == [2]


def test_an_unknown_word_is_a_zero_vector_that_counts_as_filled():
    view = View({"k": 3, "positions": 5}).transform(FITTED, ["AAAGAAC"])
    assert view.values[0].tolist() == [[1, 2], [0, 0], [0, 0], [0, 0], [3, 4]]
    assert view.lengths.tolist() == [5]


def test_ambiguous_letters_make_words_of_their_own():
    seen = View(SETTINGS).fit([*SEQUENCES, "ACGNACG"], 1)
    assert {"CGN", "GNA", "NAC"} < set(seen["words"].tolist())
    view = View(SETTINGS).transform(seen, ["CGNR"])
    assert np.array_equal(view.values[0, 0], seen["vectors"][seen["words"].tolist().index("CGN")])
    assert not view.values[0, 1].any()  # GNR was not seen
    assert view.lengths.tolist() == [2]


def test_transform_leaves_the_fitted_arrays_alone(fitted):
    before = {name: value.copy() for name, value in fitted.items()}
    View(SETTINGS).transform(fitted, ["NNNNN"])
    assert same(fitted, before)


@pytest.mark.parametrize("sequences", [[], ["AC", "G"]])
def test_training_rows_without_a_word_are_refused(sequences):
    what = f"None of {len(sequences)} training sequences holds a word of 3 letters"
    with pytest.raises(InputError, match=what) as caught:
        View(SETTINGS).fit(sequences, 1)
    assert caught.value.where == "k of a word2vec view in config/views.yaml"
    assert caught.value.hint == "lower k"
