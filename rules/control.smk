"""Control: hold what was found in simulated records against what was planted there."""

CONTROL_FILES = (
    [f"{RESULTS}/tables/control.{end}" for end in ("tsv", "md")]
    if config["sources"]["rnalocate"] == "simulated"
    else []
)


rule make_control_table:
    """Compare the ROC-AUC per location with the planted truth, and with shuffled labels."""
    input:
        truth=rules.simulate_control.output.truth,
        observed=f"{RESULTS}/metrics/{config['figures']['split']}/repeat-1/{config['figures']['model']}.tsv",
        shuffled=f"{RESULTS}/metrics/shuffled/repeat-1/{config['figures']['model']}.tsv",
    output:
        table=report(
            f"{RESULTS}/tables/control.tsv",
            caption="report/control.rst",
            category="Tables",
            labels={"table": "control", "form": "TSV"},
        ),
        markdown=f"{RESULTS}/tables/control.md",
    log:
        log_of("make_control_table"),
    benchmark:
        benchmark_of("make_control_table")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        label=MODELS[config["figures"]["model"]]["label"],
        code=digest("reporting.control_table"),
    script:
        "../scripts/make_control_table.py"
