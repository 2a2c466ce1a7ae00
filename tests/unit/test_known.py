"""Mature sequences and names among a visitor's records: answered by the atlas, or refused with what to do."""

import numpy as np
import pytest
from starlette.testclient import TestClient
from unit import tiny_atlas, tiny_model

from mmlmirloc.atlas.shipped import WORDS
from mmlmirloc.atlas.words import LETTERS, Words, words_of, write_words
from mmlmirloc.errors import InputError
from mmlmirloc.files import read_arrays
from mmlmirloc.predicting.known import Known, names_among
from mmlmirloc.predicting.model_file import load
from mmlmirloc.predicting.objects import records_of
from mmlmirloc.predicting.predictor import Predictor
from mmlmirloc.serving.app import API, create_app

FIVE, LET, MIR_21 = tiny_atlas.FIVE, tiny_atlas.LET_FIVE, tiny_atlas.MIR_21


@pytest.fixture(scope="module")
def predictor(tmp_path_factory):
    folder = tmp_path_factory.mktemp("known")
    known = Known(tiny_atlas.write(folder / "atlas"), tiny_atlas.LOCATIONS)
    return Predictor(load(tiny_model.train(folder / "model")), known)


def test_words_find_each_place_of_a_sequence(tmp_path):
    rows = (
        "accession\tsequence\nMI1\tACGUACGUACGUACGUAC\nMI2\tGGGNACGUACGUACGUACGU\nMI3\tGGACGUACGUACGUACGU\nMI4\tACG\n"
    )
    (tmp_path / "hairpins.tsv").write_text(rows)
    write_words(tmp_path / "hairpins.tsv", tmp_path / "words.npz")
    words = Words(**read_arrays(tmp_path / "words.npz"))
    assert words.find("ACGUACGUACGUACGU") == [("MI1", 1), ("MI2", 5), ("MI3", 3)]
    # It ends with the hairpin, and does not run into the next one.
    assert words.find("ACGUACGUACGUACGUAC") == [("MI1", 1)]
    assert words.find("UACGUACGUACGUACGUGG") == [] and words.find("ACGUACGUACGUACG") == []
    assert words.find("ACGUACGUACGUACGN") == [] and words.find("") == []


def test_the_index_holds_no_letters_and_repeats_itself(tmp_path):
    first, second = tiny_atlas.write(tmp_path / "a"), tiny_atlas.write(tmp_path / "b")
    assert first.with_name(WORDS).read_bytes() == second.with_name(WORDS).read_bytes()
    assert words_of(FIVE).dtype == np.uint32 and len(words_of(FIVE)) == len(FIVE) - LETTERS + 1
    assert FIVE.encode() not in first.with_name(WORDS).read_bytes()


@pytest.mark.parametrize(
    "given", [FIVE, FIVE.lower(), FIVE.replace("U", "T"), f"5'-{FIVE}-3'", f" {FIVE[:10]} {FIVE[10:]}"]
)
def test_a_mature_sequence_is_answered_as_its_arm(predictor, given):
    (row,) = predictor.predict([("a", given)]).to_dict("records")
    assert (row["name"], row["status"], row["length"], row["views"]) == ("a", "ok", 22, "atlas")
    assert (row["probability_nucleus"], row["predicted_exosome"], row["training"]) == (0.95, 1, "no")
    assert "mature sequence: hsa-miR-21-5p, 5p arm of hsa-mir-21" in row["remarks"]
    assert "answered by the atlas (out of fold, genome)" in row["remarks"]


def test_one_of_several_hairpins_has_a_row_for_each(predictor):
    table = predictor.predict([("before", tiny_model.OTHERS[0]), ("a", LET), ("after", tiny_model.OTHERS[1])])
    assert table["name"].tolist() == ["before", "a", "a", "after"]
    assert table["probability_nucleus"][1:3].tolist() == [0.9, 0.7]
    assert all("it lies at 2 places, one line each" in remark for remark in table["remarks"][1:3])
    assert table["flags"].tolist()[2] == "far from every training hairpin"
    # The others are as without it.
    alone = predictor.predict([("before", tiny_model.OTHERS[0]), ("after", tiny_model.OTHERS[1])])
    assert alone.equals(table.iloc[[0, 3]].reset_index(drop=True))


def test_a_shifted_sequence_is_a_variant_of_the_arm(predictor):
    (row,) = predictor.predict([("a", MIR_21[6:28])]).to_dict("records")
    told = "a variant of hsa-miR-21-5p, 5p arm of hsa-mir-21 (bases 7-28; hsa-miR-21-5p has 8-29)"
    assert row["status"] == "ok" and told in row["remarks"]


def test_a_piece_of_the_loop_is_answered_as_the_hairpin(predictor):
    (row,) = predictor.predict([("a", MIR_21[29:45])]).to_dict("records")
    assert row["status"] == "ok" and "bases 30-45 of hsa-mir-21, where no mature miRNA is recorded" in row["remarks"]


