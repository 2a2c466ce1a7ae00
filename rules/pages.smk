"""Pages: the tables as HTML, which the report shows; a TSV or Markdown file it can only hand out."""

PAGES = [*TABLES, *(["control"] if CONTROL_FILES else [])]
PAGE_FILES = [f"{RESULTS}/tables/{table}.html" for table in PAGES]


rule lay_out_tables:
    """Write every table as a page for the report; one job, since each takes no time."""
    input:
        [f"{RESULTS}/tables/{table}.md" for table in PAGES],
    output:
        [
            report(
                f"{RESULTS}/tables/{table}.html",
                caption="report/page.rst",
                category="Tables",
                labels={"table": table, "form": "HTML"},
            )
            for table in PAGES
        ],
    log:
        log_of("lay_out_tables"),
    benchmark:
        benchmark_of("lay_out_tables")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        code=digest("reporting.pages"),
    script:
        "../scripts/lay_out_tables.py"
