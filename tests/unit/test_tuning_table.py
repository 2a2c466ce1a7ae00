"""What validation rows chose: the table of all points, and the page by setting."""

import numpy as np
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table
from mmlmirloc.reporting.tuning_table import write_choices

LABELS = {"network": "Network", "forest": "Forest [own]", "constant": "Constant"}
HEAD = ["setting", "value", "repeats that chose it", "Accuracy, mean"]


def tuning(names, *rows, model="network"):
    """A file of choices of a model; each row is repeat, values, mean and chosen."""
    lines = ["\t".join(["model", "repeat", *names, "objective", "mean", "sd", "chosen"])]
    for repeat, *values, mean, chosen in rows:
        lines.append("\t".join(map(str, [model, repeat, *values, "accuracy", mean, 0.01, chosen])))
    return "\n".join(lines) + "\n"


# Three points of two settings in two repeats, and a third repeat in a file of its own; 0.3 with 8 is never chosen.
PAIR = ["dropout", "width"]
FIRST = tuning(
    PAIR,
    *((1, 0.3, 8, 0.5, 0), (1, 0.5, 8, 0.6, 1), (1, 0.5, 16, 0.4, 0)),
    *((2, 0.3, 8, 0.7, 0), (2, 0.5, 8, 0.64, 0), (2, 0.5, 16, 0.72, 1)),
)
THIRD = tuning(PAIR, (3, 0.3, 8, 0.6, 0), (3, 0.5, 8, 0.62, 1), (3, 0.5, 16, 0.5, 0))
MIXED = tuning(["gammas"], (1, "paper", 0.5, 1), (1, 8, 0.25, 0), (2, "paper", 0.5, 0), (2, 8, 0.75, 1), model="forest")
CONSTANT = tuning([], (1, 0.55, 1), (2, 0.57, 1), model="constant")


@pytest.fixture
def choices(tmp_path):
    """Write files of (protocol, model, text); return the table and the page."""

    def written(*tunings, note=""):
        paths = []
        for place, (_, _, text) in enumerate(tunings):
            path = tmp_path / f"{place}.tsv"
            path.write_text(text)
            paths.append(path)
        outputs = tmp_path / "choices.tsv", tmp_path / "choices.md"
        write_choices(paths, [(protocol, model) for protocol, model, _ in tunings], LABELS, "Settings", note, *outputs)
        text = ["protocol", "model", "label", "setting", "objective"]
        return read_table(outputs[0], text=text), outputs[1].read_text(encoding="utf-8")

    return written


def section(page, heading):
    """The part of a page below a heading, up to the next."""
    part = page.split(f"{heading}\n", 1)[1]
    return part.split("\n#", 1)[0].strip()


