"""Pages: what every table and every figure is made from, and by which function."""

PAPER = f"{ROOT}/resources/paper"
# Pages and figures of a labelled table: the others need the paper, ages, places in the genome or miRBase.
OWN_PAGES = ("dataset", "locations", "tuning", "trust", "strata", "controls", "overlap")
OWN_FIGURES = (
    *("upset", "label_counts", "lengths", "lengths_train", "lengths_test", "roc", "pr", "auc_by_location"),
    *("confusion", "protocols", "calibration", "strata", "controls"),
)
LABELS = {model: row["label"] for model, row in MODELS.items()}
LEVEL = config["evaluation"]["level"]
# Views that tell where in the genome a hairpin lies.
OF_THE_GENOME = ("genomic", "locus")
BEYOND_PROTOCOLS = config["beyond"]["protocols"]
FIDELITY_TABLES = [table for table in ("comparison", "ablation", "bert_size") if table in config["tables"]]
# Split, model and batch of repeats of all that the paper's tables and the trust table show; the models beyond the paper
# have a table of choices of their own.
TUNED = [
    (split, model, batch)
    for split in dict.fromkeys([*(row["split"] for row in config["tables"].values()), *PROTOCOLS])
    for model, batch in tuned_runs(split)
]
SEARCHED = [
    (split, model, batch)
    for split in BEYOND_PROTOCOLS
    for model in BEYOND
    if MODELS[model]["grid"]
    for batch in runs_under(split)[model]
]


def beside(**paper):
    """Inputs of the paper's numbers; empty for a dataset that is not the paper's."""
    return {name: [] for name in paper} if OWN else paper


def kinds_of(splits):
    """Split -> its kind."""
    return {split: config["splits"][split]["kind"] for split in splits}


def judgements(splits, table):
    """A table of the judgements on some splits."""
    return [f"{RESULTS}/judgements/{split}/{table}.tsv" for split in splits]


def results_page(table):
    """The entry of a table of results."""
    spec = config["tables"][table]
    return {
        "function": "comparison.write_comparison",
        "caption": "table",
        "inputs": {
            "metrics": f"{RESULTS}/judgements/{spec['split']}/metrics.tsv",
            "paper": table_paper(table),
            "repeats": f"{RESULTS}/tables/{table}_repeats.tsv" if repeated_splits(table) else [],
        },
        "options": {
            "labels": {model: LABELS[model] for model in table_models(table)},
            "caption": spec["caption"],
            "kinds": kinds_of(repeated_splits(table)),
            "threshold": config["evaluation"]["threshold"],
            "level": LEVEL,
        },
    }


def choices_page(runs, models):
    """The entry of a table of what validation rows chose."""
    return {
        "function": "tuning_table.write_choices",
        "caption": "tuning",
        "inputs": {"tunings": tuning_files(runs)},
        "options": {
            "tuned": [(split, model) for split, model, _ in runs],
            "labels": {model: LABELS[model] for _, model, _ in runs},
            "caption": f"Settings that validation rows chose: {models}",
        },
    }


# The models of the trust table that know age alone.
AGES = [model for model in TRUSTED if MODELS[model]["role"] == roles.AGE]


