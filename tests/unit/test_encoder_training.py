"""Masking, training and measuring the encoder, and what it is held against."""

import numpy as np
import pandas as pd
import pytest
import torch

from mmlmirloc.files import read_table, write_table
from mmlmirloc.pretraining import corpus, fit, neighbourhood
from mmlmirloc.pretraining.checkpoint import load, save
from mmlmirloc.pretraining.masking import choose, hidden
from mmlmirloc.pretraining.measure import COLUMNS, measure, rnabert_shares, told
from mmlmirloc.pretraining.network import untrained
from mmlmirloc.pretraining.tokens import LARGEST_POSITIONS, MASK, PADDING, encode

SIZES = {"width": 16, "convolution": 3, "blocks": 1, "heads": 2, "hidden": 16, "windows": [5]}
SETTINGS = {"epochs": 2, "crop": 30, "batch_size": 8, "learning_rate": 0.01, "weight_decay": 0.01, "masked": 0.15}
PAIR = str.maketrans("ACGU", "UGCA")


def hairpins(number, seed, stem=15):
    """Perfect hairpins: a random arm, a loop of four, and the arm's complement."""
    random = np.random.default_rng(seed)
    arms = ["".join(random.choice(list("ACGU"), stem)) for _ in range(number)]
    return [f"{arm}AAAA{arm[::-1].translate(PAIR)}" for arm in arms]


# --- masking ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("length", "share", "number"), [(100, 0.15, 15), (10, 0.25, 2), (3, 0.15, 1), (0, 0.15, 0)])
def test_so_many_bases_are_masked(length, share, number):
    places = choose(encode("A" * length), share, np.random.default_rng(1))
    assert len(places) == len(set(places)) == number
    assert (np.diff(places) > 0).all()


def test_unknown_bases_are_never_asked_for():
    tokens = encode("NANNCNNGNNUN")
    places = [choose(tokens, 0.5, np.random.default_rng(seed)) for seed in range(50)]
    assert {len(row) for row in places} == {2}
    # All known places come up, and no other.
    assert set(np.concatenate(places)) == {1, 4, 7, 10}
    assert len(choose(encode("NNN"), 0.5, np.random.default_rng(1))) == 0


def test_hidden_bases_are_masked_and_the_rest_is_as_it_was():
    tokens = encode("ACGU")
    assert hidden(tokens, np.array([1, 3])).tolist() == [0, MASK, 2, MASK]
    assert tokens.tolist() == [0, 1, 2, 3]


def test_masks_follow_the_seed_and_see_no_more_than_rnabert():
    first, again, other = (fit.masked_rows(["ACGU" * 150], 0.15, seed) for seed in (1, 1, 2))
    assert len(first[0][0]) == LARGEST_POSITIONS == 440
    assert first[0][1].tolist() == again[0][1].tolist() != other[0][1].tolist()


def test_tensors_hold_what_is_to_be_guessed():
    rows = [(encode("ACGU"), np.array([0, 3])), (encode("GG"), np.array([1]))]
    tokens, truth = fit.tensors(rows)
    assert tokens.tolist() == [[MASK, 1, 2, MASK], [2, MASK, PADDING, PADDING]]
    assert truth.tolist() == [[0, -1, -1, 3], [-1, 2, -1, -1]]


def test_an_epoch_sees_one_of_each_cluster_cropped():
    groups = [["A" * 50, "C" * 20], ["G" * 10], ["U" * 31]]
    seen = set()
    for seed in range(20):
        batches = list(fit.epoch_batches(groups, {**SETTINGS, "batch_size": 2}, np.random.default_rng(seed)))
        assert [len(tokens) for tokens, _ in batches] in ([2, 1], [1, 2])
        lengths = sorted(int((row != PADDING).sum()) for tokens, _ in batches for row in tokens)
        assert lengths in ([10, 20, 30], [10, 30, 30])
        seen.add(tuple(lengths))
    assert len(seen) == 2


# --- training ---------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_weights():
    groups, watched = [[sequence] for sequence in hairpins(30, 1)], hairpins(5, 2)
    first, again, other = (fit.fit(groups, watched, SIZES, SETTINGS, seed) for seed in (1, 1, 2))
    assert first[1] == again[1]
    for name, tensor in first[0].state_dict().items():
        assert torch.equal(tensor, again[0].state_dict()[name])
    assert not torch.equal(first[0].head.weight, other[0].head.weight)


