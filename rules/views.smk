"""Views: what needs no fitting once for all sequences, what is fitted once per fold on its training rows."""

EMBEDDED = shared_caches("rnabert")
ENCODED = shared_caches("encoder")
# Views of tables of annotation.
ANNOTATED = [view for view, spec in config["views"].items() if spec["kind"] == annotation_sources.TABLE]


# What a view may need beside the sequence; hits are homologs among miRBase's hairpins of all species, sketches an index
# of these.
VIEW_SOURCES = {
    "hits": rules.search_homologs.output.hits,
    "sketches": rules.sketch_hairpins.output.sketches,
    **{source: f"{RESULTS}/sources/{source}.txt" for source in ("hairpin", "mature", "coordinates")},
}


wildcard_constraints:
    embedded="|".join(EMBEDDED) or "none",
    encoded="|".join(ENCODED) or "none",
    annotated="|".join(ANNOTATED) or "none",


ruleorder: embed_view > encode_view > compute_view


rule compute_view:
    """Compute a view that needs no fitting, for every sequence that has a record."""
    input:
        unpack(view_sources),
        sequences=f"{RESULTS}/dataset/sequenced.tsv",
    output:
        features=f"{RESULTS}/views/{{view}}.npz",
    log:
        log_of("compute_view", "{view}"),
    benchmark:
        benchmark_of("compute_view", "{view}")
    group:
        "views"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        spec=lambda wildcards: config["views"][wildcards.view],
        code=lambda wildcards: digest("views.making", f"views.{config['views'][wildcards.view]['kind']}"),
    script:
        "../scripts/compute_view.py"


rule check_table:
    """Hold each column of a table of annotation against each location; refuse a copy of the records."""
    input:
        features=f"{RESULTS}/views/{{annotated}}.npz",
        mirnas=f"{RESULTS}/dataset/mirnas.tsv",
    output:
        table=f"{RESULTS}/annotation/{{annotated}}.tsv",
    log:
        log_of("check_table", "{annotated}"),
    benchmark:
        benchmark_of("check_table", "{annotated}")
    group:
        "views"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        spec=lambda wildcards: config["views"][wildcards.annotated],
        locations=LOCATIONS,
        code=digest("evaluation.separation"),
    script:
        "../scripts/check_table.py"


rule embed_view:
    """Embed every sequence that has a record with RNABERT at its largest length, once for all views cut from it (eq. 5)."""
    input:
        sequences=f"{RESULTS}/dataset/sequenced.tsv",
        weights=rnabert_weights,
    output:
        features=f"{RESULTS}/views/{{embedded}}.npz",
    log:
        log_of("embed_view", "{embedded}"),
    benchmark:
        benchmark_of("embed_view", "{embedded}")
    group:
        "views"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1500),
        runtime=per_attempt(15),
    params:
        special_tokens=lambda wildcards: EMBEDDED[wildcards.embedded]["special_tokens"],
        seed=config["seed"],
        code=digest("views.rnabert_network"),
    script:
        "../scripts/embed_view.py"


rule encode_view:
    """Embed every sequence that has a record with the project's own encoder, once for all views cut from it."""
    input:
        sequences=f"{RESULTS}/dataset/sequenced.tsv",
        checkpoint=encoder_checkpoint,
    output:
        features=f"{RESULTS}/views/{{encoded}}.npz",
    log:
        log_of("encode_view", "{encoded}"),
    benchmark:
        benchmark_of("encode_view", "{encoded}")
    group:
        "views"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        weights=lambda wildcards: ENCODED[wildcards.encoded]["weights"],
        checkpoint=config["sources"]["encoder"],
        sizes=config["encoder"]["sizes"],
        seed=config["seed"],
        code=digest("views.encoder_network"),
    script:
        "../scripts/encode_view.py"


rule fit_view:
    """Fit a view on the training rows of each fold of each repeat, and on nothing else."""
    input:
        train=f"{RESULTS}/splits/{{split}}/repeat-{{repeat}}/train.tsv",
    output:
        fitted=directory(f"{RESULTS}/views/{{view}}/{{split}}/repeat-{{repeat}}"),
    log:
        log_of("fit_view", "{view}", "{split}", "repeat-{repeat}"),
    benchmark:
        benchmark_of("fit_view", "{view}", "{split}", "repeat-{repeat}")
    group:
        "views"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1000),
        runtime=per_attempt(30),
    params:
        spec=lambda wildcards: config["views"][wildcards.view],
        seed=config["seed"],
        code=lambda wildcards: digest("views.making", f"views.{config['views'][wildcards.view]['kind']}"),
    script:
        "../scripts/fit_view.py"
