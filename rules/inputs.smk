"""What the rules ask: paths, and functions of their wildcards."""


def log_of(rule, *wildcards):
    """Where a rule logs."""
    return f"{os.path.join(RESULTS, 'logs', rule, *wildcards)}.log"


def benchmark_of(rule, *wildcards):
    """Where a rule's run time and memory go."""
    return f"{os.path.join(RESULTS, 'benchmarks', rule, *wildcards)}.tsv"


def per_attempt(amount):
    """A getter of an amount that grows with each retry: a job killed for its memory or time asks for more of it."""
    return lambda wildcards, attempt: amount * attempt


def path_of(source):
    """A source given as a path, relative to the Snakefile's folder."""
    return os.path.normpath(ROOT / os.path.expanduser(config["sources"][source]))


def split_settings(wildcards):
    """The named row of the splits."""
    return config["splits"][wildcards.split]


def view_path(view):
    """Cached file of a view, or the folder of a fitted one; {split} and {repeat} are left open."""
    if VIEWS[view].FITTED:
        return f"{RESULTS}/views/{view}/{{split}}/repeat-{{repeat}}"
    return f"{RESULTS}/views/{VIEWS[view].cache_name(view)}.npz"


def view_sources(wildcards):
    """What a view is computed from beside the sequence: the name that the view has for it, and its file."""
    return {need: VIEW_SOURCES[need] for need in VIEWS[wildcards.view].NEEDS}


def shared_caches(kind):
    """Files that the views of a kind are cut from, each with one of these views."""
    return {VIEWS[view].cache_name(view): spec for view, spec in config["views"].items() if spec["kind"] == kind}


def model_views(wildcards):
    """Paths of a model's views, in its row's order."""
    return [view_path(view).format(**wildcards) for view in MODELS[wildcards.model]["views"]]


def final_views(wildcards):
    """Paths of a final model's views, none of which is fitted."""
    return [view_path(view) for view in MODELS[wildcards.final]["views"]]


def model_spec(wildcards):
    """What a model's scores depend on: its row without its name for readers, its tables and its share of the repeats,
    and without a grid where the split does not search."""
    row = {key: value for key, value in MODELS[wildcards.model].items() if key not in ("label", "tables", "share")}
    return row if split_settings(wildcards)["tuned"] else {**row, "grid": {}}


def model_code(wildcards):
    """Digest of the code that a model's scores depend on."""
    row = MODELS[wildcards.model]
    kinds = [f"views.{view['kind']}" for view in row["views"].values()]
    return digest("training", f"models.{row['learner']}", *kinds)


def batches(split, most=None):
    """The repeats of a split as jobs go through them: the first alone, which the paper's tables show, then batches.

    Batches that start after ``most`` repeats are left out.
    """
    last, size = config["splits"][split]["repeats"], config["training"]["batch"]
    starts = [start for start in range(2, last + 1, size) if most is None or start <= most]
    ends = [min(start + size - 1, last) for start in starts]
    return ["1", *(f"{start}-{end}" if start < end else str(start) for start, end in zip(starts, ends))]


def batch_of(split, repeat):
    """The batch that holds a repeat of a split."""
    return next(batch for batch in batches(split) if repeat <= int(batch.split("-")[-1]))


def repeats_of(wildcards):
    """Numbers of the repeats of a batch."""
    first, _, last = wildcards.repeat.partition("-")
    return list(range(int(first), int(last or first) + 1))


def most_repeats_of(split, model):
    """Repeats of a split on which a model is trained: some models cost too much for all."""
    return math.ceil(MODELS[model]["share"] * config["splits"][split]["repeats"])


def most_repeats(wildcards):
    """Repeats of the split on which the model is trained."""
    return most_repeats_of(wildcards.split, wildcards.model)


def trained_repeats(wildcards):
    """Those of a batch's repeats on which the model is trained; the first of the batch where it was asked for."""
    repeats = repeats_of(wildcards)
    return [repeat for repeat in repeats if repeat <= most_repeats(wildcards)] or repeats[:1]


def source_file(wildcards):
    """The file a source comes from; none for an address, which the job downloads.

    None either for a path that is not there: the job says so, while Snakemake would take the results of an earlier
    source for those of this one.
    """
    source = config["sources"][wildcards.source]
    if source == "simulated":
        return f"{RESULTS}/simulated/{SIMULATED[wildcards.source]}"
    return [] if is_address(source) or not Path(path_of(wildcards.source)).exists() else path_of(wildcards.source)


