"""What it saves to work through the repeats of a protocol in one process, as ratios of wall time on one core.

Run by `make benchmark`. The plain way is a job for each repeat. Control data of the smoke test, twelve repeats; the
dataset and the views that need no fitting are there before the clock starts.
"""

import shutil
import tempfile
from pathlib import Path

from measuring import made
from projects import RESULTS, Project

MODELS = ("always_nucleus", "era", "mksvm", "mmlmirlocnet")
REPEATS = 12


def settings(batch: int) -> dict:
    """Return the overlay of one way."""
    return {"splits": {"grouped": {"repeats": REPEATS}}, "training": {"batch": batch}}


def seconds(project: Project, model: str, batch: int) -> float:
    """Return the wall time from the splits to the decisions of a model."""
    return made(project, f"{RESULTS}/decisions/grouped/{model}/decisions.tsv", settings=settings(batch)).wall


def prepared(folder: Path) -> Project:
    """Return a project with dataset, groups and views, and no split."""
    project = Project.copy(folder)
    views = ("lexical", "rnabert_random", "accession_number", "nac", "cksnap", "kmer_1234", "kmer_4", "rckmer")
    made(project, f"{RESULTS}/dataset/groups.tsv", *(f"{RESULTS}/views/{view}.npz" for view in views), cores=2)
    return project


def main() -> None:
    """Print a line per model."""
    print(f"{REPEATS} repeats of a protocol, one core: seconds with a job for each repeat, with one job for all")
    print(f"{'model':16} {'plain':>8} {'batched':>8} {'ratio':>6}")
    with tempfile.TemporaryDirectory() as folder:
        ready = prepared(Path(folder) / "prepared").root
        for model in MODELS:
            plain, batched = (
                seconds(Project(shutil.copytree(ready, Path(folder) / model / str(batch))), model, batch)
                for batch in (1, REPEATS)
            )
            print(f"{model:16} {plain:8.1f} {batched:8.1f} {plain / batched:6.2f}", flush=True)


if __name__ == "__main__":
    main()
