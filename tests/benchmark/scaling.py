"""How the time of each stage grows with the records: 50, 500 and 5,000 simulated hairpins (the paper has 538).

Run by `make benchmark`. Library functions are called in this process, so that no start hides the growth; of a stage of
less than half a second the best of three is shown. An exponent of 1 is linear, at 2 ten times the records take a
hundred times as long; below 1 is what costs the same whatever the records. A stage that would take over half a minute
at the next size, were it to grow on as before, is left out there.
"""

import math
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import yaml
from measuring import clocked, print_row, told

from mmlmirloc.data import homologs
from mmlmirloc.data.dataset import build_dataset
from mmlmirloc.data.groups import components, family, group_homologs, shared
from mmlmirloc.data.loci import group_loci
from mmlmirloc.data.records import merge_records
from mmlmirloc.data.redundancy import parse_clusters, write_sequences
from mmlmirloc.data.sequences import join_sequences
from mmlmirloc.data.simulated import Control, simulate
from mmlmirloc.data.sketch_index import write_index
from mmlmirloc.data.splits import split_dataset
from mmlmirloc.evaluation.agreement import measure_agreement
from mmlmirloc.evaluation.judging import Compared, Judged, judge_split
from mmlmirloc.files import read_table, write_table
from mmlmirloc.job import logger
from mmlmirloc.registry import load
from mmlmirloc.scoring import Trained, score_models
from mmlmirloc.settings import by_view
from mmlmirloc.training import Model, train_models
from mmlmirloc.views import arms, structural
from mmlmirloc.views.encoder_network import encode_view
from mmlmirloc.views.making import compute_view, fit_view
from mmlmirloc.views.rnabert_network import embed_view

ROOT = Path(__file__).parents[2]
HAIRPINS = (50, 500, 5000)
LIMIT = 30.0
# Without its clusters there is no dataset, so that it is never left out.
CLUSTERING = "cluster_sequences (cd-hit-est)"
# What a stage may add to linear before it is pointed out: n log n, and the noise of a machine with other work.
LINEAR = 1.15
# Rules warn of groups that are too large for folds; so they are.
logger.disabled = True
CONFIG = {
    key: value
    for name in ("config", "views")
    for key, value in yaml.safe_load((ROOT / f"config/{name}.yaml").read_text()).items()
}
LOCATIONS = CONFIG["dataset"]["locations"]
# Each learner with a view or two of its own; a constant needs none.
LEARNERS = {
    "constant": (),
    "forest": ("accession_number",),
    "nearest": ("bases",),
    "mvfcnet": ("lexical",),
    "mksvm": ("nac", "kmer_4"),
    "mkghknn": ("nac", "kmer_4"),
}
# As many epochs whatever the rows, where the number would depend on them.
SETTINGS = {"constant": {"answer": "nucleus"}, "mvfcnet": {"epochs": 5}}
FOLDS = 2

Stages = dict[str, Callable[[], object]]


def dataset_stages(folder: Path, hairpins: int) -> Stages:
    """From simulated sources to the groups, in the order of the workflow."""
    simulated, cluster = folder / "simulated", CONFIG["dataset"]
    sequenced, clusters, mirnas = folder / "sequenced.tsv", folder / "clusters.tsv", folder / "mirnas.tsv"

    def shell(line):
        told(folder, "bash", "-c", f"set -euo pipefail; {line}")

    def join():
        arguments = [folder / "records.tsv", simulated / "hairpin.fa", simulated / "mature.fa"]
        join_sequences(*arguments, sequenced, folder / "dropped.tsv", molecule="hairpin")
        write_sequences(sequenced, folder / "sequenced.fa")

    def build():
        parse_clusters(folder / "cd-hit.clstr", sequenced, clusters)
        choices = {"locations": LOCATIONS, "minimum_count": 1, "cluster_labels": cluster["cluster_labels"]}
        build_dataset(sequenced, clusters, mirnas, folder / "dropped.tsv", **choices)

    cd_hit = (
        f"cd-hit-est -i sequenced.fa -o cd-hit -c {cluster['identity']} -n {cluster['word_length']} -l 6 -d 0 -M 0 -T 1"
    )
    chosen = {**CONFIG["records"], "synonyms": CONFIG["location_synonyms"]}
    prefix = chosen.pop("prefix")
    blastn = (
        "makeblastdb -in database.fa -dbtype nucl -out database && blastn -db database -query queries.fa -num_threads 1"
    )
    header = "\\t".join(homologs.FIELDS.values())
    options = [*homologs.OPTIONS[:-1], f"'{homologs.OPTIONS[-1]}'"]
    return {
        "simulate_control": lambda: simulate(Control(hairpins=hairpins), simulated),
        "merge_records": lambda: merge_records(
            simulated / "rnalocate.txt", folder / "records.tsv", folder / "dropped.tsv", **chosen
        ),
        "join_sequences": join,
        CLUSTERING: lambda: shell(cd_hit),
        "build_dataset": build,
        "measure_agreement": lambda: measure_agreement(clusters, sequenced, LOCATIONS, folder / "agreement.tsv"),
        "group_homologs": lambda: group_homologs(mirnas, simulated / "mature.fa", folder / "groups.tsv"),
        "group_loci": lambda: group_loci(
            grouped(folder), simulated / "hsa.gff3", CONFIG["dataset"]["locus"], folder / "loci.tsv"
        ),
        "prepare_search": lambda: homologs.prepare_search(
            sequenced, simulated / "hairpin.fa", prefix, folder / "queries.fa", folder / "database.fa"
        ),
        "search_homologs (blastn)": lambda: shell(
            f"{blastn} {' '.join(options)} >hits && (printf '{header}\\n' && cat hits) >hits.tsv"
        ),
        "sketch_hairpins": lambda: write_index(
            simulated / "hairpin.fa", folder / "sketch_index.npz", **CONFIG["sketches"]
        ),
    }


