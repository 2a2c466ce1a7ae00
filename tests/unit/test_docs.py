"""The pages for readers: each link leads somewhere, each command is one that exists, and what can run here runs."""

import gzip
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from markdown_it import MarkdownIt
from snakemake.cli import get_argument_parser
from snakemake.utils import update_config

from mmlmirloc import command
from mmlmirloc.schema import check
from mmlmirloc.settings import without_removed

PROJECT = Path(__file__).parents[2]
FOLLOWED = PROJECT / "docs/add_a_view_or_learner.md"  # tests/workflow/test_additions.py runs every block of it
PAGES = [
    PROJECT / "README.md",
    *sorted((PROJECT / "docs").glob("*.md")),
    PROJECT / "config/README.md",
    PROJECT / "resources/results/README.md",
    PROJECT / "resources/encoder/README.md",
]
SNAKEMAKE = get_argument_parser()
MARKDOWN = MarkdownIt("commonmark").enable("table")
EXAMPLE = PROJECT / "resources/example/hairpins.fa"
# Stand for something that a reader fills in.
OPEN = re.compile(r"[<>{*]|\.\.\.")
TARGETS = set(re.findall(r"^([\w-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
EXTRAS = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


class Block(NamedTuple):
    """A block of code, and where it stands."""

    page: str
    language: str
    code: str


def named(path):
    return path.relative_to(PROJECT).as_posix()


def tokens(page):
    """Every token of a page, those within a line too."""
    for token in MARKDOWN.parse(page.read_text(encoding="utf-8")):
        yield token
        yield from token.children or ()


def blocks(*languages):
    found = [Block(named(page), one.info, one.content) for page in PAGES for one in tokens(page) if one.type == "fence"]
    return [block for block in found if block.language in languages]


def not_followed(*languages):
    return [block for block in blocks(*languages) if block.page != named(FOLLOWED)]


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    found, seen = [], Counter()
    parsed = MARKDOWN.parse(page.read_text(encoding="utf-8"))
    for heading, words in pairwise(parsed):
        if heading.type == "heading_open":
            text = "".join(child.content for child in words.children).lower()
            slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
            found.append(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
    return found


def broken(page):
    """Yield the links of a page that lead nowhere."""
    links = [token.attrs.get("href") or token.attrs.get("src") for token in tokens(page)]
    for link in filter(None, links):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if re.match("[a-z]+:", link):
            continue
        if not target.is_relative_to(PROJECT) or not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


def commands(line):
    """Split a line of a shell: the words of each command, without comments and files that are written."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words, part = list(lexer), []
    while words:
        word = words.pop(0)
        if word in ("|", "&&", ";"):
            yield part
            part = []
        elif word == ">":
            words.pop(0)
        else:
            part.append(word)
    if part:
        yield part


def typed():
    """Every command of the pages, in blocks and within the text, with its page."""
    for block in blocks("sh"):
        for line in block.code.splitlines():
            yield from ((block.page, words) for words in commands(line))
    for page in PAGES:
        for token in tokens(page):
            is_command = token.type == "code_inline" and re.match("(make|snakemake|mmlmirloc) ", token.content)
            if is_command and not OPEN.search(token.content):
                yield named(page), shlex.split(token.content)


def require_make(words):
    # NAME=value sets a variable that the Makefile takes.
    targets = {word for word in words if "=" not in word}
    assert targets and targets <= TARGETS, f"no such target: {words}"
    taken = (PROJECT / "Makefile").read_text()
    assert all(f"$({word.partition('=')[0]})" in taken for word in words if "=" in word), words


def require_mmlmirloc(words):
    if words != ["serve", "--help"]:
        command.parser().parse_args(words)


def require_snakemake(words):
    options = SNAKEMAKE.parse_args(words)
    assert not options.workflow_profile or (PROJECT / options.workflow_profile / "config.yaml").exists()


def require_pip(words):
    assert words[0] == "install"
    for word in words[1:]:
        extras = re.fullmatch(r"\.(?:\[([\w,]+)\])?", word)
        assert extras and set((extras[1] or "").split(",")) <= {"", *EXTRAS}, word


def require_file(words):
    assert (PROJECT / words[-1].partition("::")[0]).exists(), words


REQUIRE = {
    "make": require_make,
    "mmlmirloc": require_mmlmirloc,
    "snakemake": require_snakemake,
    ".venv/bin/snakemake": require_snakemake,
    "pip": require_pip,
    "pytest": lambda words: require_file(words[:1]),
    "scripts/setup.sh": lambda words: require_file(["scripts/setup.sh"]),
    "podman": lambda words: require_file([words[words.index("-f") + 1]]),
    "apptainer": lambda words: require_file(words[-1:]),
    "source": lambda words: None,
    "cut": lambda words: None,
}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page):
    assert not list(broken(page))


@pytest.mark.parametrize("page", [page for page in PAGES if page != FOLLOWED], ids=named)
def test_files_of_the_project_that_the_text_names_are_there(page):
    spans = [token.content for token in tokens(page) if token.type == "code_inline" and not OPEN.search(token.content)]
    paths = [text for text in spans if re.match("(config|docs|envs|profiles|resources|rules|scripts|tests)/", text)]
    assert not [path for path in paths if not (PROJECT / path).exists()]


@pytest.mark.parametrize("link", ["gone.md", "there.md#gone", "#gone", "../outside.md", "picture.png"])
def test_a_link_that_leads_nowhere_is_found(link, tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "PROJECT", tmp_path)
    (tmp_path / "there.md").write_text("# There\n\n## Twice `a`\n\n## Twice a\n")
    page = tmp_path / "page.md"
    good = "[a](there.md#twice-a-1) [b](#here) [c](https://example.org) [d](there.md)"
    page.write_text(f"# Here\n\n{good}\n\n| a |\n|---|\n| {'!' if 'png' in link else ''}[e]({link}) |\n")
    assert list(broken(page)) == [link]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_blocks_name_their_language(page):
    # A block without one would escape the tests below.
    assert not [token.content for token in tokens(page) if token.type == "code_block"]
    languages = {token.info for token in tokens(page) if token.type == "fence"}
    assert languages <= {"sh", "python", "yaml", "text", "snakemake"}


def test_readme_begins_with_the_control_run_and_the_tests():
    lines = [line for block in blocks("sh") if block.page == "README.md" for line in block.code.splitlines()]
    assert [list(commands(line)) for line in lines[:2]] == [[["make", "run"]], [["make", "test"]]]


def test_every_page_is_in_the_readme_and_the_site():
    readme = (PROJECT / "README.md").read_text()
    site = {path for entry in yaml.safe_load((PROJECT / "mkdocs.yml").read_text())["nav"] for path in entry.values()}
    pages = {named(page) for page in PAGES} - {"resources/encoder/README.md"}
    assert site == pages | {"CHANGELOG.md"}
    assert not [page for page in pages - {"README.md"} if f"]({page}" not in readme]


def test_commands_exist():
    wrong = []
    for page, (program, *words) in typed():
        try:
            REQUIRE[program](words)
        except (SystemExit, AssertionError, KeyError) as error:
            wrong.append(f"{page}: {program} {' '.join(words)} ({error!r})")
    assert not wrong


@pytest.mark.parametrize(
    "words",
    [["make", "cake"], ["mmlmirloc", "predict"], ["mmlmirloc", "lookup", "--all", "x"], ["snakemake", "--cake"]],
)
def test_a_command_that_does_not_exist_is_refused(words):
    with pytest.raises((SystemExit, AssertionError)):
        REQUIRE[words[0]](words[1:])


@pytest.mark.parametrize("block", not_followed("yaml"), ids=lambda block: f"{block.page}: {block.code.split()[0]}")
def test_overlays_are_of_settings_that_exist(block):
    config = {}
    for name in ("config", "views", "tables"):
        update_config(config, yaml.safe_load((PROJECT / f"config/{name}.yaml").read_text()))
    update_config(config, yaml.safe_load(block.code))
    config["views"] = without_removed(config["views"])
    check(config, PROJECT / "config/schemas/config.schema.yaml", block.page)


def test_targets_are_made_by_the_workflow(tmp_path):
    # Overlays of the pages give their results another folder.
    folders = [yaml.safe_load(block.code).get("results") for block in not_followed("yaml")]
    files = set()
    for page in PAGES:
        if page != FOLLOWED:
            spans = [token.content for token in tokens(page) if token.type == "code_inline"]
            words = [word for where, words in typed() if where == named(page) for word in words]
            files |= {text for text in spans + words if re.fullmatch(r"results/[\w./-]+\.\w+", text)}
    # These are written beside jobs, not by them.
    files -= {"results/provenance.json"}
    # `make peer-benchmarks` writes it of several runs.
    files -= {"results/benchmarks/benchmarks.md"}
    # tests/workflow/test_labelled_table.py makes these, which are of an overlay that the project ships.
    files = {file for file in files if not file.startswith("results/example/")}
    for folder in filter(None, folders):
        files = {file.replace(f"{folder}/", "results/") for file in files}
    assert len(files) > 15
    asked = [sys.executable, "-m", "snakemake", "--snakefile", PROJECT / "Snakefile", "--directory", tmp_path]
    done = subprocess.run([*asked, "-n", "--quiet", "all", "--", *sorted(files)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A folder with the files that the pages name, made of the shipped example."""
    sequences = {record.split()[0]: record.split()[-1] for record in EXAMPLE.read_text().split(">")[1:]}
    names = list(sequences)[:3]
    shutil.copytree(EXAMPLE.parent, tmp_path / "resources/example")
    shutil.copy(EXAMPLE, tmp_path / "hairpins.fa")
    (tmp_path / "hairpins.fa.gz").write_bytes(gzip.compress(EXAMPLE.read_bytes()))
    (tmp_path / "table.tsv").write_text("".join(f"{name}\t{sequences[name]}\n" for name in names))
    fastq = "".join(f"@{name}\n{sequences[name]}\n+\n{'I' * len(sequences[name])}\n" for name in names)
    (tmp_path / "reads.fastq").write_text(fastq)
    (tmp_path / "names.txt").write_text("hsa-miR-21-5p\nlet-7a\n")
    wild_type = sequences[names[0]]
    (tmp_path / "wild_type.fa").write_text(f">one\n{wild_type}\n")
    (tmp_path / "mutant.fa").write_text(f">one\n{wild_type[:20]}A{wild_type[21:]}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def predicting():
    """The lines of the pages that predict, look up or compare with what is shipped."""
    lines = [line for block in blocks("sh") for line in block.code.splitlines()]
    return [line for line in lines if re.search(r"mmlmirloc (predict|lookup|compare)", line) and "--model" not in line]


@pytest.mark.parametrize("line", predicting())
def test_commands_that_predict_run_as_typed(line, files):
    program = f"mmlmirloc() {{ PYTHONPATH={shlex.quote(str(PROJECT / 'scripts'))} {shlex.quote(sys.executable)}"
    shell = f'set -eo pipefail; {program} -m mmlmirloc.command "$@"; }}; {line}'
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    written = [files / name for name in re.findall(r"(?:--out|>) (\S+)", line)]
    text = written[0].read_text() if written else done.stdout
    assert "probabilit" in text and "nucleus" in text


@pytest.mark.parametrize(
    "block", not_followed("python"), ids=lambda block: f"{block.page}: {block.code.splitlines()[-1]}"
)
def test_python_runs(block, files):
    exec(block.code, {})
