"""Splits: homologs grouped, and the dataset divided."""


rule group_homologs:
    """Group the miRNAs that share a family's name or a mature arm's seed, or whose hairpins align."""
    input:
        mirnas=f"{RESULTS}/dataset/{{variant}}mirnas.tsv",
        mature=f"{RESULTS}/sources/mature.txt",
    output:
        groups=f"{RESULTS}/dataset/{{variant}}groups.tsv",
    log:
        log_of("{variant}group_homologs"),
    benchmark:
        benchmark_of("{variant}group_homologs")
    group:
        "dataset"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    params:
        code=digest("data.groups"),
    script:
        "../scripts/group_homologs.py"


rule group_loci:
    """Join homology groups whose hairpins are neighbours in the genome."""
    input:
        groups=rules.group_homologs.output.groups,
        coordinates=f"{RESULTS}/sources/coordinates.txt",
    output:
        loci=f"{RESULTS}/dataset/{{variant}}loci.tsv",
    log:
        log_of("{variant}group_loci"),
    benchmark:
        benchmark_of("{variant}group_loci")
    group:
        "dataset"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        distance=config["dataset"]["locus"],
        prefix=config["records"]["prefix"],
        code=digest("data.loci"),
    script:
        "../scripts/group_loci.py"


rule split_dataset:
    """Divide the dataset to training rows with folds and test rows, in separate files (II.B.2)."""
    input:
        mirnas=split_dataset_file,
        groups=split_groups,
        composition=split_composition,
    output:
        train=f"{RESULTS}/splits/{{split}}/repeat-{{repeat}}/train.tsv",
        test=f"{RESULTS}/splits/{{split}}/repeat-{{repeat}}/test.tsv",
    log:
        log_of("split_dataset", "{split}", "repeat-{repeat}"),
    benchmark:
        benchmark_of("split_dataset", "{split}", "repeat-{repeat}")
    group:
        "dataset"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        settings=split_settings,
        locations=LOCATIONS,
        repeats=lambda wildcards: repeats_in(wildcards.repeat),
        seed=config["seed"],
        code=digest("data.splits"),
    script:
        "../scripts/split_dataset.py"
