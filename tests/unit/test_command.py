"""The command: what it takes, how it ends, and what it says."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_model import HAIRPINS, OTHERS, train

import mmlmirloc
from mmlmirloc import command

SCRIPTS = str(Path(mmlmirloc.__file__).parents[1])
FASTA = f">old\n{HAIRPINS[0]}\n>short\nACGUA\n>new\n{OTHERS[0]}\n"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(train(tmp_path_factory.mktemp("tiny")))


@pytest.fixture
def asked(tmp_path):
    path = tmp_path / "asked.fa"
    path.write_text(FASTA)
    return str(path)


@pytest.fixture
def run(capsys):
    """Run the command in this process; return exit status, output and messages."""

    def call(*arguments):
        try:
            status = command.main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code
        return status, *capsys.readouterr()

    return call


def started(code, *arguments, **variables):
    """Run Python code in a process of its own, which writes as it does for a user."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        env=kept | {"PYTHONPATH": SCRIPTS} | variables,
        check=False,
        timeout=300,
    )


# What a light installation does not have, and no prediction needs.
HEAVY = (
    "torch,sklearn,scipy,RNA,snakemake,multimolecule,transformers,gensim,matplotlib,Bio,yaml,jsonschema,requests,"
    "tqdm,pandas,pyarrow"
)
IMPORTED = """
import sys
from mmlmirloc.command import main
try:
    status = main(sys.argv[2:])
except SystemExit as end:
    status = end.code
heavy = [name for name in sys.argv[1].split(",") if name in sys.modules]
sys.exit(f"imported {heavy}" if heavy else status)
"""


@pytest.mark.parametrize("arguments", [["--help"], ["predict", "--help"], ["serve", "--help"]])
def test_help_imports_nothing_heavy(arguments):
    done = started(IMPORTED, "torch,sklearn,multimolecule,pandas,numpy,scipy,matplotlib,RNA,gensim", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: mmlmirloc")


@pytest.mark.parametrize("shipped", [True, False])
def test_prediction_imports_nothing_heavy(model, asked, tmp_path, shipped):
    output = tmp_path / "out.tsv"
    arguments = ("predict", asked, *([] if shipped else ["--model", model]), "--out", output)
    done = started(IMPORTED, HEAVY, *arguments)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "")
    assert output.read_text().count("\n") == 4


def test_a_file_is_predicted_to_standard_output(run, model, asked):
    status, out, err = run("predict", asked, "--model", model)
    lines = [line.split("\t") for line in out.splitlines()]
    assert (status, err) == (0, "")
    assert lines[0][:5] == ["name", "length", "status", "remarks", "probability_nucleus"]
    assert [line[0] for line in lines[1:]] == ["old", "short", "new"]
    # One bad record costs the others nothing, nor the exit status.
    assert [line[2] for line in lines[1:]] == ["ok", "refused", "ok"]


def test_formats(run, model, asked):
    printed = {form: run("predict", asked, "--model", model, "--format", form)[1] for form in command.FORMATS}
    lengths = {form: len(text.splitlines()) for form, text in printed.items()}
    assert lengths == {"tsv": 4, "long": 10, "json": 5, "jsonl": 3}
    assert [row["name"] for row in json.loads(printed["json"])] == ["old", "short", "new"]
    assert [json.loads(line) for line in printed["jsonl"].splitlines()] == json.loads(printed["json"])


def test_the_formats_are_those_of_the_library():
    from mmlmirloc.predicting.tables import FORMATS

    assert command.FORMATS == FORMATS


def test_several_files_are_one_after_the_other(run, model, asked, tmp_path):
    (tmp_path / "table.tsv").write_text(f"ACG\t{OTHERS[1]}\n")
    (tmp_path / "list.txt").write_text(OTHERS[0])
    status, out, err = run("predict", asked, tmp_path / "table.tsv", tmp_path / "list.txt", "--model", model)
    assert (status, err) == (0, "")
    assert [line.split("\t")[0] for line in out.splitlines()[1:]] == ["old", "short", "new", "ACG", "sequence_5"]


