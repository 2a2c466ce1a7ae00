"""A labelled table of a user's own in the place of RNALocate and miRBase: the dataset, its groups, its own split.

Rules that read what either makes name its path: an output of a rule by name (rules.join_sequences.output) is that rule's.
"""

if OWN:

    ruleorder: read_labelled > join_sequences
    ruleorder: read_labelled > build_dataset
    ruleorder: group_labelled > group_homologs
    ruleorder: split_given > split_dataset

else:

    ruleorder: join_sequences > read_labelled
    ruleorder: build_dataset > read_labelled
    ruleorder: group_homologs > group_labelled
    ruleorder: split_dataset > split_given


GIVEN_SPLITS = [split for split, row in config["splits"].items() if row["kind"] == own_table.GIVEN]


wildcard_constraints:
    given_split="|".join(GIVEN_SPLITS) or "none",


rule read_labelled:
    """Write the rows of a labelled table in the layout of the dataset."""
    input:
        table=f"{RESULTS}/sources/{own_table.LABELLED}.txt",
    output:
        sequenced=f"{RESULTS}/dataset/sequenced.tsv",
        mirnas=f"{RESULTS}/dataset/mirnas.tsv",
        given=f"{RESULTS}/dataset/given.tsv",
    log:
        log_of("read_labelled"),
    benchmark:
        benchmark_of("read_labelled")
    group:
        "dataset"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        minimum_count=config["dataset"]["minimum_count"],
        keep_conflicting=config["dataset"]["conflicting"] == own_table.KEEP,
        code=digest("data.labelled"),
    script:
        "../scripts/read_labelled.py"


rule group_labelled:
    """Group the rows of a labelled table that are homologs by sequence, or as the table says."""
    input:
        mirnas=rules.read_labelled.output.mirnas,
        given=rules.read_labelled.output.given,
    output:
        groups=f"{RESULTS}/dataset/groups.tsv",
    log:
        log_of("group_labelled"),
    benchmark:
        benchmark_of("group_labelled")
    group:
        "dataset"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=30,
    params:
        code=digest("data.labelled"),
    script:
        "../scripts/group_labelled.py"


rule split_given:
    """Divide the rows of a labelled table as its column split does, or its column fold."""
    input:
        mirnas=rules.read_labelled.output.mirnas,
        given=rules.read_labelled.output.given,
    output:
        train=f"{RESULTS}/splits/{{given_split}}/repeat-{{repeat}}/train.tsv",
        test=f"{RESULTS}/splits/{{given_split}}/repeat-{{repeat}}/test.tsv",
    log:
        log_of("split_given", "{given_split}", "repeat-{repeat}"),
    benchmark:
        benchmark_of("split_given", "{given_split}", "repeat-{repeat}")
    group:
        "dataset"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        settings=lambda wildcards: config["splits"][wildcards.given_split],
        locations=LOCATIONS,
        repeats=lambda wildcards: repeats_in(wildcards.repeat),
        seed=config["seed"],
        code=digest("data.labelled"),
    script:
        "../scripts/split_given.py"