# A new table is a function of mmlmirloc.reporting and an entry here: id -> the function, file in rules/report, what it
# reads, and its other arguments beside the note.
PAGES = {
    "dataset": {
        "function": "dataset_table.write_dataset_table",
        "caption": "dataset",
        "inputs": {
            "train": f"{RESULTS}/splits/{FIGURED_SPLIT}/repeat-1/train.tsv",
            "test": f"{RESULTS}/splits/{FIGURED_SPLIT}/repeat-1/test.tsv",
            **beside(
                paper_train=f"{PAPER}/table1.tsv",
                paper_test=f"{PAPER}/table2.tsv",
                paper_totals=f"{PAPER}/dataset.tsv",
            ),
        },
        "options": {"locations": LOCATIONS},
    },
    **{table: results_page(table) for table in config["tables"]},
    "locations": {
        "function": "locations_table.write_locations_table",
        "caption": "locations",
        "inputs": {
            "metrics": f"{RESULTS}/judgements/{FIGURED_SPLIT}/metrics.tsv",
            "test": f"{RESULTS}/splits/{FIGURED_SPLIT}/repeat-1/test.tsv",
            **beside(paper=f"{PAPER}/figure4.tsv"),
        },
        "options": {"locations": LOCATIONS, "model": FIGURED, "label": LABELS[FIGURED]},
    },
    "sensitivity": {
        "function": "sensitivity.write_sensitivity",
        "caption": "sensitivity",
        "inputs": {"measured": rules.measure_sensitivity.output.table},
        "options": {"caption": "Sensitivity of MMLmiRLocNet: one ambiguity of the paper at a time"},
    },
    "fidelity": {
        "function": "fidelity.write_fidelity",
        "caption": "fidelity",
        "inputs": {
            "totals": f"{PAPER}/dataset.tsv",
            "mirnas": f"{RESULTS}/dataset/mirnas.tsv",
            "records": rules.merge_records.output.records,
            "train": f"{RESULTS}/splits/{FIGURED_SPLIT}/repeat-1/train.tsv",
            "parts": f"{RESULTS}/tables/dataset.tsv",
            "tables": [f"{RESULTS}/tables/{table}.tsv" for table in FIDELITY_TABLES],
            "by_location": f"{RESULTS}/tables/locations.tsv",
            # Table III over the repeats of the figures' split, where the config shows it.
            "repeats": (
                f"{RESULTS}/tables/comparison_repeats.tsv"
                if "comparison" in FIDELITY_TABLES and FIGURED_SPLIT in repeated_splits("comparison")
                else []
            ),
            "hindsight": rules.measure_hindsight.output.table,
            "contradictions": f"{PAPER}/contradictions.tsv",
        },
        "options": {
            "names": FIDELITY_TABLES,
            "shown": {
                "split": FIGURED_SPLIT,
                "model": FIGURED,
                "label": LABELS[FIGURED],
                "threshold": config["evaluation"]["threshold"],
            },
            "constants": CONSTANTS,
            "locations": LOCATIONS,
        },
    },
    "tuning": choices_page(TUNED, "the models of the paper's tables and of the trust table"),
    "trust": {
        "function": "trust_table.write_trust",
        "caption": "trust",
        "inputs": {
            "summaries": judgements(PROTOCOLS, "summary"),
            **beside(paper=[f"{PAPER}/table3.tsv", f"{PAPER}/constants.tsv"]),
        },
        "options": {
            "kinds": kinds_of(PROTOCOLS),
            "comparison": "trust",
            "shown": config["trust"]["shown"],
            "references": ["constant", *config["trust"]["references"]],
            "implication": config["trust"]["implication"],
            "constants": CONSTANTS,
            "era": ERA,
            "level": LEVEL,
        },
    },
    "strata": {
        "function": "trust_table.write_strata",
        "caption": "trust",
        "inputs": {"strata": judgements(PROTOCOLS, "strata")},
        "options": {"protocols": PROTOCOLS, "comparison": "trust", "shown": config["trust"]["shown"]},
    },
    "controls": {
        "function": "controls_table.write_controls",
        "caption": "controls",
        "inputs": {"measured": rules.measure_controls.output.table},
        "options": {"level": LEVEL},
    },
    "beyond": {
        "function": "beyond_table.write_beyond",
        "caption": "beyond",
        "inputs": {
            "summaries": judgements(BEYOND_PROTOCOLS, "summary"),
            "strata": judgements(BEYOND_PROTOCOLS, "strata"),
        },
        "options": {
            "kinds": kinds_of(BEYOND_PROTOCOLS),
            "comparison": "beyond",
            "shown": config["beyond"]["shown"],
            "chosen": config["beyond"]["chosen"],
            "references": ["constant", *config["beyond"]["references"]],
            "constants": CONSTANTS,
            "ages": [model for model in BEYOND if MODELS[model]["role"] == roles.AGE],
            "ablations": {model: MODELS[model]["ablation"] for model in BEYOND if MODELS[model]["ablation"]},
            "genome": {
                model: any(view["kind"] in OF_THE_GENOME for view in MODELS[model]["views"].values())
                for model in BEYOND
            },
            "level": LEVEL,
        },
    },
    "curve": {
        "function": "beyond_table.write_curve",
        "caption": "beyond",
        "inputs": {"summaries": judgements(config["beyond"]["curve"], "summary")},
        "options": {
            "shares": {split: config["splits"][split]["train_share"] for split in config["beyond"]["curve"]},
            "comparison": "curve",
        },
    },
    "choices": choices_page(SEARCHED, "the models beyond the paper"),
    "atlas": {
        "function": "atlas_table.write_atlas",
        "caption": "atlas",
        "inputs": {
            "predictions": [f"{RESULTS}/atlas/{model}.tsv" for model in ATLAS],
            "arms": rules.list_molecules.output.arms,
            "hairpins": rules.list_molecules.output.hairpins,
        },
        "options": {
            "labels": {model: LABELS[model] for model in ATLAS},
            "genome": {
                model: any(view["kind"] in OF_THE_GENOME for view in MODELS[model]["views"].values()) for model in ATLAS
            },
            "locations": LOCATIONS,
        },
    },
}
# A single predictor needs no comparison.
if ERA in AGES and len(AGES) > 1:
    PAGES["age"] = {
        "function": "age_table.write_age",
        "caption": "age",
        "inputs": {"rules": judgements(PROTOCOLS, "rules")},
        "options": {
            "protocols": PROTOCOLS,
            "labels": {model: LABELS[model] for model in AGES},
            "reference": ERA,
            "objective": config["training"]["objective"],
            "threshold": config["evaluation"]["threshold"],
        },
    }
