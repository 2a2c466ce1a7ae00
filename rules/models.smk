"""Models: one protocol for the network, its ablations, the competitors and the constants."""


rule train_model:
    """Fit one model per repeat and fold, choosing its settings on validation rows; no edge from the test rows."""
    input:
        train=rules.split_dataset.output.train,
        views=model_views,
    output:
        fitted=directory(f"{RESULTS}/models/{{split}}/repeat-{{repeat}}/{{model}}/folds"),
        validation_scores=f"{RESULTS}/models/{{split}}/repeat-{{repeat}}/{{model}}/validation_scores.tsv",
        history=f"{RESULTS}/models/{{split}}/repeat-{{repeat}}/{{model}}/history.tsv",
        tuning=f"{RESULTS}/models/{{split}}/repeat-{{repeat}}/{{model}}/tuning.tsv",
    log:
        log_of("train_model", "{split}", "repeat-{repeat}", "{model}"),
    benchmark:
        benchmark_of("train_model", "{split}", "repeat-{repeat}", "{model}")
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


rule score_model:
    """Score the test rows with every fold model."""
    input:
        test=rules.split_dataset.output.test,
        fitted=rules.train_model.output.fitted,
        views=model_views,
    output:
        scores=f"{RESULTS}/scores/{{split}}/repeat-{{repeat}}/{{model}}.tsv",
    log:
        log_of("score_model", "{split}", "repeat-{repeat}", "{model}"),
    benchmark:
        benchmark_of("score_model", "{split}", "repeat-{repeat}", "{model}")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(2000),
        runtime=per_attempt(10),
    params:
        spec=model_spec,
        locations=LOCATIONS,
        repeats=trained_repeats,
        code=model_code,
    script:
        "../scripts/score_model.py"


rule summarise_scores:
    """Measure a model on the test rows: fold mean and sd, ensemble with its interval."""
    input:
        scores=rules.score_model.output.scores,
    output:
        metrics=f"{RESULTS}/metrics/{{split}}/repeat-{{repeat}}/{{model}}.tsv",
    log:
        log_of("summarise_scores", "{split}", "repeat-{repeat}", "{model}"),
    benchmark:
        benchmark_of("summarise_scores", "{split}", "repeat-{repeat}", "{model}")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        locations=LOCATIONS,
        settings=config["evaluation"],
        seed=config["seed"],
        code=digest("evaluation.summary"),
    script:
        "../scripts/summarise_scores.py"
