"""The last words of a control run: what was planted and found, where to look, and what comes next."""

import sys
from pathlib import Path

from mmlmirloc.files import read_table

COLUMNS = ["location", "expected", "outcome", "outcome_shuffled", "auc"]


def control_words(results: str | Path) -> str:
    """Return five lines about a finished control run.

    Parameters
    ----------
    results : path
        Its folder, with ``tables/control.tsv`` of :func:`mmlmirloc.reporting.planted_table.write_planted_table`.
    """
    rows = read_table(Path(results) / "tables/control.tsv", columns=COLUMNS, text=[*COLUMNS[:4]])
    planted = rows[rows["expected"] == "found"]
    found = ", ".join(
        f"{row.location} (ROC-AUC {row.auc:.2f})" for row in planted.itertuples() if row.outcome == "found"
    )
    right = int((rows["outcome"] == rows["expected"]).sum())
    shuffled = int((rows["outcome_shuffled"] == "found").sum())
    return "\n".join(
        (
            f"Simulated records. Planted in {len(planted)} locations, found in: {found or 'none'}.",
            f"{right} of {len(rows)} locations came out as planted. With labels shuffled {shuffled} of {len(rows)} "
            f"{'seems' if shuffled == 1 else 'seem'} to be found (by chance 1 in 40 does).",
            f"Tables: {results}/tables/*.md, such as comparison.md. Figures: {results}/figures/*.png.",
            "Predict: .venv/bin/mmlmirloc predict resources/example/hairpins.fa; or lookup hsa-miR-21-5p.",
            "Next: make reproduce, with the real records; make run-full, with all rows on simulated ones.",
        )
    )


if __name__ == "__main__":
    print(control_words(sys.argv[1]))
