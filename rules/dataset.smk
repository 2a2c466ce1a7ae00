"""Dataset: records joined to sequences, clustered, and filtered.

The dataset proper lies in dataset/, a variant of it (for the sensitivity table) in dataset/variants/<name>/; all
share the records and sequences.
"""


wildcard_constraints:
    variant=f"(variants/({'|'.join(config['dataset_variants']) or 'none'})/)?",


rule merge_records:
    """Merge RNALocate's rows to one per miRNA of the species, with its set of locations (paper II.B.1.a)."""
    input:
        rnalocate=f"{RESULTS}/sources/rnalocate.txt",
    output:
        records=f"{RESULTS}/dataset/records.tsv",
        dropped=f"{RESULTS}/dataset/dropped_records.tsv",
    log:
        log_of("merge_records"),
    benchmark:
        benchmark_of("merge_records")
    group:
        "dataset"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        species=config["records"]["species"],
        rna_category=config["records"]["rna_category"],
        synonyms=config["location_synonyms"],
        code=digest("data.records"),
    script:
        "../scripts/merge_records.py"


rule join_sequences:
    """Join the records to miRBase by accession; RNAs without a sequence are dropped and listed (II.B.1.b)."""
    input:
        records=rules.merge_records.output.records,
        hairpin=mirbase_file("hairpin"),
        mature=mirbase_file("mature"),
    output:
        sequenced=f"{RESULTS}/dataset/sequenced.tsv",
        dropped=f"{RESULTS}/dataset/dropped_sequences.tsv",
        fasta=f"{RESULTS}/dataset/sequenced.fa",
    log:
        log_of("join_sequences"),
    benchmark:
        benchmark_of("join_sequences")
    group:
        "dataset"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        molecule=config["dataset"]["molecule"],
        prefix=config["records"]["prefix"],
        code=digest("data.sequences", "data.redundancy"),
    script:
        "../scripts/join_sequences.py"


rule cluster_sequences:
    """Cluster the sequences with cd-hit-est (II.B.1.b: -c 0.80 -n 5)."""
    input:
        fasta=rules.join_sequences.output.fasta,
    output:
        clusters=f"{RESULTS}/dataset/{{variant}}cd-hit.clstr",
        representatives=f"{RESULTS}/dataset/{{variant}}cd-hit",
    log:
        log_of("{variant}cluster_sequences"),
    benchmark:
        benchmark_of("{variant}cluster_sequences")
    group:
        "dataset"
    conda:
        "../envs/cd-hit.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    params:
        identity=dataset_setting("identity"),
        word_length=dataset_setting("word_length"),
        # -l is the length from which on sequences are kept, less one; it cannot be below the word length + 1.
        dropped_length=config["dataset"]["word_length"] + 1,
        strands=dataset_setting("strands"),
    shell:
        """
        if ! command -v cd-hit-est >/dev/null; then
            echo "cd-hit-est was not found on PATH. Hint: run with --use-conda, or install it (Debian: apt-get install cd-hit)" \
                | tee {log:q} >&2
            exit 1
        fi
        # -d 0: whole names in .clstr, not their first 20 characters.
        cd-hit-est -i {input.fasta:q} -o {output.representatives:q} -c {params.identity} -n {params.word_length} \
            -l {params.dropped_length} -r $([ {params.strands} = both ] && echo 1 || echo 0) -d 0 -M 0 -T {threads} >{log:q} 2>&1
        """


rule build_dataset:
    """Keep cluster representatives and the configured locations: one row per miRNA (II.B.1.b-c)."""
    input:
        sequenced=rules.join_sequences.output.sequenced,
        clstr=rules.cluster_sequences.output.clusters,
    output:
        clusters=f"{RESULTS}/dataset/{{variant}}clusters.tsv",
        mirnas=f"{RESULTS}/dataset/{{variant}}mirnas.tsv",
        dropped=f"{RESULTS}/dataset/{{variant}}dropped_rows.tsv",
    log:
        log_of("{variant}build_dataset"),
    benchmark:
        benchmark_of("{variant}build_dataset")
    group:
        "dataset"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        locations=LOCATIONS,
        minimum_count=dataset_setting("minimum_count"),
        cluster_labels=dataset_setting("cluster_labels"),
        code=digest("data.redundancy", "data.dataset"),
    script:
        "../scripts/build_dataset.py"
