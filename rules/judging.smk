"""Judging: all models of a split in one job, and what the paper leaves open."""


rule judge_split:
    """Calibrate, decide by every rule and measure all models of a split; hold them against what knows no sequence."""
    input:
        scores=f"{RESULTS}/scores/{{split}}.tsv",
        tests=lambda wildcards: [
            f"{RESULTS}/splits/{wildcards.split}/repeat-{batch}/test.tsv" for batch in used_batches(wildcards.split)
        ],
        validation_scores=lambda wildcards: list(judged_fits(wildcards)),
        trains=lambda wildcards: list(judged_fits(wildcards).values()),
        mirnas=split_dataset_file,
        groups=split_groups_file,
        locus=judged_locus,
    output:
        probabilities=f"{RESULTS}/judgements/{{split}}/probabilities.tsv",
        decisions=f"{RESULTS}/judgements/{{split}}/decisions.tsv",
        rules=f"{RESULTS}/judgements/{{split}}/rules.tsv",
        metrics=f"{RESULTS}/judgements/{{split}}/metrics.tsv",
        summary=f"{RESULTS}/judgements/{{split}}/summary.tsv",
        strata=f"{RESULTS}/judgements/{{split}}/strata.tsv",
        curves=f"{RESULTS}/judgements/{{split}}/curves.tsv",
    log:
        log_of("judge_split", "{split}"),
    benchmark:
        benchmark_of("judge_split", "{split}")
    group:
        "judging"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(2000),
        runtime=per_attempt(30),
    params:
        labels=lambda wildcards: {
            model: row["label"] for model, row in MODELS.items() if model in runs_under(wildcards.split)
        },
        constants=[model for model, row in MODELS.items() if row["role"] == roles.CONSTANT],
        references=CONSTANTS,
        era=ERA,
        aged=not OWN,
        measured=lambda wildcards: measured_models(wildcards.split),
        comparisons=judged_comparisons,
        locations=LOCATIONS,
        threshold=config["evaluation"]["threshold"],
        objective=config["training"]["objective"],
        implication=config["trust"]["implication"],
        # Labels are planted in the same way in every repeat, so that few of them tell whether they are found.
        fewest=lambda wildcards: 2 if wildcards.split in CONTROLS else FEWEST,
        draws=config["evaluation"]["draws"],
        level=config["evaluation"]["level"],
        seed=config["seed"],
        code=digest("evaluation.judging"),
    script:
        "../scripts/judge_split.py"


rule try_model:
    """Measure one model on one draw of test rows: for whoever adds a model, and for nothing else."""
    input:
        test=lambda wildcards: f"{RESULTS}/splits/{wildcards.split}/repeat-{batch_of(wildcards.split, 1)}/test.tsv",
        fitted=tried_fits,
        views=tried_views,
    output:
        scores=f"{RESULTS}/trials/{{split}}/{{model}}_scores.tsv",
        metrics=f"{RESULTS}/trials/{{split}}/{{model}}.tsv",
    log:
        log_of("try_model", "{split}", "{model}"),
    benchmark:
        benchmark_of("try_model", "{split}", "{model}")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(2000),
        runtime=per_attempt(10),
    params:
        spec=tried_spec,
        repeats=lambda wildcards: repeats_shown(wildcards.split, wildcards.model, batch_of(wildcards.split, 1)),
        locations=LOCATIONS,
        settings=config["evaluation"],
        seed=config["seed"],
        code=lambda wildcards: [digest("evaluation.trying"), code_of("scoring", wildcards.model)],
    script:
        "../scripts/try_model.py"


rule compare_trials:
    """Hold the models of the table systems against the constants and age, on one draw of test rows."""
    input:
        test=rules.try_model.input.test,
        scores=expand(f"{RESULTS}/trials/{{{{split}}}}/{{model}}_scores.tsv", model=SYSTEMS),
    output:
        metrics=f"{RESULTS}/judgements/{{split}}/trials.tsv",
    log:
        log_of("compare_trials", "{split}"),
    benchmark:
        benchmark_of("compare_trials", "{split}")
    group:
        "pages"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    params:
        models=SYSTEMS,
        constants=[model for model in SYSTEMS if MODELS[model]["role"] == roles.CONSTANT],
        era=ERA,
        locations=LOCATIONS,
        settings=config["evaluation"],
        seed=config["seed"],
        code=digest("evaluation.trying"),
    script:
        "../scripts/compare_trials.py"


rule measure_sensitivity:
    """Measure what changes when one ambiguity of the paper is read the other way."""
    input:
        scores=[f"{RESULTS}/scores/{row['split']}.tsv" for row in sensitivity_variants()],
        tests=[
            f"{RESULTS}/splits/{row['split']}/repeat-{batch_of(row['split'], row['repeat'])}/test.tsv"
            for row in sensitivity_variants()
        ],
    output:
        table=f"{RESULTS}/judgements/sensitivity.tsv",
    log:
        log_of("measure_sensitivity"),
    benchmark:
        benchmark_of("measure_sensitivity")
    group:
        "pages"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1000),
        runtime=10,
    params:
        variants=[
            {key: row[key] for key in ("setting", "value", "model", "repeat", "threshold")}
            for row in sensitivity_variants()
        ],
        locations=LOCATIONS,
        evaluation=config["evaluation"],
        seed=config["seed"],
        code=digest("evaluation.sensitivity"),
    script:
        "../scripts/measure_sensitivity.py"


