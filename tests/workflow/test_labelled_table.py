"""A labelled table of a user's own: the walk-through of docs/own_data.md, as it stands there."""

import csv
import json
import re
import shlex
import subprocess
import sys

import pytest
from projects import PROJECT, parse_jobs, search_path

PAGE = (PROJECT / "docs/own_data.md").read_text(encoding="utf-8")
OVERLAYS = ["config/own_table.yaml", "config/own_table_quick.yaml"]
LOCATIONS = ["membrane", "mitochondrion", "secreted"]
# What nothing but a sequence and its labels can be made into.
NEVER = (
    "fetch_rnabert",
    "merge_records",
    "join_sequences",
    "build_dataset",
    "group_homologs",
    "group_loci",
    "list_molecules",
)


def walk():
    """The commands of the walk-through, one after the other."""
    section = PAGE.split("### Walk through the example")[1].split("###")[0]
    return [shlex.split(line) for line in re.search(r"```sh\n(.*?)```", section, re.DOTALL)[1].splitlines()]


def plan(project, *overlays):
    """What a dry run with some overlays answers: its code and its words."""
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--configfile", *overlays]
    done = subprocess.run(command, cwd=project.root, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_a_table_needs_no_source_but_itself_and_says_what_is_left_out(fresh):
    code, output = plan(fresh, *OVERLAYS)
    assert code == 0, output
    rules = {job.rule for job in parse_jobs(output)}
    assert {"read_labelled", "group_labelled", "split_given", "export_model", "write_trust"} <= rules
    assert not rules & set(NEVER)
    assert set(re.findall(r"/sources/(\w+)\.txt", output)) == {"labelled"}
    left_out = [line for line in output.splitlines() if line.startswith("The dataset is the labelled table")]
    assert len(left_out) == 1 and "Left out" in left_out[0]


def test_the_overlay_by_itself_asks_for_a_table(fresh):
    code, output = plan(fresh, OVERLAYS[0])
    assert code == 1
    assert "path/to/your_table.tsv" in output and "A source file is missing" in output


def test_a_table_of_one_location_is_planned_and_split_evenly(fresh):
    with open(fresh.root / "resources/example/labelled_simulated.tsv", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    lines = [[row[column] for column in ("id", "sequence", "secreted", "split")] for row in rows]
    table = [["id", "sequence", "secreted", "split"], *lines]
    (fresh.root / "one.tsv").write_text("".join("\t".join(line) + "\n" for line in table))
    (fresh.root / "one.yaml").write_text("sources: {labelled: one.tsv}\n")
    code, output = plan(fresh, *OVERLAYS, "one.yaml")
    assert code == 0, output
    rules = {job.rule for job in parse_jobs(output)}
    assert {"write_trust", "write_locations", "draw_roc", "export_model"} <= rules and "draw_upset" not in rules
    made = [f"results/example/splits/{split}/repeat-1/train.tsv" for split in ("given", "random", "grouped")]
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--configfile", *OVERLAYS, "one.yaml", "--", *made]
    done = subprocess.run(command, cwd=fresh.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    for path in made:
        with open(fresh.root / path, newline="") as file:
            trained = list(csv.DictReader(file, delimiter="\t"))
        assert list(trained[0]) == ["repeat", "accession", "sequence", "secreted", "fold"]
        held = [sum(row["secreted"] == "1" for row in trained if row["fold"] == fold) for fold in "012"]
        # Homologs stay together under grouped, so that no more than a balance is to be had.
        assert min(held) > 0 and ("grouped" in path or max(held) - min(held) <= 1)


def test_folds_of_a_table_are_repeats_of_the_protocol_given(fresh):
    lines = (fresh.root / "resources/example/labelled_simulated.tsv").read_text().splitlines()
    head = lines[0].split("\t")
    side = head.index("split")
    head[side] = "fold"
    rows = [line.split("\t") for line in lines[1:]]
    for number, row in enumerate(rows):
        row[side] = str(number % 3 + 1)
    (fresh.root / "folds.tsv").write_text("".join("\t".join(row) + "\n" for row in [head, *rows]))
    (fresh.root / "folds.yaml").write_text("sources: {labelled: folds.tsv}\n")
    # Of drawn repeats this model would be trained on one.
    fresh.edit("config/own_table.tsv", "nearest\tbases\t\t\ttrust", "nearest\tbases\t\t0.3\ttrust")
    fitted = "results/example/models/given/repeat-1-3/nearest_identity/folds"
    made = ["results/example/splits/given/repeat-1-3/test.tsv", fitted]
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--configfile", *OVERLAYS, "folds.yaml", "--", *made]
    done = subprocess.run(command, cwd=fresh.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.name for path in (fresh.root / fitted / "nearest_identity").glob("repeat-*")) == [
        "repeat-01",
        "repeat-02",
        "repeat-03",
    ]
    with open(fresh.root / made[0], newline="") as file:
        tested = [(row["accession"], row["repeat"]) for row in csv.DictReader(file, delimiter="\t")]
    assert sorted(tested) == sorted((row[head.index("id")], row[side]) for row in rows)
    code, output = plan(fresh, *OVERLAYS, "folds.yaml")
    assert code == 0, output
    assert "train_models given 1-3 kmer_forest" in {job.name for job in parse_jobs(output)}


@pytest.mark.slow
def test_the_walk_through_ends_with_a_model_that_predicts(fresh):
    for words in walk():
        program = [sys.executable, "-m", {"snakemake": "snakemake", "mmlmirloc": "mmlmirloc.command"}[words[0]]]
        environment = {"PATH": search_path(), "PYTHONPATH": str(fresh.root / "scripts"), "HOME": str(fresh.root)}
        done = subprocess.run(
            [*program, *words[1:]], cwd=fresh.root, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-5000:]
    results = fresh.root / "results/example"
    for named in re.findall(r"^- `(tables/\w+\.md|final/\w+\.safetensors)`", PAGE, re.MULTILINE):
        assert (results / named).stat().st_size, named
    with open(results / "tables/trust.tsv", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert {row["protocol"] for row in rows} == {"given", "random", "grouped"}
    assert not {"auc_within_twentieths", "implication"} & {row["metric"] for row in rows}
    assert not [name for name in rows[0] if "era" in name]
    assert "era" not in (results / "tables/trust.md").read_text().split("Protocol")[0].split()
    with open(results / "tables/strata.tsv", newline="") as file:
        assert {row["stratum"] for row in csv.DictReader(file, delimiter="\t")} == {"locations", "length"}
    card = json.loads((results / "final/kmer_forest.json").read_text())
    assert list(card["labels"]) == LOCATIONS and card["data"] == "the labelled table labelled_simulated.tsv"
    assert "RNALocate" not in json.dumps(card)
    # The last command's answer: a line for each sequence, with a probability for each location of the table.
    answers = list(csv.DictReader(done.stdout.splitlines(), delimiter="\t"))
    sequences = (fresh.root / "resources/example/hairpins.fa").read_text().count(">")
    assert len(answers) == sequences
    assert all(any(location in column for column in answers[0]) for location in LOCATIONS)
