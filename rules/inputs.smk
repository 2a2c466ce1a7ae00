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
    table = f"{RESULTS}/sources/{config['views'][wildcards.view].get('source')}.txt"
    return {need: {**VIEW_SOURCES, "table": table}[need] for need in VIEWS[wildcards.view].NEEDS}


def shared_caches(kind):
    """Files that the views of a kind are cut from, each with one of these views."""
    return {VIEWS[view].cache_name(view): spec for view, spec in config["views"].items() if spec["kind"] == kind}


def final_file(file):
    """A getter of a file of a model that is trained on all rows."""
    return lambda wildcards: fits_file(WHOLE, "1", wildcards.model, file)


def exported_index(wildcards):
    """The index that a model takes along, where a view of it needs one; refuses a model that cannot be packed."""
    try:
        check_exportable(wildcards.model, MODELS, f"the target {RESULTS}/final/{wildcards.model}.safetensors")
    except InputError as error:
        raise WorkflowError(str(error)) from None
    needs = {need for view in MODELS[wildcards.model]["views"] for need in VIEWS[view].NEEDS}
    return VIEW_SOURCES["sketches"] if "sketches" in needs else []


def source_file(wildcards):
    """The file a source comes from; none for an address, which the job downloads.

    None either for a path that is not there, or where none is given: the job says so, while Snakemake would take the
    results of an earlier source for those of this one.
    """
    source = config["sources"][wildcards.source]
    if source == "simulated":
        return f"{RESULTS}/simulated/{SIMULATED[wildcards.source]}"
    if not source or is_address(source) or not Path(path_of(wildcards.source)).exists():
        return []
    return path_of(wildcards.source)


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
    return f"{ROOT}/resources/paper/table2.tsv" if matched else []


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


def table_models(table):
    """Models of a table, in the order of models.tsv."""
    return [model for model, row in MODELS.items() if table in row["tables"]]


def repeated_splits(table):
    """Splits over whose repeats a table is shown as well."""
    return config["tables"][table].get("repeated", [])


def tuned_runs(split):
    """Model and batch of all that the paper's tables and the trust table show under a split."""
    trusted = TRUSTED if split in PROTOCOLS else []
    return [
        (model, batch)
        for model, found in runs_under(split).items()
        if model in trusted or set(MODELS[model]["tables"]) & config["tables"].keys()
        for batch in (found if model in trusted else found[:1])
    ]


def repeated_labels(wildcards):
    """Model -> name for readers of a table over repeats: its models in its order, then era."""
    models = [model for model in table_models(wildcards.table) if model in TRUSTED]
    return {model: MODELS[model]["label"] for model in ([*models, ERA] if ERA else models)}


def table_paper(table):
    """The paper's tables beside a table."""
    return [f"{ROOT}/{path}" for path in config["tables"][table]["paper"]]


def tuning_files(trained):
    """What was chosen of a grid by each of some splits, models and batches of repeats."""
    return [fits_file(split, batch, model, "tuning.tsv") for split, model, batch in trained]


def importance_batches():
    """The protocol shown first, the model with all views, and the batches on which it is trained there."""
    split, model = config["beyond"]["shown"][0], config["beyond"]["whole"]
    return split, model, runs_under(split)[model]


def importance_files(file):
    """A getter of a file of rows of each batch on which the importance of views is measured."""

    def get(wildcards):
        split, _, batches = importance_batches()
        return [f"{RESULTS}/splits/{split}/repeat-{batch}/{file}" for batch in batches]

    return get


def importance_fits(wildcards):
    """What is fitted of the model with all views in each of these batches."""
    split, model, batches = importance_batches()
    return [fits_file(split, batch, model, "folds") for batch in batches]


def figure_code(module):
    """Digest of the code that draws a figure: its own module, and what all figures go through."""
    return digest("reporting.plotting", f"reporting.figures.{module}")


def benchmark_files(wildcards):
    """The benchmark files that are there when a run is planned, but that of the figure made from them."""
    found = sorted(Path(RESULTS).glob("benchmarks/**/*.tsv"))
    return [str(path) for path in found if path.name != "plot_runtime.tsv"]


def atlas_view(view):
    """File of a view of all hairpins of the species."""
    return f"{RESULTS}/atlas/views/{VIEWS[view].cache_name(view)}.npz"