def cells(text):
    """Lines of a table as lists of cells."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


# --- the table


def test_a_file_of_several_models_is_read_for_the_one_that_is_meant(choices):
    alone, _ = choices(("random", "network", FIRST))
    head, *lines = FIRST.splitlines()
    # Another model without the settings stands between.
    both = "\n".join([head, *lines[:3], "constant\t1\t\t\taccuracy\t0.55\t0.01\t1", *lines[3:]]) + "\n"
    table, _ = choices(("random", "network", both), ("random", "constant", both))
    assert table[table["model"] == "network"].equals(alone)
    assert table.loc[table["model"] == "constant", ["setting", "mean", "chosen"]].to_numpy().tolist() == [["", 0.55, 1]]


def test_choices_are_counted_over_the_repeats_of_all_files(choices):
    table, _ = choices(("random", "network", FIRST), ("random", "constant", CONSTANT), ("random", "network", THIRD))
    assert list(table.columns) == [
        *("protocol", "model", "label", "setting", "objective", "mean", "sd", "chosen", "repeats")
    ]
    assert table[["protocol", "model", "label", "setting", "objective"]].to_numpy().tolist() == [
        ["random", "network", "Network", "dropout=0.3, width=8", "accuracy"],
        ["random", "network", "Network", "dropout=0.5, width=8", "accuracy"],
        ["random", "network", "Network", "dropout=0.5, width=16", "accuracy"],
        ["random", "constant", "Constant", "", "accuracy"],
    ]
    # (.5 + .7 + .6) / 3, (.6 + .64 + .62) / 3, (.4 + .72 + .5) / 3 and (.55 + .57) / 2; sd over repeats.
    assert table["mean"].tolist() == pytest.approx([0.6, 0.62, 0.54, 0.56])
    assert table["sd"].tolist() == pytest.approx([0.1, 0.02, 0.163707, 0.0141421])
    assert table["chosen"].tolist() == [0, 2, 1, 2] and table["repeats"].tolist() == [3, 3, 3, 2]


def test_one_model_under_two_protocols_is_two(choices):
    table, _ = choices(("random", "network", FIRST), ("grouped", "network", THIRD))
    assert table["protocol"].tolist() == ["random"] * 3 + ["grouped"] * 3
    assert table["chosen"].tolist() == [0, 1, 1, 0, 1, 0]
    assert table["mean"].tolist() == pytest.approx([0.6, 0.62, 0.56, 0.6, 0.62, 0.5])


def test_one_repeat_has_no_spread(choices):
    table, _ = choices(("temporal", "network", THIRD))
    assert table["sd"].tolist() == pytest.approx([np.nan] * 3, nan_ok=True)


def test_values_stand_as_they_were_written(choices):
    # As numbers, 8 beside 0.5 would be 8.0, and a setting by view would be nan where the model has none of its views.
    views = tuning(["pooling", "C"], (1, "", 0.5, 0.6, 1), (1, "", 8, 0.5, 0))
    table, page = choices(("random", "network", views), ("random", "forest", MIXED))
    assert table["setting"].tolist() == ["C=0.5", "C=8", "gammas=paper", "gammas=8"]
    assert "pooling" not in page and "nan" not in page


def test_without_any_model_the_table_has_a_header(choices):
    table, page = choices()
    assert table.empty and "chosen" in table.columns
    assert "No model had a choice." in page


def test_a_file_that_is_no_tuning_is_refused(choices):
    with pytest.raises(InputError, match="no column model, repeat, objective, mean, sd, chosen"):
        choices(("random", "network", "a\tb\n1\t2\n"))


def test_a_model_that_the_file_does_not_hold_is_missed(choices):
    with pytest.raises(InputError, match="model forest"):
        choices(("random", "forest", FIRST))


# --- the page


def test_the_page_counts_by_value(choices):
    _, page = choices(("random", "network", FIRST), ("random", "network", THIRD))
    # Dropouts are compared where the width is 8, (.5 + .7 + .6) / 3 and (.6 + .64 + .62) / 3, since .3 was not tried
    # with 16; widths where the dropout is .5.
    assert cells(section(page, "### Network")) == [
        HEAD,
        ["`dropout`", "0.3", "0 of 3", "0.6000"],
        ["", "0.5", "3 of 3", "0.6200"],
        ["`width`", "8", "2 of 3", "0.6200"],
        ["", "16", "1 of 3", "0.5400"],
    ]


def test_the_page_names_the_point_chosen_most_often(choices):
    _, page = choices(("random", "network", FIRST), ("random", "network", THIRD), ("random", "forest", MIXED))
    often = "Full point chosen most often: `{}`, in {} repeats."
    assert section(page, "### Network").startswith(often.format("dropout=0.5, width=8", "2 of 3") + "\n\n")
    assert section(page, "### Forest [own]").startswith(
        often.format("gammas=paper", "1 of 2") + " As often: 1 other point.\n\n"
    )


def test_the_page_has_a_section_per_protocol_and_none_for_who_had_no_choice(choices):
    one_point = tuning(["C"], (1, 8, 0.5, 1), model="forest")
    _, page = choices(
        *(("random", "network", FIRST), ("random", "constant", CONSTANT), ("random", "forest", one_point)),
        ("grouped", "network", THIRD),
        note="Simulated",
    )
    assert page.startswith("# Settings\n\n**Simulated**\n\n")
    heads = [line for line in page.splitlines() if line.startswith("##")]
    assert heads == ["## Protocol `random`", "### Network", "## Protocol `grouped`", "### Network"]
    grouped = page.split("## Protocol `grouped`")[1]
    assert "`dropout=0.5, width=8`, in 1 of 1 repeat." in grouped
    assert cells(grouped)[1] == ["`dropout`", "0.3", "0 of 1", "0.6000"]


def test_a_setting_of_one_value_is_no_choice(choices):
    fixed = tuning(PAIR, (1, 0.5, 8, 0.5, 0), (1, 0.5, 16, 0.6, 1))
    _, page = choices(("random", "network", fixed))
    assert cells(section(page, "### Network"))[1:] == [
        ["`width`", "8", "0 of 1", "0.5000"],
        ["", "16", "1 of 1", "0.6000"],
    ]


def test_the_page_says_how_to_read_it(choices):
    _, page = choices(("random", "network", FIRST))
    reading = page.split("## Protocol")[0]
    assert "The objective is Accuracy. A higher value is better." in reading
    assert "No test row was looked at." in reading and "`choices.tsv`" in reading
    _, page = choices(("random", "network", FIRST.replace("accuracy", "hamming_loss")))
    assert "The objective is Hamming loss. A lower value is better." in page and "accuracy" not in page.lower()


def test_without_any_choice_the_page_says_so(choices):
    table, page = choices(("random", "constant", CONSTANT))
    assert page == "# Settings\n\nNo model had a choice.\n"
    assert table["chosen"].tolist() == [2]
