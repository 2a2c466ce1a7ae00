"""The pages of the published results: each number is that of the tables, and each claim is borne out by them."""

import json
from pathlib import Path

import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.reporting.published import PAGES, keep_run, render
from mmlmirloc.reporting.trust_table import short

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("template", PAGES)
def test_the_pages_have_what_the_published_tables_have(template):
    page = ROOT / PAGES[template]
    assert page.read_text(encoding="utf-8") == render(template, ROOT / "resources/pages", ROOT / "resources/results")


@pytest.fixture
def results(tmp_path):
    """One model in both tables, one in trust alone; differences to age above, below and around 0."""
    columns = ["protocol", "model", "metric", "rule", "mean", "ci_low", "ci_high"]
    columns += ["minus_era", "minus_era_low", "minus_era_high", "repeats"]
    forest = ["matched", "forest", "accuracy", "chosen", 0.6634, 0.6461, 0.6812, 0.024, 0.005, 0.044, 20]
    loss = ["matched", "forest", "hamming_loss", "chosen", 0.2, 0.19, 0.21, -0.05, -0.06, -0.04, 20]
    network = ["matched", "network", "auc_macro", None, 0.588, 0.549, 0.627, -0.092, -0.2, 0.016, 20]
    few = ["matched", "slow", "accuracy", "chosen", 0.57, 0.3, 0.8, None, None, None, 3]
    pd.DataFrame([forest, loss], columns=columns).to_csv(tmp_path / "beyond.tsv", sep="\t", index=False)
    # The line of the forest here must not be taken, since beyond has it.
    other = [*forest[:4], 0.1, *forest[5:]]
    pd.DataFrame([other, network, few], columns=columns).to_csv(tmp_path / "trust.tsv", sep="\t", index=False)
    (tmp_path / "run.json").write_text(json.dumps({"git": {"commit": "abcdef0123"}}))
    return tmp_path


@pytest.fixture
def page(results, tmp_path):
    """Render a template of one line."""

    def rendered(template):
        (tmp_path / "page.md").write_text(template)
        return render("page.md", tmp_path, results)

    return rendered


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{{ score("forest") | mean }}', ".663"),
        ('{{ score("forest") | interval }}', ".663 [.646, .681]"),
        ('{{ score("forest") | minus("era") }}', "+.024 [+.005, +.044]"),
        ('{{ score("network", "auc_macro") | interval }}', ".588 [.549, .627]"),
        # Three repeats are too few for an interval.
        ('{{ score("slow") | interval }}', ".570"),
        ('{{ lines("trust", metric="accuracy") | length }} by {{ run.git.commit[:7] }}', "2 by abcdef0"),
        ('{{ score("forest") | claimed("era", "better") }}', "+.024 [+.005, +.044]"),
        # Of a loss lower is better.
        ('{{ score("forest", "hamming_loss") | claimed("era", "better") }}', "-.050 [-.060, -.040]"),
        ('{{ score("network", "auc_macro") | claimed("era", "open") }}', "-.092 [-.200, +.016]"),
    ],
)
def test_what_a_template_asks_for(page, template, text):
    assert page(template) == text


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ('{{ score("forest") | claimed("era", "open") }}', "claims that forest is 'open' against era"),
        ('{{ score("network", "auc_macro") | claimed("era", "worse") }}', "its interval says 'open'"),
        # Nothing is claimed of what has no interval.
        ('{{ score("slow") | claimed("era", "better") }}', "its interval says 'open'"),
        ('{{ score("forest", protocol="grouped") }}', "0 lines with protocol = grouped, model = forest"),
        ('{{ one("trust", metric="accuracy") }}', "2 lines with metric = accuracy"),
        ('{{ one("absent", model="forest") }}', "A table is missing"),
    ],
)
def test_what_the_tables_do_not_have_is_not_written(page, template, message):
    with pytest.raises(InputError, match=message):
        page(template)


def record(folder, **git):
    path = folder / "provenance.json"
    path.write_text(
        json.dumps({"git": git, "versions": {}, "seeds": {"seed": 1}, "sources": {}, "config": {"a": "/home"}})
    )
    return path


