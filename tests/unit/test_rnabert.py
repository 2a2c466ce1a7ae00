"""RNABERT's embeddings. Importing multimolecule takes 15 to 30 s, so every test that needs it is here."""

import json
import socket
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features
from mmlmirloc.files import write_table
from mmlmirloc.views.cache import ViewFiles, read_view
from mmlmirloc.views.rnabert import View
from mmlmirloc.views.rnabert_network import embed, embed_view

REAL = Path(__file__).parents[3] / "shared" / "weights" / "rnabert" / "converted"
real = [
    pytest.mark.real,
    pytest.mark.skipif(not (REAL / "model.safetensors").exists(), reason=f"no RNABERT weights in {REAL}"),
]

random = np.random.default_rng(1)
SEQUENCES = ["".join(random.choice(list("ACGU"), size=size)) for size in (30, 7, 52, 30, 1)]
TOLERANCE = 1e-5  # sums in batches of another shape differ in the last bits


def untrained(sequences, seed=1, special_tokens=False, **options):
    return embed(sequences, None, seed, special_tokens, **options)


@pytest.fixture(scope="module")
def embedded():
    return untrained(SEQUENCES)


@pytest.fixture
def weights(tmp_path):
    """A directory of weights as multimolecule writes it."""
    import torch
    from multimolecule import RnaBertConfig, RnaBertModel

    torch.manual_seed(3)
    RnaBertModel(RnaBertConfig()).save_pretrained(tmp_path / "weights")
    return tmp_path / "weights"


def test_one_row_of_120_numbers_per_base_and_zeros_after_the_last(embedded):
    assert embedded.values.shape == (5, 52, 120) and embedded.values.dtype == np.float32
    assert embedded.lengths.tolist() == [30, 7, 52, 30, 1]
    for values, length in zip(embedded.values, embedded.lengths):
        assert np.abs(values[:length]).max(axis=1).min() > 0.1
        assert not values[length:].any()


def test_untrained_weights_follow_the_seed(embedded):
    import torch

    torch.manual_seed(99)
    assert untrained(SEQUENCES).values.tobytes() == embedded.values.tobytes()
    assert np.abs(untrained(SEQUENCES, seed=2).values - embedded.values).max() > 0.1


@pytest.mark.parametrize("special_tokens", [False, True])
def test_neither_padding_nor_the_batch_changes_a_sequence(special_tokens):
    together = untrained(SEQUENCES, special_tokens=special_tokens)
    one_by_one = untrained(SEQUENCES, special_tokens=special_tokens, batch_size=1)
    assert one_by_one.values == pytest.approx(together.values, abs=TOLERANCE)
    backwards = untrained(SEQUENCES[::-1], special_tokens=special_tokens, batch_size=2)
    assert backwards.values[::-1] == pytest.approx(together.values, abs=TOLERANCE)
    assert backwards.lengths.tolist()[::-1] == together.lengths.tolist()


@pytest.mark.parametrize("special_tokens", [False, True])
def test_special_tokens_are_seen_by_the_network_but_not_in_the_output(special_tokens):
    """Against the network called directly, on token numbers put together here."""
    import torch
    from multimolecule import RnaTokenizer

    from mmlmirloc.views.rnabert_network import load_network

    torch.manual_seed(1)
    network, tokenizer = load_network(None).eval(), RnaTokenizer()
    bases = tokenizer.convert_tokens_to_ids(list(SEQUENCES[1]))
    start, end = [tokenizer.cls_token_id], [tokenizer.eos_token_id]
    tokens = torch.tensor([start + bases + end if special_tokens else bases])
    with torch.no_grad():
        states = network(tokens, attention_mask=torch.ones_like(tokens)).last_hidden_state[0].numpy()
    expected = states[1:-1] if special_tokens else states
    assert expected.shape == (7, 120)
    values = untrained(SEQUENCES[1:2], special_tokens=special_tokens).values[0]
    assert values == pytest.approx(expected, abs=TOLERANCE)


def test_special_tokens_change_the_embedding(embedded):
    seen = untrained(SEQUENCES, special_tokens=True)
    assert seen.values.shape == embedded.values.shape
    assert np.abs(seen.values - embedded.values).max() > 0.1


@pytest.mark.parametrize(("special_tokens", "longest"), [(False, 440), (True, 438)])
def test_bases_beyond_rnaberts_positions_are_not_seen(special_tokens, longest, caplog):
    sequence = "".join(random.choice(list("ACGU"), size=500))
    cut = untrained([sequence, "ACG"], special_tokens=special_tokens)
    assert "1 sequences are longer than" in caplog.text and f"{longest} bases" in caplog.text
    assert cut.lengths.tolist() == [longest, 3] and cut.values.shape == (2, longest, 120)
    caplog.clear()
    assert untrained([sequence[:longest]], special_tokens=special_tokens).values[0] == pytest.approx(
        cut.values[0], abs=TOLERANCE
    )
    assert caplog.text == ""


def test_a_base_sees_the_whole_sequence():
    one, other = untrained(["ACGUACGU"]).values[0], untrained(["ACGUACGA"]).values[0]
    assert np.abs(one[0] - other[0]).max() > 1e-4


def test_ambiguous_letters_have_embeddings_of_their_own():
    view = untrained(["ACGNRY", "ACGUUU"])
    assert view.lengths.tolist() == [6, 6] and np.isfinite(view.values).all()
    assert np.abs(view.values[0, 3:] - view.values[1, 3:]).max(axis=1).min() > 0.1


