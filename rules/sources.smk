"""Sources: bring every input to a plain file of its own, or simulate it."""

SIMULATED = {
    "rnalocate": "rnalocate.txt",
    "hairpin": "hairpin.fa",
    "mature": "mature.fa",
    "coordinates": "hsa.gff3",
}


# Downloads: the compute nodes of many clusters have no way out.
localrules:
    fetch_source,
    fetch_rnabert,


rule simulate_control:
    """Simulate control records in the layouts of RNALocate and miRBase, with planted motifs of known strength."""
    output:
        [f"{RESULTS}/simulated/{name}" for name in SIMULATED.values()],
        truth=f"{RESULTS}/simulated/truth.tsv",
    log:
        log_of("simulate_control"),
    benchmark:
        benchmark_of("simulate_control")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        control=config["control"],
        code=digest("data.simulated"),
    script:
        "../scripts/simulate_control.py"


rule fetch_source:
    """Download a source, or copy a local one; unpacked, checked, and named when whole."""
    input:
        file=source_file,
    output:
        file=f"{RESULTS}/sources/{{source}}.txt",
    log:
        log_of("fetch_source", "{source}"),
    benchmark:
        benchmark_of("fetch_source", "{source}")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=60,
    params:
        address=lambda wildcards: config["sources"][wildcards.source],
        sha256=lambda wildcards: config["sha256"].get(wildcards.source, ""),
        # What makes the text, not what brings the bytes: no other way to download is a reason to train again.
        code=digest("sources.text"),
    script:
        "../scripts/fetch_source.py"


rule fetch_rnabert:
    """Bring RNABERT's weights, from the hub or a local directory."""
    input:
        files=rnabert_files,
    output:
        config=f"{RESULTS}/sources/rnabert/config.json",
        weights=f"{RESULTS}/sources/rnabert/model.safetensors",
    log:
        log_of("fetch_rnabert"),
    benchmark:
        benchmark_of("fetch_rnabert")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=60,
    params:
        source=config["sources"]["rnabert"],
        code=digest("sources.rnabert"),
    script:
        "../scripts/fetch_rnabert.py"
