"""Final models: trained on all rows, packed to predict with; and predictions of configured sequences."""

WHOLE = config["final"]["split"]
FINAL = {purpose: f"{RESULTS}/final/{config['final'][purpose]}.safetensors" for purpose in user_settings.PURPOSES}
FINAL_FILES = [
    *dict.fromkeys(FINAL.values()),
    *([] if OWN else [f"{RESULTS}/tables/agreement.tsv"]),
    *(f"{RESULTS}/predictions/{name}.tsv" for name in config["predictions"]),
]


wildcard_constraints:
    predicted="|".join(config["predictions"]) or "none",


rule export_model:
    """Pack a final model into one file, with its card."""
    input:
        index=exported_index,
        train=f"{RESULTS}/splits/{WHOLE}/repeat-1/train.tsv",
        fitted=final_file("folds"),
        validation_scores=final_file("validation_scores.tsv"),
        scores=f"{RESULTS}/tables/{'trust' if OWN else 'beyond'}.tsv",
    output:
        model=f"{RESULTS}/final/{{model}}.safetensors",
        card=f"{RESULTS}/final/{{model}}.json",
    log:
        log_of("export_model", "{model}"),
    benchmark:
        benchmark_of("export_model", "{model}")
    group:
        "final"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        label=lambda wildcards: MODELS[wildcards.model]["label"],
        spec=lambda wildcards: spec_of(WHOLE, wildcards.model),
        beside="" if OWN else config["beyond"]["references"]["era"],
        constants=CONSTANTS,
        locations=LOCATIONS,
        threshold=config["evaluation"]["threshold"],
        objective=config["training"]["objective"],
        about={
            "species": config["records"]["species"],
            "molecule": config["dataset"]["molecule"],
            "identity": config["dataset"]["identity"],
            "note": config["note"],
            **({"table": Path(config["sources"][own_table.LABELLED]).name} if OWN else {}),
        },
        code=digest("predicting.export"),
    script:
        "../scripts/export_model.py"


rule predict_locations:
    """Predict a configured FASTA file with the final model that is the default."""
    input:
        sequences=lambda wildcards: ROOT / config["predictions"][wildcards.predicted],
        model=FINAL["default"],
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
        code=digest("predicting.tables"),
    script:
        "../scripts/predict_locations.py"


rule explain_hairpins:
    """Change each base of some well-known hairpins and predict again with a final model."""
    input:
        sequenced=rules.join_sequences.output.sequenced,
        model=FINAL["explained"],
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