def test_no_sequences_no_rows():
    assert untrained([]).values.shape == (0, 1, 120)


BY_POSITION = Features(np.arange(24, dtype=np.float32).reshape(2, 4, 3), np.array([4, 2]))


@pytest.mark.parametrize(("positions", "lengths"), [(1, [1, 1]), (3, [3, 2]), (4, [4, 2]), (105, [4, 2])])
def test_select_cuts_at_positions(positions, lengths):
    cut = View({"positions": positions}).select(BY_POSITION)
    assert np.array_equal(cut.values, BY_POSITION.values[:, :positions])
    assert cut.lengths.tolist() == lengths


def test_views_that_differ_only_in_positions_share_a_file():
    view = {"positions": 105, "weights": "pretrained", "special_tokens": False}
    assert View(view).cache_name("x") == View(view | {"positions": 32}).cache_name("x")
    others = [view | {"weights": "random"}, view | {"special_tokens": True}]
    assert len({View(other).cache_name("x") for other in [view, *others]}) == 3


def test_weights_of_a_directory_are_used_whatever_the_seed(weights):
    loaded = embed(SEQUENCES, weights, 1, False)
    # The directory holds the untrained network of seed 3.
    assert loaded.values == pytest.approx(untrained(SEQUENCES, seed=3).values, abs=TOLERANCE)
    assert embed(SEQUENCES, weights, 2, False).values.tobytes() == loaded.values.tobytes()


def remove_weights(folder):
    (folder / "model.safetensors").unlink()


def remove_config(folder):
    (folder / "config.json").unlink()


def remove_everything(folder):
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def truncate_weights(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:5000])


def put_a_page(folder):
    (folder / "model.safetensors").write_text("<html>not found</html>")


def break_config(folder):
    (folder / "config.json").write_text("{")


def put_a_list(folder):
    (folder / "config.json").write_text("[]")


def change_a_width(folder):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"intermediate_size": 48}))


def rename_tensors(folder):
    """As in another network's file; transformers would go on with random numbers."""
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    save_file(
        {f"other.{name}": tensor for name, tensor in tensors.items()},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )


def remove_a_tensor(folder):
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    del tensors["encoder.layer.2.output.dense.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


@pytest.mark.parametrize(
    "damage",
    [
        *(remove_weights, remove_config, remove_everything, truncate_weights, put_a_page, break_config, put_a_list),
        *(change_a_width, rename_tensors, remove_a_tensor),
    ],
)
def test_a_broken_directory_of_weights_is_named(damage, weights):
    damage(weights)
    with pytest.raises(InputError, match="RNABERT's weights cannot be loaded") as caught:
        embed(["ACGU"], weights, 1, False)
    assert caught.value.where == str(weights)
    assert caught.value.expected == "config.json and model.safetensors of multimolecule's RnaBertModel"
    assert caught.value.hint == "give such a directory in the config: sources: {rnabert: path/to/directory}"


def test_a_missing_tensor_is_named(weights):
    remove_a_tensor(weights)
    with pytest.raises(InputError, match=r"1 tensors are missing, first encoder\.layer\.2\.output\.dense\.weight"):
        embed(["ACGU"], weights, 1, False)


def test_no_network_is_tried(weights, monkeypatch):
    tried = []

    def refuse(*arguments, **_):
        tried.append(arguments)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    embed(["ACGU"], weights, 1, False)
    untrained(["ACGU"])
    # A hub id in the place of a directory is refused, not fetched.
    with pytest.raises(InputError, match=r"there is no config\.json and no model\.safetensors"):
        embed(["ACGU"], Path("multimolecule/rnabert"), 1, False)
    assert tried == []


def test_embed_view_keeps_one_row_per_sequence(tmp_path, embedded):
    accessions = [f"MI000000{number}" for number in range(5)]
    write_table(pd.DataFrame({"accession": accessions, "sequence": SEQUENCES}), tmp_path / "mirnas.tsv")
    embed_view(tmp_path / "mirnas.tsv", None, tmp_path / "rnabert.npz", special_tokens=False, seed=1)
    view = ViewFiles("rnabert", {"positions": 20}, str(tmp_path / "rnabert.npz"))
    read = read_view(view, 1, 0, accessions[::-1], SEQUENCES[::-1])
    assert np.array_equal(read.values, embedded.values[::-1, :20])
    assert read.lengths.tolist() == [1, 20, 20, 7, 20]


class TestRealWeights:
    pytestmark = real

    def test_embedding_of_the_pretrained_network(self, embedded):
        pretrained = embed(SEQUENCES, REAL, 1, False)
        assert pretrained.values.shape == (5, 52, 120) and np.isfinite(pretrained.values).all()
        assert pretrained.lengths.tolist() == [30, 7, 52, 30, 1]
        assert not pretrained.values[1, 7:].any()
        assert np.abs(pretrained.values - embedded.values).max() > 0.1

    def test_padding_changes_nothing(self):
        together, alone = embed(SEQUENCES, REAL, 1, False), embed(SEQUENCES, REAL, 1, False, batch_size=1)
        assert alone.values == pytest.approx(together.values, abs=1e-4)

    def test_the_seed_does_not_matter(self):
        assert embed(SEQUENCES, REAL, 1, False).values.tobytes() == embed(SEQUENCES, REAL, 2, False).values.tobytes()
