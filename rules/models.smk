"""Models: one protocol for the network, its ablations, the competitors and the constants."""


rule train_model:
    """Fit one model per repeat and fold, choosing its settings on validation rows; no edge from the test rows."""
    input:
        train=f"{RESULTS}/splits/{{split}}/repeat-{{repeat}}/train.tsv",
        views=model_views,
        checked=model_checks,
    output:
        fitted=directory(f"{RESULTS}/models/{{split}}/repeat-{{repeat}}/{{model}}/folds"),
        validation_scores=f"{RESULTS}/models/{{split}}/repeat-{{repeat}}/{{model}}/validation_scores.tsv",
        history=f"{RESULTS}/models/{{split}}/repeat-{{repeat}}/{{model}}/history.tsv",
        tuning=f"{RESULTS}/models/{{split}}/repeat-{{repeat}}/{{model}}/tuning.tsv",
    log:
        log_of("train_model", "{split}", "repeat-{repeat}", "{model}"),
    benchmark:
        benchmark_of("train_model", "{split}", "repeat-{repeat}", "{model}")
    group:
        "models"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(4000),
        runtime=per_attempt(60),
    params:
        spec=model_spec,
        locations=LOCATIONS,
        repeats=trained_repeats,
        objective=config["training"]["objective"],
        search_folds=config["training"]["search_folds"],
        seed=config["seed"],
        code=model_code,
    script:
        "../scripts/train_model.py"


rule score_models:
    """Score the test rows of a split with every fold model of the models of one learner."""
    input:
        tests=scored_files(f"{RESULTS}/splits/{{split}}/repeat-{{batch}}/test.tsv"),
        fitted=scored_files(f"{RESULTS}/models/{{split}}/repeat-{{batch}}/{{model}}/folds"),
        views=scored_views,
    output:
        scores=f"{RESULTS}/scores/{{split}}/{{learner}}.tsv",
    log:
        log_of("score_models", "{split}", "{learner}"),
    benchmark:
        benchmark_of("score_models", "{split}", "{learner}")
    group:
        "models"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(2000),
        runtime=per_attempt(30),
    params:
        trained=scored_models,
        locations=LOCATIONS,
        code=scored_code,
    script:
        "../scripts/score_models.py"
