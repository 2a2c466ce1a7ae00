"""What every registered view keeps to, whatever it is: a new one is tested by being registered."""

import numpy as np
import pandas as pd
import pytest
import yaml
from test_leakage import PROJECT, dataset, mirbase

from mmlmirloc.registry import known, load

VIEWS = yaml.safe_load((PROJECT / "config/views.yaml").read_text())["views"]
# Kinds whose values are embeddings by a network, tested in test_rnabert.py and test_encoder_view.py.
EMBEDDED = ("rnabert", "encoder")
everyone = pytest.mark.parametrize("kind", known("views"))
computed = pytest.mark.parametrize(
    "kind", [kind for kind in known("views") if kind not in EMBEDDED and not load("views", kind, "").View.FITTED]
)
fitted = pytest.mark.parametrize("kind", [kind for kind in known("views") if load("views", kind, "").View.FITTED])


def view_of(kind):
    """The first view of a kind in the config, as it is there."""
    spec = next(spec for spec in VIEWS.values() if spec["kind"] == kind)
    return load("views", kind, "a test").View({key: value for key, value in spec.items() if key != "kind"})


@pytest.fixture
def rows(tmp_path, search):
    """Ten records and what a view needs beside them; others may be asked for."""

    def of(view, table=None):
        table = dataset()[["accession", "name", "sequence"]].head(10) if table is None else table
        table.to_csv(tmp_path / "mirnas.tsv", sep="\t", index=False)
        (tmp_path / "hits.tsv").unlink(missing_ok=True)
        return table, mirbase(tmp_path, view.NEEDS, search)

    return of


@everyone
def test_every_kind_stands_in_the_config(kind):
    assert kind in {spec["kind"] for spec in VIEWS.values()}


@computed
def test_values_are_of_each_row_and_finite(kind, rows):
    view = view_of(kind)
    table, sources = rows(view)
    features = view.compute_records(table, sources)
    assert len(features) == 10 and features.values.ndim in (2, 3)
    assert features.values.dtype in (np.float32, np.int64)
    assert np.isfinite(features.values).all()


@computed
def test_the_same_records_have_the_same_values(kind, rows):
    view = view_of(kind)
    table, sources = rows(view)
    first, again = (view.compute_records(table, sources).values for _ in range(2))
    assert first.tobytes() == again.tobytes()


@computed
def test_a_row_has_its_values_alone_and_in_another_order(kind, rows):
    view = view_of(kind)
    table, sources = rows(view)
    whole = view.compute_records(table, sources).values
    assert view.compute_records(table.iloc[::-1], sources).values.tobytes() == whole[::-1].tobytes()
    for place in (0, 7):
        assert view.compute_records(table.iloc[[place]], sources).values.tobytes() == whole[[place]].tobytes()


@computed
def test_no_row_is_a_view_without_rows(kind, rows):
    view = view_of(kind)
    table, sources = rows(view)
    width = view.compute_records(table, sources).values.shape[1:]
    assert view.compute_records(table.head(0), sources).values.shape == (0, *width)


@computed
def test_odd_sequences_have_values_too(kind, rows):
    view = view_of(kind)
    odd = ["A", "N" * 30, "ACGU" * 200, "GGGGGAAAACCCCC", "RYSWKM"]
    table = pd.DataFrame(
        {"accession": [f"MI9{n:06d}" for n in range(5)], "name": [f"hsa-mir-9{n}" for n in range(5)], "sequence": odd}
    )
    table, sources = rows(view, table)
    features = view.compute_records(table, sources)
    assert len(features) == 5 and np.isfinite(features.values).all()


@computed
def test_names_are_one_for_each_column_where_columns_have_names(kind, rows):
    view = view_of(kind)
    try:
        names = view.names()
    except NotImplementedError as error:
        assert "have no names" in str(error)
    else:
        table, sources = rows(view)
        assert len(names) == len(set(names)) == view.compute_records(table, sources).values.shape[1]


@fitted
def test_what_is_fitted_depends_on_the_training_rows_and_the_seed(kind):
    view, sequences = view_of(kind), dataset()["sequence"].tolist()
    fits = [view.fit(sequences[:30], 1), view.fit(sequences[:30], 1), view.fit(sequences[30:], 1)]
    first, again, other = ({name: array.tobytes() for name, array in fit.items()} for fit in fits)
    assert first == again != other


@fitted
def test_rows_are_transformed_each_by_itself(kind):
    view, sequences = view_of(kind), dataset()["sequence"].tolist()
    fit = view.fit(sequences[:30], 1)
    whole = view.transform(fit, sequences)
    assert len(whole) == 60 and np.isfinite(whole.values).all()
    for place in (0, 45):
        alone = view.transform(fit, [sequences[place]])
        assert alone.values.tobytes() == whole.values[[place]].tobytes()
        assert np.array_equal(alone.lengths, whole.rows([place]).lengths)
    assert view.transform(fit, []).values.shape == (0, *whole.values.shape[1:])


@everyone
def test_the_base_says_what_a_kind_does_not_give(kind):
    view = view_of(kind)
    if view.FITTED or kind in EMBEDDED:
        with pytest.raises(NotImplementedError, match=f"views.{kind} does not compute"):
            view.compute(["ACGU"])
    else:
        with pytest.raises(NotImplementedError, match=f"views.{kind} is not fitted"):
            view.fit(["ACGU"], 1)