def rnabert_files(wildcards):
    """The files of a local directory of weights; none for a hub id, which the job downloads."""
    source = config["sources"]["rnabert"]
    files = [f"{path_of('rnabert')}/{name}" for name in ("config.json", "model.safetensors")]
    return files if is_directory(source) or Path(path_of("rnabert")).is_dir() else []


def mirbase_file(molecule):
    """A FASTA of miRBase where its molecules are wanted, so that no other is downloaded."""
    wanted = config["dataset"]["molecule"] in (molecule, "both")
    return f"{RESULTS}/sources/{molecule}.txt" if wanted else []


def dataset_setting(key):
    """A getter of one setting of the dataset, or of the variant that the path names."""

    def get(wildcards):
        name = wildcards.variant.removeprefix("variants/").rstrip("/")
        return {**config["dataset"], **config["dataset_variants"].get(name, {})}[key]

    return get


def split_dataset_file(wildcards, file="mirnas.tsv"):
    """The dataset that a split divides, or another file of it."""
    name = config["splits"][wildcards.split]["dataset"]
    return f"{RESULTS}/dataset/{'' if name == 'main' else f'variants/{name}/'}{file}"


def split_groups_file(wildcards):
    """The groups of rows that a split keeps together; the homology groups for one that does not."""
    return split_dataset_file(wildcards, GROUPED.get(split_settings(wildcards)["kind"], "groups.tsv"))


def split_groups(wildcards):
    """The groups, where a split keeps them together."""
    return split_groups_file(wildcards) if split_settings(wildcards)["kind"] in GROUPED else []


def split_composition(wildcards):
    """The paper's test part, where a split takes after it."""
    matched = split_settings(wildcards)["kind"] == "matched"
    return f"{workflow.basedir}/resources/paper/table2.tsv" if matched else []


def rnabert_weights(wildcards):
    """The weights' file, none for the untrained control."""
    pretrained = EMBEDDED[wildcards.embedded]["weights"] == "pretrained"
    return rules.fetch_rnabert.output.weights if pretrained else []


def encoder_checkpoint(wildcards):
    """The project's own encoder, none for the untrained control nor for a path that is not there: the job says so."""
    pretrained = ENCODED[wildcards.encoded]["weights"] == "pretrained"
    return path_of("encoder") if pretrained and Path(path_of("encoder")).exists() else []


def measured_rnabert(wildcards):
    """RNABERT's weights where they lie in a local directory: they are no reason to download them."""
    return rules.fetch_rnabert.output.weights if rnabert_files(wildcards) else []


def table_models(wildcards):
    """Models of a table, in the order of models.tsv."""
    return [model for model, row in MODELS.items() if wildcards.table in row["tables"]]


def repeated_splits(table):
    """Splits over whose repeats a table is shown as well."""
    return config["tables"][table].get("repeated", [])


def repeated_models(wildcards):
    """What is measured over the repeats of a split: models of the tables shown so, where the trust table trains them on
    the repeats, the constants and era."""
    tables = {table for table in config["tables"] if wildcards.split in repeated_splits(table)}
    beside = {*CONSTANTS, config["trust"]["references"]["era"]}
    return [model for model in TRUSTED if model in beside or tables & set(MODELS[model]["tables"])]


def repeated_batches(wildcards):
    """Model and batch of each file of scores of a split's repeats."""
    split = wildcards.split
    return [
        (model, batch)
        for model in repeated_models(wildcards)
        for batch in batches(split, most_repeats_of(split, model))
    ]


def repeated_scores(wildcards):
    """Scores of all repeats of a split."""
    return [
        f"{RESULTS}/scores/{wildcards.split}/repeat-{batch}/{model}.tsv" for model, batch in repeated_batches(wildcards)
    ]


def repeated_labels(wildcards):
    """Model -> name for readers of a table over repeats: its models in its order, then era."""
    models = [model for model in table_models(wildcards) if model in TRUSTED]
    return {model: MODELS[model]["label"] for model in [*models, config["trust"]["references"]["era"]]}


def table_repeats(wildcards):
    """The numbers over repeats of a table that is shown so."""
    return f"{RESULTS}/tables/{wildcards.table}_repeats.tsv" if repeated_splits(wildcards.table) else []


def table_metrics(wildcards):
    """Metric files of a table's models, in its order."""
    split = config["tables"][wildcards.table]["split"]
    return [f"{RESULTS}/metrics/{split}/repeat-1/{model}.tsv" for model in table_models(wildcards)]


def scores_beside(wildcards, models):
    """Scores of some models on the rows of a table."""
    split = config["tables"][wildcards.table]["split"]
    return [f"{RESULTS}/scores/{split}/repeat-1/{model}.tsv" for model in models]


