"""Runs: which model is trained on which repeats of which split, as the tables and figures ask."""

from functools import cache

TRUSTED, BEYOND, CURVE, SYSTEMS = (
    [model for model, row in MODELS.items() if comparison in row["tables"]] for comparison in user_settings.COMPARISONS
)
CONSTANTS = [model for model in TRUSTED if MODELS[model]["role"] == roles.CONSTANT]
LEARNERS = [model for model in TRUSTED if model not in CONSTANTS]
PROTOCOLS = config["trust"]["protocols"]
# Keys of a row that tell where and how a model is shown, and no more.
DISPLAYED = ("label", "role", "ablation", "tables", "share")
# Whether records are simulated, with a planted truth.
SIMULATED_RECORDS = config["sources"]["rnalocate"] == "simulated"
CONTROLS = [config["trust"]["shuffled"], config["trust"]["planted"]]
# The model of the figures, and the split whose test rows they show.
FIGURED, FIGURED_SPLIT = config["figures"]["model"], config["figures"]["split"]
# Splits whose first repeat the paper's tables show by itself.
ONE_DRAW = {FIGURED_SPLIT, *(table["split"] for table in config["tables"].values())}


wildcard_constraints:
    trained="|".join([*MODELS, roles.BASELINES]),


def compared_under(split):
    """Comparison -> its models under a split; a control of learners leaves out what does not learn."""
    beyond = config["beyond"]
    shown = {"trust": PROTOCOLS, "beyond": beyond["protocols"], "curve": beyond["curve"]}
    models = {"trust": TRUSTED, "beyond": BEYOND, "curve": CURVE}
    found = {name: models[name] for name, splits in shown.items() if split in splits}
    return {**found, "trust": LEARNERS} if split in CONTROLS else found


def sensitivity_variants():
    """The default and the rows of the sensitivity table, each with all it may differ in."""
    spec = config["sensitivity"]
    default = {
        "setting": "default",
        "value": "",
        "model": spec["model"],
        "split": spec["split"],
        "repeat": 1,
        "threshold": config["evaluation"]["threshold"],
    }
    return [default, *({**default, **row} for row in spec["rows"])]


@cache
def measured_models(split):
    """Models whose first repeat is measured by itself: those of the tables of a split, and what they are held against."""
    tables = {name for name, table in config["tables"].items() if table["split"] == split}
    shown = {model for model, row in MODELS.items() if tables & set(row["tables"])}
    if split == FIGURED_SPLIT or (split == config["trust"]["shuffled"] and SIMULATED_RECORDS):
        shown.add(FIGURED)
    if split in ONE_DRAW:
        shown |= {*CONSTANTS, ERA}
    return [model for model in MODELS if model in shown]


@cache
def shown_repeats(split):
    """Model -> the repeats of a split that something shows."""
    shown = {model: {1} for model in measured_models(split)}
    for row in sensitivity_variants():
        if row["split"] == split:
            shown.setdefault(row["model"], set()).add(row["repeat"])
    for models in compared_under(split).values():
        for model in models:
            shown.setdefault(model, set()).update(range(1, most_repeats_of(split, model) + 1))
    return {model: shown[model] for model in MODELS if model in shown}


def most_repeats_of(split, model):
    """Repeats of a split on which a model is trained: some models cost too much for all, but not for given folds."""
    row = config["splits"][split]
    return math.ceil((1 if row["kind"] == own_table.GIVEN else MODELS[model]["share"]) * row["repeats"])


def batches(split):
    """The repeats of a split as jobs go through them; the first alone where the paper's tables show it alone."""
    last, size = config["splits"][split]["repeats"], config["training"]["batch"]
    alone = [(1, 1)] if split in ONE_DRAW else []
    starts = range(len(alone) + 1, last + 1, size)
    parts = [*alone, *((start, min(start + size - 1, last)) for start in starts)]
    return [f"{start}-{end}" if start < end else str(start) for start, end in parts]


def repeats_in(batch):
    """Numbers of the repeats of a batch."""
    first, _, last = batch.partition("-")
    return list(range(int(first), int(last or first) + 1))


def batch_of(split, repeat):
    """The batch that holds a repeat of a split."""
    return next(batch for batch in batches(split) if repeat in repeats_in(batch))


def repeats_shown(split, model, batch):
    """Those of a batch's repeats on which a model is trained; the first of the batch where it was asked for."""
    repeats, shown = repeats_in(batch), shown_repeats(split).get(model, ())
    return [repeat for repeat in repeats if repeat in shown] or repeats[:1]


@cache
def runs_under(split):
    """Model -> the batches of a split on which it is trained."""
    return {
        model: [batch for batch in batches(split) if repeats & set(repeats_in(batch))]
        for model, repeats in shown_repeats(split).items()
    }


def used_batches(split):
    """The batches of a split on which some model is trained."""
    used = {batch for batches_of_model in runs_under(split).values() for batch in batches_of_model}
    return [batch for batch in batches(split) if batch in used]


def spec_of(split, model):
    """What a model's scores depend on: its row without its name for readers, its tables and its share of the repeats,
    and without a grid where the split does not search."""
    row = {key: value for key, value in MODELS[model].items() if key not in DISPLAYED}
    return row if config["splits"][split]["tuned"] else {**row, "grid": {}}


