"""Where hairpins lie in the genome, by miRBase's GFF3."""

import re
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from mmlmirloc.errors import InputError
from mmlmirloc.job import logger
from mmlmirloc.sources.mirbase import species_of
from mmlmirloc.sources.problem import Problem
from mmlmirloc.sources.signatures import refuse_page_around
from mmlmirloc.sources.text import read_source

COLUMNS = ("chromosome", "source", "type", "start", "end", "score", "strand", "phase", "attributes")
HAIRPIN, MATURE = "miRNA_primary_transcript", "miRNA"
BUILD = re.compile(r"^#+!?\s*genome-build(?:-id)?\s*:?[ \t]+(\S.*)$", re.MULTILINE | re.IGNORECASE)
# miRBase's own files hold a line without fields between its comments: the name of a sequence.
ALONE = re.compile(r"\S+")
# UCSC's names of builds.
UCSC = {"hg38": "grch38", "hg19": "grch37", "hg18": "ncbi36", "mm39": "grcm39", "mm10": "grcm38", "mm9": "ncbim37"}
EXPECTED = "`##gff-version 3` in the first line, and features of nine tab-separated fields"


class Coordinates(NamedTuple):
    """Places of hairpins, and the genome they are places of.

    Attributes
    ----------
    places : pandas.DataFrame
        One row per place of a hairpin (one that lies in several places has several): accession, chromosome (with
        ``chr`` before its name, whatever the file writes), start, end (places from 1, both included), strand.
    build : str
        The genome's build as the file's header names it, such as ``GRCh38``; empty where it does not.
    """

    places: pd.DataFrame
    build: str


def read(path: str | Path, prefix: str = "") -> Coordinates:
    """Read the hairpins of miRBase's ``<species>.gff3``, plain or packed.

    Parameters
    ----------
    path : path
        The file.
    prefix : str
        miRBase's code of the species whose hairpins are looked for; empty: any.

    Raises
    ------
    InputError
        When the file is missing, no text or not GFF3, holds no hairpin in miRBase's layout, or the hairpins of another
        species.
    """
    coordinates, found = read_source(path, parse)
    if prefix and found and prefix not in found:
        raise InputError(
            f"The coordinates are of another species ({', '.join(found[:5])})",
            path,
            f"hairpins whose names start with {prefix}-, as `records: prefix` in the config says",
            f"set sources: coordinates in the config to miRBase's {prefix}.gff3",
        )
    return coordinates


def read_arms(path: str | Path) -> list[tuple[str, str]]:
    """Read which hairpins each mature miRNA is an arm of, by miRBase's ``<species>.gff3``.

    Parameters
    ----------
    path : path
        The file, plain or packed.

    Returns
    -------
    list of (str, str)
        Accessions of a mature miRNA and of a hairpin, each pair once, in the file's order.

    Raises
    ------
    InputError
        When the file is missing, no text or not GFF3.
    """
    attributes = read_source(path, lambda text: feature_rows(text, MATURE))["attributes"]
    pairs = attributes.str.extract(r"Alias=(?P<mature>MIMAT\d+).*Derives_from=(?P<hairpin>MI\d+)").dropna()
    return list(pairs.drop_duplicates().itertuples(index=False, name=None))


def check(text: str) -> None:
    """Raise a :class:`Problem` where :func:`read` would, whatever the species."""
    parse(text)


def parse(text: str) -> tuple[Coordinates, list[str]]:
    """Return what the file holds, and the species of its hairpins by their names, where they have any."""
    hairpins = feature_rows(text, HAIRPIN)
    names = hairpins["attributes"].str.extract(r"Name=([^;]+)", expand=False).dropna()
    build = BUILD.search(text)
    return Coordinates(places_of(hairpins), build[1].strip() if build else ""), sorted(set(names.map(species_of)))


def feature_rows(text: str, kind: str) -> pd.DataFrame:
    """Return the lines of a type of features, with the columns :data:`COLUMNS` as text."""
    refuse_page_around(text)
    if re.match(r"\s*##gff-version\s+(?!3\b)", text):
        raise not_gff(1)
    features = []
    for number, line in enumerate(text.partition("\n##FASTA")[0].split("\n"), start=1):
        fields = line.split("\t")
        if len(fields) == len(COLUMNS) and not line.startswith("#"):
            features.append(fields)
        elif line.strip() and not line.startswith("#") and not ALONE.fullmatch(line):
            raise not_gff(number)
    if not features:
        raise Problem("The GFF3 file has no features", EXPECTED, "take miRBase's hsa.gff3")
    table = pd.DataFrame(features, columns=COLUMNS)
    return table[table["type"] == kind].reset_index(drop=True)


def places_of(hairpins: pd.DataFrame) -> pd.DataFrame:
    """Return the places of :class:`Coordinates` of the lines of hairpins."""
    accession = hairpins["attributes"].str.extract(r"Alias=(MI\d+)", expand=False)
    whole = hairpins[["start", "end"]].apply(lambda column: column.str.fullmatch(r"\d+"))
    if hairpins.empty or accession.isna().any() or not whole.all(axis=None):
        raise Problem(
            f"The coordinates of hairpins cannot be read ({len(hairpins)} lines of type {HAIRPIN}, not all with "
            "Alias=MI... and whole places)",
            f"miRBase's GFF3, nine columns, with lines of type {HAIRPIN}",
            "check sources: coordinates in the config",
        )
    return pd.DataFrame(
        {
            "accession": accession,
            "chromosome": hairpins["chromosome"].map(chromosome_name),
            "start": hairpins["start"].astype(int),
            "end": hairpins["end"].astype(int),
            "strand": hairpins["strand"],
        }
    )


def chromosome_name(name: str) -> str:
    """Return one name of a chromosome that files write in two ways: ``chr14`` for ``14``, ``Chr14`` and ``chr14``."""
    return f"chr{re.sub('^chr', '', name, flags=re.IGNORECASE)}"


def same_build(one: str, other: str) -> bool:
    """Whether two names are of one build of a genome, whatever its patches: ``GRCh38.p14``, ``GRCh38`` and ``hg38``."""
    names = (re.sub(r"\.p\d+$", "", name.split()[-1].lower()) for name in (one, other))
    return len({UCSC.get(name, name) for name in names}) == 1


def warn_of_no_place(places: pd.DataFrame, accessions: pd.Series, path: str | Path) -> None:
    """Log a warning where no record has a place: what is told of their neighbours would be of none."""
    if len(accessions) and not accessions.isin(places["accession"]).any():
        logger.warning(
            "None of the %d records, such as %s, has a place in the coordinates %s: nothing can be told of neighbours",
            *(len(accessions), accessions.iloc[0], path),
        )


def not_gff(line: int) -> Problem:
    """Say where a file stops being GFF3."""
    return Problem(f"The file is not GFF3 (line {line})", EXPECTED, "take miRBase's hsa.gff3")
