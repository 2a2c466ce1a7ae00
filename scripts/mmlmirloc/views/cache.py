"""The files that views are kept in: their form, and how training and scoring read them, whatever the kind.

What writes them is elsewhere (:mod:`mmlmirloc.views.making` and the networks that embed), so that a model depends only
on what reads its views.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features
from mmlmirloc.files import damaged, part_of, read_arrays, write_arrays
from mmlmirloc.registry import load


@dataclass(frozen=True)
class ViewFiles:
    """A view as a training or scoring job needs it.

    Attributes
    ----------
    kind : str
        Module of ``mmlmirloc.views``.
    settings : mapping
        The view's settings.
    path : str
        The cached file of a view that needs no fitting; for a fitted one the folder with a file per repeat and fold.
    """

    kind: str
    settings: Mapping[str, Any]
    path: str


def fold_file(folder: str | Path, repeat: int, fold: int) -> Path:
    """Where a fitted view keeps what it learnt for a fold of a repeat."""
    return Path(folder) / f"repeat-{repeat:02d}" / f"fold-{fold:02d}.npz"


def seed_of_repeat(seed: int, repeat: int) -> int:
    """Seed of the first fold of a repeat; fold k adds k."""
    return seed + 1000 * repeat


def save_features(path: str | Path, accessions: Sequence[str], features: Features) -> None:
    """Keep the features of ``accessions`` in one npz."""
    arrays = {"accessions": np.array(accessions, dtype=str), "values": features.values}
    if features.lengths is not None:
        arrays["lengths"] = features.lengths
    write_arrays(path, **arrays)


def read_view(view: ViewFiles, repeat: int, fold: int, accessions: Sequence[str], sequences: Sequence[str]) -> Features:
    """Return a view's features of the given rows, as fold ``fold`` of a repeat sees them.

    Raises
    ------
    InputError
        When the cached file is damaged or does not hold a row.
    """
    kind = load("views", view.kind, "config/views.yaml").View(view.settings)
    if kind.FITTED:
        with part_of(view.path):
            fitted = read_arrays(fold_file(view.path, repeat, fold))
        return kind.transform(fitted, sequences)
    path = Path(view.path)
    features, row_of = _features(path, path.stat().st_mtime_ns if path.exists() else 0)
    missing = [accession for accession in accessions if accession not in row_of]
    if missing:
        raise InputError(
            f"A cached view lacks {len(missing)} of {len(accessions)} rows (first: {missing[0]})",
            view.path,
            "a row for each accession of the split",
            "delete the file and run the same command again",
        )
    features = features.rows(np.array([row_of[accession] for accession in accessions], dtype=np.int64))
    return kind.select(features)


# A job reads the same few files for every fold of every repeat, and a file of embeddings is some hundred megabytes.
@lru_cache(maxsize=8)
def _features(path: Path, changed: int) -> tuple[Features, dict[str, int]]:
    """Return a cached view and the row of each accession; ``changed`` is when the file was written last."""
    arrays = read_arrays(path)
    if not {"accessions", "values"} <= arrays.keys():
        raise damaged(path, KeyError("accessions, values"))
    row_of = {accession: row for row, accession in enumerate(arrays["accessions"].tolist())}
    return Features(arrays["values"], arrays.get("lengths")), row_of
