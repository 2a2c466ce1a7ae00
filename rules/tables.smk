"""Tables: every number beside the paper's, as TSV and Markdown."""

TABLES = ["dataset", *config["tables"], "locations", "sensitivity", "fidelity", "tuning", "trust", "strata", "controls"]
TABLES += ["beyond", "curve", "choices"]
# Split, model and batch of repeats of all that the paper's tables and the trust table show; the models beyond the paper
# have a table of choices of their own.
TUNED = [
    (split, model, batch)
    for split in dict.fromkeys([*(row["split"] for row in config["tables"].values()), *PROTOCOLS])
    for model in MODELS
    for batch in shown_batches(split, model)
]
TABLE_FILES = [f"{RESULTS}/tables/{table}.{end}" for table in TABLES for end in ("tsv", "md")]
TABLE_FILES += [f"{RESULTS}/tables/{table}_repeats.tsv" for table in config["tables"] if repeated_splits(table)]


rule make_dataset_table:
    """Write Tables I and II beside the paper's."""
    input:
        train=f"{RESULTS}/splits/{config['figures']['split']}/repeat-1/train.tsv",
        test=f"{RESULTS}/splits/{config['figures']['split']}/repeat-1/test.tsv",
        paper_train=f"{workflow.basedir}/resources/paper/table1.tsv",
        paper_test=f"{workflow.basedir}/resources/paper/table2.tsv",
        paper_totals=f"{workflow.basedir}/resources/paper/dataset.tsv",
    output:
        table=report(
            f"{RESULTS}/tables/dataset.tsv",
            caption="report/dataset.rst",
            category="Tables",
            labels={"table": "dataset", "form": "TSV"},
        ),
        markdown=f"{RESULTS}/tables/dataset.md",
    log:
        log_of("make_dataset_table"),
    benchmark:
        benchmark_of("make_dataset_table")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        locations=LOCATIONS,
        note=config["note"],
        code=digest("reporting.dataset_table"),
    script:
        "../scripts/make_dataset_table.py"


rule summarise_repeats:
    """Measure models over the repeats of a split: mean and interval in either reading, paired differences."""
    input:
        scores=repeated_scores,
        mirnas=split_dataset_file,
    output:
        summary=f"{RESULTS}/metrics/{{split}}/repeats.tsv",
    log:
        log_of("summarise_repeats", "{split}"),
    benchmark:
        benchmark_of("summarise_repeats", "{split}")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(500),
        runtime=per_attempt(10),
    params:
        models=lambda wildcards: [model for model, _ in repeated_batches(wildcards)],
        constants=CONSTANTS,
        era=config["trust"]["references"]["era"],
        locations=LOCATIONS,
        threshold=config["evaluation"]["threshold"],
        level=config["evaluation"]["level"],
        code=digest("evaluation.repeated"),
    script:
        "../scripts/summarise_repeats.py"


rule make_repeats_table:
    """Write a table of results over the repeats of some splits, each number beside the paper's."""
    input:
        summaries=lambda wildcards: [
            f"{RESULTS}/metrics/{split}/repeats.tsv" for split in repeated_splits(wildcards.table)
        ],
        paper=table_paper,
    output:
        table=report(
            f"{RESULTS}/tables/{{table}}_repeats.tsv",
            caption="report/repeats.rst",
            category="Tables",
            labels={"table": "{table}_repeats", "form": "TSV"},
        ),
    log:
        log_of("make_repeats_table", "{table}"),
    benchmark:
        benchmark_of("make_repeats_table", "{table}")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        splits=lambda wildcards: repeated_splits(wildcards.table),
        labels=repeated_labels,
        code=digest("reporting.repeats_table"),
    script:
        "../scripts/make_repeats_table.py"


rule make_table:
    """Write a table of results: paper, fold mean and sd, ensemble with interval, per model and metric."""
    input:
        metrics=table_metrics,
        scores=table_scores,
        constants=table_constants,
        era=table_era,
        paper=table_paper,
        repeats=table_repeats,
    output:
        table=report(
            f"{RESULTS}/tables/{{table}}.tsv",
            caption="report/table.rst",
            category="Tables",
            labels={"table": "{table}", "form": "TSV"},
        ),
        markdown=f"{RESULTS}/tables/{{table}}.md",
    log:
        log_of("make_table", "{table}"),
    benchmark:
        benchmark_of("make_table", "{table}")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        labels=table_labels,
        compared=lambda wildcards: [
            model for model in table_models(wildcards) if MODELS[model]["learner"] != "constant"
        ],
        caption=lambda wildcards: config["tables"][wildcards.table]["caption"],
        kinds=lambda wildcards: {split: config["splits"][split]["kind"] for split in repeated_splits(wildcards.table)},
        locations=LOCATIONS,
        evaluation=config["evaluation"],
        seed=config["seed"],
        note=config["note"],
        code=digest("reporting.tables", "reporting.repeats_table", "evaluation.standing"),
    script:
        "../scripts/make_table.py"


rule make_tuning_table:
    """Write what validation rows chose of the grids of the paper's and the trust table's models, and how often."""
    input:
        tunings=tuning_files(TUNED),
    output:
        table=report(
            f"{RESULTS}/tables/tuning.tsv",
            caption="report/tuning.rst",
            category="Tables",
            labels={"table": "tuning", "form": "TSV"},
        ),
        markdown=f"{RESULTS}/tables/tuning.md",
    log:
        log_of("make_tuning_table"),
    benchmark:
        benchmark_of("make_tuning_table")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        tuned=[(split, model) for split, model, _ in TUNED],
        labels={model: MODELS[model]["label"] for _, model, _ in TUNED},
        caption="Settings that validation rows chose: the models of the paper's tables and of the trust table",
        note=config["note"],
        code=digest("reporting.tuning_table"),
    script:
        "../scripts/make_tuning_table.py"
