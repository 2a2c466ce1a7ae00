"""The locations that a cell of RNALocate's table names: one as a rule, several in tables of a user's own."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from mmlmirloc.errors import InputError
from mmlmirloc.job import logger

# These stand in no location's name.
BETWEEN = re.compile(r"[;|；]")
# These join locations, or stand in the name of one.
JOINED = re.compile(r"\s*(?:[,，、/&+]|\band\b)\s*")
COMMA = re.compile(r"[,，、]")
# A list as a program may have written it, ['Nucleus', 'Cytoplasm'], and what its names stand in.
LISTED = re.compile(r"[\[{(]([^\[\]{}()]*)[\]})]")
QUOTES = " '\""


class LocationNames:
    """Spellings of locations, and the names that they stand for.

    Parameters
    ----------
    synonyms : mapping of str to str
        Spelling of a location to its name. Spellings are compared without regard to case and spacing.

    Raises
    ------
    InputError
        When one spelling stands for two names.
    """

    def __init__(self, synonyms: Mapping[str, str]):
        self.names: dict[str, str] = {}
        for spelling, name in synonyms.items():
            if self.names.setdefault(fold(spelling), name) != name:
                raise InputError(
                    f"The spelling '{spelling}' stands for two locations: {self.names[fold(spelling)]} and {name}",
                    "config: table of location spellings",
                    "one location for each spelling, whatever its case and spacing",
                    "remove one of the two lines",
                )
        self.names = {**{fold(name): name for name in synonyms.values()}, **self.names}
        # The longest first: a plasma membrane is not also a membrane.
        words = "|".join(re.escape(spelling) for spelling in sorted(self.names, key=len, reverse=True) if spelling)
        self.words = re.compile(rf"\b(?:{words})\b" if words else "(?!)")

    def of_cells(self, cells: Iterable[str], where: str | Path) -> list[tuple[str, ...]]:
        """Return the locations of each cell; what is not plain is logged once for each spelling.

        Locations joined by ``;`` or ``|`` are all taken. Joined by a comma, ``/``, ``&``, ``+`` or ``and`` they are all
        taken where each is known, that is has a name or stands alone in another cell, and one has a name; otherwise
        the cell is one location, as RNALocate's own names may hold such signs. A spelling without a name stands for
        itself in lower case.

        Parameters
        ----------
        cells : iterable of str
            SubCellular_Localization, in any case and spacing.
        where : path
            The table, for messages.

        Raises
        ------
        InputError
            When a cell names several locations in a way that cannot be taken apart.
        """
        spellings = Counter(fold(cell) for cell in cells)
        alone = {spelling for spelling in spellings if not BETWEEN.search(spelling) and not JOINED.search(spelling)}
        found = {}
        for spelling, rows in spellings.most_common():
            parts = self._parts(spelling, alone, rows, where)
            found[spelling] = tuple(dict.fromkeys(self.names.get(part, part) for part in parts))
            self._log(spelling, parts, rows)
        return [found[fold(cell)] for cell in cells]

    def _parts(self, spelling: str, alone: set[str], rows: int, where: str | Path) -> list[str]:
        """Return the spellings of single locations in a cell."""
        if spelling in self.names:
            return [spelling]
        listed = LISTED.fullmatch(spelling)
        pieces = BETWEEN.split(listed[1] if listed else spelling)
        return [part for piece in pieces if piece.strip(QUOTES) for part in self._joined(piece, alone, rows, where)]

    def _joined(self, spelling: str, alone: set[str], rows: int, where: str | Path) -> list[str]:
        """Return the parts of a spelling without ``;``, or the spelling itself where it is the name of one location."""
        spelling = spelling.strip(QUOTES)
        if spelling in self.names:
            return [spelling]
        parts = [part for part in (part.strip(QUOTES) for part in JOINED.split(spelling)) if part]
        known = [part for part in parts if part in self.names]
        if known and all(part in self.names or part in alone for part in parts):
            return parts
        named = self._named(spelling)
        only_commas = not JOINED.search(COMMA.sub(" ", spelling))
        if len(named) > 1 or (known and not only_commas):
            raise InputError(
                f"A cell of SubCellular_Localization names {' and '.join(sorted(named))} in a way that cannot be taken "
                f"apart: '{spelling}' ({rows} rows)",
                where,
                "one location in each row, or several joined by ; or |",
                "write a row for each location; where it is the name of one, add it to location_synonyms in the config",
            )
        if known:
            logger.warning(
                "'%s' (%d rows) is taken for one location and not for %s: where it is a list, join its parts by ; and "
                "where it is %s, add it to location_synonyms in the config",
                *(spelling, rows, *sorted(named), *sorted(named)),
            )
        return [spelling]

    def _named(self, spelling: str) -> set[str]:
        """Return the locations with a name that a spelling holds as whole words."""
        return {self.names[word] for word in self.words.findall(spelling)}

    def _log(self, spelling: str, parts: list[str], rows: int) -> None:
        if len(parts) > 1:
            logger.info("'%s' is taken for %d locations (%d rows): %s", spelling, len(parts), rows, ", ".join(parts))
        for part in parts:
            if part not in self.names:
                logger.info("Location '%s' has no entry in the table of spellings: kept as it is (%d rows)", part, rows)


def fold(text: str) -> str:
    """Return a text without regard to case and spacing."""
    return " ".join(text.split()).lower()
