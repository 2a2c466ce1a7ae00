"""What every view of a sequence is: values of records, computed once for all or fitted on a fold's training rows."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.features import Features
from mmlmirloc.species import HUMAN

if TYPE_CHECKING:
    import pandas as pd

#: No source beside the sequence.
NOTHING: Mapping[str, str] = MappingProxyType({})


class View:
    """A view. Each module of ``mmlmirloc.views`` has one, a class ``View`` that derives from this.

    A kind that needs no fitting gives :meth:`compute`, or :meth:`compute_records` where it looks at more than the
    sequence; its values are computed once for all rows. A fitted kind gives :meth:`fit` and :meth:`transform`, and is
    fitted on a fold's training rows. The hooks below have defaults.

    Parameters
    ----------
    settings : mapping of str to value
        The view's settings in config/views.yaml, all that are declared. They are checked before any view is made.
    """

    #: What can be set; config/views.yaml says all of it for each view.
    SETTINGS: ClassVar[tuple[Setting, ...]] = ()

    #: Whether the view is fitted on training rows.
    FITTED: ClassVar[bool] = False
    #: What it needs beside the sequence: ``hits`` (homologs), ``sketches`` (an index to find homologs), ``hairpin``,
    #: ``mature``, ``coordinates``, ``table`` (that of the source that its setting ``source`` names).
    NEEDS: ClassVar[tuple[str, ...]] = ()

    #: Whether it tells the records' own species from others, and so has the setting ``prefix``.
    OF_SPECIES: ClassVar[bool] = False

    def __init__(self, settings: Mapping[str, Any]):
        self.settings = settings

    @property
    def prefix(self) -> str:
        """The records' own species, as ``records: prefix`` of the config names it by miRBase's code; human without."""
        return self.settings.get("prefix", HUMAN)

    def compute(self, sequences: Sequence[str], sources: Mapping[str, str] = NOTHING) -> Features:
        """Return the values of n sequences.

        Parameters
        ----------
        sequences : sequence of str
            RNA letters.
        sources : mapping of str to str
            Name of each source of ``NEEDS`` to its path.

        Returns
        -------
        Features
            Of n rows, each of which depends on its own sequence only.
        """
        raise NotImplementedError(f"{type(self).__module__} does not compute values of sequences")

    def compute_records(self, records: "pd.DataFrame", sources: Mapping[str, str] = NOTHING) -> Features:
        """Return the values of n records, with the columns accession, name and sequence; by default of the sequences.

        No kind sees a label.
        """
        return self.compute(records["sequence"].tolist(), sources)

    def fit(self, sequences: Sequence[str], seed: int) -> dict[str, np.ndarray]:
        """Fit on the sequences of a fold's training rows; return the arrays that :meth:`transform` needs."""
        raise NotImplementedError(f"{type(self).__module__} is not fitted")

    def transform(self, fitted: Mapping[str, np.ndarray], sequences: Sequence[str]) -> Features:
        """Return the values of n sequences by what :meth:`fit` returned."""
        raise NotImplementedError(f"{type(self).__module__} is not fitted")

    def cache_name(self, view: str) -> str:
        """Return the name of the file that the values of the view with the id ``view`` are kept in."""
        return view

    def select(self, features: Features) -> Features:
        """Return what of the kept values is this view's; by default all."""
        return features

    def names(self) -> list[str]:
        """Return the name of each column, of a view whose columns have names."""
        raise NotImplementedError(f"the columns of {type(self).__module__} have no names")
