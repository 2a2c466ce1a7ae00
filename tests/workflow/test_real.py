"""The real records beside the checkout give the dataset of the issue, number by number."""

import csv
from collections import Counter

import pytest
from projects import PROJECT

REAL = PROJECT.parent / "shared"
LOCATIONS = ("nucleus", "exosome", "cytoplasm", "microvesicle")

pytestmark = [
    pytest.mark.real,
    pytest.mark.slow,
    pytest.mark.skipif(
        not (REAL / "real/sources.yaml").is_file(), reason="no real records at ../shared/real (they are not shipped)"
    ),
]


@pytest.fixture
def real(fresh):
    """A project beside the real records: the overlay's paths are relative to the project's folder."""
    (fresh.root.parent / "shared").symlink_to(REAL)
    return fresh


def made(project, table, **options):
    """Make a table from the real records; return its rows and its columns."""
    run = project.run(table, config="../shared/real/sources.yaml", **options)
    assert run.code == 0, run.output
    with open(project.root / table, newline="") as file:
        reader = csv.DictReader(file, delimiter="\t")
        return list(reader), reader.fieldnames


def test_always_nucleus_under_matched_is_the_papers_constant(real):
    once = {"splits": {"matched": {"repeats": 1}}}
    scores, _ = made(real, "results/trials/matched/always_nucleus_scores.tsv", settings=once)
    rows, _ = made(real, "results/splits/matched/repeat-1-20/test.tsv")
    # Five folds of one draw.
    assert len(scores) == 5 * 118
    assert all([row[location] for location in LOCATIONS] == ["1", "0", "0", "0"] for row in scores)
    recorded = {
        (row["repeat"], row["accession"]): {location for location in LOCATIONS if row[location] == "1"} for row in rows
    }
    for repeat in map(str, range(1, 21)):
        sets = [held for (number, _), held in recorded.items() if number == repeat]
        assert len(sets) == 118
        # From the paper's Table II: Jaccard, whole sets right, and decisions wrong.
        jaccard = sum(len(held & {"nucleus"}) / len(held | {"nucleus"}) for held in sets) / 118
        assert jaccard == pytest.approx(0.5346, abs=5e-5)
        assert sum(held == {"nucleus"} for held in sets) / 118 == pytest.approx(0.3220, abs=5e-5)
        assert sum(len(held ^ {"nucleus"}) for held in sets) / (4 * 118) == pytest.approx(0.3072, abs=5e-5)


def test_real_records_give_510_mirnas(real):
    rows, fieldnames = made(real, "results/dataset/mirnas.tsv")
    assert fieldnames == ["accession", "name", "sequence", *LOCATIONS]
    assert len(rows) == 510
    assert {location: sum(int(row[location]) for row in rows) for location in LOCATIONS} == {
        "nucleus": 445,
        "exosome": 207,
        "cytoplasm": 229,
        "microvesicle": 72,
    }
    assert Counter("".join(row[location] for location in LOCATIONS) for row in rows) == {
        "1000": 172,
        "1010": 99,
        "1110": 82,
        "0100": 50,
        "1100": 34,
        "1111": 33,
        "1011": 14,
        "0001": 13,
        "1101": 6,
        "1001": 5,
        "0101": 1,
        "0110": 1,
    }
    assert len({row["accession"] for row in rows}) == 510
    assert all(set(row["sequence"]) <= set("ACGU") for row in rows)
