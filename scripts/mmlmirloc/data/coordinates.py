"""Where hairpins lie in the genome, by miRBase's GFF3."""

from pathlib import Path

import pandas as pd

from mmlmirloc.errors import InputError

COLUMNS = ("chromosome", "source", "type", "start", "end", "score", "strand", "phase", "attributes")
HAIRPIN = "miRNA_primary_transcript"


def read_coordinates(path: str | Path) -> pd.DataFrame:
    """Read the hairpins of miRBase's ``<species>.gff3``.

    Returns
    -------
    pandas.DataFrame
        One row per place of a hairpin (one that lies in several places has several): accession, chromosome, start,
        end (places from 1, both included), strand.

    Raises
    ------
    InputError
        When the file is missing, or holds no hairpin in this layout.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise unusable(path, str(error)) from None
    fields = [line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#")]
    # miRBase's own files hold a line without fields between its comments.
    rows = [dict(zip(COLUMNS, line)) for line in fields if len(line) == len(COLUMNS)]
    hairpins = pd.DataFrame([row for row in rows if row["type"] == HAIRPIN], columns=COLUMNS)
    hairpins["accession"] = hairpins["attributes"].str.extract(r"Alias=(MI\d+)", expand=False)
    places = hairpins[["start", "end"]].apply(pd.to_numeric, errors="coerce")
    if hairpins.empty or hairpins["accession"].isna().any() or places.isna().any(axis=None):
        raise unusable(path, f"{len(hairpins)} lines of type {HAIRPIN}, not all with Alias=MI... and whole places")
    return hairpins[["accession", "chromosome"]].join(places.astype(int)).join(hairpins["strand"])


def unusable(path: str | Path, reason: str) -> InputError:
    """Say why coordinates cannot be used."""
    return InputError(
        f"The coordinates of hairpins cannot be read ({reason})",
        path,
        f"miRBase's GFF3, nine columns, with lines of type {HAIRPIN}",
        "check sources: coordinates in the config",
    )
