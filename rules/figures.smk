"""Figures: drawn from TSVs only, the data drawn kept beside the picture."""

# Name -> what is drawn, a module of mmlmirloc.reporting.figures, and of which rows.
DATASET_FIGURES = {
    "upset": ("upset", "all"),
    "label_counts": ("label_counts", "all"),
    "lengths": ("lengths", "all"),
    "lengths_train": ("lengths", "train"),
    "lengths_test": ("lengths", "test"),
}
# Each a module of that name; of the following ones also the tables that it takes.
SCORE_FIGURES = ["roc", "pr", "auc_by_location", "confusion"]
TRUST_FIGURES = {
    "protocols": {"table": rules.make_trust_table.output.table},
    "calibration": {"curves": f"{RESULTS}/comparisons/trust/{config['trust']['shown']}/curves.tsv"},
    "strata": {"strata": rules.make_trust_table.output.strata},
    "controls": {"controls": rules.make_controls_table.output.table, "table": rules.make_trust_table.output.table},
    "views": {"table": rules.make_beyond_table.output.table},
    "learning_curve": {"table": rules.make_curve_table.output.table},
    "importance": {"table": rules.measure_importance.output.table},
    "attributions": {"table": rules.explain_hairpins.output.table},
}
FIGURE_FILES = [
    f"{RESULTS}/figures/{figure}.{end}"
    for figure in [*DATASET_FIGURES, *SCORE_FIGURES, *TRUST_FIGURES, *config["tables"]]
    for end in ("pdf", "png", "tsv")
]


wildcard_constraints:
    dataset_figure="|".join(DATASET_FIGURES),
    score_figure="|".join(SCORE_FIGURES),
    trust_figure="|".join(TRUST_FIGURES),


rule plot_dataset:
    """Draw Fig. 2a-c, S1 and S2: label sets, rows per location, sequence lengths."""
    input:
        rows=dataset_part,
    output:
        pdf=f"{RESULTS}/figures/{{dataset_figure}}.pdf",
        png=report(
            f"{RESULTS}/figures/{{dataset_figure}}.png",
            caption="report/dataset_figure.rst",
            category="Figures",
            labels={"figure": "{dataset_figure}"},
        ),
        data=f"{RESULTS}/figures/{{dataset_figure}}.tsv",
    log:
        log_of("plot_dataset", "{dataset_figure}"),
    benchmark:
        benchmark_of("plot_dataset", "{dataset_figure}")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        drawn=lambda wildcards: DATASET_FIGURES[wildcards.dataset_figure][0],
        locations=LOCATIONS,
        note=config["note"],
        code=lambda wildcards: figure_code(DATASET_FIGURES[wildcards.dataset_figure][0]),
    script:
        "../scripts/plot_dataset.py"


rule plot_scores:
    """Draw Fig. 4, S3 and the label sets observed against predicted, of the configured model."""
    input:
        scores=f"{RESULTS}/scores/{config['figures']['split']}/repeat-1/{config['figures']['model']}.tsv",
        paper=f"{workflow.basedir}/resources/paper/figure4.tsv",
    output:
        pdf=f"{RESULTS}/figures/{{score_figure}}.pdf",
        png=report(
            f"{RESULTS}/figures/{{score_figure}}.png",
            caption="report/score_figure.rst",
            category="Figures",
            labels={"figure": "{score_figure}"},
        ),
        data=f"{RESULTS}/figures/{{score_figure}}.tsv",
    log:
        log_of("plot_scores", "{score_figure}"),
    benchmark:
        benchmark_of("plot_scores", "{score_figure}")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        model=config["figures"]["model"],
        locations=LOCATIONS,
        note=config["note"],
        code=lambda wildcards: figure_code(wildcards.score_figure),
    script:
        "../scripts/plot_scores.py"


rule plot_table:
    """Draw a table of results: a panel per metric, the paper's value marked, constants as lines."""
    input:
        table=rules.make_table.output.table,
    output:
        pdf=f"{RESULTS}/figures/{{table}}.pdf",
        png=report(
            f"{RESULTS}/figures/{{table}}.png",
            caption="report/table_figure.rst",
            category="Figures",
            labels={"figure": "{table}"},
        ),
        data=f"{RESULTS}/figures/{{table}}.tsv",
    log:
        log_of("plot_table", "{table}"),
    benchmark:
        benchmark_of("plot_table", "{table}")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        note=config["note"],
        code=figure_code("comparison"),
    script:
        "../scripts/plot_table.py"


rule plot_trust:
    """Draw the trust table: models under the protocols, calibration, strata, controls."""
    input:
        unpack(lambda wildcards: TRUST_FIGURES[wildcards.trust_figure]),
    output:
        pdf=f"{RESULTS}/figures/{{trust_figure}}.pdf",
        png=report(
            f"{RESULTS}/figures/{{trust_figure}}.png",
            caption="report/trust_figure.rst",
            category="Figures",
            labels={"figure": "{trust_figure}"},
        ),
        data=f"{RESULTS}/figures/{{trust_figure}}.tsv",
    log:
        log_of("plot_trust", "{trust_figure}"),
    benchmark:
        benchmark_of("plot_trust", "{trust_figure}")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        options=trust_figure_options,
        note=config["note"],
        code=lambda wildcards: figure_code(wildcards.trust_figure),
    script:
        "../scripts/plot_trust.py"
