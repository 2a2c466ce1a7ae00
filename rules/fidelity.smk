"""Fidelity: per location, one ambiguity at a time, and every number of the paper beside ours."""

FIDELITY_TABLES = [table for table in ("comparison", "ablation", "bert_size") if table in config["tables"]]
# Table III over the repeats of the figures' split, where the config shows it.
FIDELITY_REPEATS = []
if "comparison" in FIDELITY_TABLES and config["figures"]["split"] in repeated_splits("comparison"):
    FIDELITY_REPEATS = f"{RESULTS}/tables/comparison_repeats.tsv"


rule make_locations_table:
    """Write ROC-AUC and PR-AUC per location beside Fig. 4's, with the prevalence."""
    input:
        metrics=f"{RESULTS}/metrics/{config['figures']['split']}/repeat-1/{config['figures']['model']}.tsv",
        test=f"{RESULTS}/splits/{config['figures']['split']}/repeat-1/test.tsv",
        paper=f"{workflow.basedir}/resources/paper/figure4.tsv",
    output:
        table=report(
            f"{RESULTS}/tables/locations.tsv",
            caption="report/locations.rst",
            category="Tables",
            labels={"table": "locations", "form": "TSV"},
        ),
        markdown=f"{RESULTS}/tables/locations.md",
    log:
        log_of("make_locations_table"),
    benchmark:
        benchmark_of("make_locations_table")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        locations=LOCATIONS,
        label=MODELS[config["figures"]["model"]]["label"],
        note=config["note"],
        code=digest("reporting.locations_table"),
    script:
        "../scripts/make_locations_table.py"


rule make_sensitivity_table:
    """Write what changes when one ambiguity of the paper is read the other way."""
    input:
        scores=sensitivity_scores,
    output:
        table=report(
            f"{RESULTS}/tables/sensitivity.tsv",
            caption="report/sensitivity.rst",
            category="Tables",
            labels={"table": "sensitivity", "form": "TSV"},
        ),
        markdown=f"{RESULTS}/tables/sensitivity.md",
    log:
        log_of("make_sensitivity_table"),
    benchmark:
        benchmark_of("make_sensitivity_table")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        variants=[
            {key: row[key] for key in ("setting", "value", "repeat", "threshold")} for row in sensitivity_variants()
        ],
        locations=LOCATIONS,
        evaluation=config["evaluation"],
        seed=config["seed"],
        note=config["note"],
        code=digest("reporting.sensitivity"),
    script:
        "../scripts/make_sensitivity_table.py"


rule measure_hindsight:
    """Measure what thresholds reach that are chosen on the test rows themselves, for the fidelity page only."""
    input:
        scores=hindsight_scores,
    output:
        table=f"{RESULTS}/metrics/{config['figures']['split']}/hindsight.tsv",
    log:
        log_of("measure_hindsight"),
    benchmark:
        benchmark_of("measure_hindsight")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(500),
        runtime=per_attempt(5),
    params:
        locations=LOCATIONS,
        threshold=config["evaluation"]["threshold"],
        code=digest("evaluation.hindsight"),
    script:
        "../scripts/measure_hindsight.py"


rule make_fidelity_table:
    """Write every number of the paper beside ours, and whether it lies in our interval."""
    input:
        totals=f"{workflow.basedir}/resources/paper/dataset.tsv",
        mirnas=f"{RESULTS}/dataset/mirnas.tsv",
        records=rules.merge_records.output.records,
        train=f"{RESULTS}/splits/{config['figures']['split']}/repeat-1/train.tsv",
        parts=rules.make_dataset_table.output.table,
        tables=[f"{RESULTS}/tables/{table}.tsv" for table in FIDELITY_TABLES],
        by_location=rules.make_locations_table.output.table,
        repeats=FIDELITY_REPEATS,
        hindsight=rules.measure_hindsight.output.table,
        contradictions=f"{workflow.basedir}/resources/paper/contradictions.tsv",
    output:
        table=report(
            f"{RESULTS}/tables/fidelity.tsv",
            caption="report/fidelity.rst",
            category="Tables",
            labels={"table": "fidelity", "form": "TSV"},
        ),
        markdown=f"{RESULTS}/tables/fidelity.md",
    log:
        log_of("make_fidelity_table"),
    benchmark:
        benchmark_of("make_fidelity_table")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        names=FIDELITY_TABLES,
        split=config["figures"]["split"],
        model=config["figures"]["model"],
        label=MODELS[config["figures"]["model"]]["label"],
        threshold=config["evaluation"]["threshold"],
        locations=LOCATIONS,
        note=config["note"],
        code=digest("reporting.fidelity"),
    script:
        "../scripts/make_fidelity_table.py"
