"""Look names up in the atlas: the command, and the lines that the call and the page show."""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from mmlmirloc.atlas.names import Names, looks_like_name
from mmlmirloc.atlas.shipped import Atlas
from mmlmirloc.errors import InputError

EXPECTED = "names or accessions of miRNAs, one a line or apart by commas, tabs or spaces"
STANDARD = "-"
MARK = "\ufeff"
# Of a line that is asked for: which model is the answer is told by the order.
WITHOUT = ("answer",)


def look_up(atlas: Atlas, queries: Iterable[str], every_model: bool = False) -> Iterator[dict[str, Any]]:
    """Yield the lines of the atlas that names mean, in order.

    Parameters
    ----------
    atlas : Atlas
        The atlas.
    queries : iterable of str
        Names or accessions: see :meth:`mmlmirloc.atlas.names.Names.resolve`.
    every_model : bool
        Whether the other models' lines follow each answer.

    Yields
    ------
    dict
        query (as it was given), status (``found``, ``ambiguous`` or ``unknown``), remarks, then the columns of
        :func:`mmlmirloc.reporting.atlas_table.write_atlas` but ``answer``, None in one that was not found. A name that
        means several has a line for each.
    """
    names = Names(atlas)
    columns = [name for name in atlas.columns if name not in WITHOUT]
    for query in queries:
        resolved = names.resolve(query)
        head = {"query": query, "status": resolved.status, "remarks": resolved.remarks}
        if not resolved.lines:
            yield head | dict.fromkeys(columns)
        for number in resolved.lines:
            answer = atlas.line(number)
            for line in (answer, *(atlas.beside(answer) if every_model else ())):
                yield head | {name: line[name] for name in columns}


def names_in(text: str, where: str) -> list[str]:
    """Return the names in a text: one a line, or several apart by commas, semicolons, tabs or spaces.

    A line that is a name with spaces (``miR 21``) is one. Comments (``#``) and marks of FASTA headers (``>``) are left
    out.

    Raises
    ------
    InputError
        When there is none.
    """
    found: list[str] = []
    for line in text.lstrip(MARK).splitlines():
        line = line.partition("#")[0].strip().lstrip(">")
        if looks_like_name(line):
            found.append(line)
        else:
            found += re.split(r"[,;\s]+", line)
    found = [name for name in found if name]
    if not found:
        raise InputError("There is no name", where, EXPECTED, "give at least one name, such as hsa-miR-21-5p")
    return found


def queries_of(given: Sequence[str]) -> Iterator[str]:
    """Yield the names of what the command is given: names, files of names, ``-`` for standard input.

    Raises
    ------
    InputError
        When a file is not there or is no text, or there is no name in it.
    """
    for one in given:
        if one == STANDARD:
            if sys.stdin is None:
                raise InputError("Standard input is closed", "standard input", EXPECTED, "give names")
            yield from names_in(text_of(sys.stdin.buffer.read(), "standard input"), "standard input")
        elif not looks_like_name(one) and is_file(one):
            yield from names_in(text_of(Path(one).read_bytes(), one), one)
        elif re.search(r"[/\\]|\.(txt|tsv|csv|fa|fasta|gz|xlsx)$", one):
            raise InputError("There is no such file", one, EXPECTED, "check the path")
        else:
            yield from names_in(one, "the command line")


def text_of(content: bytes, where: str) -> str:
    """Return bytes as text, by the rules that sequences are read by."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Imported here, since it is slower and rarely needed: packed files and other encodings.
        from mmlmirloc.predicting.decoding import decoded

        try:
            return decoded(content, sys.maxsize) or ""
        except InputError as error:
            raise InputError(error.what, where, EXPECTED, error.hint) from None


def is_file(path: str) -> bool:
    """Whether there is such a file; also of what can be no path."""
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def write_lines(lines: Iterable[dict[str, Any]], file: TextIO, form: str, locations: Sequence[str]) -> None:
    """Write lines in the formats of ``mmlmirloc predict``."""
    if form in ("json", "jsonl"):
        texts = [json.dumps(line, ensure_ascii=False) for line in lines]
        file.write("[\n" + ",\n".join(texts) + "\n]\n" if form == "json" else "".join(f"{text}\n" for text in texts))
        return
    header: list[str] = []
    for line in lines:
        for one in by_location(line, locations) if form == "long" else [line]:
            if not header:
                header = list(one)
                file.write("\t".join(header) + "\n")
            file.write("\t".join(field(one[name]) for name in header) + "\n")


def by_location(line: dict[str, Any], locations: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield a line for each location: probability, predicted and percentile in the place of their columns."""
    kinds = ("probability", "predicted", "percentile")
    kept = {name: value for name, value in line.items() if not name.startswith(tuple(f"{kind}_" for kind in kinds))}
    for location in locations:
        yield kept | {"location": location} | {kind: line[f"{kind}_{location}"] for kind in kinds}


def field(value: Any) -> str:
    """Return a value as a field of a TSV, empty where it is missing."""
    return "" if value is None else re.sub(r"[\t\r\n]+", " ", str(value))


def write_lookup(given: Sequence[str], output: str, form: str, atlas: str | None, every_model: bool) -> None:
    """Look up what the command was given; ``-`` as output is standard output. See :func:`queries_of`."""
    queries = list(queries_of(given))
    known = Atlas.load(atlas)
    lines = look_up(known, queries, every_model)
    if output != STANDARD:
        # A file appears when it is whole.
        from mmlmirloc.files import whole

        with whole(output) as temporary, open(temporary, "w", encoding="utf-8", newline="\n") as file:
            write_lines(lines, file, form, known.locations)
        return
    if sys.stdout is None:
        raise InputError("Standard output is closed", "standard output", "a file or a pipe", "name a file with --out")
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    write_lines(lines, sys.stdout, form, known.locations)


def lookup(names: object, atlas: str | Path | None = None, every_model: bool = False):
    """Look up what is predicted for known miRNAs.

    Parameters
    ----------
    names : str or iterable of str
        A name or accession, or several; also a text of several, one a line.
    atlas : path, optional
        An atlas of your own; else the shipped one.
    every_model : bool
        Whether the lines of the other models follow each answer.

    Returns
    -------
    pandas.DataFrame
        See :func:`look_up`.

    Raises
    ------
    InputError
        When there is no name, one is no text, or there is no atlas.
    """
    import pandas as pd

    several = [names] if isinstance(names, str) else names
    if isinstance(several, bytes) or not isinstance(several, Iterable):
        raise no_names(names)
    queries: list[str] = []
    for one in several:
        if not isinstance(one, str):
            raise no_names(one)
        queries += names_in(one, "mmlmirloc.lookup")
    if not queries:
        raise InputError("There is no name", "mmlmirloc.lookup", EXPECTED, "give at least one name")
    known = Atlas.load(atlas)
    table = pd.DataFrame(list(look_up(known, queries, every_model)))
    whole_numbers = ("start", "end", "age", *(f"predicted_{location}" for location in known.locations))
    kinds = dict.fromkeys((name for name in whole_numbers if name in table), "Int64")
    kinds |= {name: float for name in table if name.startswith(("probability_", "percentile_", "nearest_identity"))}
    words = [name for name in table if name not in kinds]
    return table.astype(kinds).fillna(dict.fromkeys(words, ""))


def no_names(given: object) -> InputError:
    """Say that something holds no names."""
    return InputError(
        f"Names cannot be read from {type(given).__name__}",
        "mmlmirloc.lookup",
        "a name, or a list of names",
        "turn them into text",
    )