def table_scores(wildcards):
    """Scores of a table's models, in its order."""
    return scores_beside(wildcards, table_models(wildcards))


def table_constants(wildcards):
    """Scores of the constants that every model is held against."""
    return scores_beside(wildcards, CONSTANTS)


def table_era(wildcards):
    """Scores of the era predictor that every model is held against."""
    (scores,) = scores_beside(wildcards, [config["trust"]["references"]["era"]])
    return scores


def table_paper(wildcards):
    """The paper's tables beside a table."""
    return [f"{workflow.basedir}/{path}" for path in config["tables"][wildcards.table]["paper"]]


def table_labels(wildcards):
    """Model -> name for readers, in the table's order."""
    return {model: MODELS[model]["label"] for model in table_models(wildcards)}


def shown_batches(split, model):
    """Repeats of a split on which the trust table shows a model; the first alone where only the paper's tables do."""
    if split in PROTOCOLS and model in TRUSTED:
        return batches(split, most_repeats_of(split, model))
    papers = [table for table in MODELS[model]["tables"] if table in config["tables"]]
    return ["1"] if split in [config["tables"][table]["split"] for table in papers] else []


def tuning_files(trained):
    """What was chosen of a grid by each of some splits, models and batches of repeats."""
    return [f"{RESULTS}/models/{split}/repeat-{batch}/{model}/tuning.tsv" for split, model, batch in trained]


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


def sensitivity_scores(wildcards):
    """Scores of each row of the sensitivity table."""
    return [
        f"{RESULTS}/scores/{row['split']}/repeat-{batch_of(row['split'], row['repeat'])}/{row['model']}.tsv"
        for row in sensitivity_variants()
    ]


def hindsight_scores(wildcards):
    """Scores of all repeats of the figures' model under the figures' split."""
    split, model = config["figures"]["split"], config["figures"]["model"]
    return [
        f"{RESULTS}/scores/{split}/repeat-{batch}/{model}.tsv"
        for batch in batches(split, most_repeats_of(split, model))
    ]


def dataset_part(wildcards):
    """The rows a dataset figure shows: all, or the training or test part of the figures' split."""
    part = DATASET_FIGURES[wildcards.dataset_figure][1]
    whole = f"{RESULTS}/dataset/mirnas.tsv"
    return whole if part == "all" else f"{RESULTS}/splits/{config['figures']['split']}/repeat-1/{part}.tsv"


def decided_files(file):
    """A getter of the files of all batches of a split that a model is trained on; {batch} is left open in ``file``."""

    def get(wildcards):
        return [file.format(batch=batch, **wildcards) for batch in batches(wildcards.split, most_repeats(wildcards))]

    return get


def compared_models(wildcards):
    """Models of a comparison under a split; a control of learners leaves out what does not learn."""
    if wildcards.split in CONTROLS:
        return LEARNERS
    return {"trust": TRUSTED, "beyond": BEYOND, "curve": CURVE}[wildcards.comparison]


def importance_files(file):
    """A file of all batches of the protocol shown first, on which the model with all views is trained."""
    split, model = config["beyond"]["shown"][0], config["beyond"]["whole"]
    return [
        file.format(split=split, model=model, batch=batch) for batch in batches(split, most_repeats_of(split, model))
    ]


def compared_locus(wildcards):
    """The view that sets a locus apart in the strata of the models beyond the paper."""
    return view_path(config["beyond"]["locus"]) if wildcards.comparison == "beyond" else []


def compared_files(file):
    """A getter of a file of each compared model."""
    return lambda wildcards: [file.format(model=model, **wildcards) for model in compared_models(wildcards)]


def figure_code(module):
    """Digest of the code that draws a figure: its own module, and what all figures go through."""
    return digest("reporting.plotting", f"reporting.figures.{module}")


def trust_figure_options(wildcards):
    """What a figure of the trust table shows beside its tables; most show no more."""
    shown, drawn = config["trust"]["shown"], config["trust"]["drawn"]
    return {
        "protocols": {"constants": CONSTANTS},
        "calibration": {"models": [model for model in drawn if model in LEARNERS]},
        "strata": {"protocol": shown, "models": drawn},
        "controls": {"protocol": shown},
        "learning_curve": {"constants": CONSTANTS},
    }.get(wildcards.trust_figure, {})


def benchmark_files(wildcards):
    """The benchmark files that are there when a run is planned, but that of the figure made from them."""
    found = sorted(Path(RESULTS).glob("benchmarks/**/*.tsv"))
    return [str(path) for path in found if path.name != "plot_runtime.tsv"]
