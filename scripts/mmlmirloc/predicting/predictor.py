"""The one function behind the command line, the Python call, the web page and the workflow's predictions."""

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mmlmirloc.data.minhash import digests
from mmlmirloc.data.neighbours import Neighbours
from mmlmirloc.data.sketch_index import SketchIndex
from mmlmirloc.errors import InputError
from mmlmirloc.exportable import missing_of_view
from mmlmirloc.features import Features, side_by_side
from mmlmirloc.models.shared.trees import score_forest
from mmlmirloc.predicting.cleaning import Record, clean_record, expected_of
from mmlmirloc.predicting.known import Known, known_answer, number_columns
from mmlmirloc.predicting.model_file import WORD, TrainedModel, load
from mmlmirloc.registry import load as load_module

if TYPE_CHECKING:
    import pandas as pd

# Rows that are held in memory at a time.
BATCH = 1000
# The model of the package, wherever that was installed.
SHIPPED = files("mmlmirloc") / "shipped" / "sketchmirloc.safetensors"
# Below this identity to every training row, a prediction is an extrapolation; a homolog has more.
DISTANT = 0.75


class Predictor:
    """A trained model.

    Parameters
    ----------
    model : TrainedModel
        The model.
    known : Known or None
        The atlas, which answers for mature sequences; without it they are refused.

    Raises
    ------
    InputError
        When a view of the model needs what neither the sequence nor the model has.
    """

    def __init__(self, model: TrainedModel, known: Known | None = None):
        for name, spec in model.views.items():
            lacking = [*missing_of_view(spec)]
            if lacking:
                raise InputError(
                    f"The model cannot predict: its view {name} {lacking[0]}",
                    "the model's views",
                    "views of the sequence, or of the index that the model holds",
                    "take a model of other views",
                )
        self.model, self.expected, self.known = model, expected_of(model.card), known
        self.views = {
            name: load_module("views", spec["kind"], "the model").View(spec["settings"])
            for name, spec in model.views.items()
        }
        self.sources = {"sketches": SketchIndex(**model.index)} if model.index else {}
        self.training = Neighbours(model.sketches, WORD)

    @classmethod
    def load(cls, path: str | Path | None = None) -> "Predictor":
        """Load a model; None for the one that is shipped, which the atlas goes with."""
        model = load(path or SHIPPED)
        return cls(model, None if path else Known.shipped(model.locations))

    @property
    def locations(self) -> list[str]:
        """Names of the locations."""
        return self.model.locations

    @property
    def card(self) -> dict[str, Any]:
        """The model card."""
        return self.model.card

    def predict(self, records: Iterable[tuple]) -> "pd.DataFrame":
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
            rows preferred), training (yes: the sequence was trained on), nearest_identity (to a training row,
            estimated), flags (what makes the prediction less reliable), views (that were available). A refused record
            has none of these.
        """
        import pandas as pd

        rows = [row for batch in self.rows(records) for row in batch]
        table = pd.DataFrame(rows, columns=self.columns)
        whole = {name: "Int64" for name in self.columns if name == "length" or name.startswith("predicted_")}
        numbers = {name: float for name in self.columns if name.startswith("probability_")} | {
            "nearest_identity": float
        }
        return table.astype(dict.fromkeys(self.columns, str) | whole | numbers)

    @property
    def columns(self) -> list[str]:
        """Names of what is told of a record, in order."""
        numbers = number_columns(self.locations)
        return ["name", "length", "status", "remarks", *numbers, "training", "nearest_identity", "flags", "views"]

    def rows(self, records: Iterable[tuple]) -> Iterator[list[dict[str, Any]]]:
        """Yield the rows of :meth:`predict` as dictionaries, 1,000 at a time, however many there are.

        Of a refused record, numbers are None and words are "". For who writes them one by one: it needs no pandas.
        """
        records = iter(self.known.expanded(records) if self.known else records)
        while batch := list(islice(records, BATCH)):
            yield self._rows(batch)

    def _rows(self, batch: Sequence[tuple]) -> list[dict[str, Any]]:
        batch = [Record(*record) for record in batch]
        cleaned = [clean_record(record, self.expected) for record in batch]
        asked = [one.sequence for record, one in zip(batch, cleaned) if one.sequence and not record.known]
        sequences = list(dict.fromkeys(asked))
        answers = dict(zip(sequences, self._answers(sequences))) if sequences else {}
        refused = dict.fromkeys(self.columns) | dict.fromkeys(("training", "flags", "views"), "")
        found = [
            known_answer(record.known, self.locations) if record.known else answers.get(one.sequence, {})
            for record, one in zip(batch, cleaned)
        ]
        return [
            refused
            | {
                "name": str(record.name),
                "length": len(one.sequence) or None,
                "status": "ok" if answer else "refused",
                "remarks": "; ".join(one.remarks),
            }
            | answer
            for record, one, answer in zip(batch, cleaned, found)
        ]

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
        near = np.where(known, 1.0, self.training.identities(sequences))
        parts = (near < 1) & self.training.hold(sequences)
        views = ",".join(self.model.views)
        return [
            {
                **{f"probability_{name}": value for name, value in zip(self.locations, probability)},
                **{f"predicted_{name}": value for name, value in zip(self.locations, chosen)},
                "training": "yes" if trained else "no",
                "nearest_identity": nearest,
                "flags": reliability_flags(sequence, nearest, part, self.model.lengths, self.expected.name),
                "views": views,
            }
            for sequence, probability, chosen, trained, nearest, part in zip(
                sequences, *(array.tolist() for array in (probabilities, sets, known, near, parts))
            )
        ]

    def _features(self, sequences: Sequence[str]) -> dict[str, Features]:
        return {name: view.compute(sequences, self.sources) for name, view in self.views.items()}


def reliability_flags(sequence: str, nearest: float, part: bool, lengths: tuple[int, int], name: str) -> str:
    """Return what makes the prediction of a sequence less reliable, joined by commas.

    Parameters
    ----------
    sequence : str
        As it is predicted.
    nearest : float
        Identity to the nearest training row.
    part : bool
        Whether it is a part of one.
    lengths : tuple of int
        Shortest and longest training row, bases.
    name : str
        What a training row is, in words.
    """
    shortest, longest = lengths
    flags = [
        (not shortest <= len(sequence) <= longest, f"length outside of {shortest}-{longest}"),
        (bool(set(sequence) - set("ACGU")), "ambiguous bases"),
        (part, f"part of a training {name}"),
        (not part and nearest < DISTANT, f"far from every training {name}"),
    ]
    return ",".join(words for holds, words in flags if holds)


def predict(sequences: object, model: str | Path | None = None) -> "pd.DataFrame":
    """Predict the locations of sequences; see :meth:`Predictor.predict` for what is returned.

    Parameters
    ----------
    sequences : object
        Hairpins, DNA or RNA letters: a sequence, the text of a file (FASTA, FASTQ, a list or a table), a path; a list
        or generator of sequences, (name, sequence) pairs, Bio.Seq, SeqRecord or paths; a mapping of name to sequence;
        a pandas Series, or a DataFrame with columns of names and sequences. Without a name they are numbered:
        ``sequence_1``.
    model : path, optional
        A model file of rule export_model; the shipped one without it.

    Raises
    ------
    InputError
        When ``sequences`` is none of these, or a file or text cannot be read.
    """
    from mmlmirloc.predicting.objects import records_of

    # Before the model, which takes a while to load.
    records = list(records_of(sequences))
    return Predictor.load(model).predict(records)
