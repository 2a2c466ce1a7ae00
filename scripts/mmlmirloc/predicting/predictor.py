"""The one function behind the command line, the Python call, the web page and the workflow's predictions."""

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mmlmirloc.data.minhash import digests, identity, is_part, sketches
from mmlmirloc.errors import InputError
from mmlmirloc.features import Features, side_by_side
from mmlmirloc.models.shared.trees import score_forest
from mmlmirloc.predicting.cleaning import Cleaned, Record, clean_record
from mmlmirloc.predicting.database import Database
from mmlmirloc.predicting.known import Known, known_answer
from mmlmirloc.predicting.model_file import KEPT, WORD, TrainedModel, load
from mmlmirloc.predicting.objects import records_of
from mmlmirloc.registry import load as load_module

# Rows that are held in memory at a time.
BATCH = 1000
# What a database has for the views.
SOURCES = {"hits", "mature"}
SHIPPED = "foldmirloc.safetensors"
WITH_DATABASE = "phylomirloc.safetensors"
# Below this identity to every training hairpin, a prediction is an extrapolation; a homolog has more.
DISTANT = 0.75


def shipped(name: str) -> Path:
    """Return the path of a shipped model: of the project's resources, or where pip put them."""
    places = [Path(__file__).parents[3] / "resources" / "models", Path(sys.prefix) / "share" / "mmlmirloc" / "models"]
    return next((place / name for place in places if (place / name).is_file()), places[0] / name)


