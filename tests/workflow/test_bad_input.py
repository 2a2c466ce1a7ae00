"""Bad input through Snakemake: one clear message, and what was finished stays."""

import shutil

import pytest
from projects import PROJECT, RESULTS, path_without

MODELS = "tests/smoke/models.tsv"
# Where a row that is added to it stands.
LINE = f"{MODELS}, line {len((PROJECT / MODELS).read_text().splitlines()) + 1}"
RECORDS = f"{RESULTS}/dataset/records.tsv"
MIRNAS = f"{RESULTS}/dataset/mirnas.tsv"
HEADER = (
    "RNALocate_ID\tGene_ID\tGene_Name\tGene_symbol\tRNA_category\tSpecies\tPMID\tSubCellular_Localization\tDescription"
)


def assert_told(run, *words):
    """The run failed and said each of the words; planning errors and failed jobs show no traceback."""
    assert run.code != 0, run.output
    for word in words:
        assert word in run.output, f"{word!r} is not in:\n{run.output}"
    assert "Traceback" not in run.output, run.output


# One of each way that a message takes; each fault by itself is tested in tests/unit/test_settings.py.
BAD_ROWS = {
    "view": (
        "toy\tToy\tsystem\tmvfcnet\tlexicall\t\t\tcomparison\n",
        ["Unknown view 'lexicall'", LINE, "did you mean 'lexical'?"],
    ),
    "columns of a forest": (
        "toy\tToy\tsystem\tforest\tstructural\tmax_features=2.0\t\tbeyond\n",
        ["The value 2.0 is not allowed", f"{MODELS}, model toy: learners.forest.settings.max_features", "at most 1"],
    ),
    "role": (
        "toy\tToy\tablatoin\tmvfcnet\tlexical\t\t\tcomparison\n",
        ["Unknown role 'ablatoin'", LINE, "did you mean 'ablation'?"],
    ),
}