# Simulated records: what was found beside what was planted.
if SIMULATED_RECORDS:
    PAGES["control"] = {
        "function": "planted_table.write_planted_table",
        "caption": "control",
        "inputs": {
            "truth": rules.simulate_control.output.truth,
            "observed": f"{RESULTS}/judgements/{FIGURED_SPLIT}/metrics.tsv",
            "shuffled": f"{RESULTS}/judgements/{config['trust']['shuffled']}/metrics.tsv",
        },
        "options": {"model": FIGURED, "label": LABELS[FIGURED]},
    }
# What another source found, where it is given.
if config["sources"][annotation_sources.OUTSIDE]:
    PAGES["outside"] = {
        "function": "outside_table.write_outside",
        "caption": "outside",
        "inputs": {"measured": rules.measure_outside.output.table},
        "options": {
            "labels": {model: LABELS[model] for model in config["outside"]["models"]},
            "locations": LOCATIONS,
            "level": LEVEL,
        },
    }
if OWN:
    BATCHES = [(split, batch) for split in PROTOCOLS for batch in used_batches(split)]
    PAGES["overlap"] = {
        "function": "overlap_table.write_overlap",
        "caption": "overlap",
        "inputs": {
            f"{side}s": [f"{RESULTS}/splits/{split}/repeat-{batch}/{side}.tsv" for split, batch in BATCHES]
            for side in ("train", "test")
        },
        "options": {"protocols": [split for split, _ in BATCHES]},
    }
    PAGES = {page: PAGES[page] for page in OWN_PAGES}
REPEATED = [table for table in config["tables"] if repeated_splits(table)]
TABLE_FILES = [f"{RESULTS}/tables/{page}.{end}" for page in PAGES for end in ("tsv", "md", "html")]
TABLE_FILES += [f"{RESULTS}/tables/{table}_repeats.tsv" for table in REPEATED]
# Only where it is asked for: some of its networks take half an hour. Its draw and the paper's numbers are those of
# the table comparison.
if SYSTEMS and "comparison" in config["tables"]:
    PAGES["systems"] = {
        "function": "comparison.write_comparison",
        "caption": "systems",
        "inputs": {
            "metrics": f"{RESULTS}/judgements/{config['tables']['comparison']['split']}/trials.tsv",
            "paper": table_paper("comparison"),
            "repeats": [],
        },
        "options": {
            "labels": {model: LABELS[model] for model in SYSTEMS},
            "caption": "Published systems that run on these records, and SketchMiRLoc, on the test rows of our Table III",
            "kinds": {},
            "threshold": config["evaluation"]["threshold"],
            "level": LEVEL,
        },
    }