class Predictor:
    """A trained model, and the database it may need.

    Parameters
    ----------
    model : TrainedModel
        The model.
    database : Database or None
        Needed by a model with homologs.
    known : Known or None
        The atlas, which answers for mature sequences; without it they are refused.

    Raises
    ------
    InputError
        When the model needs a database and there is none, or what no database has.
    """

    def __init__(self, model: TrainedModel, database: Database | None = None, known: Known | None = None):
        self.model, self.database, self.known = model, database, known
        self.views = {
            name: load_module("views", spec["kind"], "the model").View(spec["settings"])
            for name, spec in model.views.items()
        }
        needed = {need for view in self.views.values() for need in view.NEEDS}
        if lacking := sorted(needed - SOURCES):
            raise InputError(
                f"The model needs what no prediction has yet ({', '.join(lacking)})",
                "the model's views",
                f"views of the sequence, or of {' and '.join(sorted(SOURCES))}",
                "take a model of other views",
            )
        if database is None and any(
            "hits" in view.NEEDS or view.settings.get("annotation") for view in self.views.values()
        ):
            raise InputError(
                "The model needs homologs or recorded arms",
                "database",
                "a folder with miRBase's hairpin.fa and mature.fa",
                "name it with --database, or take the model that is shipped for sequences alone",
            )

    @classmethod
    def load(cls, path: str | Path | None = None, database: str | Path | None = None) -> "Predictor":
        """Load a model; None for a shipped one: that with homologs where there is a database, else that without."""
        chosen = path or shipped(WITH_DATABASE if database else SHIPPED)
        model = load(chosen)
        # The atlas goes with the shipped models only.
        known = None if path else Known.shipped(model.locations)
        return cls(model, Database(Path(database)) if database else None, known)

    @property
    def locations(self) -> list[str]:
        """Names of the locations."""
        return self.model.locations

    @property
    def card(self) -> dict[str, Any]:
        """The model card."""
        return self.model.card

    def predict(self, records: Iterable[tuple]) -> pd.DataFrame:
        """Predict the locations of sequences.

        Parameters
        ----------
        records : iterable of (name, sequence) or Record
            Sequences as they stand: see :func:`mmlmirloc.predicting.cleaning.clean_record`.

        Returns
        -------
        pandas.DataFrame
            One row per record, in order (one per hairpin of a mature sequence that lies in several known ones): name,
            length (bases), status (ok or refused), remarks, per location
            ``probability_<location>`` (calibrated) and ``predicted_<location>`` (0 or 1, by the rule that validation
            rows preferred), training (yes: the sequence was trained on), nearest_identity (to a training hairpin,
            estimated), flags (what makes the prediction less reliable), views (that were available). A refused record
            has none of these.
        """
        parts = list(self.predict_batches(records))
        return pd.concat(parts, ignore_index=True) if parts else self._table([], [], [])

    def predict_batches(self, records: Iterable[tuple]) -> Iterator[pd.DataFrame]:
        """Yield :meth:`predict` of 1,000 records at a time, however many there are."""
        records = iter(self.known.expanded(records) if self.known else records)
        while batch := list(islice(records, BATCH)):
            yield self._predict(batch)

    def _predict(self, batch: Sequence[tuple]) -> pd.DataFrame:
        batch = [Record(*record) for record in batch]
        cleaned = [clean_record(record) for record in batch]
        asked = [one.sequence for record, one in zip(batch, cleaned) if one.sequence and not record.known]
        sequences = list(dict.fromkeys(asked))
        rows = dict(zip(sequences, self._answers(sequences))) if sequences else {}
        answers = [
            known_answer(record.known, self.locations) if record.known else rows.get(one.sequence, {})
            for record, one in zip(batch, cleaned)
        ]
        return self._table([record.name for record in batch], cleaned, answers)

    def _table(self, names: Sequence[str], cleaned: Sequence[Cleaned], answers: Sequence[Mapping]) -> pd.DataFrame:
        table = pd.DataFrame(
            {
                "name": list(names),
                "length": [len(one.sequence) or pd.NA for one in cleaned],
                "status": ["ok" if answer else "refused" for answer in answers],
                "remarks": ["; ".join(one.remarks) for one in cleaned],
            }
        )
        columns = [f"probability_{location}" for location in self.locations]
        columns += [f"predicted_{location}" for location in self.locations]
        columns += ["training", "nearest_identity", "flags", "views"]
        found = pd.DataFrame(list(answers), columns=columns, index=table.index)
        whole = {"length": "Int64"} | {f"predicted_{location}": "Int64" for location in self.locations}
        numbers = {f"probability_{location}": float for location in self.locations} | {"nearest_identity": float}
        words = {name: found[name].astype(object).fillna("").astype(str) for name in ("training", "flags", "views")}
        text = dict.fromkeys((*words, "name", "status", "remarks"), str)
        return table.join(found.assign(**words)).astype(whole | numbers | text)

    def by_fold(self, sequences: Sequence[str]) -> np.ndarray:
        """Return the calibrated probabilities of each fold model, shape (folds, n, locations).

        Their mean over the fold models is what :meth:`predict` gives.

        Parameters
        ----------
        sequences : sequence of str
            n sequences as :func:`mmlmirloc.predicting.cleaning.clean` returns them.
        """
        return np.stack([self.model.rules.calibrate(one[None]) for one in self._scores(sequences)])

    def _scores(self, sequences: Sequence[str]) -> np.ndarray:
        """Return the score of each fold model, shape (folds, n, locations)."""
        values = side_by_side(self._features(sequences))
        return np.stack([score_forest(forest, values) for forest in self.model.forests])

    def _answers(self, sequences: Sequence[str]) -> list[dict[str, Any]]:
        by_fold = self._scores(sequences)
        probabilities = self.model.rules.calibrate(by_fold)
        sets = self.model.rules.predict(self.model.rule, by_fold)
        known = np.isin(digests(sequences), self.model.digests)
        views = ",".join(self.model.views)
        answers = []
        own = sketches(sequences, WORD, KEPT)
        for sequence, sketch, probability, chosen, trained in zip(sequences, own, probabilities, sets, known):
            nearest = 1.0 if trained else float(identity(sketch, self.model.sketches, WORD).max(initial=0))
            answers.append(
                {
                    **{f"probability_{name}": value for name, value in zip(self.locations, probability.tolist())},
                    **{f"predicted_{name}": value for name, value in zip(self.locations, chosen.tolist())},
                    "training": "yes" if trained else "no",
                    "nearest_identity": nearest,
                    "flags": ",".join(self._flags(sequence, nearest)),
                    "views": views,
                }
            )
        return answers

    def _flags(self, sequence: str, nearest: float) -> Iterator[str]:
        shortest, longest = self.model.lengths
        if not shortest <= len(sequence) <= longest:
            yield f"length outside of {shortest}-{longest}"
        if "N" in sequence:
            yield "ambiguous bases"
        part = nearest < 1 and is_part(sequence, self.model.sketches, WORD)
        if part:
            yield "part of a training hairpin"
        elif nearest < DISTANT:
            yield "far from every training hairpin"

    def _features(self, sequences: Sequence[str]) -> dict[str, Features]:
        with tempfile.TemporaryDirectory() as folder:
            sources = self.database.sources(sequences, Path(folder)) if self.database else {}
            return {name: view.compute(sequences, sources) for name, view in self.views.items()}


def predict(sequences: object, model: str | Path | None = None, database: str | Path | None = None) -> pd.DataFrame:
    """Predict the locations of sequences; see :meth:`Predictor.predict` for what is returned.

    Parameters
    ----------
    sequences : object
        Hairpins, DNA or RNA letters: a sequence, the text of a file (FASTA, FASTQ, a list or a table), a path; a list
        or generator of sequences, (name, sequence) pairs, Bio.Seq, SeqRecord or paths; a mapping of name to sequence;
        a pandas Series, or a DataFrame with columns of names and sequences. Without a name they are numbered:
        ``sequence_1``.
    model : path, optional
        A model file; else a shipped one.
    database : path, optional
        Folder with miRBase's hairpin.fa and mature.fa (plain or gzip), for the stronger model with homologs.

    Raises
    ------
    InputError
        When ``sequences`` is none of these, or a file or text cannot be read.
    """
    # Before the model, which takes a while to load.
    records = list(records_of(sequences))
    return Predictor.load(model, database).predict(records)
