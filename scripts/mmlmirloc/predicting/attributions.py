"""Which bases of a hairpin a prediction rests on: every base is changed to each other one, and predicted again."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table, write_table
from mmlmirloc.predicting.predictor import Predictor
from mmlmirloc.predicting.structure import dot_bracket

BASES = "ACGU"


def explain_hairpins(sequenced: str | Path, names: Sequence[str], model: str | Path, output: str | Path) -> None:
    """Write the attribution of each base of some hairpins.

    Parameters
    ----------
    sequenced : path
        The records with a sequence: name, sequence.
    names : sequence of str
        Names of miRBase, such as ``hsa-mir-21``.
    model : path
        Of :meth:`Predictor.load`.
    output : path
        TSV: name, position (from 1), base, structure (bracket or dot; empty without ViennaRNA), location, probability
        (of the hairpin as it is), attribution (that probability minus the mean over the three other bases: above 0
        where the base speaks for the location).

    Raises
    ------
    InputError
        When a name is not among the records.
    """
    records = read_table(sequenced, columns=["name", "sequence"], text=["name", "sequence"])
    found = dict(records[["name", "sequence"]].itertuples(index=False))
    absent = [name for name in names if name not in found]
    if absent:
        raise InputError(
            f"There is no record of {absent[0]}",
            f"config: beyond.explained, {sequenced}",
            f"names of records, such as {', '.join(list(found)[:3])}",
            "name other hairpins",
        )
    predictor = Predictor.load(model)
    tables = [attributions(predictor.predict, predictor.locations, name, found[name]) for name in names]
    write_table(pd.concat(tables), output)


def attributions(
    predict: Callable[[list[tuple[str, str]]], pd.DataFrame], locations: Sequence[str], name: str, sequence: str
) -> pd.DataFrame:
    """Return the lines of :func:`explain_hairpins` for one sequence.

    Parameters
    ----------
    predict : callable
        :meth:`Predictor.predict`, or what gives the same in a way of its own: in parts, or until it is told to stop.
        Called once, with the sequence and then each of its changes, 1 + 3 x length (name, sequence) in all.
    locations : sequence of str
        The locations that it predicts.
    name, sequence : str
        Of the hairpin, in the letters ACGU.

    Returns
    -------
    pandas.DataFrame
        length x locations rows, a base's locations together: name, position, base, structure, location, probability,
        attribution.
    """
    changed = [
        sequence[:place] + base + sequence[place + 1 :]
        for place in range(len(sequence))
        for base in BASES
        if base != sequence[place]
    ]
    columns = [f"probability_{location}" for location in locations]
    table = predict([(name, one) for one in (sequence, *changed)])[columns].to_numpy()
    whole, others = table[0], table[1:].reshape(len(sequence), len(BASES) - 1, len(columns)).mean(axis=1)
    structure = dot_bracket(sequence) or [""] * len(sequence)
    return pd.DataFrame(
        [
            (name, place + 1, base, structure[place], location, whole[column], whole[column] - others[place, column])
            for place, base in enumerate(sequence)
            for column, location in enumerate(locations)
        ],
        columns=["name", "position", "base", "structure", "location", "probability", "attribution"],
    )