def dataset_figure(module, rows):
    """The entry of a figure of the rows of a dataset, or of a part of it."""
    return {
        "module": module,
        "caption": "dataset_figure",
        "inputs": {"mirnas": rows},
        "options": {"locations": LOCATIONS},
    }


def score_figure(module, **drawing):
    """The entry of a figure of the scores of the figures' model."""
    paper = {} if OWN or module == "confusion" else {"paper": f"{PAPER}/figure4.tsv"}
    return {
        "module": module,
        "caption": "score_figure",
        "inputs": {"scores": rules.tabulate_scores.output.table, **paper},
        "options": {"model": FIGURED},
        "drawing": drawing,
    }


def table_figure(module, caption="trust_figure", options=None, **tables):
    """The entry of a figure of tables."""
    inputs = {name: f"{RESULTS}/tables/{table}.tsv" for name, table in tables.items()}
    return {"module": module, "caption": caption, "inputs": inputs, "options": options or {}}


SHOWN, DRAWN = config["trust"]["shown"], config["trust"]["drawn"]
# A new figure is a module of mmlmirloc.reporting.figures and an entry here: id -> the module, file in rules/report, tables that it takes, and its other arguments.
FIGURES = {
    "upset": dataset_figure("upset", f"{RESULTS}/dataset/mirnas.tsv"),
    "label_counts": dataset_figure("label_counts", f"{RESULTS}/dataset/mirnas.tsv"),
    "lengths": dataset_figure("lengths", f"{RESULTS}/dataset/mirnas.tsv"),
    "lengths_train": dataset_figure("lengths", f"{RESULTS}/splits/{FIGURED_SPLIT}/repeat-1/train.tsv"),
    "lengths_test": dataset_figure("lengths", f"{RESULTS}/splits/{FIGURED_SPLIT}/repeat-1/test.tsv"),
    "roc": score_figure("roc"),
    "pr": score_figure("pr"),
    "auc_by_location": score_figure("auc_by_location"),
    "confusion": score_figure("confusion", locations=LOCATIONS),
    **{
        table: table_figure("comparison", "table_figure", options={"constants": CONSTANTS}, table=table)
        for table in config["tables"]
    },
    "protocols": table_figure("protocols", options={"constants": CONSTANTS, "era": ERA}, table="trust"),
    "calibration": {
        "module": "calibration",
        "caption": "trust_figure",
        "inputs": {"curves": f"{RESULTS}/judgements/{SHOWN}/curves.tsv"},
        "options": {"models": [model for model in DRAWN if model in LEARNERS], "comparison": "trust"},
    },
    "strata": table_figure("strata", options={"protocol": SHOWN, "models": DRAWN}, strata="strata"),
    "controls": table_figure("controls", options={"protocol": SHOWN}, controls="controls", table="trust"),
    "views": table_figure("views", table="beyond"),
    "learning_curve": table_figure("learning_curve", options={"constants": CONSTANTS}, table="curve"),
    "importance": table_figure("importance", table="importance"),
    "attributions": {
        "module": "attributions",
        "caption": "trust_figure",
        "inputs": {"table": rules.explain_hairpins.output.table},
        "options": {},
    },
}
if "outside" in PAGES:
    FIGURES["outside"] = table_figure("outside", table="outside")
if OWN:
    # One location has no combinations.
    FIGURES = {figure: FIGURES[figure] for figure in OWN_FIGURES if figure != "upset" or len(LOCATIONS) > 1}
FIGURE_FILES = [f"{RESULTS}/figures/{figure}.{end}" for figure in FIGURES for end in ("pdf", "png", "tsv")]
