"""Final models: trained on all rows, packed to predict with; and predictions of configured sequences."""

FINAL = config["final"]["models"]
FINAL_FILES = [f"{RESULTS}/final/{model}.safetensors" for model in FINAL]
FINAL_FILES += [f"{RESULTS}/tables/agreement.tsv"]
FINAL_FILES += [f"{RESULTS}/predictions/{name}.tsv" for name in config["predictions"]]


wildcard_constraints:
    final="|".join(dict.fromkeys([*FINAL, *config["atlas"]["models"]])),
    predicted="|".join(config["predictions"]) or "none",


rule fold_whole:
    """Give each row of the dataset a fold; no row is tested."""
    input:
        mirnas=f"{RESULTS}/dataset/mirnas.tsv",
    output:
        train=f"{RESULTS}/final/train.tsv",
    log:
        log_of("fold_whole"),
    benchmark:
        benchmark_of("fold_whole")
    group:
        "models"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        locations=LOCATIONS,
        folds=config["final"]["folds"],
        seed=config["seed"],
        code=digest("data.splits"),
    script:
        "../scripts/fold_whole.py"


rule train_final:
    """Fit a model on all rows but each fold's, so that there are scores to calibrate on."""
    input:
        train=rules.fold_whole.output.train,
        views=final_views,
    output:
        fitted=directory(f"{RESULTS}/final/{{final}}/folds"),
        validation_scores=f"{RESULTS}/final/{{final}}/validation_scores.tsv",
        history=f"{RESULTS}/final/{{final}}/history.tsv",
        tuning=f"{RESULTS}/final/{{final}}/tuning.tsv",
    log:
        log_of("train_final", "{final}"),
    benchmark:
        benchmark_of("train_final", "{final}")
    group:
        "models"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(2000),
        runtime=per_attempt(60),
    params:
        spec=lambda wildcards: MODELS[wildcards.final],
        locations=LOCATIONS,
        repeats=[1],
        objective=config["training"]["objective"],
        search_folds=config["training"]["search_folds"],
        seed=config["seed"],
        code=lambda wildcards: digest("training", f"models.{MODELS[wildcards.final]['learner']}"),
    script:
        "../scripts/train_model.py"


rule export_model:
    """Pack a final model into one file, with its card."""
    input:
        train=rules.fold_whole.output.train,
        fitted=rules.train_final.output.fitted,
        validation_scores=rules.train_final.output.validation_scores,
        scores=f"{RESULTS}/tables/beyond.tsv",
    output:
        model=f"{RESULTS}/final/{{final}}.safetensors",
        card=f"{RESULTS}/final/{{final}}.json",
    log:
        log_of("export_model", "{final}"),
    benchmark:
        benchmark_of("export_model", "{final}")
    group:
        "final"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        label=lambda wildcards: MODELS[wildcards.final]["label"],
        spec=lambda wildcards: MODELS[wildcards.final],
        beside=[config["beyond"]["references"]["era"]],
        locations=LOCATIONS,
        threshold=config["evaluation"]["threshold"],
        objective=config["training"]["objective"],
        species=config["records"]["species"],
        note=config["note"],
        code=digest("predicting.export"),
    script:
        "../scripts/export_model.py"


rule predict_locations:
    """Predict a configured FASTA file with the final model for sequences alone."""
    input:
        sequences=lambda wildcards: ROOT / config["predictions"][wildcards.predicted],
        model=f"{RESULTS}/final/{FINAL[0]}.safetensors",
    output:
        table=f"{RESULTS}/predictions/{{predicted}}.tsv",
    log:
        log_of("predict_locations", "{predicted}"),
    benchmark:
        benchmark_of("predict_locations", "{predicted}")
    group:
        "final"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        database="",
        code=digest("predicting.tables"),
    script:
        "../scripts/predict_locations.py"


rule explain_hairpins:
    """Change each base of some well-known hairpins and predict again with the model that knows homologs."""
    input:
        sequenced=rules.join_sequences.output.sequenced,
        hairpin=f"{RESULTS}/sources/hairpin.txt",
        mature=f"{RESULTS}/sources/mature.txt",
        model=f"{RESULTS}/final/{FINAL[-1]}.safetensors",
    output:
        table=f"{RESULTS}/final/attributions.tsv",
    log:
        log_of("explain_hairpins"),
    benchmark:
        benchmark_of("explain_hairpins")
    group:
        "final"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        names=config["beyond"]["explained"],
        code=digest("predicting.attributions"),
    script:
        "../scripts/explain_hairpins.py"
