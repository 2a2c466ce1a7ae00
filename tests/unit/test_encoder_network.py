"""The encoder's network and its checkpoint."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from mmlmirloc.errors import InputError
from mmlmirloc.pretraining import checkpoint
from mmlmirloc.pretraining.network import NEVER, SHARPNESS, StemAttention, rotate, sizes_of, turns_of, untrained
from mmlmirloc.pretraining.tokens import MASK, UNKNOWN, encode, pad

SIZES = {"width": 16, "convolution": 3, "blocks": 2, "heads": 2, "hidden": 8, "windows": [5, 3]}


def bases(sequence):
    """One-hot bases (1, length, 4); what is no base is zero."""
    return torch.eye(7)[torch.from_numpy(encode(sequence))][None, :, :4]


@pytest.fixture
def stem():
    return StemAttention(sizes_of({**SIZES, "windows": [5]}))


def scores(stem, sequence):
    """Scores of the one head as pairs of bases alone, in units of a Watson-Crick pair."""
    stem.distance.data.zero_()
    with torch.no_grad():
        return stem.scores(bases(sequence), torch.zeros(1, len(sequence)))[0, 0] / SHARPNESS


def test_first_scores_count_pairs_of_the_reversed_window(stem):
    #           0123456789
    sequence = "GGCAUAUGCC"
    found = scores(stem, sequence)
    # 2 against 7 has 0-9, 1-8, 2-7, 3-6, 4-5: five Watson-Crick pairs.
    assert found[2, 7].item() == pytest.approx(5)
    assert found[7, 2].item() == pytest.approx(5)
    # 2 against 6 has 1-7 (G-G), 2-6 (C-U), 3-5 (A-A), 4-4 (U-U), 0-8 (G-C): one pair, four that do not pair.
    assert found[2, 6].item() == pytest.approx(1 - 4)
    # At the end the window is cut: 0 against 9 has 0-9, 1-8, 2-7.
    assert found[0, 9].item() == pytest.approx(3)


def test_wobble_counts_half_and_a_masked_base_nothing(stem):
    assert scores(stem, "GAAAAU")[0, 5].item() == pytest.approx(0.5 - 2 + 0)
    # 0-5 is G-U; of 1-4 and 2-3 each is A-A. Unknown in their place, the wobble stays alone.
    assert scores(stem, "GNNNNU")[0, 5].item() == pytest.approx(0.5)


def test_every_complement_is_the_best_partner(stem):
    for base, partner in ("AU", "UA", "CG", "GC"):
        found = [scores(stem, f"{base}NNNNNN{other}")[0, 7].item() for other in "ACGU"]
        assert "ACGU"[int(np.argmax(found))] == partner


def test_neighbours_do_not_pair_at_first():
    stem = StemAttention(sizes_of(SIZES))
    with torch.no_grad():
        found = stem.scores(torch.zeros(1, 12, 4), torch.zeros(1, 12))[0]
    assert (found[:, 5, 5 - 3 : 5 + 4] == -5).all()
    assert (found[:, 5, [0, 1, 9, 11]] == 0).all()


def test_padding_scores_never(stem):
    absent = torch.tensor([[0.0, 0.0, 1.0]])
    with torch.no_grad():
        found = stem.scores(torch.zeros(1, 3, 4), absent)[0, 0]
    assert (found[:, 2] <= NEVER).all() and (found[:, :2] > NEVER).all()
    assert (found.softmax(dim=-1)[:, 2] == 0).all()


def test_rotation_tells_distances_only():
    vectors = torch.randn(2, 8, generator=torch.Generator().manual_seed(1))
    turned = rotate(vectors[:, None, :].expand(-1, 20, -1), turns_of(20, 8))
    products = turned[0] @ turned[1].T
    assert products[3, 7].item() == pytest.approx(products[10, 14].item(), abs=1e-5)
    assert products[3, 3].item() == pytest.approx((vectors[0] @ vectors[1]).item(), abs=1e-5)


def test_padding_changes_nothing():
    network = untrained(SIZES, 1)
    rows = [encode(sequence) for sequence in ("ACGUACGUGGCA", "GGC", "ACGUNNA")]
    with torch.no_grad():
        together = network(torch.from_numpy(pad(rows)))
        for row, tokens in enumerate(rows):
            alone = network(torch.from_numpy(tokens)[None])[0]
            assert (together[row, : len(tokens)] - alone).abs().max() < 1e-5


def test_first_weights_follow_the_seed_and_leave_torch_alone():
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    first, again, other = (untrained(SIZES, seed).state_dict() for seed in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["embed.weight"], other["embed.weight"])


def test_tokens():
    assert encode("ACGUNr").tolist() == [0, 1, 2, 3, UNKNOWN, UNKNOWN]
    assert pad([encode("AC"), encode("U")]).tolist() == [[0, 1], [3, 6]]
    assert pad([]).shape == (0, 0)
    assert MASK not in encode("ACGUN<mask>").tolist()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"windows": [4]}, "a window of"),
        ({"convolution": 2}, "a window of"),
        ({"heads": 3}, "a width of 16"),
        ({"depth": 1}, "the keys"),
    ],
)
def test_sizes_that_no_network_can_have(change, what):
    with pytest.raises(InputError, match=f"An encoder cannot be built with {what}"):
        sizes_of({**SIZES, **change})


# --- checkpoint -------------------------------------------------------------------------------------------------------


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "model.safetensors"
    checkpoint.save(untrained(SIZES, 3), path)
    return path


def test_saved_and_loaded_bit_by_bit(saved, tmp_path):
    network, loaded = untrained(SIZES, 3), checkpoint.load(saved)
    assert loaded.sizes == network.sizes and not loaded.training
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, loaded.state_dict()[name])
    checkpoint.save(loaded, tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == saved.read_bytes()


def refusal(path):
    with pytest.raises(InputError) as caught:
        checkpoint.load(path)
    assert caught.value.where == str(path)
    assert "resources/encoder" in caught.value.hint and "sources: {encoder:" in caught.value.hint
    return caught.value.what


def test_missing_and_damaged_checkpoints(saved, tmp_path):
    assert "there is no such file" in refusal(tmp_path / "absent.safetensors")
    whole = saved.read_bytes()
    saved.write_bytes(whole[:-10])
    assert refusal(saved).startswith("The encoder's weights cannot be loaded (")
    saved.write_bytes(b"no safetensors")
    assert refusal(saved).startswith("The encoder's weights cannot be loaded (")


def test_checkpoints_of_another_network(saved):
    tensors = load_file(saved)
    save_file(tensors, saved)
    assert "its metadata have no mmlmirloc_encoder" in refusal(saved)
    for sizes, what in (
        ({**SIZES, "hidden": 9}, "blocks.0.feed.1.bias has the shape [8] in place of [9]"),
        ({**SIZES, "heads": 3}, "a width of 16"),
        ({"width": 16}, "the keys width"),
        (3, "the sizes in its metadata are not as expected"),
    ):
        save_file(tensors, saved, metadata={checkpoint.KEY: json.dumps(sizes)})
        assert what in refusal(saved)
    own = {checkpoint.KEY: json.dumps(SIZES)}
    save_file({name: tensor for name, tensor in tensors.items() if name != "head.bias"}, saved, metadata=own)
    assert "head.bias has the shape None in place of [4]" in refusal(saved)
    tensors["head.bias"][0] = torch.nan
    save_file(tensors, saved, metadata=own)
    assert "head.bias holds a value that is no finite number" in refusal(saved)
