"""Cells of locations: one, several, and names that only look like several."""

import logging

import pytest

from mmlmirloc.data.locations import LocationNames
from mmlmirloc.errors import InputError

NAMES = LocationNames(
    {"Nucleus": "nucleus", "Nuclear": "nucleus", "Cytosol": "cytoplasm", "P-body, cytosolic": "p-body"}
)


def locations(*cells):
    return NAMES.of_cells(cells, "table.txt")


BOTH = {
    "Nucleus; Cytoplasm",
    "Nucleus;Cytosol",
    "nuclear | cytoplasm",
    "Nucleus, Cytoplasm",
    "Nucleus,cytoplasm",
    "Nucleus/Cytoplasm",
    "Nucleus and  Cytoplasm",
    "Nucleus & Cytoplasm",
    "Nucleus+Cytoplasm",
    "Nucleus;; Cytoplasm;",
    "Nucleus, Nuclear, and Cytosol",
    "Nucleus； Cytoplasm",
    "['Nucleus', 'Cytoplasm']",
    '["Nucleus"; "Cytoplasm"]',
    "{Nucleus,Cytoplasm}",
}


@pytest.mark.parametrize("cell", sorted(BOTH))
def test_all_locations_of_a_cell_are_taken(cell):
    assert locations(cell) == [("nucleus", "cytoplasm")]


def test_what_is_joined_by_a_semicolon_is_taken_apart_whether_known_or_not(caplog):
    with caplog.at_level(logging.INFO, "mmlmirloc"):
        assert locations("Nucleus; Vault", "Nucleus; Vault") == [("nucleus", "vault")] * 2
    assert "'nucleus; vault' is taken for 2 locations (2 rows): nucleus, vault" in caplog.messages


def test_a_location_that_stands_alone_elsewhere_is_known():
    assert locations("Nucleus, Mitochondrion", "mitochondrion")[0] == ("nucleus", "mitochondrion")


@pytest.mark.parametrize(
    "name",
    [
        "Endoplasmic reticulum, rough",
        "Ribosome-free cytosol",
        "Paraspeckles in the nucleus",
        "Nuclear(exclusion from nucleoli)",
        "Vault and raft",
        "(pre)synapse (left)",
        "Cytoplasmic",
    ],
)
def test_the_name_of_one_location_stays(name, caplog):
    with caplog.at_level(logging.WARNING, "mmlmirloc"):
        assert locations(name) == [(name.lower(),)]
    assert not caplog.messages


def test_a_name_with_a_comma_stays_where_its_parts_stand_alone_but_have_no_name():
    assert locations("Reticulum, membrane", "Reticulum", "Membrane")[0] == ("reticulum, membrane",)


def test_a_spelling_of_the_config_is_one_location_whatever_it_holds():
    assert locations("P-body, cytosolic") == [("p-body",)]


def test_a_comma_after_a_known_location_is_warned_of(caplog):
    with caplog.at_level(logging.WARNING, "mmlmirloc"):
        assert locations("Nucleus, inner membrane", "Nucleus, inner membrane")[0] == ("nucleus, inner membrane",)
    (message,) = caplog.messages
    assert message.startswith("'nucleus, inner membrane' (2 rows) is taken for one location and not for nucleus")
    assert "location_synonyms" in message


@pytest.mark.parametrize(
    "cell",
    [
        "Nucleus Cytoplasm",
        "Nucleus - Cytoplasm",
        "Nucleus\\Cytoplasm",
        "Nucleus to cytosol",
        "Nucleus, Cytoplasm, somewhere",
        "Nucleus/somewhere",
        "Nucleus and somewhere",
        "Vault; Nucleus/somewhere",
        "Nucleus (cytoplasm)",
    ],
)
def test_a_known_location_is_never_lost_in_a_cell(cell):
    with pytest.raises(InputError, match=r"A cell of SubCellular_Localization names .*nucleus.*\(1 rows\)") as caught:
        locations("Nucleus", cell)
    assert caught.value.where == "table.txt"
    assert "joined by ; or |" in caught.value.expected and "location_synonyms" in caught.value.hint


def test_empty_cells_name_nothing():
    assert locations("", " ", ";", "Nucleus") == [(), (), (), ("nucleus",)]
