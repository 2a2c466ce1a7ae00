"""Control data: what was planted is found, what was not planted is not."""

import csv

import pytest

# The network on 4-mers alone: planted motifs are words, so neither word2vec nor RNABERT has to be waited for.
# Era and a constant are what the trust table subtracts. No model beyond the paper is made, so that one stands for all.
MODELS = """model\tlabel\trole\tlearner\tviews\toverrides\tshare\ttables
mmlmirlocnet\tMMLmiRLocNet\tsystem\tmvfcnet\tlexical\t\t\tcomparison,ablation,bert_size,common_features,trust,beyond
always_nucleus\tAlways nucleus\tconstant\tconstant\t\tanswer=nucleus\t\ttrust,beyond
era\tEra\tage\tforest\taccession_number\ttrees=1;splits=best;max_leaf_nodes=3;max_features=1.0\t\ttrust,beyond
forest\tForest\tsystem\tforest\tlexical\t\t\tbeyond
"""
BEYOND = {"chosen": "forest", "whole": "forest", "references": {"era_locus": "era", "whole": "forest"}}
SETTINGS = {
    "results": "results/planted",
    "models": "models.tsv",
    "control": {"hairpins": 500, "strength": 0.95},
    "splits": {split: {"folds": 5, "test_size": 0.4, "repeats": 1} for split in ("random", "shuffled")},
    # Five intervals must hold 0.5 at once, for which 95% are too few.
    "evaluation": {"draws": 2000, "level": 0.999},
    "sensitivity": {"rows": []},
    "beyond": BEYOND,
    "final": {"default": "forest", "explained": "forest"},
    "atlas": {"models": ["forest"]},
}


@pytest.mark.slow
def test_planted_locations_are_found_and_no_other(fresh):
    (fresh.root / "models.tsv").write_text(MODELS)
    table = "results/planted/tables/control.tsv"
    run = fresh.run(table, config="config/control.yaml", settings=SETTINGS)
    assert run.code == 0, run.output
    with open(fresh.root / table, newline="") as file:
        rows = {row["location"]: row for row in csv.DictReader(file, delimiter="\t")}
    assert [rows[location]["expected"] for location in ("nucleus", "exosome", "cytoplasm")] == ["found"] * 3
    assert rows["microvesicle"]["expected"] == "not found"
    for location, row in rows.items():
        low, area, high = (float(row[end]) for end in ("auc_low", "auc", "auc_high"))
        if row["expected"] == "found":
            assert low > 0.5, location
            assert area > 0.8, location
        else:
            assert low <= 0.5 <= high, location
        assert float(row["auc_low_shuffled"]) <= 0.5 <= float(row["auc_high_shuffled"]), location