@pytest.mark.parametrize(
    ("sequence", "words"),
    [
        ("A" * 22, "22 bases, as a mature miRNA has, and in no known hairpin (hsa); give its hairpin"),
        (FIVE[:-1] + "C", "in no known hairpin"),
        (FIVE[:10] + "N" + FIVE[11:], "in no known hairpin"),
        (FIVE[:15], "15 bases"),
        (MIR_21[:29], "29 bases"),
        (MIR_21[:34], "34 bases"),
        ("MKVLAAGIVGLLLAQWERTY", "protein"),
        ("", "no bases"),
        ("-" * 20, "no bases"),
    ],
)
def test_other_short_sequences_are_refused(predictor, sequence, words):
    (row,) = predictor.predict([("a", sequence)]).to_dict("records")
    assert row["status"] == "refused" and words in row["remarks"]


def test_a_list_of_mature_sequences_is_answered_line_by_line(predictor):
    table = predictor.predict(records_of(f"{FIVE}\n{FIVE}\n{LET}\n"))
    assert table["status"].tolist() == ["ok"] * 4


def test_a_model_of_other_locations_says_so(tmp_path, predictor):
    other = Known(tiny_atlas.write(tmp_path), ["nucleus", "moon"])
    with pytest.raises(InputError, match="other locations"):
        Predictor(predictor.model, other).predict([("a", FIVE)])


def test_a_damaged_index_is_one_message(tmp_path, predictor):
    path = tiny_atlas.write(tmp_path)
    path.with_name(WORDS).write_bytes(b"broken")
    with pytest.raises(InputError, match="damaged"):
        Predictor(predictor.model, Known(path, tiny_atlas.LOCATIONS)).predict([("a", FIVE)])


def test_without_an_atlas_a_mature_sequence_is_refused(predictor):
    assert "give its hairpin" in Predictor(predictor.model).predict([("a", FIVE)])["remarks"][0]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("mir-21\n", ["mir-21"]),
        (f"mir-21\n\n{FIVE}\nlet-7a\n", ["let-7a"]),
        (f"{FIVE}\nlet-7a\nMI0000077", ["let-7a", "MI0000077"]),
        (f">mir-21\n{MIR_21}\n", []),
        (f"mir-21\n{MIR_21}\n", []),
        (f"mir-21\t{MIR_21}\n", []),
        ("", []),
    ],
)
def test_a_line_that_looks_like_a_name_is_one(text, names):
    assert [part for name, part in names_among(text) if name] == names


@pytest.fixture(scope="module")
def client(predictor):
    with TestClient(create_app(predictor)) as client:
        yield client


def ask(client, text, **fields):
    """Fill in the form of the page."""
    return client.post("/predict", data={"sequences": text, **fields})


def test_the_page_takes_names_and_sequences_in_one_box(client):
    page = ask(client, f"miR-21\nhsa-mir-4454\n\n>mine\n{tiny_model.OTHERS[0]}\n")
    assert page.status_code == 200
    for words in ("hsa-miR-21-5p", "hsa-miR-21-3p", "hsa-mir-4454", "mine", "Among all known hairpins", "95.0"):
        assert words in page.text
    assert "Names or sequences" in client.get("/").text


def test_the_page_says_what_is_no_name(client):
    page = ask(client, "miR-126*\nmir-99\n")
    assert page.status_code == 200 and "which arm was once called so is not clear" in page.text
    assert "no known miRNA has this name" in page.text


def test_the_downloads_of_names_are_the_table_of_the_predictor(client):
    found = ask(client, "mir-21", format="tsv").text.splitlines()
    assert len(found) == 2 and found[1].startswith("mir-21\t\tok\t")
    assert ask(client, "mir-21", format="json").json()["predictions"][0]["known"]["hairpin"] == "MI0000077"


def test_the_api_takes_names(client):
    answer = client.post(f"{API}/predict", json={"names": ["MIMAT0000062", "nothing"]}).json()["predictions"]
    assert [one["status"] for one in answer] == ["ok", "ok", "refused"]
    assert answer[0]["known"] == {
        "accession": "MIMAT0000062",
        "name": "hsa-let-7a-5p",
        "hairpin": "MI0000060",
        "hairpin_name": "hsa-let-7a-1",
        "arm": "5p",
        "model": "genome",
        "source": "final model",
        "age": 1,
        "percentiles": {"nucleus": 90.0, "exosome": 60.0, "cytoplasm": 80.0},
    }
    assert answer[2]["known"] is None


@pytest.mark.parametrize(
    "body", [{"names": []}, {"names": [21]}, {"names": "mir-21"}, {"names": ["mir-21"], "fasta": "ACGU"}, {}]
)
def test_the_api_refuses_other_questions(client, body):
    assert client.post(f"{API}/predict", json=body).status_code == 422


def test_a_server_without_an_atlas_knows_no_names(predictor):
    with TestClient(create_app(Predictor(predictor.model))) as client:
        refused = client.post(f"{API}/predict", json={"names": ["mir-21"]})
        assert refused.status_code == 422 and "no atlas" in refused.json()["message"]
        assert "Names or sequences" not in client.get("/").text


def test_what_was_looked_up_cannot_be_explained(client):
    refused = client.post(f"{API}/explain", json={"names": ["mir-21"]})
    assert refused.status_code == 422 and "looked up" in refused.json()["message"]