def test_a_missing_file_among_several_is_said_before_anything_is_predicted(run, model, asked, tmp_path):
    status, out, err = run("predict", asked, tmp_path / "absent.fa", "--model", model)
    assert (status, out) == (1, "") and str(tmp_path / "absent.fa") in err


def test_a_sequence_in_the_place_of_a_file_is_told_what_to_do(run):
    status, out, err = run("predict", HAIRPINS[0])
    assert (status, out) == (1, "") and "standard input" in err and err.count("\n") == 4


def test_limits_of_the_page_are_those_of_the_library():
    from mmlmirloc.serving.limits import Limits

    assert {name: default for name, (_, default, _) in command.LIMITS.items()} == {
        name: getattr(Limits(), name) for name in command.LIMITS
    }


def test_options_of_the_page_reach_it(run, monkeypatch):
    import mmlmirloc.serving

    given = []
    monkeypatch.setattr(mmlmirloc.serving, "serve", lambda *arguments: given.extend(arguments))
    options = ["--queue", 0, "--wait", 0.5, "--records", 7, "--root-path", "/mirloc", "--port", 0]
    assert run("serve", *options) == (0, "", "")
    limits = given[3]
    assert given[:2] == ["127.0.0.1", 0] and given[4] == "/mirloc"
    assert (limits.queue, limits.wait, limits.records, limits.workers) == (0, 0.5, 7, 1)


def test_an_output_file_is_the_standard_output(run, model, asked, tmp_path):
    printed = run("predict", asked, "--model", model)[1]
    assert run("predict", asked, "--model", model, "--out", tmp_path / "new" / "out.tsv") == (0, "", "")
    assert (tmp_path / "new" / "out.tsv").read_text() == printed


def test_fewer_than_one_process_is_one(run, model, asked):
    assert run("predict", asked, "--model", model, "--processes", 0) == run("predict", asked, "--model", model)


# --- what is unusable


def test_unusable_input_is_one_message_and_status_1(run, model, tmp_path):
    missing = tmp_path / "absent.fa"
    message = (
        f"mmlmirloc: There is no such file\n  where:    {missing}\n  expected: FASTA, FASTQ, one sequence per line "
        "or a table of names and sequences, as text, plain or compressed\n  hint:     check the path\n"
    )
    status, _, err = run("predict", missing, "--model", model)
    assert (status, err) == (1, message)


@pytest.mark.parametrize(
    ("content", "what"), [(b"", "There is no sequence"), (b">a\n\0\n", "Line 2 is not text"), (b"\x1f\x8b", "")]
)
def test_an_unusable_file_leaves_no_output(run, model, tmp_path, content, what):
    asked, output = tmp_path / "asked.fa", tmp_path / "out.tsv"
    asked.write_bytes(content)
    status, out, err = run("predict", asked, "--model", model, "--out", output)
    assert (status, out) == (1, "")
    assert err.startswith(f"mmlmirloc: {what}") and err.count("\n") == 4 and str(asked) in err
    assert [path.name for path in tmp_path.iterdir()] == ["asked.fa"]


def test_a_file_that_is_no_model_is_named(run, asked):
    status, out, err = run("predict", asked, "--model", asked)
    assert (status, out) == (1, "") and err.startswith("mmlmirloc: The model cannot be read")
    assert f"where:    {asked}" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: command"),
        (["predict"], "the following arguments are required: sequences"),
        (["train"], "invalid choice: 'train'"),
        (["predict", "x.fa", "--format", "xml"], "invalid choice: 'xml'"),
        (["predict", "x.fa", "--processes", "two"], "invalid int value: 'two'"),
        (["predict", "x.fa", "--database", "mirbase"], "unrecognized arguments: --database mirbase"),
        (["predict", "x.fa", "--colour", "red"], "unrecognized arguments: --colour red"),
        (["serve", "--port", "http"], "invalid int value: 'http'"),
        (["serve", "--queue", "-1"], "invalid count value: '-1'"),
        (["serve", "--records", "0"], "invalid positive value: '0'"),
        (["serve", "--wait", "inf"], "invalid seconds value: 'inf'"),
    ],
)
def test_a_wrong_command_line_is_status_2(run, arguments, message):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("usage: mmlmirloc") and message in err.splitlines()[-1]


