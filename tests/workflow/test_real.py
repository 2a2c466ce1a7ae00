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


def test_real_records_give_510_mirnas(fresh):
    # The overlay's paths are relative to the project's folder.
    (fresh.root.parent / "shared").symlink_to(REAL)
    table = "results/dataset/mirnas.tsv"
    run = fresh.run(table, config="../shared/real/sources.yaml")
    assert run.code == 0, run.output
    with open(fresh.root / table, newline="") as file:
        reader = csv.DictReader(file, delimiter="\t")
        rows = list(reader)
    assert reader.fieldnames == ["accession", "name", "sequence", *LOCATIONS]
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
