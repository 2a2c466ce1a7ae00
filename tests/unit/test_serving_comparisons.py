"""The page and the API that compare wild types with mutants."""

import pytest
from starlette.testclient import TestClient
from unit.tiny_model import LOCATIONS, OTHERS, mutated, train

import mmlmirloc
from mmlmirloc.predicting import Predictor
from mmlmirloc.serving.app import API, create_app
from mmlmirloc.serving.limits import Limits

WILD, MUTANT = (
    f">a\n{OTHERS[0]}\n>b\n{OTHERS[1]}\n",
    f">a\n{mutated(OTHERS[0], 9)}\n>b\nMKVLAAGIVMKVLAAGIVMKVLAAGIVMKVLAAGIV\n",
)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return train(tmp_path_factory.mktemp("comparisons"))


@pytest.fixture(scope="module")
def client(model):
    with TestClient(create_app(Predictor.load(model), Limits(records=6))) as client:
        yield client


def test_the_page_shows_each_pair(client):
    empty = client.get("/compare")
    assert empty.status_code == 200 and 'name="mutant"' in empty.text
    page = client.post("/compare", data={"wild_type": WILD, "mutant": MUTANT})
    expected = f"{OTHERS[0][9]}10{mutated(OTHERS[0], 9)[9]}"
    assert page.status_code == 200 and expected in page.text
    assert "mutant: refused: letters that no nucleotide has" in page.text
    # What was typed stays.
    assert OTHERS[1] in page.text


def test_the_files_and_the_api_are_those_of_the_call(client, model):
    table = mmlmirloc.compare(WILD, MUTANT, model)
    sent = {"wild_type": WILD, "mutant": MUTANT}
    lines = client.post("/compare", data={**sent, "format": "tsv"})
    assert lines.text == table.to_csv(sep="\t", index=False)
    assert "mmlmirloc.compared.tsv" in lines.headers["content-disposition"]
    answer = client.post(f"{API}/compare", json=sent).json()
    assert answer == client.post("/compare", data={**sent, "format": "json"}).json()
    assert [one["location"] for one in answer["comparisons"]] == LOCATIONS * 2
    assert answer["comparisons"][0]["change"] == pytest.approx(table["change"][0])
    assert answer["comparisons"][3]["change"] is None


def test_pairs_may_stand_in_one_text(client):
    answer = client.post(f"{API}/compare", json={"wild_type": f"{OTHERS[0]}\n{mutated(OTHERS[0], 9)}\n"}).json()
    assert len(answer["comparisons"]) == len(LOCATIONS)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"wild_type": "", "mutant": ""}, "no sequence"),
        ({"wild_type": WILD, "mutant": f">x\n{OTHERS[0]}\n" * 3}, "2 wild types and 3 mutants"),
        ({"wild_type": f">a\n{OTHERS[0]}\n", "mutant": ""}, "no pairs"),
        ({"wild_type": "LOCUS x\n", "mutant": WILD}, "GenBank"),
    ],
)
def test_what_cannot_be_compared_is_refused(client, sent, words):
    page, answer = client.post("/compare", data=sent), client.post(f"{API}/compare", json=sent)
    assert page.status_code == answer.status_code == 422
    assert words in page.text and words in answer.json()["message"]


@pytest.mark.parametrize("body", [{}, {"wild_type": 5}, {"wild_type": "A", "mutants": "A"}, [], "A"])
def test_the_api_refuses_other_bodies(client, body):
    assert client.post(f"{API}/compare", json=body).status_code == 422


def test_the_limits_hold(client):
    many = f">a\n{OTHERS[0]}\n" * 8
    assert client.post(f"{API}/compare", json={"wild_type": many}).status_code == 413
    upload = client.post("/compare", files={"wild_type": ("a.fa", b"x")}, data={"mutant": "x"})
    assert upload.status_code == 422
