"""Hand sequences to cd-hit-est, and read its clusters back (paper, II.B.1.b)."""

import re
from collections import Counter
from pathlib import Path

import pandas as pd

from mmlmirloc.errors import InputError
from mmlmirloc.fasta import write_fasta
from mmlmirloc.files import read_table, write_table
from mmlmirloc.job import logger

COLUMNS = ["cluster", "accession", "representative", "length", "identity", "strand"]
# The rule gives cd-hit-est -l 6: it leaves out sequences of up to 6 nt without a word.
SKIPPED_LENGTH = 6
MEMBER = re.compile(r"(\d+)\t(\d+)nt, >(\S+)\.\.\. (?:\*|at ([+-])/(\d+(?:\.\d+)?)%)")
EXPECTED = "the whole .clstr file of cd-hit-est, run with -d 0 on this run's sequences"
HINT = "delete the file and run the same command again"


def write_sequences(sequenced: Path, output: Path) -> None:
    """Write the sequences of ``sequenced`` (accession, sequence) as FASTA named by accession.

    The order of the table is kept: cd-hit-est breaks ties of length by it.

    Raises
    ------
    InputError
        When the table is missing or holds no row.
    """
    write_fasta(_sequences(sequenced).items(), output)


def parse_clusters(clstr: Path, sequenced: Path, output: Path) -> None:
    """Turn cd-hit-est's ``.clstr`` into a table with a row for each sequence.

    Parameters
    ----------
    clstr : Path
        Clusters of cd-hit-est, run with ``-l 6 -d 0`` on :func:`write_sequences`'s file.
    sequenced : Path
        The table the FASTA file was written from.
    output : Path
        TSV of cluster (number from 0), accession, representative (0 or 1), length (nt), identity (percent
        to the representative, which has 100), strand (``+`` or ``-``, relative to the representative).
        Sequences of up to 6 nt, which cd-hit-est leaves out, follow as clusters of their own.

    Raises
    ------
    InputError
        When the file is missing, cut short, not cd-hit-est's, or of other sequences.
    """
    lengths = {accession: len(sequence) for accession, sequence in _sequences(sequenced).items()}
    rows = _parse(clstr)
    _check_members(rows, lengths, clstr)
    present = {row[1] for row in rows}
    short = [accession for accession, length in lengths.items() if accession not in present]
    if short:
        logger.info("Too short for cd-hit-est, kept as clusters of their own: %s", ", ".join(short))
    first = max((row[0] for row in rows), default=-1) + 1
    rows += [(first + i, accession, 1, lengths[accession], 100.0, "+") for i, accession in enumerate(short)]
    logger.info("%d sequences in %d clusters", len(rows), first + len(short))
    write_table(pd.DataFrame(rows, columns=COLUMNS), output)


def _sequences(sequenced: Path) -> dict[str, str]:
    table = read_table(sequenced, ["accession", "sequence"], ["accession", "sequence"])
    if table.empty:
        raise InputError("There are no sequences to cluster", sequenced, "at least one row", "check the records")
    return dict(zip(table["accession"], table["sequence"], strict=True))


def _parse(clstr: Path) -> list[tuple[int, str, int, int, float, str]]:
    try:
        text = clstr.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise InputError("The cluster file is missing", clstr, EXPECTED, "run the rule that makes it") from None
    if text and not text.endswith("\n"):
        raise InputError("The cluster file ends within a line", clstr, EXPECTED, HINT)
    clusters: list[list[tuple]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line == f">Cluster {len(clusters)}":
            clusters.append([])
            continue
        match = MEMBER.fullmatch(line)
        if not clusters or match is None or int(match[1]) != len(clusters[-1]):
            raise InputError(
                f"Line {number} of the cluster file is not as expected: '{line[:80]}'", clstr, EXPECTED, HINT
            )
        identity, strand = float(match[5] or 100), match[4] or "+"
        clusters[-1].append((len(clusters) - 1, match[3], int(match[4] is None), int(match[2]), identity, strand))
    for number, members in enumerate(clusters):
        representatives = sum(row[2] for row in members)
        if representatives != 1:
            problem = f"Cluster {number} of the cluster file has {representatives} representatives in place of one"
            raise InputError(problem, clstr, EXPECTED, HINT)
    return [row for members in clusters for row in members]


def _check_members(rows: list[tuple], lengths: dict[str, int], clstr: Path) -> None:
    """Every sequence stands in the file once and with its length; only short ones may be left out."""
    names = [row[1] for row in rows]
    unknown = [row[1] for row in rows if lengths.get(row[1]) != row[3]]
    repeated = [name for name, count in Counter(names).items() if count > 1]
    missing = [name for name in lengths.keys() - set(names) if lengths[name] > SKIPPED_LENGTH]
    for problem, found in (
        ("names sequences that are unknown or of another length", unknown),
        ("names sequences more than once", repeated),
        ("lacks sequences", sorted(missing)),
    ):
        if found:
            listed = ", ".join(found[:5]) + (", ..." if len(found) > 5 else "")
            raise InputError(f"The cluster file {problem}: {len(found)} ({listed})", clstr, EXPECTED, HINT)