@pytest.mark.parametrize(("row", "words"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_bad_row_of_models(finished, row, words):
    finished.append(MODELS, row)
    before = finished.digests("**/*")
    assert_told(finished.ask(), *words)
    assert finished.digests("**/*") == before


BAD_SETTINGS = {
    "unknown key": ({"evaluation": {"drawz": 20}}, ["Unknown key 'drawz'", "overlay.yaml: evaluation", "draws"]),
    "unknown reference": (
        {"trust": {"references": {"era": "erra"}}},
        ["Unknown model of the trust table 'erra'", "trust.references.era", "did you mean 'era'?"],
    ),
    "final model that no file can hold": (
        {"final": {"explained": "phylomirloc"}},
        [
            "The model phylomirloc cannot be exported",
            "its view evolutionary needs homologs",
            "sketchmirloc",
        ],
    ),
    "share of the training rows": (
        {"splits": {"curve_50": {"train_share": 1.5}}},
        ["The value 1.5 is not allowed", "overlay.yaml: splits.curve_50.train_share", "at most 1"],
    ),
    "simulated into real results": ({"results": "results"}, ["Simulated records", "config: results"]),
}


@pytest.mark.parametrize(("settings", "words"), BAD_SETTINGS.values(), ids=BAD_SETTINGS)
def test_bad_setting(finished, settings, words):
    before = finished.digests("**/*")
    assert_told(finished.ask(settings=settings), *words)
    assert finished.digests("**/*") == before


# As for rows: each fault by itself is tested in tests/unit/test_sources.py.
BAD_SOURCES = {
    "page": ("<!DOCTYPE html><html><body>Not found</body></html>\n", ["An HTML page came in place of data"]),
    "rows": (HEADER + "\n", ["The RNALocate table has no rows"]),
}


@pytest.mark.parametrize(("content", "words"), BAD_SOURCES.values(), ids=BAD_SOURCES)
def test_source_that_is_no_data(finished, content, words):
    (finished.root / "bad.txt").write_text(content)
    before = finished.digests("dataset/*", "scores/**/*.tsv", "views/*")
    run = finished.run(RECORDS, settings={"sources": {"rnalocate": "bad.txt"}})
    assert_told(run, *words, "bad.txt", "hint:")
    assert finished.digests("dataset/*", "scores/**/*.tsv", "views/*") == before


def test_coordinates_that_are_none(finished):
    (finished.root / "bad.txt").write_text("##gff-version 3\nchr1\t.\tgene\t1\t2\t.\t+\t.\tID=x\n")
    view = f"{RESULTS}/views/genomic.npz"
    assert_told(
        finished.run(view, settings={"sources": {"coordinates": "bad.txt"}}),
        *("The coordinates of hairpins cannot be read", "bad.txt", "miRBase's GFF3", "hint:"),
    )


def test_table_that_is_not_given(finished):
    run = finished.run(f"{RESULTS}/views/expression.npz")
    words = ("The table 'expression' is not given", "sources.expression", "mature_id", "sev_mean_detection", "hint:")
    assert_told(run, *words)


def test_table_that_is_a_copy_of_the_records(finished):
    mirnas = [line.split("\t") for line in finished.path("dataset/mirnas.tsv").read_text().splitlines()]
    places = [mirnas[0].index(name) for name in ("accession", "exosome")]
    lines = ["\t".join(row[place] for place in places) for row in mirnas]
    (finished.root / "mine.tsv").write_text("\n".join(lines) + "\n")
    view = {"kind": "table", "source": "mine", "header": True, "key": "accession", "columns": ["exosome"]}
    view |= {"taken": "number", "arms": "best", "transform": "none", "missing": -1, "listed": False}
    run = finished.run(
        f"{RESULTS}/annotation/mine.tsv", settings={"sources": {"mine": "mine.tsv"}, "views": {"mine": view}}
    )
    assert_told(run, "'exosome in mine' tells the recorded location exosome", "config: views.mine", "hint:")


def test_hairpin_without_a_record_is_not_explained(finished):
    run = finished.run(f"{RESULTS}/final/attributions.tsv", settings={"beyond": {"explained": ["hsa-mir-none"]}})
    assert_told(run, "There is no record of hsa-mir-none", "beyond.explained", "hint:")


def test_sequences_to_predict_that_are_absent_or_none(finished):
    target = f"{RESULTS}/predictions/mine.tsv"
    settings = {"predictions": {"mine": "mine.fa"}}
    assert_told(finished.run(target, settings=settings), "predict_locations", "mine.fa")
    (finished.root / "mine.fa").write_text("\n")
    assert_told(finished.run(target, settings=settings), "There is no sequence", "mine.fa", "hint:")


def test_source_that_is_absent(finished):
    # Although there are results of another source, which Snakemake by itself would call up to date.
    before = finished.digests("dataset/*", "scores/**/*.tsv", "views/*")
    run = finished.run(RECORDS, settings={"sources": {"rnalocate": "nowhere/rnalocate.txt"}})
    assert_told(run, "A source file is missing", "nowhere/rnalocate.txt", "check the path")
    assert finished.digests("dataset/*", "scores/**/*.tsv", "views/*") == before


@pytest.mark.parametrize("logger", ["", "bar"])
def test_location_below_the_minimum_count(finished, logger):
    before = finished.digests("dataset/sequenced.tsv", "scores/**/*.tsv", "views/*")
    run = finished.run(
        MIRNAS,
        *(("--logger", logger) if logger else ()),
        settings={"dataset": {"minimum_count": 100}},
        variables={"PYTHONPATH": str(finished.root / "scripts")},
    )
    assert_told(run, "Fewer than 100 miRNAs have the location", "counts: nucleus ", "lower dataset.minimum_count")
    # By the bar the message stands once: not by the job and by Snakemake.
    assert (run.output.count("Fewer than 100 miRNAs") == 1) == (logger == "bar")
    assert finished.digests("dataset/sequenced.tsv", "scores/**/*.tsv", "views/*") == before


def test_no_cd_hit(finished, tmp_path):
    finished.path("dataset/cd-hit.clstr").unlink()
    run = finished.run(f"{RESULTS}/dataset/cd-hit.clstr", path=path_without(tmp_path / "bin", "cd-hit"))
    assert_told(run, "cd-hit-est was not found on PATH", "--use-conda", "apt-get install cd-hit")
    assert finished.path("dataset/sequenced.tsv").exists()


def test_damaged_view_is_named_and_made_again_when_deleted(finished):
    made = "models/random/repeat-1/textrnn/validation_scores.tsv"
    scores = f"{RESULTS}/{made}"
    view, before = finished.path("views/tokens.npz"), finished.digests("views/tokens.npz", made)
    view.write_bytes(view.read_bytes()[:1000])
    (finished.root / scores).unlink()
    run = finished.run(scores)
    assert_told(
        run, "A cached file is damaged", f"{RESULTS}/views/tokens.npz", "delete it and run the same command again"
    )
    view.unlink()
    run = finished.run(scores)
    assert run.code == 0, run.output
    assert finished.digests(*before) == before


def test_damaged_model_is_named(finished):
    name = "trials/random/always_nucleus_scores.tsv"
    model = finished.path("models/random/repeat-1/baselines/folds/always_nucleus/repeat-01/fold-00.model")
    model.write_bytes(model.read_bytes()[:20])
    run = finished.run(f"{RESULTS}/{name}")
    place = "baselines/folds/always_nucleus/repeat-01/fold-00.model"
    assert_told(run, "A cached file is damaged", place, "delete the folder")
    # The whole folder of the job, as the message says: it is made again only where it is missing.
    shutil.rmtree(model.parents[2])
    run = finished.run(f"{RESULTS}/{name}")
    assert run.code == 0, run.output


def test_model_of_a_fold_that_is_not_there_is_missed(finished):
    # The last one: those that are left do not tell that there was another.
    name, model = "trials/random/always_nucleus_scores.tsv", "folds/always_nucleus/repeat-01/fold-02.model"
    finished.path(f"models/random/repeat-1/baselines/{model}").unlink()
    assert_told(finished.run(f"{RESULTS}/{name}"), model, "delete the folder")


@pytest.mark.parametrize(("molecule", "kinds"), [("mature", {"MIMAT"}), ("both", {"MI", "MIMAT"})])
def test_other_molecules(finished, molecule, kinds):
    run = finished.run(MIRNAS, settings={"dataset": {"molecule": molecule, "minimum_count": 1}})
    assert run.code == 0, run.output
    joined, kept = (accession_kinds(finished.path(f"dataset/{name}.tsv")) for name in ("sequenced", "mirnas"))
    assert joined == kinds
    # A mature sequence is part of its hairpin, so that cd-hit may leave none of them.
    assert kept <= kinds


def accession_kinds(path):
    """Return the letters that accessions of a table start with: MI of hairpins, MIMAT of mature sequences."""
    return {line.split("\t")[0].rstrip("0123456789") for line in path.read_text().splitlines()[1:]}