def test_watched_sequences_do_not_change_the_weights():
    groups = [[sequence] for sequence in hairpins(20, 1)]
    one, other = (fit.fit(groups, hairpins(4, seed), SIZES, SETTINGS, 1)[0] for seed in (3, 4))
    assert all(torch.equal(tensor, other.state_dict()[name]) for name, tensor in one.state_dict().items())


def test_stems_are_learnt_which_neighbours_cannot_tell():
    """In perfect hairpins of random arms a base is known from its partner only."""
    training, watched = hairpins(300, 1), fit.masked_rows(hairpins(60, 2), 0.15, 3)
    settings = {**SETTINGS, "epochs": 6, "crop": 40, "batch_size": 16}
    network, lines = fit.fit([[sequence] for sequence in training], hairpins(10, 4), SIZES, settings, 1)
    assert [line[0] for line in lines] == [1, 2, 3, 4, 5, 6]
    own = fit.predict(network, watched)["correct"].mean()
    around = told(neighbourhood.guess(fit.masked_rows(training, 0.15, 5), watched), watched)["correct"].mean()
    # Four of 34 bases are the loop's; where the partner is masked too, nothing tells the base.
    assert around < 0.5
    assert own > 0.7


def test_predictions_do_not_depend_on_the_batch():
    network, rows = untrained(SIZES, 1), fit.masked_rows([*hairpins(3, 1), *hairpins(3, 2, stem=6), "ACGU"], 0.2, 1)
    together, alone = (fit.predict(network, rows, batch_size=size) for size in (64, 1))
    assert together["row"].tolist() == alone["row"].tolist() == sorted(together["row"])
    assert together["correct"].tolist() == alone["correct"].tolist()
    assert np.allclose(together["nll"], alone["nll"], atol=1e-5)
    assert together.groupby("row").size().tolist() == [len(places) for _, places in rows]


# --- neighbourhood ----------------------------------------------------------------------------------------------------


def test_counts_by_hand(monkeypatch):
    monkeypatch.setattr(neighbourhood, "PRIOR", 2.0)
    nothing = np.array([], dtype=int)
    training = [(encode("ACA"), nothing), (encode("AGA"), nothing), (encode("AGA"), nothing)]
    rows = [(encode("AUA"), np.array([1]))]
    # 6 A, 1 C and 2 G of 9 bases.
    (alone,) = neighbourhood.guess(training, rows, radius=0)
    assert alone.tolist() == pytest.approx([6 / 9, 1 / 9, 2 / 9, 0])
    # Between two A: C once and G twice of three.
    (between,) = neighbourhood.guess(training, rows, radius=1)
    expected = [2 * 6 / 9 / 5, (1 + 2 / 9) / 5, (2 + 4 / 9) / 5, 0]
    assert between.tolist() == pytest.approx(expected)
    # The second neighbours are beyond the ends in both.
    (wider,) = neighbourhood.guess(training, rows, radius=2)
    counted = [0, 1, 2, 0]
    assert wider.tolist() == pytest.approx([(count + 2 * share) / 5 for count, share in zip(counted, expected)])


def test_contexts_do_not_hold_the_base_nor_reach_into_another_sequence():
    rows = [(encode("AC"), np.array([0])), (encode("GU"), np.array([], dtype=int))]
    truth, (near,), asked = neighbourhood.contexts(rows, 1)
    nothing = neighbourhood.SYMBOLS - 1
    assert truth.tolist() == [0, 1, 2, 3] and asked.tolist() == [True, False, False, False]
    # Left and right of each: an end and C; the masked A and an end; an end and U; G and an end.
    pairs = [(nothing, 1), (nothing, nothing), (nothing, 3), (2, nothing)]
    assert near.tolist() == [left * neighbourhood.SYMBOLS + right for left, right in pairs]


# --- measuring --------------------------------------------------------------------------------------------------------


