"""Names in, locations out: how people write names, what is not clear, and what the command and the call give."""

import io
import json
import subprocess
import sys

import pandas as pd
import pytest
from unit import tiny_atlas

import mmlmirloc
from mmlmirloc.atlas.names import Names, looks_like_name
from mmlmirloc.atlas.shipped import Atlas
from mmlmirloc.command import main
from mmlmirloc.errors import InputError


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tiny_atlas.write(tmp_path_factory.mktemp("atlas"))


@pytest.fixture(scope="module")
def names(path):
    atlas = Atlas.load(path)
    resolver = Names(atlas)

    def resolve(query):
        resolved = resolver.resolve(query)
        lines = [atlas.line(number) for number in resolved.lines]
        return resolved, [f"{line['name']} of {line['hairpin_name']}" for line in lines]

    return resolve


MIR_21 = "hsa-mir-21 of hsa-mir-21"
BOTH = ["hsa-miR-21-5p of hsa-mir-21", "hsa-miR-21-3p of hsa-mir-21"]
LET_5P = ["hsa-let-7a-5p of hsa-let-7a-1", "hsa-let-7a-5p of hsa-let-7a-2"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        *((query, [MIR_21]) for query in ("hsa-mir-21", "mir-21", "HSA-MIR-21", "MIR21", "mir21", "MI0000077")),
        *((query, [MIR_21]) for query in ("mi0000077", " hsa_mir_21 ", "mir‑21", "mir 21", ">hsa-mir-21", "MIR-21,")),
        *((query, BOTH) for query in ("miR-21", "hsa-miR-21", "microRNA-21", "miRNA-21", "miR21")),
        *((query, BOTH[:1]) for query in ("hsa-miR-21-5p", "mir-21-5p", "MIR-21-5P", "MIMAT0000076", "MIR21-5p")),
        *((query, BOTH[1:]) for query in ("miR-21*", "hsa-mir-21*", "miR-21-3p")),
        ("let-7a-1", ["hsa-let-7a-1 of hsa-let-7a-1"]),
        ("MIRLET7A1", ["hsa-let-7a-1 of hsa-let-7a-1"]),
        ("hsa-mir-let-7a-1", ["hsa-let-7a-1 of hsa-let-7a-1"]),
        ("let-7a-5p", LET_5P),
        ("let7a", [LET_5P[0], LET_5P[1], "hsa-let-7a-3p of hsa-let-7a-1", "hsa-let-7a-2-3p of hsa-let-7a-2"]),
        ("let-7a-2-5p", [LET_5P[1]]),
        # Without an arm in its name: told by its capital.
        ("miR-4454", ["hsa-miR-4454 of hsa-mir-4454"]),
        ("mir-4454", ["hsa-mir-4454 of hsa-mir-4454"]),
        ("miR-4454-5p", ["hsa-miR-4454 of hsa-mir-4454"]),
        ("MIR125B1", ["hsa-mir-125b-1 of hsa-mir-125b-1"]),
        ("mir-125b", ["hsa-miR-125b-5p of hsa-mir-125b-1", "hsa-miR-125b-5p of hsa-mir-125b-2"]),
    ],
)
def test_a_name_is_found(names, query, found):
    resolved, lines = names(query)
    assert (resolved.status, sorted(lines)) == ("found", sorted(found))
    assert resolved.query == query


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("miR-126*", "which arm was once called so is not clear: hsa-miR-126-5p, hsa-miR-126-3p"),
        ("miR-125", "several have this name: hsa-mir-125b-1, hsa-miR-125b-5p, hsa-mir-125b-2"),
        ("let-7", "hsa-let-7a-1, hsa-let-7a-5p, hsa-let-7a-3p, hsa-let-7a-2, hsa-let-7a-2-3p"),
    ],
)
def test_what_several_may_be_meant_by_is_ambiguous(names, query, words):
    resolved, lines = names(query)
    assert resolved.status == "ambiguous" and not lines and words in resolved.remarks


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("miR-211", "nearest: hsa-mir-21"),
        ("mir-4444", "nearest: hsa-miR-4454"),
        ("MI0000078", "no such accession; nearest: MI0000077"),
        ("mmu-miR-21a-5p", "another species (mmu)"),
        ("cel-let-7", "another species (cel)"),
        ("miR-4454-3p", "no known miRNA has this name"),
        ("miR-99*", "no known miRNA"),
        ("TP53", "no known miRNA has this name"),
        ("*", "no known miRNA"),
        ("21", "no known miRNA"),
        ("", "no known miRNA"),
        ("miR-", "no known miRNA"),
        ("[(.", "no known miRNA"),
        ("UAGCUUAUCAGACUGAUGUUGA", "mmlmirloc predict takes it"),
        ("tagcttatcagactgatgttga", "mmlmirloc predict takes it"),
    ],
)
def test_what_nobody_is_called_is_unknown(names, query, words):
    resolved, lines = names(query)
    assert resolved.status == "unknown" and not lines and words in resolved.remarks


def test_bases_and_titles_do_not_look_like_names():
    assert all(map(looks_like_name, ["hsa-miR-21-5p", "MI0000077", "mimat0000076", "let7a", "miR-21*", "miR-548aa-2"]))
    assert not any(map(looks_like_name, ["UAGCUUAUCAG", "my hairpin", "name", ">hsa-mir-21", "MI12", "wt-mir", ""]))


