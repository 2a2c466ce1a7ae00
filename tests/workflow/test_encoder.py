"""The project's own encoder, tiny, from hairpins to its table and to a view; it is no part of the whole."""

import csv

import pytest
from projects import RESULTS

TINY = {
    "encoder": {
        "corpus": {"held_out": 0.2, "validation": 0.2},
        "sizes": {"width": 8, "convolution": 3, "blocks": 1, "heads": 2, "hidden": 8, "windows": [5]},
        "training": {"epochs": 1, "crop": 40},
    },
    "sources": {"encoder": f"{RESULTS}/encoder/model.safetensors"},
}


@pytest.mark.slow
def test_the_encoder_is_trained_measured_and_embeds(fresh):
    tables = [f"{RESULTS}/tables/encoder.{end}" for end in ("tsv", "md")]
    run = fresh.run(*tables, settings=TINY)
    assert run.code == 0, run.output
    assert {"cluster_hairpins", "pretrain_encoder", "measure_encoder"} <= {job.rule for job in run.jobs}
    with open(fresh.root / tables[0], newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    # RNABERT's weights are no reason for a download.
    assert [row["model"] for row in rows] == ["encoder", "untrained", "neighbourhood", "frequent"]
    assert "no RNABERT" in (fresh.root / tables[1]).read_text()
    # A run of its own, since a plan looks whether the encoder is there.
    views = [fresh.path(f"views/encoder_{weights}.npz") for weights in ("pretrained", "random")]
    run = fresh.run(*(f"{RESULTS}/views/{view.name}" for view in views), settings=TINY)
    assert run.code == 0, run.output
    assert run.names >= {"encode_view encoder_pretrained", "encode_view encoder_random"}
    assert views[0].read_bytes() != views[1].read_bytes()


def test_a_missing_checkpoint_is_said(finished):
    view = f"{RESULTS}/views/encoder_pretrained.npz"
    run = finished.run(view, settings={"sources": {"encoder": "absent/model.safetensors"}})
    assert run.code != 0
    assert "The encoder's weights cannot be loaded (there is no such file)" in run.output
    assert "absent/model.safetensors" in run.output and "resources/encoder" in run.output


def test_the_encoder_is_no_part_of_the_whole(whole_plan):
    rules = {job.rule for job in whole_plan}
    assert "pretrain_encoder" not in rules and "train_models" in rules
