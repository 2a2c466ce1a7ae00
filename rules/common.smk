"""Read and check the config, and answer what the rules ask of it."""

import os

# One thread per job: the sums of a second thread differ in the last bit, and the folds fill the cores.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

ROOT = Path(workflow.basedir)
sys.path.insert(0, str(ROOT / "scripts"))

from mmlmirloc import settings as user_settings
from mmlmirloc.data.sources import is_address, is_directory
from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table
from mmlmirloc.provenance import digest
from mmlmirloc.registry import load
from mmlmirloc.schema import check
from snakemake.exceptions import WorkflowError


def read_experiments():
    """Check the config and resolve the rows of models.tsv: model id -> row."""
    schema = ROOT / "config/schemas/config.schema.yaml"
    check(config, schema, "--config", workflow.configfiles)
    columns = ["model", "label", "learner", "views", "overrides", "tables"]
    table = read_table(ROOT / config["models"], columns=columns, text=columns)
    models = user_settings.experiments(table.to_dict("records"), config, config["models"])
    user_settings.check_models(models, config, schema)
    user_settings.check_references(config, models, ROOT)
    return models


try:
    MODELS = read_experiments()
except InputError as error:
    raise WorkflowError(str(error)) from None

RESULTS = config["results"]
LOCATIONS = config["dataset"]["locations"]


wildcard_constraints:
    source="|".join(("rnalocate", "hairpin", "mature", "coordinates")),
    split="|".join(config["splits"]),
    repeat=r"\d+",
    model="|".join(MODELS),
    view="|".join(config["views"]),
    table="|".join(config["tables"]),


def log_of(rule, *wildcards):
    """Where a rule logs."""
    return "/".join([f"{RESULTS}/logs/{rule}", *wildcards]) + ".log"


def benchmark_of(rule, *wildcards):
    """Where a rule's run time and memory go."""
    return "/".join([f"{RESULTS}/benchmarks/{rule}", *wildcards]) + ".tsv"


def entry(name):
    """Path of an entry script."""
    return f"{workflow.basedir}/scripts/{name}.py"


def path_of(source):
    """A source given as a path, relative to the Snakefile's folder."""
    return os.path.normpath(ROOT / os.path.expanduser(config["sources"][source]))


def split_settings(wildcards):
    """The named row of the splits."""
    return config["splits"][wildcards.split]


def view_path(view):
    """Cached file of a view, or the folder of a fitted one; {split} and {repeat} are left open."""
    spec = config["views"][view]
    kind = load("views", spec["kind"], "config/views.yaml")
    if kind.FITTED:
        return f"{RESULTS}/views/{view}/{{split}}/repeat-{{repeat}}"
    name = kind.cache_name(spec) if hasattr(kind, "cache_name") else view
    return f"{RESULTS}/views/{name}.npz"


def model_views(wildcards):
    """Paths of a model's views, in its row's order."""
    return [view_path(view).format(**wildcards) for view in MODELS[wildcards.model]["views"]]


def model_spec(wildcards):
    """What a model's scores depend on: its row without its name for readers and its tables."""
    return {key: value for key, value in MODELS[wildcards.model].items() if key not in ("label", "tables")}


def model_code(wildcards):
    """Digest of the code that a model's scores depend on."""
    row = MODELS[wildcards.model]
    kinds = [f"views.{view['kind']}" for view in row["views"].values()]
    return digest("training", f"models.{row['learner']}", *kinds)


def seed_of(wildcards):
    """Seed of a repeat."""
    return config["seed"] + 1000 * int(wildcards.repeat)