rule measure_hindsight:
    """Measure thresholds chosen on the test rows themselves, which are no result, beside the fixed one."""
    input:
        scores=f"{RESULTS}/scores/{FIGURED_SPLIT}.tsv",
        tests=[
            f"{RESULTS}/splits/{FIGURED_SPLIT}/repeat-{batch}/test.tsv" for batch in runs_under(FIGURED_SPLIT)[FIGURED]
        ],
    output:
        table=f"{RESULTS}/judgements/hindsight.tsv",
    log:
        log_of("measure_hindsight"),
    benchmark:
        benchmark_of("measure_hindsight")
    group:
        "pages"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1000),
        runtime=10,
    params:
        model=FIGURED,
        threshold=config["evaluation"]["threshold"],
        locations=LOCATIONS,
        code=digest("evaluation.hindsight"),
    script:
        "../scripts/measure_hindsight.py"


rule tabulate_scores:
    """List the test scores of the figures' model in one draw, with what is true."""
    input:
        scores=f"{RESULTS}/scores/{FIGURED_SPLIT}.tsv",
        test=f"{RESULTS}/splits/{FIGURED_SPLIT}/repeat-1/test.tsv",
    output:
        table=f"{RESULTS}/judgements/scores.tsv",
    log:
        log_of("tabulate_scores"),
    benchmark:
        benchmark_of("tabulate_scores")
    group:
        "pages"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1000),
        runtime=5,
    params:
        model=FIGURED,
        locations=LOCATIONS,
        code=digest("scores"),
    script:
        "../scripts/tabulate_scores.py"


rule measure_controls:
    """Say what each learner makes of labels that cannot be learnt, and of labels that must be."""
    input:
        shuffled=f"{RESULTS}/judgements/{config['trust']['shuffled']}/summary.tsv",
        planted=f"{RESULTS}/judgements/{config['trust']['planted']}/summary.tsv",
    output:
        table=f"{RESULTS}/judgements/controls.tsv",
    log:
        log_of("measure_controls"),
    benchmark:
        benchmark_of("measure_controls")
    group:
        "pages"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        comparison="trust",
        # Views of a record or of one number of a sequence cannot find what is planted in sequences.
        learners_of_sequences=[
            model
            for model in LEARNERS
            if all(view["kind"] not in ("record", "summary") for view in MODELS[model]["views"].values())
        ],
        level=config["evaluation"]["level"],
        code=digest("evaluation.controls"),
    script:
        "../scripts/measure_controls.py"


rule measure_importance:
    """Measure how far macro AUC falls when a view, or a column of one, is shuffled among the test rows."""
    input:
        tests=importance_files("test.tsv"),
        trains=importance_files("train.tsv"),
        fitted=importance_fits,
        views=lambda wildcards: [view_path(view) for view in MODELS[config["beyond"]["whole"]]["views"]],
    output:
        table=report(
            f"{RESULTS}/tables/importance.tsv",
            caption="report/beyond.rst",
            category="Tables",
            labels={"table": "importance", "form": "TSV"},
        ),
    log:
        log_of("measure_importance"),
    benchmark:
        benchmark_of("measure_importance")
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        model=config["beyond"]["whole"],
        spec=MODELS.get(config["beyond"]["whole"]),
        locations=LOCATIONS,
        repeats=lambda wildcards: most_repeats_of(config["beyond"]["shown"][0], config["beyond"]["whole"]),
        level=config["evaluation"]["level"],
        seed=config["seed"],
        code=digest("evaluation.importance"),
    script:
        "../scripts/measure_importance.py"


rule measure_agreement:
    """Measure how the records of nearly identical hairpins agree: a ceiling for what their sequence can tell."""
    input:
        clusters=f"{RESULTS}/dataset/clusters.tsv",
        sequenced=rules.join_sequences.output.sequenced,
    output:
        table=report(
            f"{RESULTS}/tables/agreement.tsv",
            caption="report/beyond.rst",
            category="Tables",
            labels={"table": "agreement", "form": "TSV"},
        ),
    log:
        log_of("measure_agreement"),
    benchmark:
        benchmark_of("measure_agreement")
    group:
        "pages"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        locations=LOCATIONS,
        code=digest("evaluation.agreement"),
    script:
        "../scripts/measure_agreement.py"


rule measure_outside:
    """See whether models rank hairpins that an outside source has found above others without a record."""
    input:
        probabilities=f"{RESULTS}/judgements/{config['outside']['split']}/probabilities.tsv",
        mirnas=f"{RESULTS}/dataset/mirnas.tsv",
        vesicles=f"{RESULTS}/sources/{annotation_sources.OUTSIDE}.txt",
        hairpin=VIEW_SOURCES["hairpin"],
        mature=VIEW_SOURCES["mature"],
        coordinates=VIEW_SOURCES["coordinates"],
    output:
        table=f"{RESULTS}/judgements/outside.tsv",
    log:
        log_of("measure_outside"),
    benchmark:
        benchmark_of("measure_outside")
    group:
        "pages"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        prefix=config["records"]["prefix"],
        asked={key: value for key, value in config["outside"].items() if key != "split"},
        draws=config["evaluation"]["draws"],
        level=config["evaluation"]["level"],
        seed=config["seed"],
        code=digest("evaluation.outside"),
    script:
        "../scripts/measure_outside.py"
