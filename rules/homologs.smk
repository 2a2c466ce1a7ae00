"""Homologs: each sequence searched among miRBase's hairpins of all species, by blastn or by sketches of k-mers."""

from mmlmirloc.data import homologs


rule prepare_search:
    """Write the sequences to search with, named by a digest of theirs, and all species' hairpins to search in."""
    input:
        sequenced=rules.join_sequences.output.sequenced,
        hairpin=f"{RESULTS}/sources/hairpin.txt",
    output:
        queries=f"{RESULTS}/homologs/queries.fa",
        database=f"{RESULTS}/homologs/database.fa",
    log:
        log_of("prepare_search"),
    benchmark:
        benchmark_of("prepare_search")
    group:
        "dataset"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        prefix=config["records"]["prefix"],
        code=digest("data.homologs"),
    script:
        "../scripts/prepare_search.py"


rule search_homologs:
    """Search all sequences with blastn in one call."""
    input:
        queries=rules.prepare_search.output.queries,
        database=rules.prepare_search.output.database,
    output:
        hits=f"{RESULTS}/homologs/hits.tsv",
    log:
        log_of("search_homologs"),
    benchmark:
        benchmark_of("search_homologs")
    group:
        "dataset"
    shadow:
        "minimal"
    conda:
        "../envs/blast.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        options=homologs.OPTIONS,
        header="\t".join(homologs.FIELDS.values()),
    shell:
        """
        if ! command -v blastn >/dev/null; then
            echo "blastn was not found on PATH. Hint: run with --use-conda, or install it (Debian: apt-get install ncbi-blast+)" \
                | tee {log:q} >&2
            exit 1
        fi
        makeblastdb -in - -title hairpins -dbtype nucl -out database <{input.database:q} >{log:q} 2>&1
        (echo {params.header:q} && blastn -db database -query {input.queries:q} -num_threads {threads} {params.options:q}) \
            >{output.hits:q} 2>>{log:q}
        """


rule sketch_hairpins:
    """Keep the smallest hashes of the k-mers of all species' hairpins: an index to find homologs without an alignment."""
    input:
        hairpin=f"{RESULTS}/sources/hairpin.txt",
    output:
        sketches=f"{RESULTS}/homologs/sketches.npz",
    log:
        log_of("sketch_hairpins"),
    benchmark:
        benchmark_of("sketch_hairpins")
    group:
        "dataset"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        k=config["sketches"]["k"],
        kept=config["sketches"]["kept"],
        code=digest("data.sketch_index"),
    script:
        "../scripts/sketch_hairpins.py"
