"""Runtime: what the jobs cost. No part of the tables and figures that a run makes, since it is another each time."""


rule plot_runtime:
    """Draw time and memory of every job, from the benchmark files that are there when the run is planned."""
    input:
        benchmarks=benchmark_files,
    output:
        pdf=f"{RESULTS}/figures/runtime.pdf",
        png=report(
            f"{RESULTS}/figures/runtime.png",
            caption="report/runtime.rst",
            category="Figures",
            labels={"figure": "runtime"},
        ),
        data=f"{RESULTS}/figures/runtime.tsv",
    log:
        log_of("plot_runtime"),
    benchmark:
        benchmark_of("plot_runtime")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        folder=f"{RESULTS}/benchmarks",
        note=config["note"],
        code=digest("reporting.runtime"),
    script:
        "../scripts/plot_runtime.py"