@pytest.fixture
def divided(tmp_path):
    """A corpus of 20 families, two of whose hairpins are held out, one twice in a cluster."""
    sequences = hairpins(20, 1)
    rows = pd.DataFrame(
        {
            "accession": [f"MI{number}" for number in range(20)],
            "name": [f"hsa-mir-{number}" for number in range(20)],
            "family": ["one", "one", "two", *(f"mir-{number}" for number in range(3, 20))],
            "cluster": [0, 0, *range(2, 20)],
            "part": [*[corpus.HELD_OUT] * 3, *[corpus.VALIDATION] * 2, *[corpus.TRAINING] * 15],
            "sequence": sequences,
        }
    )
    write_table(rows[corpus.COLUMNS], tmp_path / "corpus.tsv")
    return tmp_path / "corpus.tsv"


def test_pretrain_and_measure(divided, tmp_path):
    model, history, masked = (tmp_path / name for name in ("model.safetensors", "history.tsv", "masked.tsv"))
    fit.pretrain(divided, model, history, SIZES, SETTINGS, 1)
    lines = read_table(history, fit.HISTORY)
    assert lines["epoch"].tolist() == [1, 2] and lines["validation_accuracy"].between(0, 1).all()
    assert load(model).sizes.width == 16
    measure(divided, model, None, masked, masked=0.15, seed=1)
    first = masked.read_bytes()
    table = read_table(masked, COLUMNS, ["model", "family"])
    assert table["model"].unique().tolist() == ["encoder", "untrained", "neighbourhood", "frequent"]
    for _, part in table.groupby("model"):
        # 34 bases: five are masked of one hairpin for each family, since two share a cluster.
        assert part["family"].tolist() == ["one", "two"]
        assert part["sequences"].tolist() == [1, 1] and part["bases"].tolist() == [5, 5]
        assert (part["correct"] <= part["bases"]).all() and (part["nll"] > 0).all()
    measure(divided, model, None, masked, masked=0.15, seed=1)
    assert masked.read_bytes() == first


def test_rows_that_are_held_out_change_no_weights(divided, tmp_path):
    fit.pretrain(divided, tmp_path / "before", tmp_path / "history.tsv", SIZES, SETTINGS, 1)
    rows = read_table(divided, corpus.COLUMNS, corpus.TEXT)
    other = rows["part"] != corpus.TRAINING
    rows.loc[other, "sequence"] = hairpins(int(other.sum()), 9)
    write_table(rows, divided)
    fit.pretrain(divided, tmp_path / "after", tmp_path / "history.tsv", SIZES, SETTINGS, 1)
    assert (tmp_path / "after").read_bytes() == (tmp_path / "before").read_bytes()


def test_the_untrained_encoder_is_the_trained_one_before_its_first_step(divided, tmp_path):
    save(untrained(SIZES, 1), tmp_path / "first.safetensors")
    measure(divided, tmp_path / "first.safetensors", None, tmp_path / "masked.tsv", masked=0.15, seed=1)
    table = read_table(tmp_path / "masked.tsv", COLUMNS, ["model", "family"])
    own, first = (table[table["model"] == model].drop(columns="model") for model in ("encoder", "untrained"))
    assert own.reset_index(drop=True).equals(first.reset_index(drop=True))


def test_what_shares_tell():
    rows = [(encode("ACGU"), np.array([0, 3])), (encode("G"), np.array([0]))]
    shares = np.array([[0.5, 0.2, 0.2, 0.1], [0.4, 0.2, 0.2, 0.2], [0.25, 0.25, 0.3, 0.2]])
    found = told(shares, rows)
    assert found["row"].tolist() == [0, 0, 1] and found["correct"].tolist() == [1, 0, 1]
    assert found["nll"].tolist() == pytest.approx([np.log(2), np.log(5), -np.log(0.3)])


@pytest.mark.slow
def test_rnaberts_shares_are_of_the_masked_bases(tmp_path):
    from multimolecule import RnaBertConfig, RnaBertForMaskedLM

    torch.manual_seed(1)
    RnaBertForMaskedLM(RnaBertConfig()).save_pretrained(tmp_path / "weights")
    rows = fit.masked_rows([*hairpins(2, 1), "ACGUN"], 0.2, 1)
    together, alone = (rnabert_shares(str(tmp_path / "weights"), rows, batch_size=size) for size in (32, 1))
    assert together.shape == (sum(len(places) for _, places in rows), 4)
    assert together.sum(axis=1) == pytest.approx(1)
    assert np.allclose(together, alone, atol=1e-5)
