"""A new learner or view is one file and one row, a new table or figure a function and an entry, as the page shows."""

import csv
import os
import re
import shutil
import subprocess
from typing import NamedTuple

from projects import PROJECT, RESULTS, search_path

PAGE = PROJECT / "docs/add_a_view_or_learner.md"
VIEW, LEARNER = "scripts/mmlmirloc/views/gc_profile.py", "scripts/mmlmirloc/models/ridge.py"


class Block(NamedTuple):
    """A block of the page: its language, the file that the text names last before it, and its content."""

    language: str
    file: str
    content: str


def blocks() -> list[Block]:
    """The blocks of the page in their order; entries of rules/pages.smk have the name of what they are put into."""
    found, file = [], ""
    for text, language, content in re.findall(
        r"(.*?)^```(\w+)\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE
    ):
        file = [file, *re.findall(r"`((?:scripts|config|rules)/\S*\.\w+|PAGES|FIGURES)`", text)][-1]
        found.append(Block(language, file, content))
    return found


def write(project, *files):
    """Write files of the page, which are new, and add lines of it at the end of those that are there."""
    for _, file, content in (block for block in blocks() if block.file in files and block.language != "sh"):
        project.append(file, content)


def test_page_can_be_followed_to_the_letter(fresh):
    for part in ("tests", "docs", "Makefile", "pyproject.toml"):
        copy = shutil.copytree if (PROJECT / part).is_dir() else shutil.copy2
        copy(PROJECT / part, fresh.root / part, **({"dirs_exist_ok": True} if part == "tests" else {}))
    variables = {**os.environ, "PATH": search_path()}
    for language, file, content in blocks():
        if language == "sh":
            shell = ["bash", "-ec", content]
            done = subprocess.run(shell, cwd=fresh.root, env=variables, capture_output=True, text=True)
            assert done.returncode == 0, content + done.stdout + done.stderr
        elif file in ("PAGES", "FIGURES"):
            fresh.edit("rules/pages.smk", f"\n{file} = {{\n", f"\n{file} = {{\n{content}")
        else:
            assert (fresh.root / file).exists() == file.startswith("config/"), file
            fresh.append(file, content)
    for model in ("gc_forest", "gc_ridge"):
        with open(fresh.root / f"results/control/trials/random/{model}.tsv", newline="") as table:
            measured = {row["metric"]: float(row["ensemble"]) for row in csv.DictReader(table, delimiter="\t")}
        # Motifs of nine letters with G and C shift their share a little: better than chance, far from perfect.
        assert 0.5 < measured["auc_macro"] < 0.9
    with open(fresh.root / "results/control/tables/gc.tsv", newline="") as table:
        shares = {row["location"]: float(row["gc"]) for row in csv.DictReader(table, delimiter="\t")}
    with open(fresh.root / "results/control/figures/gc.tsv", newline="") as table:
        drawn = {row["location"]: float(row["gc"]) for row in csv.DictReader(table, delimiter="\t")}
    assert shares == drawn and len(shares) > 1 and all(0.3 < share < 0.7 for share in shares.values())
    settings = (fresh.root / "docs/settings.md").read_text()
    assert "### gc_profile\n" in settings and "### ridge\n" in settings


def test_new_learner_is_one_file_and_one_row(finished):
    finished.append("tests/smoke/models.tsv", "toy\tToy learner\tsystem\tridge\tlexical\tpenalty=0.1\t\tcomparison\n")
    write(finished, LEARNER)
    table = f"{RESULTS}/tables/comparison.tsv"
    before = finished.digests("models/**/*.tsv")
    run = finished.run(table)
    assert run.code == 0, run.output
    own = {"train_models random 1 toy", "score_models random"}
    assert run.names == {*own, "judge_split random", "make_repeats_table comparison", "write_comparison"}
    with open(finished.root / table, newline="") as file:
        toy = [row for row in csv.DictReader(file, delimiter="\t") if row["label"] == "Toy learner"]
    assert {row["metric"]: 0 < float(row["ensemble"]) < 1 for row in toy}["auc_macro"]
    after = finished.digests("models/**/*.tsv")
    assert {name: after[name] for name in before} == before


def test_new_model_of_the_trust_table_trains_only_itself(finished):
    finished.append("tests/smoke/models.tsv", "toy\tToy learner\tsystem\tridge\tlexical\t\t0.4\ttrust\n")
    write(finished, LEARNER)
    names = finished.plan(f"{RESULTS}/tables/trust.md", f"{RESULTS}/tables/controls.md").names
    # Two of the three repeats of random, of which the last two are a batch: 0.4 of them, rounded up; one of shuffled's.
    trained = ["random 1", "random 2-3", "grouped 1", "temporal 1", "shuffled 1-2", "planted 1"]
    splits = {name.split()[0] for name in trained}
    assert names == {
        *(f"train_models {name} toy" for name in trained),
        *(f"score_models {split}" for split in splits),
        *(f"judge_split {split}" for split in splits),
        *("measure_controls", "write_trust", "write_controls"),
    }


def test_new_model_beyond_the_paper_trains_only_itself(finished):
    row = "arms_alone\tArms\tsystem\tforest\tarms\tmin_samples_leaf=2\t\tbeyond,curve\n"
    finished.append("tests/smoke/models.tsv", row)
    targets = [f"{RESULTS}/tables/{table}.md" for table in ("beyond", "curve")]
    targets += [f"{RESULTS}/figures/{figure}.png" for figure in ("views", "learning_curve")]
    names = finished.plan(*targets).names
    splits = ("locus", "curve_50")
    assert names == {
        *(f"train_models {name} arms_alone" for name in ("locus 1-2", "locus 3", "curve_50 1")),
        *(f"{rule} {split}" for rule in ("score_models", "judge_split") for split in splits),
        *("write_beyond", "write_curve", "draw_views", "draw_learning_curve"),
    }


def test_the_table_of_all_systems_is_made_when_it_is_asked_for(finished):
    table = f"{RESULTS}/tables/systems.tsv"
    run = finished.run(table)
    assert run.code == 0, run.output
    named = ("mirnaloc", "damirlocgnet_like", "always_nucleus", "era")
    tried = {f"try_model random {model}" for model in named}
    assert {name for name in run.names if "_view " not in name} == {
        *tried,
        "train_models random 1 mirnaloc",
        "train_models random 1 damirlocgnet_like",
        "compare_trials random",
        "write_systems",
    }
    with open(finished.root / table, newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert {row["model"] for row in rows} == set(named)
    # The same test rows as in the paper's tables: a model that stands there too has the same numbers.
    with open(finished.path("tables/comparison.tsv"), newline="") as file:
        before = [row for row in csv.DictReader(file, delimiter="\t") if row["model"] == "always_nucleus"]
    assert [row for row in rows if row["model"] == "always_nucleus"] == before


def test_new_view_is_one_file_and_one_row(finished):
    row = "toy\tToy view\tsystem\tconcatenation\tlexical,gc_in_quarters\t\t\tablation\n"
    finished.append("tests/smoke/models.tsv", row)
    write(finished, VIEW, "config/views.yaml")
    run = finished.run(f"{RESULTS}/trials/random/toy_scores.tsv")
    assert run.code == 0, run.output
    scored = {"train_models random 1 toy", "try_model random toy"}
    assert run.names == {"compute_view gc_in_quarters", *scored}
