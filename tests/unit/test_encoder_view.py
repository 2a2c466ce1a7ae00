"""The view of the project's own encoder."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from mmlmirloc.errors import InputError
from mmlmirloc.files import write_table
from mmlmirloc.pretraining.checkpoint import load, save
from mmlmirloc.pretraining.network import untrained
from mmlmirloc.views.cache import ViewFiles, read_view
from mmlmirloc.views.encoder import View
from mmlmirloc.views.encoder_network import embed, encode_view

PROJECT = Path(__file__).parents[2]
SIZES = {"width": 16, "convolution": 3, "blocks": 1, "heads": 2, "hidden": 16, "windows": [5, 3]}
random = np.random.default_rng(1)
SEQUENCES = ["".join(random.choice(list("ACGU"), size=size)) for size in (30, 7, 52, 30, 1)]


def test_a_state_for_each_base_and_zeros_beyond():
    view = embed(SEQUENCES, None, SIZES, 1)
    assert view.values.shape == (5, 52, 16) and view.values.dtype == np.float32
    assert view.lengths.tolist() == [30, 7, 52, 30, 1]
    for values, length in zip(view.values, view.lengths):
        assert (values[length:] == 0).all() and (values[:length] != 0).any(axis=1).all()
    assert embed([], None, SIZES, 1).values.shape == (0, 1, 16)


def test_batches_and_order_change_nothing():
    together, alone = (embed(SEQUENCES, None, SIZES, 1, batch_size=size).values for size in (32, 1))
    assert np.abs(together - alone).max() < 1e-5
    backwards = embed(SEQUENCES[::-1], None, SIZES, 1, batch_size=2).values[::-1]
    assert np.abs(together - backwards).max() < 1e-5


def test_the_seed_is_that_of_untrained_weights_only(tmp_path):
    first, again, other = (embed(SEQUENCES, None, SIZES, seed).values for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes() != other.tobytes()
    save(untrained({**SIZES, "width": 8}, 7), tmp_path / "model.safetensors")
    # A checkpoint has its own sizes.
    one, two = (embed(SEQUENCES, tmp_path / "model.safetensors", SIZES, seed).values for seed in (1, 2))
    assert one.shape[2] == 8 and one.tobytes() == two.tobytes()


def test_bases_beyond_the_440th_are_not_seen(caplog):
    view = embed(["A" * 300 + "C" * 200, "ACGN"], None, SIZES, 1)
    assert view.lengths.tolist() == [440, 4]
    assert "1 sequences are longer than 440 bases: the rest is not seen" in caplog.text


def test_embeddings_are_kept_and_cut(tmp_path):
    table = pd.DataFrame({"accession": [f"MI{row}" for row in range(5)], "sequence": SEQUENCES})
    write_table(table, tmp_path / "sequenced.tsv")
    encode_view(tmp_path / "sequenced.tsv", None, tmp_path / "encoder_random.npz", SIZES, 1)
    view = ViewFiles("encoder", {"positions": 20, "weights": "random"}, str(tmp_path / "encoder_random.npz"))
    cut = read_view(view, 1, 0, ["MI4", "MI2"], [SEQUENCES[4], SEQUENCES[2]])
    assert cut.values.shape == (2, 20, 16) and cut.lengths.tolist() == [1, 20]
    assert (cut.values[1] == embed(SEQUENCES, None, SIZES, 1).values[2, :20]).all()


def test_views_of_the_same_weights_share_a_file():
    assert View({"weights": "pretrained", "positions": 105}).cache_name("x") == "encoder_pretrained"
    assert View({"weights": "random", "positions": 32}).cache_name("x") == "encoder_random"


def test_the_shipped_checkpoint_is_of_the_configured_sizes_and_small():
    config = yaml.safe_load((PROJECT / "config/config.yaml").read_text())
    path = PROJECT / config["sources"]["encoder"]
    assert load(path).sizes.as_dict() == config["encoder"]["sizes"]
    assert path.stat().st_size < 1_000_000
    view = embed(SEQUENCES, path, {}, 1)
    assert view.values.shape == (5, 52, 64) and np.isfinite(view.values).all()


def test_a_missing_checkpoint_is_said(tmp_path):
    with pytest.raises(InputError, match="The encoder's weights cannot be loaded \\(there is no such file\\)"):
        embed(SEQUENCES, tmp_path / "absent.safetensors", SIZES, 1)
