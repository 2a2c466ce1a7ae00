"""Models: one protocol for the network, its ablations, the competitors and the constants."""


rule train_models:
    """Fit a model, or all baselines, per repeat and fold; choose settings on validation rows; no edge from test rows."""
    input:
        train=f"{RESULTS}/splits/{{split}}/repeat-{{repeat}}/train.tsv",
        views=trained_views,
        checked=trained_checks,
    output:
        fitted=directory(f"{RESULTS}/models/{{split}}/repeat-{{repeat}}/{{trained}}/folds"),
        validation_scores=f"{RESULTS}/models/{{split}}/repeat-{{repeat}}/{{trained}}/validation_scores.tsv",
        history=f"{RESULTS}/models/{{split}}/repeat-{{repeat}}/{{trained}}/history.tsv",
        tuning=f"{RESULTS}/models/{{split}}/repeat-{{repeat}}/{{trained}}/tuning.tsv",
    log:
        log_of("train_models", "{split}", "repeat-{repeat}", "{trained}"),
    benchmark:
        benchmark_of("train_models", "{split}", "repeat-{repeat}", "{trained}")
    priority: lambda wildcards: int(trains_slowly(wildcards))
    group:
        "models"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(4000),
        runtime=per_attempt(60),
    params:
        trained=trained_models,
        locations=LOCATIONS,
        objective=config["training"]["objective"],
        search_folds=config["training"]["search_folds"],
        seed=config["seed"],
        code=trained_code,
    script:
        "../scripts/train_models.py"


rule score_models:
    """Score the test rows of a split with every fold model of all its models."""
    input:
        tests=scored_tests,
        fitted=scored_fits,
        views=scored_views,
    output:
        scores=f"{RESULTS}/scores/{{split}}.tsv",
    log:
        log_of("score_models", "{split}"),
    benchmark:
        benchmark_of("score_models", "{split}")
    group:
        "judging"
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