def test_a_run_is_kept_without_its_settings(tmp_path):
    keep_run(record(tmp_path, commit="abc", modified=False), tmp_path / "run.json")
    kept = json.loads((tmp_path / "run.json").read_text())
    assert kept == {"git": {"commit": "abc", "modified": False}, "versions": {}, "seeds": {"seed": 1}, "sources": {}}


@pytest.mark.parametrize("git", [{"commit": None, "modified": None}, {"commit": "abc", "modified": True}])
def test_a_run_of_other_code_is_refused(tmp_path, git):
    with pytest.raises(InputError, match="not of committed code"):
        keep_run(record(tmp_path, **git), tmp_path / "run.json")
    assert not (tmp_path / "run.json").exists()


@pytest.fixture(scope="module")
def systems():
    """The published table of all systems, its lines of accuracy, by model."""
    table = pd.read_csv(ROOT / "resources/results/systems.tsv", sep="\t", keep_default_na=False)
    return table[table["metric"] == "accuracy"].set_index("model")


def paragraph(page, beginning):
    """The paragraph of a page of the docs that has this beginning of a sentence."""
    text = (ROOT / page).read_text(encoding="utf-8")
    (found,) = [part for part in text.split("\n\n") if beginning in " ".join(part.split())]
    return " ".join(found.split())


OF_SEQUENCE = ("mmlmirlocnet", "mirlocpredictor", "textrnn", "ncrnalocate_el_like", "mksvm", "mkghknn")
OF_SEQUENCE += ("mirnaloc", "iloc_mirna_like", "rnaloc_lm_like", "mirlocator")


def test_the_page_of_systems_says_what_the_published_table_has(systems):
    text = (ROOT / "docs/systems.md").read_text(encoding="utf-8")
    assert len(OF_SEQUENCE) == 10 and "None of the ten systems that see the sequence alone" in text
    assert all("constant" in systems.loc[model, "not_above"] for model in OF_SEQUENCE)
    above = ("damirlocgnet_like", "mirloc_like", "diseases_only")
    assert not any("constant" in systems.loc[model, "not_above"] for model in above)
    told = paragraph("docs/systems.md", "None of the ten systems")
    for model in (*above, "era"):
        assert short(float(systems.loc[model, "ensemble"])) in told, model


def test_the_page_of_systems_says_what_the_published_benchmarks_have():
    told = paragraph("docs/systems.md", "On RNALoc-LM's benchmark none of six systems")
    rows = pd.read_csv(ROOT / "resources/results/benchmarks.tsv", sep="\t")
    rows = rows[(rows["protocol"] == "given") & (rows["control"] == "no") & (rows["minus_length_low"] > 0)]
    above = {place: len(part) for place, part in rows.groupby(["benchmark", "metric"])}
    assert not [place for place in above if place[0].startswith("rnaloc_lm") and place[1] == "accuracy"]
    assert above["rnaloc_lm_mature", "auc_macro"] == 2 and "Among its mature miRNAs alone, two of them" in told
    page = (ROOT / "resources/results/benchmarks.md").read_text(encoding="utf-8")
    pooled = page.split("F1 of the rows of all folds taken together")[1]
    for label in ("MirLocPredictor", "Nearest by identity"):
        (line,) = [line for line in pooled.splitlines() if line.startswith(f"| {label} ")]
        for value in line.split("|")[2:4]:
            assert short(float(value)) in told


def test_the_page_about_the_encoder_says_what_the_published_table_has():
    told = paragraph("docs/reproduce.md", "It guesses .508")
    rows = pd.read_csv(ROOT / "resources/results/encoder.tsv", sep="\t").set_index("model")
    own = rows.loc["encoder"]
    assert f"It guesses {short(own['accuracy'])} [{short(own['low'])}, {short(own['high'])}]" in told
    for model in ("untrained", "rnabert"):
        assert short(rows.loc[model, "accuracy"]) in told


def test_rows_that_stand_in_two_published_tables_have_the_same_numbers():
    systems, comparison = (
        pd.read_csv(ROOT / f"resources/results/{name}.tsv", sep="\t").set_index(["model", "metric"])
        for name in ("systems", "comparison")
    )
    both = systems.index.intersection(comparison.index)
    assert both.get_level_values("model").nunique() == 8
    pd.testing.assert_frame_equal(systems.loc[both], comparison.loc[both])
