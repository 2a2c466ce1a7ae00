"""The schema and the cross-checks: the shipped files pass, and every wrong value gets a message that names it."""

import copy
import json
import re
from pathlib import Path

import pytest
import yaml
from snakemake.cli import parse_config

from mmlmirloc import settings
from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table
from mmlmirloc.roles import with_ablations
from mmlmirloc.schema import check, complete

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "config/schemas/config.schema.yaml"
REAL = ROOT.parent / "shared/real/sources.yaml"


def read(*files):
    """Merge config files as the workflow does: mappings are merged, all else is replaced, a view's empty keys go."""
    merged = {}
    for file in files:
        merge(merged, yaml.safe_load(Path(file).read_text()))
    # An overlay alone may hold no views.
    return {**merged, "views": settings.without_removed(merged["views"])} if "views" in merged else merged


def merge(into, changes):
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


SHIPPED = [ROOT / f"config/{name}.yaml" for name in ("config", "views", "tables")]
CONFIG = read(*SHIPPED)


def leaves(value, path=()):
    """Paths of all values that hold no keys of their own."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    else:
        yield path


def changed(path, value):
    return put(copy.deepcopy(CONFIG), path, value)


def put(config, path, value):
    node = config
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return config


def small(path):
    """The shipped config with only those views, learners and so on that the path names: quick to check."""
    free = ("location_synonyms", "splits", "learners", "views", "tables")
    config = copy.deepcopy(CONFIG)
    for section in free:
        kept = path[1] if path[0] == section and len(path) > 1 else next(iter(CONFIG[section]))
        config[section] = {kept: config[section][kept]}
    return config


def at(path):
    node = CONFIG
    for key in path:
        node = node[key]
    return node


def refusal(config, files=()):
    with pytest.raises(InputError) as caught:
        check(config, SCHEMA, "--config", files)
    return caught.value


def dotted(path):
    return ".".join(map(str, path))


ALL = pytest.mark.parametrize("path", list(leaves(CONFIG)), ids=dotted)

# -- the shipped files ----------------------------------------------------------------------------------------------


CONTROL, QUICK = "config/control.yaml", "config/quick.yaml"


@pytest.mark.parametrize(
    "overlay", [[], [CONTROL], [CONTROL, QUICK], [REAL]], ids=["plain", "control", "quick", "real"]
)
def test_shipped_files_pass(overlay):
    if overlay == [REAL] and not REAL.exists():
        pytest.skip("the real records are not beside the checkout")
    config = read(*SHIPPED, *(ROOT / file for file in overlay))
    check(config, SCHEMA, "config")
    columns = ["model", "label", "role", "learner", "views", "overrides", "share", "tables"]
    table = read_table(ROOT / config["models"], columns=columns, text=columns)
    assert list(table.columns) == columns
    rows = with_ablations(table.to_dict("records"), config["beyond"]["whole"])
    rows = settings.selected_rows(rows, config["selected"], config["models"])
    models = settings.experiments(rows, config, config["models"])
    settings.check_models(models, config, SCHEMA)
    settings.check_references(config, models, ROOT)


RULES = complete(SCHEMA)


def descriptions(path):
    """Descriptions that the schema has for the key at the end of ``path``."""
    found = []
    stack = [(RULES, CONFIG, list(path))]
    while stack:
        node, held, rest = stack.pop()
        if not isinstance(node, dict):
            continue
        if "$ref" in node:
            stack.append((RULES["$defs"][node["$ref"].rsplit("/", 1)[1]], held, rest))
        for part in node.get("allOf", []):
            kind = part["if"]["properties"]["kind"]["const"]
            if held["kind"] == kind:
                stack.append((part["then"], held, rest))
        if not rest:
            found += [node["description"]] if "description" in node else []
            continue
        key, *deeper = rest
        inner = node.get("properties", {}).get(key, node.get("additionalProperties"))
        stack.append((inner, held[key], deeper))
    return found


def every_key(value, path=()):
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from every_key(inner, (*path, key))


def test_every_key_has_a_description():
    without = [dotted(path) for path in every_key(CONFIG) if "grid" not in path[:-1] and not descriptions(path)]
    assert not without


def test_the_schema_sets_no_defaults():
    # But for final.default, which is a key.
    text = json.dumps(RULES)
    assert text.count('"default":') == text.count('"default": {"description": "the model that is shipped') == 1


# -- every key ------------------------------------------------------------------------------------------------------


@ALL
def test_wrong_type_names_the_key(path):
    wrong = "wrong" if isinstance(at(path), dict) else {"wrong": 1}
    error = refusal(put(small(path), path, wrong))
    assert dotted(path) in error.where
    assert "wrong" in error.what


@ALL
def test_an_empty_value_names_the_key(path):
    error = refusal(put(small(path), path, None))
    assert error.where.endswith(f": {dotted(path)}")
    assert error.what == "The value (empty) is not allowed"
    assert error.hint == "give a value, or leave the key out to keep the default"


# Names of sources are checked against the views: test_annotation_sources.py.
FREE = ("location_synonyms", "motifs", "grid", "references", "predictions", "pooling", "sources", "sha256", "kinds")
SECTIONS = sorted({path[:-1] for path in leaves(CONFIG) if path[:-1][-1:] not in [(name,) for name in FREE]})


@pytest.mark.parametrize("path", SECTIONS, ids=dotted)
def test_unknown_key_names_the_known_ones(path):
    error = refusal(put(small(path or ("seed",)), (*path, "unheard_of"), 5))
    assert error.where.endswith(dotted((*path, "unheard_of")))
    assert error.what == "Unknown key 'unheard_of' with the value 5"
    known = list(at(path)) if path else list(CONFIG)
    assert set(known) <= set(error.expected.removeprefix("one of ").split(", "))


# -- each kind of error ---------------------------------------------------------------------------------------------

WRONG = [
    # key, value, expected, hint
    ("seed", -1, "at least 0 (seed of everything random)", ""),
    ("seed", 1.5, "a whole number (seed of everything random)", ""),
    ("seed", "7", "a whole number", "without quotes"),
    ("results", "", "text of at least 1 letter (folder of all outputs)", ""),
    ("results", 5, "text (folder of all outputs)", "put it in quotes"),
    ("dataset.molecule", "hairpins", "one of hairpin, mature, both", "did you mean 'hairpin'?"),
    ("dataset.identity", 1.1, "at most 1", ""),
    ("dataset.identity", 80, "at most 1", ""),
    # Below these cd-hit-est stops.
    ("dataset.identity", 0.75, "at least 0.8 (share of equal bases", ""),
    ("dataset.identity", 0.799, "at least 0.8", ""),
    ("dataset.word_length", 1, "at least 2 (word length of cd-hit-est (-n))", ""),
    ("dataset.word_length", 13, "at most 12", ""),
    ("encoder.corpus.identity", 0.7, "at least 0.8", ""),
    ("encoder.corpus.word_length", 13, "at most 12", ""),
    ("dataset.locations", [], "a list with at least 1 entry", ""),
    ("dataset.locations", ["nucleus", "nucleus"], "a list that holds each entry once", ""),
    ("dataset.locations", ["nucleus", 3], "text (name of a location)", "put it in quotes"),
    ("sha256.hairpin", "abc", "64 hexadecimal digits or empty", ""),
    ("splits.random.test_size", 0, "above 0", ""),
    ("splits.random.test_size", 118.5, "a whole number", ""),
    ("splits.random.test_size", -0.2, "above 0", ""),
    ("splits.whole.test_size", 0.2, "at most 0 (a split of the kind whole tests no row)", ""),
    ("splits.whole.test_size", 20, "at most 0 (a split of the kind whole tests no row)", ""),
    ("splits.random.folds", 1, "at least 2 (folds of the training rows)", ""),
    ("splits.random.folds", 10.0, "a whole number (folds of the training rows)", ""),
    ("splits.random.stratified", "yes", "true or false", ""),
    ("splits.random.folds", True, "a whole number", ""),
    ("splits.random.labelling", "plantd", "one of recorded, shuffled, planted", "did you mean 'planted'?"),
    ("splits.random.tuned", "no", "true or false", ""),
    ("training.search_folds", 0, "at least 1 (folds on which the points of a grid are compared)", ""),
    ("training.batch", 0, "at least 1 (repeats that one job works through)", ""),
    ("trust.protocols", [], "a list with at least 1 entry", ""),
    ("trust.protocols", ["random", "random"], "a list that holds each entry once", ""),
    ("trust.implication", ["nucleus"], "a list with at least 2 entr", ""),
    ("trust.implication", ["nucleus", "nucleus"], "a list that holds each entry once", ""),
    ("trust.references.era", 5, "text", "put it in quotes"),
    ("evaluation.level", 1, "below 1", ""),
    ("learners.mvfcnet.settings.pooling", "median", "keys with values", ""),
    ("learners.mvfcnet.settings.pooling", {"word2vec": "median"}, "text that matches", ""),
    ("learners.mvfcnet.settings.pooling", {"word2vec": "maximum+"}, "text that matches", ""),
    ("learners.mvfcnet.settings.common", "each", "one of shared, per_view, none", ""),
    ("learners.mirlocpredictor.settings.pooling", "median", "one of mean_all, mean_filled, maximum", ""),
    ("learners.constant.settings.metric", "acuracy", "subset_accuracy, f1", "did you mean 'accuracy'?"),
    ("learners.mkghknn.settings.neighbours", 0, "at least 1 (nearest rows of each class", ""),
    ("learners.mkghknn.settings.lambda", 0, "above 0 (ridge regularisation", ""),
    ("learners.mkghknn.settings.beta", -1, "at least 0 (graph regularisation", ""),
    ("learners.mvfcnet.settings.epoch_by", "accuracy", "one of loss, micro_f1", ""),
    ("learners.mvfcnet.search", "in turn", "one of product, in_turn", "did you mean 'in_turn'?"),
    ("learners.mvfcnet.settings.learning_rate", "1e-4", "a number (step of the optimiser)", "1e-4 as 0.0001"),
    ("learners.mvfcnet.grid", {"width": []}, "a list with at least 1 entry", ""),
    ("learners.mvfcnet.grid", {"width": 64}, "a list (values to choose among)", ""),
    ("learners.mkghknn.settings.gammas", "papers", "one of paper", "did you mean 'paper'?"),
    ("learners.mkghknn.settings.gammas", 0, "above 0", ""),
    ("learners.forest.settings.splits", "bets", "one of best, random", "did you mean 'best'?"),
    ("learners.forest.settings.max_features", "log2", "sqrt", ""),
    ("learners.forest.settings.max_features", 1.5, "at most 1", ""),
    ("learners.forest.settings.max_features", 0, "above 0", ""),
    ("splits.random.train_share", 0, "above 0 (share of the training rows that are kept)", ""),
    ("splits.random.train_share", 1.5, "at most 1", ""),
    ("dataset.locus", 0, "at least 1 (largest distance of neighbours of one locus, bases)", ""),
    ("views.arms.annotation", "no", "true or false", ""),
    ("views.locus_14q32.chromosome", 14, "text (name of the chromosome in the coordinates)", "put it in quotes"),
    ("views.locus_14q32.start", 0, "at least 1 (first base of the stretch, counted from 1)", ""),
    ("views.structural.positions", 3, "kind", ""),
    ("views.sketches.shared", 0, "at least 1 (hashes in common from which on two hairpins are homologs)", ""),
    ("sketches.k", 3, "at least 4 (letters of a k-mer)", ""),
    ("sketches.kept", 1.5, "a whole number (hashes that are kept of a hairpin)", ""),
    ("control.motifs.nucleus", "GCXACTGA", "6 to 10 letters of ACGU", ""),
    ("control.strength", 0.4, "at least 0.5", ""),
    ("views.lexical.k", [0], "at least 1 (word lengths, whose columns follow each other, in letters)", ""),
    ("views.lexical.k", [], "a list with at least 1 entry", ""),
    ("views.lexical.k", [3, -1], "at least 1", ""),
    ("views.lexical.denominator", "words", "one of length, windows", ""),
    ("views.cksnap.gaps", -1, "at least 0", ""),
    ("views.psednc.lambda", -1, "at least 0", ""),
    ("views.psednc.weight", -0.1, "at least 0", ""),
    ("views.semantic.weights", "pretraned", "one of pretrained, random", "did you mean 'pretrained'?"),
    ("views.semantic.positions", 441, "at most 440", ""),
    ("views.length.field", "lenght", "one of length, gc", "did you mean 'length'?"),
    ("views.name_number.field", "names", "one of accession, name", "did you mean 'name'?"),
    ("tables.comparison.paper", "resources/paper/table3.tsv", "a list (the paper's tables beside it)", ""),
    ("splits", {}, "at least 1 entry", ""),
]


@pytest.mark.parametrize(("key", "value", "expected", "hint"), WRONG, ids=[f"{row[0]}={row[1]}" for row in WRONG])
def test_message(key, value, expected, hint):
    error = refusal(changed(tuple(key.split(".")), value))
    assert expected in error.expected
    assert hint in error.hint
    assert f": {key}" in error.where


def test_whole_numbers_and_fractions_of_test_rows_pass():
    for size in (118, 0.2):
        check(changed(("splits", "random", "test_size"), size), SCHEMA, "config")


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (("splits", "random"), "folds"),
        (("views", "lexical"), "kind"),
        (("views", "lexical"), "denominator"),
        (("learners", "mvfcnet", "settings"), "width"),
        (("learners", "mvfcnet"), "grid"),
        (("tables", "comparison"), "caption"),
        (("splits", "random"), "labelling"),
        (("views", "length"), "field"),
        (("views", "name_number"), "field"),
        (("views", "arms"), "annotation"),
        (("views", "locus_14q32"), "end"),
        (("splits", "random"), "train_share"),
        (("sources",), "coordinates"),
        (("learners", "forest", "settings"), "splits"),
        (("beyond",), "whole"),
        (("trust",), "implication"),
        ((), "seed"),
    ],
)
def test_missing_key(path, key):
    config = copy.deepcopy(CONFIG)
    node = config
    for step in path:
        node = node[step]
    del node[key]
    error = refusal(config)
    assert error.what == f"Missing key '{key}'"
    assert error.where == f"--config: {dotted(path) or '(top level)'}"
    assert key in error.expected


@pytest.mark.parametrize(
    "path", [("splits",), ("views",), ("tables",), ("learners",), ("dataset_variants",)], ids=dotted
)
def test_names_are_plain_words(path):
    inner = copy.deepcopy(next(iter(at(path).values())))
    error = refusal(changed((*path, "Two words"), inner))
    assert error.what == 'The name "Two words" is not allowed as a key'
    assert error.where.endswith(f"{path[0]}.Two words")


def test_misspelt_key_is_recognised():
    config = copy.deepcopy(CONFIG)
    config["evaluation"]["treshold"] = config["evaluation"].pop("threshold")
    assert refusal(config).hint == "did you mean 'threshold'?"


def test_an_unknown_learner_is_named():
    error = refusal(changed(("learners", "forrest"), CONFIG["learners"]["forest"]))
    assert error.where == "--config: learners.forrest"
    assert error.what.startswith("Unknown key 'forrest'")
    assert error.hint == "did you mean 'forest'?"
    assert set(CONFIG["learners"]) <= set(error.expected.removeprefix("one of ").split(", "))


def test_a_variant_changes_only_what_variants_may():
    error = refusal(changed(("dataset_variants", "mature"), {"molecule": "mature"}))
    assert "molecule" in error.what
    assert "strands" in error.expected


def test_the_message_names_the_file_that_holds_the_key(tmp_path):
    base, overlay = tmp_path / "config.yaml", tmp_path / "mine.yaml"
    base.write_text(yaml.safe_dump(CONFIG))
    overlay.write_text("splits: {random: {folds: 1}}\n")
    wrong = changed(("splits", "random", "folds"), 1)
    assert refusal(wrong, [overlay, base]).where == f"{overlay}: splits.random.folds"
    # The same key with a good value elsewhere is not to blame: this one came from the command line.
    assert refusal(wrong, [base]).where == "--config: splits.random.folds"


def test_a_long_value_is_cut():
    error = refusal(changed(("results",), ["x" * 500]))
    assert len(error.what) < 130
    assert "..." in error.what


# -- overrides and experiments --------------------------------------------------------------------------------------


def test_overrides_are_yaml():
    text = " width=64; answer=nucleus+exosome;private=false ;k=[1, 2]; rate=0.5;"
    expected = {"width": 64, "answer": "nucleus+exosome", "private": False, "k": [1, 2], "rate": 0.5}
    assert settings.overrides(text, "here") == expected
    assert settings.overrides("", "here") == {}


@pytest.mark.parametrize("text", ["width", "=3", "width=1;width=2", "k=[1"])
def test_unreadable_overrides(text):
    with pytest.raises(InputError, match="cannot be read") as caught:
        settings.overrides(text, "models.tsv, line 2")
    assert caught.value.where == "models.tsv, line 2"


def test_resolved_lays_changes_over_defaults():
    base = {"width": 1, "depth": 2}
    assert settings.resolved(base, {"depth": 3}, "here") == {"width": 1, "depth": 3}
    assert base == {"width": 1, "depth": 2}
    with pytest.raises(InputError, match="Unknown setting 'widht'") as caught:
        settings.resolved(base, {"widht": 3}, "here")
    assert caught.value.expected == "one of width, depth"
    assert caught.value.hint == "did you mean 'width'?"


def row(**changes):
    base = {"model": "one", "label": "One", "role": "system", "learner": "mvfcnet", "views": "lexical"}
    return base | {"overrides": "", "share": "", "tables": ""} | changes


def experiments(*rows):
    return settings.experiments(rows, CONFIG, "models.tsv")


def test_a_row_is_resolved():
    config = changed(("learners", "mvfcnet", "grid"), {"dropout": [0.3, 0.6], "width": [64]})
    rows = [row(views="semantic, lexical", overrides="dropout=0.1", tables="ablation,comparison")]
    one = settings.experiments(rows, config, "models.tsv")["one"]
    assert one["settings"] == CONFIG["learners"]["mvfcnet"]["settings"] | {
        "dropout": 0.1,
        "pooling": {"semantic": "channels"},
    }
    assert list(one["views"]) == ["semantic", "lexical"]
    spec = CONFIG["views"]["lexical"]
    assert one["views"]["lexical"] == {
        "kind": "kmer",
        "settings": {key: spec[key] for key in ("k", "denominator", "reverse_complement")},
    }
    assert one["tables"] == ["ablation", "comparison"]
    # What a row fixes is not searched; the rest is.
    assert one["grid"] == {"width": [64]}
    assert one["search"] == "in_turn"
    assert one["label"] == "One"
    assert one["learner"] == "mvfcnet"
    assert (one["role"], one["ablation"]) == ("system", "")


def test_a_model_of_several_views_brings_each_alone_and_each_left_out():
    rows = [
        row(),
        row(model="whole", views="lexical, structural,genomic", overrides="trees=3", share="0.5"),
        row(model="two"),
    ]
    found = with_ablations(rows, "whole")
    views = {one["model"]: one["views"] for one in found}
    assert list(views.items()) == [
        ("one", "lexical"),
        *(("only_lexical", "lexical"), ("only_structural", "structural"), ("only_genomic", "genomic")),
        ("without_lexical", "structural,genomic"),
        ("without_structural", "lexical,genomic"),
        ("without_genomic", "lexical,structural"),
        ("whole", "lexical, structural,genomic"),
        ("two", "lexical"),
    ]
    assert [one["ablation"] for one in found] == ["", *["alone"] * 3, *["left out"] * 3, "", ""]
    assert {one["overrides"] for one in found[1:8]} == {"trees=3"} and {one["share"] for one in found[1:8]} == {"0.5"}
    assert {one["role"] for one in found[1:7]} == {"ablation"} and found[1]["label"] == "Only lexical"
    # Messages name the line of the table.
    assert [one["line"] for one in found] == ["2", *["3"] * 7, "4"]


@pytest.mark.parametrize(("views", "whole"), [("lexical", "whole"), ("lexical,genomic", "absent"), ("", "whole")])
def test_a_model_of_one_view_or_that_is_not_there_brings_none(views, whole):
    found = with_ablations([row(), row(model="whole", views=views)], whole)
    assert [one["model"] for one in found] == ["one", "whole"] and {one["ablation"] for one in found} == {""}


@pytest.mark.parametrize(("text", "share"), [("", 1.0), ("1", 1.0), ("0.25", 0.25), ("1e-3", 0.001)])
def test_the_share_of_repeats_is_a_number_and_all_where_nothing_is_said(text, share):
    resolved = experiments(row(share=text))["one"]["share"]
    assert resolved == share and isinstance(resolved, float)


def test_the_trust_table_can_be_named_though_it_is_not_of_the_configs_tables():
    assert "trust" not in CONFIG["tables"]
    assert experiments(row(tables="comparison,trust"))["one"]["tables"] == ["comparison", "trust"]


def test_a_row_without_a_label_is_called_by_its_id_and_an_untrained_view_is_said():
    assert experiments(row(label=""))["one"]["label"] == "one"
    assert experiments(row(views="semantic_random"))["one"]["label"] == "One [untrained RNABERT]"


def own_encoder_for_rnabert(weights):
    """The config with the project's own encoder in RNABERT's place, as an overlay asks for it."""
    config = copy.deepcopy(CONFIG)
    merge(config, {"views": {"semantic": {"kind": "encoder", "weights": weights, "special_tokens": None}}})
    return {**config, "views": settings.without_removed(config["views"])}


def test_an_overlay_takes_a_key_of_a_view_away_by_leaving_it_empty():
    config = own_encoder_for_rnabert("pretrained")
    assert config["views"]["semantic"] == {"kind": "encoder", "weights": "pretrained", "positions": 105}
    assert config["views"]["lexical"] == CONFIG["views"]["lexical"]
    check(config, SCHEMA, "config")
    # What is no view is left for the schema to refuse.
    assert settings.without_removed({"wrong": 3}) == {"wrong": 3}


def test_views_that_tell_species_apart_get_that_of_the_config():
    assert settings.with_species(CONFIG["views"], "hsa") == CONFIG["views"]
    views = settings.with_species(CONFIG["views"], "mmu")
    own = {view for view, spec in views.items() if spec.get("prefix") == "mmu"}
    tables = {view for view, spec in views.items() if spec["kind"] == "table"}
    assert own == {"evolutionary", "arms", "arms_recorded", "genomic", "locus_14q32", "sketches"} | tables
    assert {view: {key: spec[key] for key in spec if key != "prefix"} for view, spec in views.items()} == CONFIG[
        "views"
    ]
    # They reach the models, and by these their files.
    row_of = settings.experiments([row(views="evolutionary,lexical")], {**CONFIG, "views": views}, "models.tsv")["one"]
    assert [view["settings"].get("prefix") for view in row_of["views"].values()] == ["mmu", None]


@pytest.mark.parametrize("prefix", ["hsa-", "Homo sapiens", "HSA", ""])
def test_a_prefix_that_is_none(prefix):
    config = copy.deepcopy(CONFIG)
    config["records"]["prefix"] = prefix
    with pytest.raises(InputError, match=r"records\.prefix"):
        check(config, SCHEMA, "config")


@pytest.mark.parametrize(
    ("weights", "label"),
    [
        ("pretrained", "One [own encoder for RNABERT]"),
        ("random", "One [own encoder for RNABERT] [untrained encoder]"),
    ],
)
def test_the_own_encoder_in_rnaberts_place_is_said(weights, label):
    config = own_encoder_for_rnabert(weights)
    rows = settings.experiments([row(views="lexical,semantic")], config, "models.tsv")
    assert rows["one"]["label"] == label


def test_the_own_encoder_beside_rnabert_is_named_by_its_row():
    assert experiments(row(views="semantic_own"))["one"]["label"] == "One"
    assert experiments(row(views="semantic_own_random"))["one"]["label"] == "One [untrained encoder]"


@pytest.mark.parametrize(
    ("rows", "message", "expected"),
    [
        ([row(), row()], "'one' is repeated", "once in the table"),
        ([row(model="One")], "'One' is repeated, reserved or not a plain word", "small letters"),
        ([row(model="baselines")], "'baselines' is repeated, reserved", "not baselines"),
        ([row(role="sytem")], "Unknown role 'sytem'", "system"),
        ([row(learner="mvfcnett")], "Unknown learner 'mvfcnett'", "mvfcnet"),
        ([row(views="lexcal")], "Unknown view 'lexcal'", "lexical"),
        ([row(views="lexical,lexical")], "repeated", "each once"),
        ([row(tables="comparisons")], "Unknown table 'comparisons'", "comparison"),
        ([row(tables="trst")], "Unknown table 'trst'", "trust"),
        ([row(overrides="widht=3")], "Unknown setting 'widht'", "width"),
        *(
            ([row(), row(model="two", share=text)], f"'{text}' is no share of the repeats", "above 0 and at most 1")
            for text in ("0", "-0.5", "1.01", "20", "nan", "half")
        ),
    ],
)
def test_wrong_rows(rows, message, expected):
    with pytest.raises(InputError, match=message) as caught:
        experiments(*rows)
    assert caught.value.where == f"models.tsv, line {len(rows) + 1}"
    assert expected in caught.value.expected


@pytest.mark.parametrize(
    ("overrides", "key", "expected"),
    [
        ("width=wide", "settings.width", "a whole number"),
        ("pooling=median", "settings.pooling", "keys with values"),
        ("learning_rate=1e-4", "settings.learning_rate", "a number"),
        ("dropout=", "settings.dropout", "a number"),
    ],
)
def test_overrides_are_checked_as_the_config_is(overrides, key, expected):
    with pytest.raises(InputError) as caught:
        settings.check_models(experiments(row(overrides=overrides)), CONFIG, SCHEMA)
    assert caught.value.where == f"config/models.tsv, model one: learners.mvfcnet.{key}"
    assert expected in caught.value.expected


@pytest.mark.parametrize(
    ("changes", "what", "expected"),
    [
        ({"learner": "constant", "views": ""}, "answer '' and metric ''", "exactly one of"),
        (
            {"learner": "constant", "views": "", "overrides": "answer=nucleus+nucleolus"},
            "unknown location 'nucleolus'",
            "nucleus, exosome, cytoplasm, microvesicle",
        ),
        ({"overrides": "private=false;common=none"}, "no features", "private: true"),
        ({"views": ""}, "no view", "at least one view"),
        ({"learner": "concatenation", "views": ""}, "no view", "at least one view"),
    ],
)
def test_settings_that_do_not_go_together_are_refused_before_anything_runs(changes, what, expected):
    with pytest.raises(InputError, match=what) as caught:
        settings.check_models(experiments(row(**changes)), CONFIG, SCHEMA)
    assert caught.value.where == "config/models.tsv, model one"
    assert expected in caught.value.expected


def test_a_setting_by_kind_of_view_becomes_one_by_view_of_the_row():
    learners = CONFIG["learners"]["mvfcnet"]
    learners = {
        "settings": learners["settings"] | {"pooling": {"word2vec": "maximum", "rnabert": "channels"}},
        "grid": {"pooling": [{"word2vec": "mean_all"}, {"word2vec": "mean_all", "rnabert": "flatten"}], "width": [8]},
        "search": "in_turn",
    }
    config = {**CONFIG, "learners": {**CONFIG["learners"], "mvfcnet": learners}}

    def resolved(views):
        return settings.experiments([row(views=views)], config, "models.tsv")["one"]

    both = resolved("lexical,semantic_32,syntactic")
    assert both["settings"]["pooling"] == {"semantic_32": "channels", "syntactic": "maximum"}
    assert both["grid"]["pooling"] == [
        {"syntactic": "mean_all"},
        {"semantic_32": "flatten", "syntactic": "mean_all"},
    ]
    assert both["grid"]["width"] == [8]
    # Points that are the same for the views of a row are tried once.
    assert resolved("lexical,syntactic")["grid"]["pooling"] == [{"syntactic": "mean_all"}]
    assert resolved("lexical")["grid"]["pooling"] == [{}]


@pytest.mark.parametrize("place", ["settings", "grid", "overrides"])
def test_a_setting_for_a_kind_of_view_that_there_is_not_is_named(place):
    learner = {**CONFIG["learners"]["mvfcnet"], "grid": {}}
    wrong = {"word2vect": "flatten"}
    if place == "settings":
        learner["settings"] = learner["settings"] | {"pooling": wrong}
    if place == "grid":
        learner["grid"] = {"pooling": [{"word2vec": "flatten"}, wrong]}
    config = {**CONFIG, "learners": {**CONFIG["learners"], "mvfcnet": learner}}
    changes = "pooling={word2vect: flatten}" if place == "overrides" else ""
    with pytest.raises(InputError, match="Unknown kind of view 'word2vect'") as caught:
        settings.experiments([row(overrides=changes)], config, "models.tsv")
    assert caught.value.where == "models.tsv, line 2: pooling"
    assert "word2vec" in caught.value.expected


def test_a_row_of_the_models_is_checked_without_the_rest_of_the_config():
    """Fifty checks of the whole config took half of the time in which Snakemake reads the rules."""
    few = {"models": "models.tsv", "dataset": {"locations": ["nucleus"]}}
    settings.check_models(experiments(row()), few, SCHEMA)
    with pytest.raises(InputError, match="'results'"):
        check({"learners": {}}, SCHEMA, "config")


def test_the_values_of_a_grid_are_checked_as_settings():
    config = changed(("learners", "mvfcnet", "grid"), {"width": [64, 0]})
    models = settings.experiments([row()], config, "models.tsv")
    with pytest.raises(InputError) as caught:
        settings.check_models(models, config, SCHEMA)
    assert caught.value.what == "The value 0 is not allowed"
    config = changed(("learners", "mvfcnet", "grid"), {"widht": [64]})
    models = settings.experiments([row()], config, "models.tsv")
    with pytest.raises(InputError, match="Unknown setting 'widht'") as caught:
        settings.check_models(models, config, SCHEMA)
    assert caught.value.hint == "did you mean 'width'?"


def test_selected_rows_stay_in_the_order_of_the_table():
    rows = [row(model=name) for name in ("first", "second", "third")]
    assert settings.selected_rows(rows, ["third", "first"], "models.tsv") == [rows[0], rows[2]]
    assert settings.selected_rows(rows, [], "models.tsv") == rows


def test_a_selected_row_that_is_not_there_is_named():
    with pytest.raises(InputError, match="Unknown model 'fourth'") as caught:
        settings.selected_rows([row(model="first")], ["first", "fourth"], "models.tsv")
    assert (caught.value.where, caught.value.expected) == ("config: selected.1", "one of first")


# -- references -----------------------------------------------------------------------------------------------------


# Models that the settings of the trust table and of the models beyond the paper name.
TRUSTED = {*CONFIG["trust"]["drawn"], *CONFIG["trust"]["references"].values()}
BEYOND = {
    *(CONFIG["beyond"][key] for key in ("chosen", "whole")),
    *CONFIG["beyond"]["references"].values(),
    *CONFIG["atlas"]["models"],
    *(CONFIG["final"][purpose] for purpose in settings.PURPOSES),
}


def kind_of(model):
    """What a row needs to be one that a model file can hold."""
    final = model in {CONFIG["final"][purpose] for purpose in settings.PURPOSES}
    return {"learner": "forest", "views": "composition"} if final else {}


def models_in_all_tables(tables=CONFIG["tables"], trusted=TRUSTED, beyond=BEYOND):
    """Rows with ids of the shipped table: the first in all tables of the config, the others where they are named."""
    first = "mmlmirlocnet"
    varied = [line["model"] for line in CONFIG["sensitivity"]["rows"] if "model" in line]
    held = {"trust": trusted, "beyond": beyond}
    named = {
        model: {*(tables if model == first else []), *(table for table in held if model in held[table])}
        for model in dict.fromkeys([first, *varied, *sorted(trusted | beyond)])
    }
    rows = [row(model=model, tables=",".join(sorted(own)), **kind_of(model)) for model, own in named.items()]
    return settings.experiments(rows, CONFIG | {"tables": tables}, "models.tsv")


def test_all_references_of_the_shipped_config_are_known():
    settings.check_references(CONFIG, models_in_all_tables(), ROOT)


@pytest.mark.parametrize(
    ("key", "value", "known"),
    [
        ("figures.model", "mmlmirloc", "mmlmirlocnet"),
        ("figures.split", "rnd", "random"),
        ("training.objective", "acuracy", "accuracy"),
        # It measures scores, and cannot choose thresholds.
        ("training.objective", "auc_macro", "auc_macro_labels"),
        ("splits.random.kind", "randm", "random"),
        ("splits.random.dataset", "unions", "main"),
        ("tables.comparison.split", "randm", "random"),
        ("sensitivity.model", "mmlmirloc", "mmlmirlocnet"),
        ("sensitivity.split", "randm", "random"),
    ],
)
def test_unknown_references(key, value, known):
    config = changed(tuple(key.split(".")), value)
    with pytest.raises(InputError, match=f"'{value}'") as caught:
        settings.check_references(config, models_in_all_tables(), ROOT)
    assert caught.value.where == f"config: {key}"
    assert known in caught.value.expected


@pytest.mark.parametrize(
    ("key", "value", "where", "what", "known"),
    [
        ("protocols", ["random", "matchd"], "protocols.1", "split 'matchd'", "matched"),
        ("shuffled", "shufled", "shuffled", "split 'shufled'", "shuffled"),
        ("planted", "plantd", "planted", "split 'plantd'", "planted"),
        # A split, and not among the protocols.
        ("shown", "shuffled", "shown", "protocol 'shuffled'", "matched"),
        ("drawn", ["era", "mksvmm"], "drawn.1", "model of the trust table 'mksvmm'", "mmlmirlocnet"),
        # A model, and not in the trust table.
        ("drawn", ["lexical_3"], "drawn.0", "model of the trust table 'lexical_3'", "mmlmirlocnet"),
        ("references", {"era": "erra"}, "references.era", "model of the trust table 'erra'", "era"),
        ("references", {"best": "lexical_3"}, "references.best", "model of the trust table 'lexical_3'", "era"),
        ("implication", ["nucleus", "cytoplsm"], "implication.1", "location 'cytoplsm'", "cytoplasm"),
    ],
)
def test_unknown_references_of_the_trust_table(key, value, where, what, known):
    models = models_in_all_tables()
    assert "lexical_3" in models
    config = changed(("trust", key), value)
    with pytest.raises(InputError, match=f"Unknown {what}") as caught:
        settings.check_references(config, models, ROOT)
    assert caught.value.where == f"config: trust.{where}"
    assert known in caught.value.expected.removeprefix("one of ").split(", ")


@pytest.mark.parametrize(
    ("key", "value", "where", "what"),
    [
        ("split", "random", "split", "protocol of beyond 'random'"),
        ("kinds", {"exosom": ["Exosomes"]}, "kinds.exosom", "location 'exosom'"),
        ("models", ["era", "erra"], "models.1", "model of the table beyond 'erra'"),
        ("abundance", "expression_only", "abundance", "model of outside.models 'expression_only'"),
    ],
)
def test_unknown_references_of_the_outside_check(key, value, where, what):
    config = changed(("sources", "vesicles"), "vesicles.tsv")
    config["outside"] |= {"models": ["era", "phylomirloc"], "age": "era", "abundance": "phylomirloc"} | {key: value}
    with pytest.raises(InputError, match=f"Unknown {what}") as caught:
        settings.check_references(config, models_in_all_tables(), ROOT)
    assert caught.value.where == f"config: outside.{where}"
    # Without the source nothing is asked.
    config["sources"]["vesicles"] = ""
    settings.check_references(config, models_in_all_tables(), ROOT)


def test_a_model_that_leaves_the_trust_table_is_missed():
    with pytest.raises(InputError, match="Unknown model of the trust table 'era'") as caught:
        settings.check_references(CONFIG, models_in_all_tables(trusted=TRUSTED - {"era"}), ROOT)
    assert caught.value.where == f"config: trust.drawn.{CONFIG['trust']['drawn'].index('era')}"


@pytest.mark.parametrize(
    ("section", "key", "value", "where", "what", "known"),
    [
        ("beyond", "protocols", ["grouped", "locs"], "protocols.1", "split 'locs'", "locus"),
        ("beyond", "curve", ["curve_20"], "curve.0", "split 'curve_20'", "curve_25"),
        # A split, and not among the protocols.
        ("beyond", "shown", ["random"], "shown.0", "split 'random'", "matched"),
        ("beyond", "chosen", "phylomirlock", "chosen", "model of the table beyond 'phylomirlock'", "phylomirloc"),
        # A model, and not in the table.
        ("beyond", "whole", "lexical_3", "whole", "model of the table beyond 'lexical_3'", "all_views"),
        ("beyond", "references", {"era": "erra"}, "references.era", "model of the table beyond 'erra'", "era"),
        ("atlas", "models", ["sketchmirloc", "x"], "models.1", "model without fitted views 'x'", "sketchmirloc"),
        ("final", "default", "x", "default", "model of the table beyond 'x'", "sketchmirloc"),
        ("final", "explained", "lexical_3", "explained", "model of the table beyond 'lexical_3'", "sketchmirloc"),
        ("final", "split", "random", "split", "split of the kind whole 'random'", "whole"),
    ],
)
def test_unknown_references_of_the_models_beyond_the_paper(section, key, value, where, what, known):
    models = models_in_all_tables()
    assert "lexical_3" in models
    with pytest.raises(InputError, match=f"Unknown {what}") as caught:
        settings.check_references(changed((section, key), value), models, ROOT)
    assert caught.value.where == f"config: {section}.{where}"
    assert known in caught.value.expected.removeprefix("one of ").split(", ")


def test_a_model_whose_views_are_fitted_on_training_rows_makes_no_atlas():
    models = models_in_all_tables() | experiments(row(model="net", views="syntactic"))
    with pytest.raises(InputError, match="Unknown model without fitted views 'net'"):
        settings.check_references(changed(("atlas", "models"), ["net"]), models, ROOT)


@pytest.mark.parametrize("purpose", settings.PURPOSES)
def test_a_final_model_that_no_file_can_hold_is_refused(purpose):
    models = models_in_all_tables(beyond=BEYOND | {"mmlmirlocnet"})
    with pytest.raises(InputError, match="The model mmlmirlocnet cannot be exported: its learner is mvfcnet") as caught:
        settings.check_references(changed(("final", purpose), "mmlmirlocnet"), models, ROOT)
    assert caught.value.where == f"config: final.{purpose}" and "sketchmirloc" in caught.value.hint


@pytest.mark.parametrize(
    "key", ["figures.split", "tables.comparison.split", "sensitivity.split", "trust.shuffled", "trust.planted"]
)
def test_what_is_measured_needs_a_split_with_test_rows(key):
    with pytest.raises(InputError, match="'whole'") as caught:
        settings.check_references(changed(tuple(key.split(".")), "whole"), models_in_all_tables(), ROOT)
    assert caught.value.where == f"config: {key}"


@pytest.mark.parametrize("value", ["locus_14q", "lexical"])
def test_the_locus_of_the_strata_is_a_view_of_that_kind(value):
    with pytest.raises(InputError, match=f"'{value}'") as caught:
        settings.check_references(changed(("beyond", "locus"), value), models_in_all_tables(), ROOT)
    assert caught.value.where == "config: beyond.locus"


def test_unknown_reference_of_a_sensitivity_row():
    config = changed(("sensitivity", "rows"), [{"setting": "k", "value": "3", "model": "lexical_4"}])
    with pytest.raises(InputError, match="Unknown model 'lexical_4'") as caught:
        settings.check_references(config, models_in_all_tables(), ROOT)
    assert caught.value.where == "config: sensitivity.rows.0.model"


def test_unknown_split_over_whose_repeats_a_table_is_shown():
    config = changed(("tables", "comparison", "repeated"), ["random", "matchd"])
    with pytest.raises(InputError, match="Unknown split 'matchd'") as caught:
        settings.check_references(config, models_in_all_tables(), ROOT)
    assert caught.value.where == "config: tables.comparison.repeated.1"
    assert "matched" in caught.value.hint


def test_a_table_need_not_be_shown_over_repeats():
    assert "repeated" not in CONFIG["tables"]["ablation"]
    settings.check_references(CONFIG, models_in_all_tables(), ROOT)


def test_a_table_without_models():
    config = changed(("tables", "lonely"), CONFIG["tables"]["comparison"])
    with pytest.raises(InputError, match="No model stands in a table") as caught:
        settings.check_references(config, models_in_all_tables(), ROOT)
    assert caught.value.where == "config: tables.lonely"


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("dataset_variants", "main", {"strands": "sense"}),
        ("views", "rnabert_pretrained", CONFIG["views"]["lexical"]),
        ("tables", "roc", CONFIG["tables"]["comparison"]),
        ("tables", "trust", CONFIG["tables"]["comparison"]),
        ("tables", "beyond", CONFIG["tables"]["comparison"]),
        ("tables", "calibration", CONFIG["tables"]["comparison"]),
        ("tables", "comparison_repeats", CONFIG["tables"]["comparison"]),
    ],
)
def test_two_outputs_never_share_a_path(section, name, value):
    config = changed((section, name), value)
    models = models_in_all_tables(config["tables"])
    with pytest.raises(InputError, match=f"The name '{name}' is taken") as caught:
        settings.check_references(config, models, ROOT)
    assert caught.value.where == f"config: {section}"
    assert name in caught.value.expected


def test_a_location_is_no_other_column():
    config = changed(("dataset", "locations"), [*CONFIG["trust"]["implication"], "sequence"])
    with pytest.raises(InputError, match="'sequence' is taken"):
        settings.check_references(config, models_in_all_tables(), ROOT)


def test_reserved_names_are_those_of_the_pages_and_figures():
    """Read from the text of rules/pages.smk: the keys of its two dictionaries."""
    text = (ROOT / "rules/pages.smk").read_text()
    entries = "".join(re.findall(r"^(?:PAGES|FIGURES) = \{\n(.*?)^\}", text, re.M | re.S))
    names = re.findall(r'^    "(\w+)": ', entries, re.M) + re.findall(r'PAGES\["(\w+)"\]', text)
    assert {"upset", "roc", "protocols", "trust", "beyond", "control"} <= set(names)
    assert set(names) <= set(settings.MADE_BY_RULES)


OWN = ["", " ", ".", "./", "scripts/out", "config", "docs/", "results/../rules", "//x/..", "..", "../..", "/", "~"]


@pytest.mark.parametrize("results", [*OWN, str(ROOT), f"{ROOT}/", f"{ROOT}/tests/../config", ".snakemake/results"])
def test_results_are_not_written_into_the_project_or_what_holds_it(results, monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("HOME", str(ROOT.parent))
    with pytest.raises(InputError, match="the project's own folder") as caught:
        settings.results_folder(results, ROOT)
    assert caught.value.where == "config: results"


@pytest.mark.parametrize(
    ("results", "path"),
    [
        ("results/my/", "results/my"),
        ("results//my///", "results/my"),
        ("./results/./my", "results/my"),
        ("results/old/../my", "results/my"),
        (" results/my run ", "results/my run"),
        ("../beside", "../beside"),
        ("/tmp/my//results/", "/tmp/my/results"),
        ("~/mir results", "/home/of me/mir results"),
        ("~", "/home/of me"),
        ("results/~", "results/~"),
        ("results/O'Brien (1) & co", "results/O'Brien (1) & co"),
        ("results/nœuds", "results/nœuds"),
    ],
)
def test_the_folder_of_results_is_written_in_one_way(results, path, monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("HOME", "/home/of me")
    assert settings.results_folder(results, ROOT) == path


@pytest.mark.parametrize(
    ("results", "named"),
    [
        ("results/{run}", "'{' '}'"),
        ("{}", "'{' '}'"),
        ("results/<name of the run>", "'<' '>'"),
        ("results/my\nrun", r"'\\n'"),
        ("results/\tmy", r"'\\t'"),
        ("~nobody-of-this-name/results", "the name of an unknown user"),
    ],
)
def test_what_snakemake_would_fill_in_is_refused_in_the_folder_of_results(results, named):
    with pytest.raises(InputError, match=f"holds {named}") as caught:
        settings.results_folder(results, ROOT)
    assert caught.value.where == "config: results"


def test_simulated_records_have_a_folder_of_their_own():
    config = changed(("sources", "rnalocate"), "simulated")
    with pytest.raises(InputError, match="Simulated records would be written to the folder of real results"):
        settings.check_references(config, models_in_all_tables(), ROOT)
    config["results"] = str(ROOT / "results")
    with pytest.raises(InputError, match="Simulated records would be written to the folder of real results"):
        settings.check_references(config, models_in_all_tables(), ROOT)
    config["results"] = "results/control"
    settings.check_references(config, models_in_all_tables(), ROOT)


@pytest.mark.parametrize(
    ("argument", "path", "value"),
    [
        ("dataset={identity: 0.9}", "dataset.identity", 0.9),
        ("dataset={word_length: 8, strands: sense}", "dataset.word_length", 8),
        ("dataset={word_length: 8, strands: sense}", "dataset.strands", "sense"),
        ("splits={random: {stratified: false, folds: 5}}", "splits.random.stratified", False),
        ("splits={random: {stratified: false, folds: 5}}", "splits.random.folds", 5),
        ("views={lexical: {k: [3, 4]}}", "views.lexical.k", [3, 4]),
        ("learners={mksvm: {grid: {C: [1.5]}}}", "learners.mksvm.grid.C", [1.5]),
        ("beyond={explained: [hsa-mir-21]}", "beyond.explained", ["hsa-mir-21"]),
    ],
)
def test_values_within_braces_on_the_command_line_have_their_type(argument, path, value):
    given = parse_config([argument])
    config = copy.deepcopy(CONFIG)
    merge(config, given)
    for key in given:
        config[key] = settings.retyped(config[key], given[key])
    check(config, SCHEMA, "--config")
    found = config
    for key in path.split("."):
        found = found[key]
    assert found == value and type(found) is type(value)
    # Nothing else has changed.
    assert config == put(copy.deepcopy(config), path.split("."), value)
    assert config["records"] == CONFIG["records"] and config["dataset"].keys() == CONFIG["dataset"].keys()


def test_text_in_the_place_of_keys_points_to_a_file_or_to_braces():
    error = refusal(changed(("dataset",), "identity:0.9"))
    assert error.where == "--config: dataset"
    assert "--configfile" in error.hint and "{name: value}" in error.hint
    assert "--configfile" in refusal(changed(("dataset", "locations"), "nucleus,exosome")).hint


def test_what_a_file_says_keeps_its_type():
    """Only what the command line gave is read again: "05" in quotes in a file stays text."""
    assert settings.retyped({"a": "05", "b": "1"}, {"b": "1"}) == {"a": "05", "b": 1}
    assert settings.retyped({"a": "05"}, {"a": "7"}) == {"a": "05"}
    assert settings.retyped({"a": "x: ["}, {"a": "x: ["}) == {"a": "x: ["}
