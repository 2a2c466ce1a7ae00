"""Trust: all models under every protocol and control, with intervals and paired differences."""

TRUSTED, BEYOND, CURVE = (
    [model for model, row in MODELS.items() if comparison in row["tables"]] for comparison in user_settings.COMPARISONS
)
CONSTANTS = [model for model in TRUSTED if MODELS[model]["learner"] == "constant"]
PROTOCOLS = config["trust"]["protocols"]
LEARNERS = [model for model in TRUSTED if model not in CONSTANTS]
# Views of a record or of one number of a sequence cannot find what is planted in sequences.
LEARNERS_OF_SEQUENCES = [
    model
    for model in LEARNERS
    if all(view["kind"] not in ("record", "summary") for view in MODELS[model]["views"].values())
]
CONTROLS = [config["trust"]["shuffled"], config["trust"]["planted"]]


wildcard_constraints:
    comparison="|".join(user_settings.COMPARISONS),


rule decide:
    """Calibrate a model's test scores and turn them to label sets by every rule, all fitted on validation rows."""
    input:
        validation_scores=decided_files(f"{RESULTS}/models/{{split}}/repeat-{{batch}}/{{model}}/validation_scores.tsv"),
        scores=decided_files(f"{RESULTS}/scores/{{split}}/repeat-{{batch}}/{{model}}.tsv"),
    output:
        probabilities=f"{RESULTS}/decisions/{{split}}/{{model}}/probabilities.tsv",
        decisions=f"{RESULTS}/decisions/{{split}}/{{model}}/decisions.tsv",
        rules=f"{RESULTS}/decisions/{{split}}/{{model}}/rules.tsv",
    log:
        log_of("decide", "{split}", "{model}"),
    benchmark:
        benchmark_of("decide", "{split}", "{model}")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(500),
        runtime=per_attempt(10),
    params:
        locations=LOCATIONS,
        threshold=config["evaluation"]["threshold"],
        objective=config["training"]["objective"],
        constant=lambda wildcards: MODELS[wildcards.model]["learner"] == "constant",
        code=digest("evaluation.deciding"),
    script:
        "../scripts/decide.py"


rule compare_models:
    """Measure all models of a comparison under one protocol: means over repeats, intervals, paired differences, strata, calibration."""
    input:
        probabilities=compared_files(f"{RESULTS}/decisions/{{split}}/{{model}}/probabilities.tsv"),
        decisions=compared_files(f"{RESULTS}/decisions/{{split}}/{{model}}/decisions.tsv"),
        mirnas=split_dataset_file,
        groups=split_groups_file,
        locus=compared_locus,
    output:
        summary=f"{RESULTS}/comparisons/{{comparison}}/{{split}}/summary.tsv",
        strata=f"{RESULTS}/comparisons/{{comparison}}/{{split}}/strata.tsv",
        curves=f"{RESULTS}/comparisons/{{comparison}}/{{split}}/curves.tsv",
    log:
        log_of("compare_models", "{comparison}", "{split}"),
    benchmark:
        benchmark_of("compare_models", "{comparison}", "{split}")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1000),
        runtime=per_attempt(10),
    params:
        labels=lambda wildcards: {model: MODELS[model]["label"] for model in compared_models(wildcards)},
        constants=CONSTANTS,
        locations=LOCATIONS,
        references=lambda wildcards: config["trust" if wildcards.comparison == "trust" else "beyond"]["references"],
        implication=config["trust"]["implication"],
        draws=config["evaluation"]["draws"],
        level=config["evaluation"]["level"],
        seed=config["seed"],
        code=digest("evaluation.trust"),
    script:
        "../scripts/compare_models.py"


rule make_trust_table:
    """Write all models under every protocol, each number with its interval and its differences to the references."""
    input:
        summaries=[f"{RESULTS}/comparisons/trust/{split}/summary.tsv" for split in PROTOCOLS],
        strata=[f"{RESULTS}/comparisons/trust/{split}/strata.tsv" for split in PROTOCOLS],
        paper=[f"{workflow.basedir}/resources/paper/{name}.tsv" for name in ("table3", "constants")],
    output:
        table=report(
            f"{RESULTS}/tables/trust.tsv",
            caption="report/trust.rst",
            category="Tables",
            labels={"table": "trust", "form": "TSV"},
        ),
        markdown=f"{RESULTS}/tables/trust.md",
        strata=report(
            f"{RESULTS}/tables/strata.tsv",
            caption="report/trust.rst",
            category="Tables",
            labels={"table": "strata", "form": "TSV"},
        ),
        strata_markdown=f"{RESULTS}/tables/strata.md",
    log:
        log_of("make_trust_table"),
    benchmark:
        benchmark_of("make_trust_table")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        kinds={split: config["splits"][split]["kind"] for split in PROTOCOLS},
        shown=config["trust"]["shown"],
        references=["constant", *config["trust"]["references"]],
        implication=config["trust"]["implication"],
        constants=CONSTANTS,
        level=config["evaluation"]["level"],
        note=config["note"],
        code=digest("reporting.trust_table"),
    script:
        "../scripts/make_trust_table.py"


rule make_controls_table:
    """Write what each learner makes of labels that cannot be learnt, and of labels that must be."""
    input:
        shuffled=f"{RESULTS}/comparisons/trust/{config['trust']['shuffled']}/summary.tsv",
        planted=f"{RESULTS}/comparisons/trust/{config['trust']['planted']}/summary.tsv",
    output:
        table=report(
            f"{RESULTS}/tables/controls.tsv",
            caption="report/controls.rst",
            category="Tables",
            labels={"table": "controls", "form": "TSV"},
        ),
        markdown=f"{RESULTS}/tables/controls.md",
    log:
        log_of("make_controls_table"),
    benchmark:
        benchmark_of("make_controls_table")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        learners_of_sequences=LEARNERS_OF_SEQUENCES,
        level=config["evaluation"]["level"],
        note=config["note"],
        code=digest("reporting.controls_table"),
    script:
        "../scripts/make_controls_table.py"