def test_the_table_of_the_call(path):
    table = mmlmirloc.lookup(["mir-21", "nothing"], path)
    assert table["query"].tolist() == ["mir-21", "nothing"]
    assert table["status"].tolist() == ["found", "unknown"]
    row = table.iloc[0]
    assert (row["model"], row["probability_nucleus"], row["predicted_nucleus"]) == ("genome", 0.95, 1)
    assert (row["percentile_exosome"], row["age"], row["source"]) == (55, 2, "out of fold")
    assert table.loc[1, "name"] == "" and pd.isna(table.loc[1, "probability_nucleus"])


def test_every_model_stands_below_the_answer(path):
    table = mmlmirloc.lookup("mir-21", path, every_model=True)
    assert table[["model", "probability_nucleus"]].values.tolist() == [["genome", 0.95], ["sequence", 0.85]]
    assert len(mmlmirloc.lookup("mir-4454", path, every_model=True)) == 1


@pytest.mark.parametrize("given", [None, 21, [21], b"mir-21", [None], "", [], " \n", ["#mir-21"]])
def test_what_holds_no_names_is_refused(path, given):
    with pytest.raises(InputError, match=r"no name|cannot be read"):
        mmlmirloc.lookup(given, path)


def test_a_text_holds_names_one_a_line_or_several(path):
    table = mmlmirloc.lookup(
        "\ufeffmiR 21-5p\r\nlet-7a-1,mir-4454;MI0000471\n# mir-125b-1\n\n>hsa-mir-21 MI0000077\n", path
    )
    assert table["query"].tolist() == ["miR 21-5p", "let-7a-1", "mir-4454", "MI0000471", "hsa-mir-21", "MI0000077"]
    assert set(table["status"]) == {"found"}


def run(capsys, *arguments):
    """Run the command; return its status, output and errors."""
    status = main(["lookup", *map(str, arguments)])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_the_command_writes_a_line_for_each(path, capsys):
    status, out, _ = run(capsys, "mir-21", "miR-126*", "--atlas", path)
    rows = [line.split("\t") for line in out.splitlines()]
    assert status == 0 and len(rows) == 3 and rows[0][:4] == ["query", "status", "remarks", "accession"]
    assert rows[1][0] == "mir-21" and rows[2][1] == "ambiguous" and "answer" not in rows[0]


def test_json_and_lines_of_json_hold_numbers_and_null(path, capsys):
    _, out, _ = run(capsys, "mir-21", "nothing", "--atlas", path, "--format", "json")
    first, second = json.loads(out)
    assert first["probability_nucleus"] == 0.95 and first["predicted_nucleus"] == 1 and first["start"] is None
    assert second["probability_nucleus"] is None and second["status"] == "unknown"
    _, out, _ = run(capsys, "mir-21", "nothing", "--atlas", path, "--format", "jsonl")
    assert [json.loads(line) for line in out.splitlines()] == [first, second]


def test_the_long_format_has_a_line_for_each_location(path, capsys):
    _, out, _ = run(capsys, "mir-21", "--atlas", path, "--format", "long")
    table = pd.read_csv(io.StringIO(out), sep="\t")
    assert table[["location", "probability", "percentile"]].values.tolist() == [
        ["nucleus", 0.95, 95],
        ["exosome", 0.55, 55],
        ["cytoplasm", 0.4, 40],
    ]


def test_names_come_from_files_and_from_standard_input(path, capsys, tmp_path, monkeypatch):
    (tmp_path / "names.txt").write_bytes("mir-21\r\nlet-7a-1\r\n".encode("utf-16"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"mir-4454\n")))
    _, out, _ = run(capsys, tmp_path / "names.txt", "-", "MI0000471", "--atlas", path)
    assert [line.split("\t")[0] for line in out.splitlines()[1:]] == ["mir-21", "let-7a-1", "mir-4454", "MI0000471"]


def test_the_output_is_a_file(path, capsys, tmp_path):
    status, out, _ = run(capsys, "mir-21", "--atlas", path, "--out", tmp_path / "found.tsv")
    assert (status, out) == (0, "") and len((tmp_path / "found.tsv").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no column accession"),
        (b"accession\tname\nMI1\thsa-mir-1\n", "no column molecule"),
        (b"\x1f\x8bbroken", "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_a_file_that_is_no_atlas_is_refused(capsys, tmp_path, content, words):
    (tmp_path / "atlas.tsv").write_bytes(content)
    status, out, errors = run(capsys, "mir-21", "--atlas", tmp_path / "atlas.tsv")
    assert (status, out) == (1, "") and words in errors


def test_a_missing_file_is_one_message(path, capsys, tmp_path):
    assert "There is no atlas" in run(capsys, "mir-21", "--atlas", tmp_path / "x.gz")[2]
    assert "There is no such file" in run(capsys, tmp_path / "names.txt", "--atlas", path)[2]
    (tmp_path / "empty.txt").write_text("\n")
    assert "There is no name" in run(capsys, tmp_path / "empty.txt", "--atlas", path)[2]


def test_looking_up_imports_no_pandas(path):
    code = (
        "import sys; from mmlmirloc.command import main; "
        f"status = main(['lookup', 'mir-21', '--atlas', {str(path)!r}]); "
        "sys.exit(status or int(any(name in sys.modules for name in ('pandas', 'numpy'))))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, env={"PYTHONPATH": "scripts"}).returncode == 0
    )


@pytest.mark.parametrize("module", ["atlas.hairpins", "atlas.lookup", "predicting.known", "predicting.mutants"])
def test_each_module_can_be_imported_first(module):
    done = subprocess.run([sys.executable, "-c", f"import mmlmirloc.{module}"], env={"PYTHONPATH": "scripts"})
    assert done.returncode == 0
