"""The table of the project's own encoder."""

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.files import read_table, write_table
from mmlmirloc.pretraining import corpus
from mmlmirloc.pretraining.checkpoint import save
from mmlmirloc.pretraining.network import untrained
from mmlmirloc.reporting.encoder_table import accuracies, parameters, write_encoder_table

SIZES = {"width": 16, "convolution": 3, "blocks": 1, "heads": 2, "hidden": 16, "windows": [5]}
COLUMNS = ["model", "family", "sequences", "bases", "correct", "nll"]


def measured(**correct):
    """Ten bases of each of four families, so many of them guessed by each model."""
    rows = [(model, f"mir-{n}", 1, 10, number, 13.0) for model, own in correct.items() for n, number in enumerate(own)]
    return pd.DataFrame(rows, columns=COLUMNS)


def test_accuracy_and_intervals():
    table = accuracies(measured(encoder=[5, 5, 5, 5], frequent=[2, 4, 2, 4]), 500, 0.95, 1).set_index("model")
    assert table["accuracy"].tolist() == [0.5, 0.3] and table["nll"].tolist() == pytest.approx([1.3, 1.3])
    assert table["families"].tolist() == [4, 4] and table["bases"].tolist() == [40, 40]
    # The same in every family: no spread; in the other model the whole sample may be of either kind.
    assert table.loc["encoder", ["low", "high"]].tolist() == [0.5, 0.5]
    assert table.loc["frequent", ["low", "high"]].tolist() == pytest.approx([0.2, 0.4])
    assert np.isnan(table.loc["encoder", "difference"])
    difference = table.loc["frequent", ["difference", "difference_low", "difference_high"]].tolist()
    assert difference == pytest.approx([0.2, 0.1, 0.3])


def test_differences_are_paired_by_family():
    table = accuracies(measured(encoder=[9, 1, 9, 1], untrained=[8, 0, 8, 0]), 500, 0.95, 1).set_index("model")
    assert table.loc["untrained", ["difference_low", "difference_high"]].tolist() == pytest.approx([0.1, 0.1])
    assert table.loc["untrained", "high"] - table.loc["untrained", "low"] > 0.5


def written(tmp_path, table):
    write_table(table, tmp_path / "masked.tsv")
    parts = [corpus.TRAINING] * 3 + [corpus.VALIDATION, corpus.HELD_OUT]
    rows = [(f"MI{n}", "x", f"mir-{n}", n // 2, part, "ACGU") for n, part in enumerate(parts)]
    write_table(pd.DataFrame(rows, columns=corpus.COLUMNS), tmp_path / "corpus.tsv")
    save(untrained(SIZES, 1), tmp_path / "model.safetensors")
    write_encoder_table(
        *(tmp_path / name for name in ("masked.tsv", "corpus.tsv", "model.safetensors")),
        settings={"epochs": 2, "batch_size": 3},
        masked=0.15,
        draws=50,
        level=0.95,
        seed=1,
        note="A note",
        output=tmp_path / "encoder.tsv",
        markdown=tmp_path / "encoder.md",
    )
    return (tmp_path / "encoder.md").read_text()


def test_the_page_says_what_was_trained_on_and_what_it_is(tmp_path):
    page = written(tmp_path, measured(encoder=[5, 5, 5, 5], untrained=[2, 2, 2, 2]))
    assert page.startswith("# The project's own encoder") and "**A note**" in page
    assert "| Own encoder [untrained] | 0.200 [0.200, 0.200] " in page
    assert "Trained on 3 hairpins of 3 families of all species of miRBase (2 clusters, one hairpin" in page
    assert "by name: 1 hairpins of 1 families" in page and "one of those: none" in page
    number = parameters(tmp_path / "model.safetensors")
    assert number == sum(tensor.numel() for tensor in untrained(SIZES, 1).parameters())
    assert f"{number:,} parameters (epochs 2, batch size 3)" in page
    assert "no RNABERT" in page and "no claim about locations" in page
    assert "ln 4 is what" not in page
    assert read_table(tmp_path / "encoder.tsv", ["model", "label", "accuracy"])["model"].tolist() == [
        "encoder",
        "untrained",
    ]


def test_a_head_that_has_lost_all_it_knew_is_said(tmp_path):
    table = measured(encoder=[5, 5, 5, 5], rnabert=[2, 3, 2, 3])
    table.loc[table["model"] == "rnabert", "nll"] = 10 * np.log(4)
    assert "RNABERT's published head has lost what it knew" in written(tmp_path, table)