def code_of(stage, model):
    """Digest of the code that a stage of a model depends on."""
    row = MODELS[model]
    return digest(stage, f"models.{row['learner']}", *(f"views.{view['kind']}" for view in row["views"].values()))


def run_of(split, model, batch):
    """What is trained and scored of a model: what it depends on, and those of the batch's repeats that it is shown in."""
    return {"model": model, "spec": spec_of(split, model), "repeats": repeats_shown(split, model, batch)}


def views_of(split, runs):
    """Paths of the views of each (model, batch) of some runs under a split, one run after the other, in a row's order."""
    return [
        view_path(view).format(split=split, repeat=batch) for model, batch in runs for view in MODELS[model]["views"]
    ]


def is_baseline(split, batch, model):
    """Whether a model is trained on a batch of a split together with the other baselines."""
    return MODELS[model]["role"] in roles.BASELINE_ROLES and batch in runs_under(split).get(model, ())


def fits_file(split, batch, model, file):
    """A file of the job that trains a model on a batch: its own job, or that of all baselines."""
    trained = roles.BASELINES if is_baseline(split, batch, model) else model
    return f"{RESULTS}/models/{split}/repeat-{batch}/{trained}/{file}"


def models_trained(wildcards):
    """The models that a job trains."""
    if wildcards.trained != roles.BASELINES:
        return [wildcards.trained]
    found = [model for model in MODELS if is_baseline(wildcards.split, wildcards.repeat, model)]
    if not found:
        raise WorkflowError(f"No baseline is shown on repeat {wildcards.repeat} of the split {wildcards.split}")
    return found


def trains_slowly(wildcards):
    """Whether a job trains a learner that takes a minute or more for a repeat."""
    learners = {MODELS[model]["learner"] for model in models_trained(wildcards)}
    return any(load("models", learner, "config/models.tsv").Learner.SLOW for learner in learners)


def trained_models(wildcards):
    """Of each model that a job trains what it depends on, and its repeats."""
    return [run_of(wildcards.split, model, wildcards.repeat) for model in models_trained(wildcards)]


def trained_views(wildcards):
    """The views of the models that a job trains, one model after the other."""
    return views_of(wildcards.split, [(model, wildcards.repeat) for model in models_trained(wildcards)])


def trained_checks(wildcards):
    """What is found of each table of annotation that is trained on: a copy of the records is refused before that."""
    views = dict.fromkeys(view for model in models_trained(wildcards) for view in MODELS[model]["views"])
    return [f"{RESULTS}/annotation/{view}.tsv" for view in views if view in ANNOTATED]


def trained_code(wildcards):
    """Digests of the code that a training job depends on."""
    return [code_of("training", model) for model in models_trained(wildcards)]


def scored_runs(wildcards):
    """Model and batch of all that is trained under a split."""
    return [(model, batch) for model, found in runs_under(wildcards.split).items() for batch in found]


def scored_tests(wildcards):
    """The test rows of each run of a split."""
    return [f"{RESULTS}/splits/{wildcards.split}/repeat-{batch}/test.tsv" for _, batch in scored_runs(wildcards)]


def scored_fits(wildcards):
    """What is fitted in each run of a split."""
    return [fits_file(wildcards.split, batch, model, "folds") for model, batch in scored_runs(wildcards)]


def scored_views(wildcards):
    """The views of each run of a split, one run after the other."""
    return views_of(wildcards.split, scored_runs(wildcards))


def scored_models(wildcards):
    """Of each run of a split its model, what it depends on, and its repeats."""
    return [run_of(wildcards.split, model, batch) for model, batch in scored_runs(wildcards)]


def scored_code(wildcards):
    """Digests of the code that the scores of a split's models depend on."""
    return [code_of("scoring", model) for model in dict(scored_runs(wildcards))]


def tried_fits(wildcards):
    """What is fitted of a model in the batch with the first repeat."""
    split = wildcards.split
    return fits_file(split, batch_of(split, 1), wildcards.model, "folds")


def tried_spec(wildcards):
    """What a model's scores depend on of its row."""
    return spec_of(wildcards.split, wildcards.model)


def tried_views(wildcards):
    """The views of a model in the batch with the first repeat."""
    return views_of(wildcards.split, [(wildcards.model, batch_of(wildcards.split, 1))])


def judged_runs(split):
    """Model and batch of all that decides under a split."""
    compared = {model for models in compared_under(split).values() for model in models}
    return [(model, batch) for model, found in runs_under(split).items() if model in compared for batch in found]


def judged_fits(wildcards):
    """The validation scores of all that decides under a split -> the training rows that they are of."""
    split = wildcards.split
    return {
        fits_file(split, batch, model, "validation_scores.tsv"): f"{RESULTS}/splits/{split}/repeat-{batch}/train.tsv"
        for model, batch in judged_runs(split)
    }


def judged_comparisons(wildcards):
    """Comparison -> its models, what they are held against, and whether its strata set a locus apart."""
    return {
        name: {
            "models": models,
            "references": config["trust" if name == "trust" else "beyond"]["references"],
            "locus": name == "beyond",
        }
        for name, models in compared_under(wildcards.split).items()
    }


def judged_locus(wildcards):
    """The view that sets a locus apart in the strata of the models beyond the paper."""
    return view_path(config["beyond"]["locus"]) if "beyond" in compared_under(wildcards.split) else []
