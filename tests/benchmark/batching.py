"""What it saves to do things together, as ratios on one core.

Run by `make benchmark`. Repeats of a protocol in one process: the plain way is a job for each repeat, on the control
data of the smoke test, twelve repeats; the dataset and the views that need no fitting are there before the clock
starts. Networks side by side: the plain way trains one after the other, on simulated views as wide as those of
MMLmiRLocNet.
"""

import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from measuring import made
from projects import RESULTS, Project

from mmlmirloc.features import Features, Rows
from mmlmirloc.models.mvfcnet import Learner

REPEATS = 12
# What is trained: its folder, and on how many of the repeats, which is its share in tests/smoke/models.tsv.
MODELS = {
    "constant, age": ("baselines", REPEATS),
    "nearest": ("nearest_identity", REPEATS),
    "mvfcnet": ("mmlmirlocnet", REPEATS // 2),
}


def settings(batch: int) -> dict:
    """Return the overlay of one way."""
    return {"splits": {"grouped": {"repeats": REPEATS}}, "training": {"batch": batch}}


def seconds(project: Project, learner: str, batch: int) -> float:
    """Return the wall time from the splits to the trained models of a learner."""
    folder, shown = MODELS[learner]
    batches = [f"{first}-{first + batch - 1}" if batch > 1 else str(first) for first in range(1, shown + 1, batch)]
    trained = [f"{RESULTS}/models/grouped/repeat-{repeats}/{folder}/history.tsv" for repeats in batches]
    return made(project, *trained, settings=settings(batch)).wall


def prepared(folder: Path) -> Project:
    """Return a project with dataset, groups and views, and no split."""
    project = Project.copy(folder)
    views = ("lexical", "rnabert_random", "accession_number", "name_number", "bases")
    made(project, f"{RESULTS}/dataset/groups.tsv", *(f"{RESULTS}/views/{view}.npz" for view in views), cores=2)
    return project


NETWORKS = (1, 6, 15)
WIDTHS = {"lexical": 256, "word2vec": 200, "rnabert": 105}


def part(rows: int, seed: int) -> Rows:
    """Return simulated rows of three views with four labels, each of which shows in a column."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, size=(rows, 4))
    views = {}
    for name, width in WIDTHS.items():
        values = random.normal(size=(rows, width))
        values[:, :4] += labels
        views[name] = Features(values.astype(np.float32))
    return Rows(views, labels)


def side_by_side(networks: int) -> tuple[float, float]:
    """Return the seconds of a network that is trained with others, and of one that is trained alone."""
    torch.set_num_threads(1)
    settings = {setting.name: setting.default for setting in Learner.SETTINGS} | {"pooling": {}}
    parts = [(part(358, 2 * seed), part(40, 2 * seed + 1)) for seed in range(networks)]

    def learners() -> list[Learner]:
        return [Learner(settings, ["a", "b", "c", "d"], seed) for seed in range(networks)]

    start = time.process_time()
    Learner.fit_many(learners(), parts)
    together = time.process_time() - start
    start = time.process_time()
    for learner, rows in zip(learners(), parts):
        learner.fit(*rows)
    return together / networks, (time.process_time() - start) / networks


def main() -> None:
    """Print a line per learner, and a line per number of networks."""
    print("networks of MMLmiRLocNet's size: core seconds of one alone, of one side by side with others")
    print(f"{'networks':16} {'alone':>8} {'beside':>8} {'ratio':>6}")
    for networks in NETWORKS:
        together, alone = side_by_side(networks)
        print(f"{networks:<16} {alone:8.2f} {together:8.2f} {alone / together:6.2f}", flush=True)
    print(f"{REPEATS} repeats of a protocol, one core: seconds with a job for each repeat, with one job for all")
    print(f"{'learner':16} {'plain':>8} {'batched':>8} {'ratio':>6}")
    with tempfile.TemporaryDirectory() as folder:
        ready = prepared(Path(folder) / "prepared").root
        for learner in MODELS:
            plain, batched = (
                seconds(Project(shutil.copytree(ready, Path(folder) / learner / str(batch))), learner, batch)
                for batch in (1, REPEATS)
            )
            print(f"{learner:16} {plain:8.1f} {batched:8.1f} {plain / batched:6.2f}", flush=True)


if __name__ == "__main__":
    main()