def grouped(folder: Path) -> Path:
    """The homology groups; by family name alone where finding them was left out."""
    path = folder / "groups.tsv"
    if not path.exists():
        rows = read_table(folder / "mirnas.tsv", text=["accession"])
        groups = components(len(rows), shared([[family(name)] for name in rows["name"]]))
        write_table(rows[["accession"]].assign(group=groups, size=1), path)
    return path


def view_stages(folder: Path) -> Stages:
    """The splits of each way of drawing, and a view of each kind."""
    simulated, sequenced, stages = folder / "simulated", folder / "sequenced.tsv", {}
    sources = {
        "hits": "hits.tsv",
        "sketches": "sketch_index.npz",
        "hairpin": "simulated/hairpin.fa",
        "mature": "simulated/mature.fa",
    }
    sources = {name: str(folder / path) for name, path in sources.items()} | {
        "coordinates": str(simulated / "hsa.gff3")
    }

    def split(kind, groups=None):
        ways = {"kind": kind, "test_size": 0.2193, "train_share": 1.0, "folds": FOLDS, "stratified": True}
        files = [folder / name for name in ("mirnas.tsv", f"train-{kind}.tsv", f"test-{kind}.tsv")]
        given = groups() if groups else None
        split_dataset(*files, locations=LOCATIONS, labelling="recorded", seed=1, repeats=[1], groups=given, **ways)

    def compute(view):
        spec = CONFIG["views"][view]
        structural.fold.cache_clear()
        needs = load("views", spec["kind"], "here").View.NEEDS
        compute_view(sequenced, folder / f"{view}.npz", spec["kind"], spec, {need: sources[need] for need in needs})

    # The fold takes a hundred times as long as the rest of the arms, and is measured with the structural view.
    arms.fold = lambda sequence: SimpleNamespace(loop=(len(sequence) // 2 - 4, len(sequence) // 2 + 4))
    for kind, groups in (("random", None), ("temporal", None), ("grouped", lambda: grouped(folder))):
        stages[f"split_dataset: {kind}"] = lambda kind=kind, groups=groups: split(kind, groups)
    # Of views of a kind the first, and those that learners below see.
    first = {spec["kind"]: view for view, spec in reversed(CONFIG["views"].items())}
    wanted = {*first.values(), "arms_recorded", *(view for views in LEARNERS.values() for view in views)}
    for view, spec in CONFIG["views"].items():
        # Not those that are fitted, embedded by a network, or of a table of annotation.
        fitted = load("views", spec["kind"], "here").View.FITTED
        if view in wanted and not fitted and spec["kind"] not in ("rnabert", "encoder", "table"):
            stages[f"compute_view: {view}"] = lambda view=view: compute(view)
    word2vec = {key: value for key, value in CONFIG["views"]["syntactic"].items() if key != "kind"}
    checkpoint, sizes = ROOT / CONFIG["sources"]["encoder"], CONFIG["encoder"]["sizes"]
    return stages | {
        "fit_view: word2vec": lambda: fit_view(
            folder / "train-random.tsv", folder / "word2vec", "word2vec", word2vec, 1
        ),
        "embed_view: RNABERT": lambda: embed_view(sequenced, None, folder / "rnabert.npz", False, 1),
        "encode_view: own encoder": lambda: encode_view(sequenced, checkpoint, folder / "encoder.npz", sizes, 1),
    }


def model_stages(folder: Path) -> Stages:
    """Training without a search, scores, metrics, decisions and comparisons."""

    def model(learner):
        specs = {name: CONFIG["views"][name] for name in LEARNERS[learner]}
        views = {
            name: {"kind": spec["kind"], "settings": {key: spec[key] for key in spec if key != "kind"}}
            for name, spec in specs.items()
        }
        settings = by_view(CONFIG["learners"][learner]["settings"] | SETTINGS.get(learner, {}), views)
        row = {"learner": learner, "settings": settings, "grid": {}, "search": "product", "views": views}
        return Model.of(row, [str(folder / f"{name}.npz") for name in views])

    def train(learner):
        outputs = [folder / f"{learner}-{name}" for name in ("fitted", "validation.tsv", "history.tsv", "tuning.tsv")]
        rest = {"locations": LOCATIONS, "objective": "accuracy", "search_folds": 2, "seed": 1}
        train_models(
            folder / "train-random.tsv", *outputs, models={learner: model(learner)}, repeats={learner: [1]}, **rest
        )

    def score(*learners):
        trained = [
            Trained(learner, model(learner), [1], folder / "test-random.tsv", folder / f"{learner}-fitted")
            for learner in learners
        ]
        score_models(trained, folder / "scores.tsv", LOCATIONS)

    judged = ("constant", "forest")

    def judge():
        names = ("probabilities", "decisions", "rules", "metrics", "summary", "strata", "curves")
        judge_split(
            folder / "scores.tsv",
            [folder / "test-random.tsv"],
            [(folder / f"{learner}-validation.tsv", folder / "train-random.tsv") for learner in judged],
            folder / "mirnas.tsv",
            grouped(folder),
            Judged(*(folder / f"{name}.tsv" for name in names)),
            labels={learner: learner for learner in judged},
            constants=["constant"],
            references=["constant"],
            era="forest",
            measured=judged,
            comparisons={"trust": Compared(judged, {"era": "forest"}, None)},
            locations=LOCATIONS,
            threshold=0.5,
            objective="accuracy",
            implication=CONFIG["trust"]["implication"],
            fewest=10,
            **BOOTSTRAP,
        )

    stages: Stages = {}
    for learner in LEARNERS:
        stages[f"train_models: {learner}"] = lambda learner=learner: train(learner)
        stages[f"score_models: {learner}"] = lambda learner=learner: score(learner)
    stages["score_models: constant and forest"] = lambda: score(*judged)
    return stages | {"judge_split: constant and forest": judge}


BOOTSTRAP = {"draws": CONFIG["evaluation"]["draws"], "level": CONFIG["evaluation"]["level"], "seed": CONFIG["seed"]}


def best_seconds(stage: Callable[[], object]) -> float:
    """Return the core seconds of a stage; of a short one the least of three, since its noise is large."""
    seconds = clocked(stage)[0].core
    return min(seconds, *(clocked(stage)[0].core for _ in range(2))) if seconds < 0.5 else seconds


def measured(stages: list[Callable[[], object]], limit: float) -> tuple[list[float], str]:
    """Return the seconds of a stage at each size, as far as it is expected below a limit, and why no further."""
    times: list[float] = []
    stages[0]()  # what it imports is no growth
    for place, stage in enumerate(stages):
        if times:
            expected = times[-1] * (HAIRPINS[place] / HAIRPINS[place - 1]) ** max([1, *exponents(times)])
            if expected > limit:
                return times, f"{HAIRPINS[place]:,} left out: about {expected:.0f} s"
        times.append(best_seconds(stage))
    return times, ""


def exponents(times: list[float]) -> list[float]:
    """Return the exponent of the growth from each size to the next."""
    steps = zip(zip(times, HAIRPINS), zip(times[1:], HAIRPINS[1:]))
    return [math.log(later / earlier) / math.log(more / fewer) for (earlier, fewer), (later, more) in steps]


def main() -> None:
    """Print a line per stage."""
    print("Core seconds of each stage by simulated hairpins, and the exponent of its growth from each size to the next")
    print_row("stage", *(f"{number:,}" for number in HAIRPINS), "exponents")
    with tempfile.TemporaryDirectory() as temporary:
        by_size = []
        for number in HAIRPINS:
            folder = Path(temporary) / str(number)
            folder.mkdir()
            by_size.append(dataset_stages(folder, number) | view_stages(folder) | model_stages(folder))
        for name in by_size[0]:
            times, why = measured([stages[name] for stages in by_size], math.inf if name == CLUSTERING else LIMIT)
            shown = [f"{time:.3f}" for time in times] + ["-"] * (len(HAIRPINS) - len(times))
            grown = exponents(times)
            flag = "more than linear" if grown and grown[-1] > LINEAR else ""
            print_row(name, *shown, " ".join(f"{one:5.2f}" for one in grown), flag, why)


if __name__ == "__main__":
    main()
