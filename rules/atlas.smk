"""The atlas: what final models predict for every known hairpin of the species, and by it for every mature miRNA."""

ATLAS = config["atlas"]["models"]
FINAL_FILES += [] if OWN else [f"{RESULTS}/atlas/words.npz"]
# Views that need a place in the genome, which not every hairpin has.
PLACED = ("genomic", "locus")


rule list_molecules:
    """List all hairpins of the species in miRBase, and the mature miRNAs that are their arms."""
    input:
        hairpin=f"{RESULTS}/sources/hairpin.txt",
        mature=f"{RESULTS}/sources/mature.txt",
        coordinates=f"{RESULTS}/sources/coordinates.txt",
    output:
        hairpins=f"{RESULTS}/atlas/hairpins.tsv",
        arms=f"{RESULTS}/atlas/arms.tsv",
    log:
        log_of("list_molecules"),
    benchmark:
        benchmark_of("list_molecules")
    group:
        "final"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        prefix=config["records"]["prefix"],
        code=digest("atlas.molecules"),
    script:
        "../scripts/list_molecules.py"


rule describe_hairpins:
    """Compute a view of all hairpins of the species."""
    input:
        unpack(view_sources),
        sequences=rules.list_molecules.output.hairpins,
    output:
        features=f"{RESULTS}/atlas/views/{{view}}.npz",
    log:
        log_of("describe_hairpins", "{view}"),
    benchmark:
        benchmark_of("describe_hairpins", "{view}")
    group:
        "final"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        spec=lambda wildcards: config["views"][wildcards.view],
        code=lambda wildcards: digest("views.making", f"views.{config['views'][wildcards.view]['kind']}"),
    script:
        "../scripts/compute_view.py"


rule predict_hairpins:
    """Predict all hairpins of the species, each by fold models that did not see its sequence."""
    input:
        hairpins=rules.list_molecules.output.hairpins,
        views=lambda wildcards: [atlas_view(view) for view in MODELS[wildcards.model]["views"]],
        train=f"{RESULTS}/splits/{WHOLE}/repeat-1/train.tsv",
        fitted=final_file("folds"),
        validation_scores=final_file("validation_scores.tsv"),
    output:
        table=f"{RESULTS}/atlas/{{model}}.tsv",
    log:
        log_of("predict_hairpins", "{model}"),
    benchmark:
        benchmark_of("predict_hairpins", "{model}")
    group:
        "final"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        spec=lambda wildcards: MODELS[wildcards.model],
        placed=lambda wildcards: [
            name for name, view in MODELS[wildcards.model]["views"].items() if view["kind"] in PLACED
        ],
        locations=LOCATIONS,
        threshold=config["evaluation"]["threshold"],
        objective=config["training"]["objective"],
        code=lambda wildcards: digest("atlas.hairpins", f"models.{MODELS[wildcards.model]['learner']}"),
    script:
        "../scripts/predict_hairpins.py"


rule index_hairpins:
    """Keep hashes of the words of all hairpins of the species, to find the hairpins that a mature sequence lies in."""
    input:
        hairpins=rules.list_molecules.output.hairpins,
    output:
        words=f"{RESULTS}/atlas/words.npz",
    log:
        log_of("index_hairpins"),
    benchmark:
        benchmark_of("index_hairpins")
    group:
        "final"
    conda:
        "../envs/python.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        code=digest("atlas.words"),
    script:
        "../scripts/index_hairpins.py"
