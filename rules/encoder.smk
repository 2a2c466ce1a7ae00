"""The project's own encoder: all species' hairpins divided by family, the encoder trained, and measured beside others.

Not part of `all`: its checkpoint is kept in resources/encoder, and training it takes about ten minutes.
"""

ENCODER = config["encoder"]


rule gather_hairpins:
    """Write every hairpin of every species with its family, as a table and as FASTA."""
    input:
        hairpin=f"{RESULTS}/sources/hairpin.txt",
    output:
        hairpins=f"{RESULTS}/encoder/hairpins.tsv",
        fasta=f"{RESULTS}/encoder/hairpins.fa",
    log:
        log_of("gather_hairpins"),
    benchmark:
        benchmark_of("gather_hairpins")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=digest("pretraining.corpus", "data.redundancy"),
    script:
        "../scripts/gather_hairpins.py"


use rule cluster_sequences as cluster_hairpins with:
    input:
        fasta=rules.gather_hairpins.output.fasta,
    output:
        clusters=f"{RESULTS}/encoder/cd-hit.clstr",
        representatives=f"{RESULTS}/encoder/cd-hit",
    log:
        log_of("cluster_hairpins"),
    benchmark:
        benchmark_of("cluster_hairpins")
    params:
        identity=ENCODER["corpus"]["identity"],
        word_length=ENCODER["corpus"]["word_length"],
        dropped_length=ENCODER["corpus"]["word_length"] + 1,
        strands=ENCODER["corpus"]["strands"],


rule divide_hairpins:
    """Hold families out, with all that share a cluster with one of theirs, for measuring and for choosing settings."""
    input:
        hairpins=rules.gather_hairpins.output.hairpins,
        clstr=rules.cluster_hairpins.output.clusters,
    output:
        clusters=f"{RESULTS}/encoder/clusters.tsv",
        corpus=f"{RESULTS}/encoder/corpus.tsv",
    log:
        log_of("divide_hairpins"),
    benchmark:
        benchmark_of("divide_hairpins")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        held_out=ENCODER["corpus"]["held_out"],
        validation=ENCODER["corpus"]["validation"],
        seed=ENCODER["seed"],
        code=digest("pretraining.corpus", "data.redundancy"),
    script:
        "../scripts/divide_hairpins.py"


rule pretrain_encoder:
    """Train the encoder to guess masked bases of the training families; the others are only watched."""
    input:
        corpus=rules.divide_hairpins.output.corpus,
    output:
        model=f"{RESULTS}/encoder/model.safetensors",
        history=f"{RESULTS}/encoder/history.tsv",
    log:
        log_of("pretrain_encoder"),
    benchmark:
        benchmark_of("pretrain_encoder")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=120,
    params:
        sizes=ENCODER["sizes"],
        training=ENCODER["training"],
        seed=ENCODER["seed"],
        code=digest("pretraining.fit"),
    script:
        "../scripts/pretrain_encoder.py"


rule measure_encoder:
    """Let the encoder, RNABERT and two models of counts guess the same masked bases of the held-out families."""
    input:
        corpus=rules.divide_hairpins.output.corpus,
        model=rules.pretrain_encoder.output.model,
        rnabert=measured_rnabert,
    output:
        masked=f"{RESULTS}/encoder/masked.tsv",
    log:
        log_of("measure_encoder"),
    benchmark:
        benchmark_of("measure_encoder")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        masked=ENCODER["training"]["masked"],
        seed=ENCODER["seed"],
        code=digest("pretraining.measure"),
    script:
        "../scripts/measure_encoder.py"


rule make_encoder_table:
    """Write how many masked bases of held-out families are guessed, by the encoder and by what it is held against."""
    input:
        masked=rules.measure_encoder.output.masked,
        corpus=rules.divide_hairpins.output.corpus,
        model=rules.pretrain_encoder.output.model,
    output:
        table=f"{RESULTS}/tables/encoder.tsv",
        markdown=f"{RESULTS}/tables/encoder.md",
    log:
        log_of("make_encoder_table"),
    benchmark:
        benchmark_of("make_encoder_table")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        settings={**ENCODER["sizes"], **ENCODER["training"]},
        masked=ENCODER["training"]["masked"],
        draws=config["evaluation"]["draws"],
        level=config["evaluation"]["level"],
        seed=config["seed"],
        note=config["note"],
        code=digest("reporting.encoder_table"),
    script:
        "../scripts/make_encoder_table.py"
