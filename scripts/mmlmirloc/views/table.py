"""Annotation of known miRNAs from a table: what was measured or counted for each, by accession or name.

It exists for known miRNAs only, and how much of it there is may follow how much a miRNA was studied. No label of the
dataset is seen; whether a column is a recorded location is checked beside it (mmlmirloc.evaluation.separation).
"""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

import numpy as np
import pandas as pd

from mmlmirloc.data.molecule_names import MoleculeNames
from mmlmirloc.declarations import Setting
from mmlmirloc.errors import InputError
from mmlmirloc.features import Features
from mmlmirloc.job import logger
from mmlmirloc.schema import nearest, one_of
from mmlmirloc.sources import annotation
from mmlmirloc.views import base

ARMS = ("5p", "3p")
SHOWN = 5  # names that a message shows
# Most columns of the kind `each`: a table of genes has tens of thousands.
MOST_ENTRIES = 3000


class View(base.View):
    """Columns of a table, joined to hairpins."""

    SETTINGS = (
        Setting("source", str, "the key of `sources` that names the table", minimum=1),
        Setting("header", bool, "whether its first line names the columns; else they are 1, 2 and so on"),
        Setting("key", str, "the column with accessions or names, of hairpins or mature miRNAs", minimum=1),
        Setting("columns", str, "the columns to take; `*` stands for any letters", several=True, minimum=1),
        Setting(
            "taken",
            str,
            "the number in a column, the count of its different entries for a miRNA, a column for each entry with"
            " whether a miRNA has it, or in how many of the columns a number is above 0",
            choices=("number", "count", "each", "breadth"),
        ),
        Setting(
            "arms",
            str,
            "how the rows of a hairpin's arms are joined: the largest number, their mean, or 5p and 3p side by side",
            choices=("best", "mean", "both"),
        ),
        Setting(
            "transform",
            str,
            "what is made of a number x of a hairpin: nothing, log2 of 1 + x, or its rank from 0 to 1 among the"
            " hairpins of the table",
            choices=("none", "log", "rank"),
        ),
        Setting("missing", float, "the number where the table has none"),
        Setting("listed", bool, "whether a column tells if the table lists the hairpin"),
    )

    NEEDS = ("table", "hairpin", "mature", "coordinates")
    OF_SPECIES = True

    def compute_records(self, records: pd.DataFrame, sources: Mapping[str, str] = base.NOTHING) -> Features:
        """Look each record up in the table.

        Parameters
        ----------
        records : pandas.DataFrame
            Columns accession, name, sequence; only the accession is used.
        sources : mapping
            ``table``: the table; ``hairpin``, ``mature``, ``coordinates``: miRBase's files, which tell what its names
            mean.

        Returns
        -------
        Features
            float32, shape (n, columns of :func:`names`).

        Raises
        ------
        InputError
            When the table cannot be read, lacks a column, has text in the place of a number, or names no known miRNA
            of the species.
        """
        path = sources["table"]
        table = annotation.read(path, self.settings["header"])
        columns = self._columns(list(table.columns), path)
        names = MoleculeNames(sources["hairpin"], sources["mature"], sources["coordinates"], self.prefix)
        rows = self._rows_of_molecules(table[self.settings["key"]], names, path)
        values = self._values(table, columns, path)
        joined = self._transformed(self._joined(rows, values), path)
        self._tell_coverage(records["accession"], joined, path)
        found = joined.reindex(records["accession"]).fillna(self.settings["missing"])
        listed = records["accession"].isin(joined.index).to_numpy()[:, None]
        parts = [found.to_numpy(), listed] if self.settings["listed"] else [found.to_numpy()]
        return Features(np.concatenate(parts, axis=1, dtype=np.float32))

    def names(self) -> list[str]:
        """Return the columns in words.

        Raises
        ------
        NotImplementedError
            Where a column is given with ``*``, or each entry is one: only the table tells its columns.
        """
        columns, source = self.settings["columns"], self.settings["source"]
        if self.settings["taken"] == "each":
            raise NotImplementedError(f"the columns of {type(self).__module__} have no names where each entry is one")
        if self.settings["taken"] == "breadth":
            columns = ["columns above 0"]
        elif any("*" in column for column in columns):
            raise NotImplementedError(f"the columns of {type(self).__module__} have no names where one holds *")
        if self.settings["taken"] == "count":
            columns = [f"different entries in {column}" for column in columns]
        if self.settings["arms"] == "both":
            columns = [f"{column} of the {arm} arm" for arm in ARMS for column in columns]
        listed = [f"listed in {source}"] if self.settings["listed"] else []
        return [*(f"{column} in {source}" for column in columns), *listed]

    def _columns(self, known: Sequence[str], path: str) -> list[str]:
        """Return the columns to take; refuses one that the table does not have."""
        for name in (self.settings["key"], *self.settings["columns"]):
            if not any(fnmatchcase(one, name) for one in known):
                raise InputError(
                    f"The table has no column '{name}'",
                    path,
                    f"{one_of(known[:40])}",
                    nearest(name, known) or "correct the view in config/views.yaml, or the table of `sources`",
                )
        wanted = [one for name in self.settings["columns"] for one in known if fnmatchcase(one, name)]
        return list(dict.fromkeys(wanted))

    def _rows_of_molecules(self, cells: pd.Series, names: MoleculeNames, path: str) -> pd.DataFrame:
        """Return accession, arm and row of each molecule that a row of the table names."""
        meant = {cell: names.meant(cell) for cell in cells.unique() if cell}
        unknown = [cell for cell, found in meant.items() if not found]
        if len(unknown) == len(meant):
            raise InputError(
                f"The table names no miRNA of the species {self.prefix} (in its column '{self.settings['key']}' stand "
                f"{', '.join(map(repr, unknown[:SHOWN]))})",
                path,
                "accessions or names of miRBase, such as MI0000077, hsa-mir-21 or hsa-miR-21-5p",
                "correct `key` of the view in config/views.yaml, or records: prefix",
            )
        if unknown:
            logger.warning(
                "%s: %d of %d names are not known in miRBase, such as %s",
                *(path, len(unknown), len(meant), ", ".join(unknown[:SHOWN])),
            )
        found = [(*one, place) for place, cell in enumerate(cells) for one in sorted(meant.get(cell, ()))]
        return pd.DataFrame(found, columns=["accession", "arm", "row"])

    def _values(self, table: pd.DataFrame, columns: Sequence[str], path: str) -> pd.DataFrame:
        """Return what is joined, with a row for each of the table: numbers, or the entries to count."""
        if self.settings["taken"] == "count":
            return table[columns].apply(annotation.known)
        if self.settings["taken"] == "each":
            return entries(table[columns].apply(annotation.known), path)
        numbers = table[columns].apply(lambda column: annotation.numbers(column, path))
        if self.settings["taken"] == "breadth":
            return (numbers > 0).sum(axis=1).astype(float).to_frame("columns above 0")
        return numbers

    def _joined(self, rows: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
        """Return one row for each molecule, by accession."""
        beside = pd.concat([rows, values.iloc[rows["row"]].reset_index(drop=True)], axis=1).drop(columns="row")
        by_arm = beside.groupby(["accession", "arm"])
        mean = self.settings["arms"] == "mean"
        arms = by_arm.nunique() if self.settings["taken"] == "count" else by_arm.mean() if mean else by_arm.max()
        by_molecule = arms.astype(float).groupby("accession")
        if self.settings["arms"] != "both":
            return by_molecule.mean() if mean else by_molecule.max()
        # A row that names no arm is of both.
        whole = {arm: arms.xs(arm, level="arm") for arm in arms.index.unique("arm")}
        accessions = sorted(set(rows["accession"]))
        nothing = pd.DataFrame(columns=arms.columns, index=accessions, dtype=float)
        sides = [whole.get(arm, nothing).combine_first(whole.get("", nothing)).reindex(accessions) for arm in ARMS]
        return pd.concat(sides, axis=1, keys=ARMS).astype(float)

    def _transformed(self, joined: pd.DataFrame, path: str) -> pd.DataFrame:
        if self.settings["transform"] == "rank":
            hairpins = joined[~joined.index.str.startswith("MIMAT")]
            return joined.apply(lambda column: ranks(column, hairpins[column.name].dropna()))
        if self.settings["transform"] == "log":
            if (joined < 0).any(axis=None):
                raise InputError(
                    "A column with the transform log holds a number below 0",
                    path,
                    "numbers of 0 or more",
                    "take the transform none or rank in config/views.yaml",
                )
            return np.log2(1 + joined)
        return joined

    def _tell_coverage(self, accessions: pd.Series, joined: pd.DataFrame, path: str) -> None:
        covered = int(accessions.isin(joined.index).sum())
        share = 100 * covered / max(len(accessions), 1)
        tell = logger.info if covered or accessions.empty else logger.warning
        tell("%s lists %d of %d records (%.0f%%)", path, covered, len(accessions), share)


def entries(cells: pd.DataFrame, path: str) -> pd.DataFrame:
    """Return a 0/1 column for each different entry of each column, in the order of the alphabet.

    Raises
    ------
    InputError
        When there are more than ``MOST_ENTRIES`` of them.
    """
    different = int(cells.nunique().sum())
    if different > MOST_ENTRIES:
        raise InputError(
            f"The columns {', '.join(cells.columns)} hold {different} different entries",
            path,
            f"at most {MOST_ENTRIES}, each of which becomes a column",
            "take other columns, or `taken: count`, in the view in config/views.yaml",
        )
    return pd.get_dummies(cells, columns=list(cells.columns), dtype=np.uint8)


def ranks(column: pd.Series, among: pd.Series) -> pd.Series:
    """Return the share of the values of ``among`` that are smaller, equal ones counted half; NaN stays."""
    ordered = np.sort(among.to_numpy())
    below = (np.searchsorted(ordered, column, "left") + np.searchsorted(ordered, column, "right")) / 2
    return pd.Series(below / max(len(ordered), 1), index=column.index).where(column.notna())
