"""What it saves to work through the repeats of a protocol in one process, as ratios of wall time on one core.

Run by `make benchmark`. The plain way is a job for each repeat. Control data of the smoke test, twelve repeats; the
dataset and the views that need no fitting are there before the clock starts.
"""

import shutil
import tempfile
from pathlib import Path

from measuring import made
from projects import RESULTS, Project

LEARNERS = ("constant", "forest", "nearest", "mvfcnet")
REPEATS = 12


def settings(batch: int) -> dict:
    """Return the overlay of one way."""
    return {"splits": {"grouped": {"repeats": REPEATS}}, "training": {"batch": batch}}


def seconds(project: Project, learner: str, batch: int) -> float:
    """Return the wall time from the splits to the scores of the models of a learner."""
    return made(project, f"{RESULTS}/scores/grouped/{learner}.tsv", settings=settings(batch)).wall


def prepared(folder: Path) -> Project:
    """Return a project with dataset, groups and views, and no split."""
    project = Project.copy(folder)
    views = ("lexical", "rnabert_random", "accession_number", "bases")
    made(project, f"{RESULTS}/dataset/groups.tsv", *(f"{RESULTS}/views/{view}.npz" for view in views), cores=2)
    return project


def main() -> None:
    """Print a line per learner."""
    print(f"{REPEATS} repeats of a protocol, one core: seconds with a job for each repeat, with one job for all")
    print(f"{'learner':16} {'plain':>8} {'batched':>8} {'ratio':>6}")
    with tempfile.TemporaryDirectory() as folder:
        ready = prepared(Path(folder) / "prepared").root
        for learner in LEARNERS:
            plain, batched = (
                seconds(Project(shutil.copytree(ready, Path(folder) / learner / str(batch))), learner, batch)
                for batch in (1, REPEATS)
            )
            print(f"{learner:16} {plain:8.1f} {batched:8.1f} {plain / batched:6.2f}", flush=True)


if __name__ == "__main__":
    main()