def test_an_interruption_is_status_130(run, asked, monkeypatch):
    def interrupted(options):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run_predict", interrupted)
    assert run("predict", asked) == (130, "", "")


def test_a_defect_is_no_message_of_unusable_input(run, asked, monkeypatch):
    def broken(options):
        raise RuntimeError("a defect")

    monkeypatch.setattr(command, "run_predict", broken)
    with pytest.raises(RuntimeError):
        run("predict", asked)


def test_an_output_that_cannot_be_written_is_named(run, model, asked, tmp_path):
    (tmp_path / "folder").mkdir()
    status, _, err = run("predict", asked, "--model", model, "--out", tmp_path / "folder")
    assert status == 1 and err.startswith("mmlmirloc: ") and str(tmp_path / "folder") in err


def test_an_output_that_is_no_file_is_written_to(run, model, asked, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert run("predict", asked, "--model", model, "--out", pipe)[0] == 0
        assert stat.S_ISFIFO(pipe.stat().st_mode)
        assert os.read(reader, 65536).decode() == run("predict", asked, "--model", model)[1]
    finally:
        os.close(reader)


def test_a_name_that_the_locale_lacks_loses_no_row(model, tmp_path):
    asked = tmp_path / "asked.fa"
    asked.write_text(FASTA.replace("old", "alt\u00df"), encoding="utf-8")
    done = started(IMPORTED, "torch", "predict", asked, "--model", model, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.count("\n") == 4


# --- the end of a pipe


CLOSED = """
import os, sys
from mmlmirloc.command import main
# Who reads goes before anything is written.
reader, writer = os.pipe()
os.close(reader)
os.dup2(writer, 1)
sys.exit(main(sys.argv[1:]))
"""


def test_a_reader_that_goes_ends_the_command_quietly(model, tmp_path):
    # More than what Python keeps back before it writes.
    asked = tmp_path / "asked.fa"
    asked.write_text("".join(f">r{number}\n{HAIRPINS[0]}\n" for number in range(1000)))
    done = started(CLOSED, "predict", asked, "--model", model)
    assert (done.returncode, done.stderr) == (1, "")


SHUT = """
import os, sys
number, path = int(sys.argv[1]), sys.argv[2]
if path:
    os.dup2(os.open(path, os.O_RDWR), number)
else:
    os.close(number)
os.execv(sys.executable, [sys.executable, "-m", "mmlmirloc.command", *sys.argv[3:]])
"""


@pytest.mark.parametrize(
    ("number", "path", "source", "words"),
    [
        (0, "", "-", "Standard input is closed"),
        (1, "", "", "Standard output is closed"),
        (1, "/dev/full", "", "No space left on device: standard output"),
    ],
)
def test_closed_and_full_streams_are_one_message(model, asked, number, path, source, words):
    done = started(SHUT, number, path, "predict", source or asked, "--model", model)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith(f"mmlmirloc: {words}") and "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_a_full_disk_names_the_file(run, model, asked):
    assert run("predict", asked, "--model", model, "--out", "/dev/full")[::2] == (
        1,
        "mmlmirloc: No space left on device: /dev/full\n",
    )


@pytest.mark.parametrize("form", ["tsv", "json", "jsonl"])
def test_a_reader_that_goes_before_a_short_output_too(model, asked, form):
    done = started(CLOSED, "predict", asked, "--model", model, "--format", form)
    assert (done.returncode, done.stderr) == (1, "")
