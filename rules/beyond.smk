"""Beyond the paper: models of more views, what each view adds, and the learning curve."""

BEYOND_PROTOCOLS = config["beyond"]["protocols"]
# Views that tell where in the genome a hairpin lies.
OF_THE_GENOME = ("genomic", "locus")
# Split, model and batch of repeats of each that has a grid.
SEARCHED = [
    (split, model, batch)
    for split in BEYOND_PROTOCOLS
    for model in BEYOND
    if MODELS[model]["grid"]
    for batch in batches(split, most_repeats_of(split, model))
]


rule make_beyond_table:
    """Write the models beyond the paper under each protocol, with what each view adds."""
    input:
        summaries=[f"{RESULTS}/comparisons/beyond/{split}/summary.tsv" for split in BEYOND_PROTOCOLS],
        strata=[f"{RESULTS}/comparisons/beyond/{split}/strata.tsv" for split in BEYOND_PROTOCOLS],
    output:
        table=report(
            f"{RESULTS}/tables/beyond.tsv",
            caption="report/beyond.rst",
            category="Tables",
            labels={"table": "beyond", "form": "TSV"},
        ),
        markdown=f"{RESULTS}/tables/beyond.md",
    log:
        log_of("make_beyond_table"),
    benchmark:
        benchmark_of("make_beyond_table")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        kinds={split: config["splits"][split]["kind"] for split in BEYOND_PROTOCOLS},
        shown=config["beyond"]["shown"],
        chosen=config["beyond"]["chosen"],
        references=["constant", *config["beyond"]["references"]],
        constants=CONSTANTS,
        genome={
            model: any(view["kind"] in OF_THE_GENOME for view in MODELS[model]["views"].values()) for model in BEYOND
        },
        level=config["evaluation"]["level"],
        note=config["note"],
        code=digest("reporting.beyond_table"),
    script:
        "../scripts/make_beyond_table.py"


rule make_curve_table:
    """Write the learning curve: the same test rows, a growing share of the training rows."""
    input:
        summaries=[f"{RESULTS}/comparisons/curve/{split}/summary.tsv" for split in config["beyond"]["curve"]],
    output:
        table=report(
            f"{RESULTS}/tables/curve.tsv",
            caption="report/beyond.rst",
            category="Tables",
            labels={"table": "curve", "form": "TSV"},
        ),
        markdown=f"{RESULTS}/tables/curve.md",
    log:
        log_of("make_curve_table"),
    benchmark:
        benchmark_of("make_curve_table")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        shares=[config["splits"][split]["train_share"] for split in config["beyond"]["curve"]],
        note=config["note"],
        code=digest("reporting.beyond_table"),
    script:
        "../scripts/make_curve_table.py"


rule make_choices_table:
    """Write what validation rows chose of the grids of the models beyond the paper, and how often."""
    input:
        tunings=tuning_files(SEARCHED),
    output:
        table=report(
            f"{RESULTS}/tables/choices.tsv",
            caption="report/tuning.rst",
            category="Tables",
            labels={"table": "choices", "form": "TSV"},
        ),
        markdown=f"{RESULTS}/tables/choices.md",
    log:
        log_of("make_choices_table"),
    benchmark:
        benchmark_of("make_choices_table")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        tuned=[(split, model) for split, model, _ in SEARCHED],
        labels={model: MODELS[model]["label"] for model in BEYOND},
        caption="Settings that validation rows chose: the models beyond the paper",
        note=config["note"],
        code=digest("reporting.tuning_table"),
    script:
        "../scripts/make_tuning_table.py"


rule measure_importance:
    """Measure how far macro AUC falls when a view, or a column of one, is shuffled among the test rows."""
    input:
        tests=importance_files(f"{RESULTS}/splits/{{split}}/repeat-{{batch}}/test.tsv"),
        trains=importance_files(f"{RESULTS}/splits/{{split}}/repeat-{{batch}}/train.tsv"),
        fitted=importance_files(f"{RESULTS}/models/{{split}}/repeat-{{batch}}/{{model}}/folds"),
        views=[view_path(view) for view in MODELS[config["beyond"]["whole"]]["views"]],
    output:
        table=report(
            f"{RESULTS}/tables/importance.tsv",
            caption="report/beyond.rst",
            category="Tables",
            labels={"table": "importance", "form": "TSV"},
        ),
    log:
        log_of("measure_importance"),
    benchmark:
        benchmark_of("measure_importance")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        spec=MODELS[config["beyond"]["whole"]],
        locations=LOCATIONS,
        repeats=most_repeats_of(config["beyond"]["shown"][0], config["beyond"]["whole"]),
        level=config["evaluation"]["level"],
        seed=config["seed"],
        code=digest("evaluation.importance"),
    script:
        "../scripts/measure_importance.py"


rule measure_agreement:
    """Measure how the records of nearly identical hairpins agree: a ceiling for what their sequence can tell."""
    input:
        clusters=f"{RESULTS}/dataset/clusters.tsv",
        sequenced=rules.join_sequences.output.sequenced,
    output:
        table=report(
            f"{RESULTS}/tables/agreement.tsv",
            caption="report/beyond.rst",
            category="Tables",
            labels={"table": "agreement", "form": "TSV"},
        ),
    log:
        log_of("measure_agreement"),
    benchmark:
        benchmark_of("measure_agreement")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        locations=LOCATIONS,
        code=digest("evaluation.agreement"),
    script:
        "../scripts/measure_agreement.py"
