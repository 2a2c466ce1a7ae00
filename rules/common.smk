"""Read and check the config, and answer what the rules ask of it."""

import math
import os
from copy import deepcopy

# One thread per job: the sums of a second thread differ in the last bit, and the folds fill the cores.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

SCRIPTS = str(ROOT / "scripts")
sys.path.insert(0, SCRIPTS)
# Snakemake looks for a script's modules last, and the environment may have the package of another folder.
# The name apart, since the linter would have users set the variable.
PATHS = "PYTHONPATH"
os.environ[PATHS] = os.pathsep.join([SCRIPTS, *filter(None, [os.environ.get(PATHS)])])

from mmlmirloc import annotation_sources, own_table, roles
from mmlmirloc import settings as user_settings
from mmlmirloc.data.splits import GROUPED
from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.names import FEWEST
from mmlmirloc.exportable import check_exportable
from mmlmirloc.files import read_table
from mmlmirloc.provenance import digest
from mmlmirloc.registry import load
from mmlmirloc.schema import check
from mmlmirloc.sources.download import is_address
from mmlmirloc.sources.rnabert import is_directory
from snakemake.common.configfile import load_configfile
from snakemake.exceptions import WorkflowError
from snakemake.logging import logger
from snakemake.utils import update_config

# A module that is given a config does not read the files of this one: what is left open is as it stands there.
given = deepcopy(config)
for name in ("config", "views", "tables"):
    update_config(config, load_configfile(ROOT / f"config/{name}.yaml"))
update_config(config, given)


def read_experiments():
    """Check the config and resolve the rows of models.tsv: model id -> row."""
    schema = ROOT / "config/schemas/config.schema.yaml"
    for key, given in workflow.config_settings.config.items():
        if key in config and not isinstance(given, str):
            config[key] = user_settings.retyped(config[key], given)
    config["views"] = user_settings.without_removed(config["views"])
    config.update(user_settings.without_removed_names(config))
    check(config, schema, "--config", workflow.configfiles)
    if config["sources"][own_table.LABELLED]:
        config.update(own_table.with_table(config, ROOT))
    config["results"] = user_settings.results_folder(config["results"], ROOT)
    config["views"] = user_settings.with_species(config["views"], config["records"]["prefix"])
    columns = ["model", "label", "role", "learner", "views", "overrides", "share", "tables"]
    table = read_table(ROOT / config["models"], columns=columns, text=columns)
    rows = roles.with_ablations(table.to_dict("records"), config["beyond"]["whole"])
    rows = user_settings.selected_rows(rows, config["selected"], config["models"])
    models = user_settings.experiments(rows, config, config["models"])
    user_settings.check_models(models, config, schema)
    if config["sources"][own_table.LABELLED]:
        models, left_out = own_table.without_lacking(models)
    else:
        models, left_out = annotation_sources.without_lacking(models, config["sources"])
    user_settings.check_references(config, models, ROOT)
    return models, left_out


try:
    MODELS, LEFT_OUT = read_experiments()
except InputError as error:
    raise WorkflowError(str(error)) from None

# Whether the dataset is a labelled table of a user's own.
OWN = bool(config["sources"][own_table.LABELLED])

if OWN and workflow.is_main_process:
    logger.info(own_table.left_out(config["sources"][own_table.LABELLED], LEFT_OUT))
elif LEFT_OUT and workflow.is_main_process:
    logger.info(
        f"{len(LEFT_OUT)} rows of {config['models']} stand in no table: sources: "
        f"{', '.join(sorted({source for sources in LEFT_OUT.values() for source in sources}))} are not given"
    )

# The model that knows age alone, none where there is no age.
ERA = config["trust"]["references"].get("era", "")
VIEWS = {view: load("views", spec["kind"], "config/views.yaml").View(spec) for view, spec in config["views"].items()}
RESULTS = config["results"]
LOCATIONS = config["dataset"]["locations"]


wildcard_constraints:
    source="|".join(source for source in config["sources"] if source not in ("rnabert", "encoder")),
    split="|".join(config["splits"]),
    # One repeat, or the first and the last of a batch.
    repeat=r"\d+(-\d+)?",
    model="|".join(MODELS),
    view="|".join(config["views"]),
    table="|".join(config["tables"]) or "none",
