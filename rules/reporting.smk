"""Reporting: each number beside the paper's, as TSV for programs, Markdown and HTML for readers; figures drawn from TSVs."""


rule make_repeats_table:
    """Write a table of results over the repeats of some splits, each number beside the paper's."""
    input:
        summaries=lambda wildcards: judgements(repeated_splits(wildcards.table), "summary"),
        paper=lambda wildcards: table_paper(wildcards.table),
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
    group:
        "pages"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        splits=lambda wildcards: repeated_splits(wildcards.table),
        comparison="trust",
        labels=repeated_labels,
        code=digest("reporting.repeats_table"),
    script:
        "../scripts/make_repeats_table.py"


for page, entry in PAGES.items():

    rule:
        """Write a table and its page."""
        name:
            f"write_{page}"
        input:
            **entry["inputs"],
        output:
            table=report(
                f"{RESULTS}/tables/{page}.tsv",
                caption=f"report/{entry['caption']}.rst",
                category="Tables",
                labels={"table": page, "form": "TSV"},
            ),
            markdown=f"{RESULTS}/tables/{page}.md",
            html=report(
                f"{RESULTS}/tables/{page}.html",
                caption="report/page.rst",
                category="Tables",
                labels={"table": page, "form": "HTML"},
            ),
        log:
            log_of("write_page", page),
        benchmark:
            benchmark_of("write_page", page)
        # Not a page among pages: the final models' cards show its numbers, and a figure what such a model says. No
        # path may leave a group and enter it again.
        group:
            "final" if page == "beyond" else "pages"
        conda:
            "../envs/python.yaml"
        threads: 1
        resources:
            mem_mb=500,
            runtime=5,
        params:
            page=page,
            function=entry["function"],
            options={"note": config["note"], **entry["options"]},
            code=[digest("reporting.pages"), digest(f"reporting.{entry['function'].partition('.')[0]}")],
        script:
            "../scripts/write_page.py"


for figure, entry in FIGURES.items():

    rule:
        """Draw a figure, and keep the data drawn."""
        name:
            f"draw_{figure}"
        input:
            **entry["inputs"],
        output:
            pdf=f"{RESULTS}/figures/{figure}.pdf",
            png=report(
                f"{RESULTS}/figures/{figure}.png",
                caption=f"report/{entry['caption']}.rst",
                category="Figures",
                labels={"figure": figure},
            ),
            data=f"{RESULTS}/figures/{figure}.tsv",
        log:
            log_of("draw_figure", figure),
        benchmark:
            benchmark_of("draw_figure", figure)
        group:
            "pages"
        conda:
            "../envs/python.yaml"
        threads: 1
        resources:
            mem_mb=500,
            runtime=5,
        params:
            name=figure,
            figure=entry["module"],
            options=entry["options"],
            drawing=entry.get("drawing", {}),
            note=config["note"],
            code=figure_code(entry["module"]),
        script:
            "../scripts/draw_figure.py"
