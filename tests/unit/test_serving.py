"""The web page and the API: answers, limits, headers, logs and pictures, with a stand-in for the model."""

import asyncio
import bz2
import gzip
import io
import json
import logging
import re
import socket
import subprocess
import sys
import tarfile
import threading
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import example_predictor
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmlmirloc.data import minhash
from mmlmirloc.errors import InputError
from mmlmirloc.predicting import structure as folding
from mmlmirloc.predicting.attributions import attributions
from mmlmirloc.predicting.cleaning import Record, clean_record
from mmlmirloc.predicting.predictor import Predictor
from mmlmirloc.predicting.reading import open_records, read_records
from mmlmirloc.predicting.structure import dot_bracket
from mmlmirloc.predicting.tables import predict_file
from mmlmirloc.serving import announcement, listening, serve
from mmlmirloc.serving.limits import Limits, Refusal, within

pytest.importorskip("fastapi", reason="the packages of the web page are not installed")

from browsing import served
from starlette.testclient import TestClient

from mmlmirloc.serving.answering import Stopped, drawable, predict
from mmlmirloc.serving.app import API, create_app
from mmlmirloc.serving.drawing import NUCLEOTIDES, bars, layout, structure
from mmlmirloc.serving.explaining import explain, most_important
from mmlmirloc.serving.guard import HEADERS
from mmlmirloc.serving.logs import JsonLines
from mmlmirloc.serving.pages import EXAMPLE, TEMPLATES
from mmlmirloc.serving.queueing import Full, OutOfTime, Queue
from mmlmirloc.serving.shading import STEPS, legend, shade

SEQUENCE = "ACGU" * 10
TAGS = set(
    re.findall(
        r"\w+",
        "html head meta title link body a header p nav ul li main footer section h1 h2 h3 h4 div form label button "
        "textarea input fieldset legend strong b bdi abbr span table caption thead tbody tr th td article figure "
        "figcaption details summary pre svg path text rect",
    )
)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# What a browser can send: text without lone surrogates, which UTF-8 does not have.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


class Seen(HTMLParser):
    """What a browser would make of a page: elements with their attributes, and text."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data

    def of(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


class GatedPredictor(example_predictor.ExamplePredictor):
    """Answers only once the gate is open; counts who is inside."""

    def __init__(self):
        self.gate, self.entered, self.lock = threading.Event(), threading.Event(), threading.Lock()
        self.inside = self.most = 0

    def predict(self, records):
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.entered.set()
        assert self.gate.wait(60)
        with self.lock:
            self.inside -= 1
        return super().predict(records)


class CountingPredictor(example_predictor.ExamplePredictor):
    """Two probabilities are shares of a base, and two say nothing of the sequence; keeps what it was asked."""

    def __init__(self):
        self.asked = []

    def predict(self, records):
        self.asked.append(len(records))
        return super().predict(records)

    def row(self, name, cleaned):
        letters = cleaned.sequence
        shares = [letters.count("G"), letters.count("C"), len(letters) / 2, 0] if letters else [np.nan] * 4
        names = [f"probability_{location}" for location in example_predictor.LOCATIONS]
        return super().row(name, cleaned) | {name: one / (len(letters) or 1) for name, one in zip(names, shares)}


class DefectivePredictor(example_predictor.ExamplePredictor):
    """Fails, and quotes the input as it does."""

    def predict(self, records):
        raise RuntimeError(f"cannot predict {records}")


@pytest.fixture
def client():
    with TestClient(create_app(example_predictor.ExamplePredictor())) as client:
        yield client


@pytest.fixture
def lines():
    """The log, as parsed lines of JSON."""
    text, logger = io.StringIO(), logging.getLogger("mmlmirloc.serving")
    handler = logging.StreamHandler(text)
    handler.setFormatter(JsonLines())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in text.getvalue().splitlines()]
    logger.removeHandler(handler)


def client_of(predictor=None, **limits):
    return TestClient(create_app(predictor or example_predictor.ExamplePredictor(), Limits(**limits)))


def ask(client, *sequences):
    return client.post(f"{API}/predict", json={"records": [{"name": "a", "sequence": one} for one in sequences]})


def submit(client, text, **fields):
    return client.post("/predict", files={"sequences": (None, text), **{k: (None, v) for k, v in fields.items()}})


def send(client, fields):
    """Send the fields of a form as a browser does."""
    return client.post("/predict", files={name: (None, value) for name, value in fields.items()})


# The pages


def test_every_field_of_the_form_has_a_label_and_leads_to_the_answer(client):
    seen = Seen(client.get("/").text)
    labelled = {attributes["for"] for attributes in seen.of("label") if "for" in attributes}
    typed = [field for field in [*seen.of("textarea"), *seen.of("input")] if field.get("type") != "radio"]
    assert {field["id"] for field in typed} == labelled == {"sequences", "file"}
    assert [form["action"] for form in seen.of("form")] == ["./", "predict"]
    described = {name for field in typed for name in field.get("aria-describedby", "").split()}
    assert described <= {attributes.get("id") for _, attributes in seen.elements}


@pytest.mark.parametrize("path", ["/", "/?example=1", "/about", "/api", "/nothing/here"])
def test_pages_say_their_language_have_one_heading_and_load_nothing_from_elsewhere(client, path):
    text = client.get(path).text
    seen = Seen(text)
    assert seen.of("html") == [{"lang": "en"}] and len(seen.of("h1")) == 1 and len(seen.of("main")) == 1
    assert not seen.of("script") and not seen.of("style") and not re.search(r"\sstyle=|\son\w+=", text)
    addresses = [one.get("href") or one.get("src") for _, one in seen.elements if "href" in one or "src" in one]
    assert addresses and not [one for one in addresses if "//" in one]
    for address in addresses:
        # Links are relative: below /nothing/ they have to lead up.
        if not address.startswith("#"):
            assert client.get(urljoin(path, address)).status_code == 200, address


def test_the_example_fills_the_form(client):
    assert unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", client.get("/").text, re.S)[1]) == ""
    filled = client.get("/?example=1").text
    assert unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", filled, re.S)[1]) == EXAMPLE


def test_results_show_numbers_flags_and_pictures_of_each_sequence(client):
    seen = Seen(submit(client, f"{EXAMPLE}>bad\nXYZ\n").text)
    assert [one["id"] for one in seen.of("article")] == [f"sequence-{number}" for number in range(1, 5)]
    assert [one["class"] for one in seen.of("svg")] == ["bars", "structure"] * 3
    assert all(one["role"] == "img" and one["aria-label"] for one in seen.of("svg"))
    assert "0.94 predicted" in seen.of("svg")[0]["aria-label"] and "Training row." in seen.text
    assert (
        "far from every training hairpin" in seen.text
        and "Refused: letters that no nucleotide has (X Z)" in " ".join(seen.text.split())
    )
    assert "4 sequences, of which 1 was refused" in " ".join(seen.text.split())


def test_only_the_first_and_short_sequences_are_drawn():
    with client_of(drawn_records=2, drawn_length=40) as client:
        page = submit(client, "\n".join([SEQUENCE + "A", SEQUENCE, "XYZ", SEQUENCE, SEQUENCE])).text
    assert [one["class"] for one in Seen(page).of("svg")] == ["bars", "bars", "structure", "bars", "structure", "bars"]


def test_numbers_are_the_same_on_the_page_in_files_and_in_the_api(client):
    expected = example_predictor.ExamplePredictor().predict(read_records(EXAMPLE))
    answer = client.post(f"{API}/predict", json={"fasta": EXAMPLE}).json()
    for prediction, row in zip(answer["predictions"], expected.to_dict("records"), strict=True):
        for location in expected.filter(like="probability_"):
            found = prediction["probabilities"][location.removeprefix("probability_")]
            assert found == row[location]
        assert prediction["training"] is (row["training"] == "yes")
        assert prediction["predicted"] == {one: bool(row[f"predicted_{one}"]) for one in example_predictor.LOCATIONS}
    # The page asks again for its files, with what it holds in a hidden field.
    page = Seen(submit(client, EXAMPLE).text)
    hidden = page.of("input")[0]["value"]
    names = {(one["name"], one["value"]) for one in page.of("button")}
    assert names == {("format", "tsv"), ("format", "json"), ("explain", "1")}
    tsv, again = submit(client, hidden, format="tsv"), submit(client, hidden, format="json")
    table = pd.read_csv(io.StringIO(tsv.text), sep="\t", keep_default_na=False)
    assert table.columns.tolist() == expected.columns.tolist()
    assert table["probability_nucleus"].tolist() == expected["probability_nucleus"].tolist()
    assert again.json() == answer
    assert tsv.headers["content-disposition"] == 'attachment; filename="mmlmirloc.tsv"'
    for share in expected["probability_nucleus"]:
        assert f"{share:.2f}" in page.text


def test_command_call_page_and_api_give_the_same_bits(tmp_path):
    predictor, fasta = Predictor.load(), tmp_path / "given.fa"
    fasta.write_text(EXAMPLE)
    predict_file(fasta, tmp_path / "predictions.tsv")
    called = predictor.predict(read_records(EXAMPLE))
    with client_of(predictor) as client:
        assert submit(client, EXAMPLE, format="tsv").content == (tmp_path / "predictions.tsv").read_bytes()
        answers = client.post(f"{API}/predict", json={"fasta": EXAMPLE}).json()["predictions"]
    for answer, row in zip(answers, called.to_dict("records"), strict=True):
        assert answer["probabilities"] == {name: row[f"probability_{name}"] for name in predictor.locations}
        assert answer["nearest_identity"] == row["nearest_identity"]


def test_batches_make_one_answer():
    records = [f"{'ACGU' * 10}{'A' * number}" for number in range(7)]
    with client_of(batch=3) as parts, client_of(batch=100) as whole:
        assert ask(parts, *records).json() == ask(whole, *records).json()
        tsv = submit(parts, "\n".join(records), format="tsv").text
        assert tsv == submit(whole, "\n".join(records), format="tsv").text and len(tsv.splitlines()) == 8


def test_an_upload_is_read_like_typed_text(client):
    upload = {"file": ("a.fa", b"\xef\xbb\xbf" + EXAMPLE.encode())}
    page = client.post("/predict", files={"sequences": (None, ""), **upload})
    assert page.status_code == 200 and len(Seen(page.text).of("article")) == 3


@pytest.mark.parametrize(
    "content",
    [
        f">caf\u00e9\n{SEQUENCE}\n>b\n{SEQUENCE}\n".encode("cp1252"),
        f">caf\u00e9\n{SEQUENCE}\n>b\n{SEQUENCE}\n".encode("utf-16"),
        gzip.compress(f"caf\u00e9\t{SEQUENCE}\nb\t{SEQUENCE}\n".encode()),
        bz2.compress(f"@caf\u00e9\n{SEQUENCE}\n+\n{'A' * 40}\n@b\n{SEQUENCE}\n+\n{'>' * 40}\n".encode("latin-1")),
    ],
    ids=["cp1252", "UTF-16", "gzip", "bzip2"],
)
def test_an_upload_is_read_as_the_command_reads_a_file(client, tmp_path, content):
    (tmp_path / "given").write_bytes(content)
    expected = example_predictor.ExamplePredictor().predict(open_records(tmp_path / "given"))
    answer = client.post("/predict", files={"file": ("given", content), "format": (None, "json")}).json()
    assert [one["name"] for one in answer["predictions"]] == expected["name"].tolist() == ["caf\u00e9", "b"]
    assert [one["length"] for one in answer["predictions"]] == expected["length"].tolist() == [40, 40]


def test_an_upload_that_grows_without_end_is_refused():
    with client_of(body_bytes=1000, unpacked=10) as client:
        page = client.post("/predict", files={"file": ("a.gz", gzip.compress(b"A" * 10_001))})
    assert page.status_code == 413 and "once it is unpacked" in Seen(page.text).text


BAD = {
    "protein": "MKVLAAGIFEPQLSTNDERHCWYMKVLAAGIFEPQLSTNDE",
    "scaffold": "ACGU" * 300,
    "mature": SEQUENCE[:22],
    "empty": "",
    "invisible": f"{SEQUENCE[:20]}\u200b{SEQUENCE[20:]}",
}


@pytest.mark.parametrize("bad", BAD)
def test_one_bad_record_costs_no_other_on_the_page_and_in_the_api(client, bad):
    text = f">a\n{SEQUENCE}\n>{bad}\n{BAD[bad]}\n>{'long' * 100}\n{'-' * 2000}{SEQUENCE}\n"
    records = [{"name": record.name, "sequence": record.sequence} for record in read_records(text)]
    expected = example_predictor.ExamplePredictor().predict(read_records(text))
    assert expected["status"].tolist() == ["ok", "refused", "ok"]
    for answer in (
        client.post(f"{API}/predict", json={"fasta": text}),
        client.post(f"{API}/predict", json={"records": records}),
        submit(client, text, format="json"),
    ):
        found = answer.json()["predictions"]
        assert [one["remarks"] for one in found] == expected["remarks"].tolist()
        assert [one["status"] for one in found] == expected["status"].tolist()
    assert Seen(submit(client, text).text).text.count("Refused:") == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("LOCUS       X1 72 bp RNA\nORIGIN\n", "This is GenBank"),
        ("# STOCKHOLM 1.0\n", "This is a Stockholm alignment"),
        (f"a\t{SEQUENCE}\t{SEQUENCE}A", "all hold sequences"),
    ],
)
def test_other_formats_are_named_on_the_page_and_in_the_api(client, text, words):
    answer = client.post(f"{API}/predict", json={"fasta": text})
    assert_is_problem(answer, 422)
    assert words in answer.json()["message"] and "What to do" in answer.json()["hint"]
    assert SEQUENCE not in answer.text and words in Seen(submit(client, text).text).text


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"file": ("a.xlsx", b"PK\x03\x04[Content_Types].xml PK\x03\x04xl/workbook.xml")}, "an Excel spreadsheet"),
        ({"sequences": (None, " \n")}, "There is no sequence"),
        ({"file": ("a.gz", b"\x1f\x8b\xff\xff")}, "The file cannot be read"),
        ({"sequences": (None, "ACGU"), "file": ("a.fa", b"ACGU")}, "both typed sequences and a file"),
        ({"sequences": ("a.fa", b"ACGU")}, "The form cannot be read"),
    ],
)
def test_an_unusable_form_is_shown_again_with_what_is_wrong(client, files, words):
    page = client.post("/predict", files=files)
    seen = Seen(page.text)
    assert page.status_code == 422 and words in seen.text
    (alert,) = [one for _, one in seen.elements if one.get("role") == "alert"]
    assert alert["id"] in seen.of("textarea")[0]["aria-describedby"].split()


def test_a_refused_form_keeps_what_was_typed():
    with client_of(records=1) as client:
        page = submit(client, ">a <&\nACGU\n>b\nACGU\n")
    assert page.status_code == 413
    assert unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.S)[1]) == ">a <&\nACGU\n>b\nACGU\n"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded; charset=punycode", ""])
def test_other_bodies_than_the_form_are_refused(client, kind):
    answer = client.post("/predict", content=b"sequences=ACGU", headers={"Content-Type": kind})
    assert answer.status_code == 415


@pytest.mark.parametrize("body", [b"", b"--x\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\nACGU\r\n--x--\r\n"])
def test_a_broken_form_is_refused(client, body):
    answer = client.post("/predict", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 422


@QUICK
@given(name=TEXT, sequence=TEXT)
def test_what_is_typed_is_shown_and_not_obeyed(client, name, sequence):
    for text in (
        f">{name}\n{sequence}\n>{name}<script>\n{SEQUENCE}\n",
        f">{name}<img/src=x/onerror=y>\n{SEQUENCE}\n{sequence}",
    ):
        seen = Seen(submit(client, text).text)
        assert {tag for tag, _ in seen.elements} <= TAGS
        assert not [one for _, one in seen.elements if any(key.startswith("on") or key == "style" for key in one)]
        assert not [one for _, one in seen.elements if "src" in one]


def test_a_name_with_html_is_text_wherever_it_stands(client):
    name = '"><script>alert(1)</script>&amp;'
    seen = Seen(submit(client, f">{name}\n{SEQUENCE}\n").text)
    assert {tag for tag, _ in seen.elements} <= TAGS
    # The table, the heading and the button.
    assert seen.text.count(name) == 3
    assert all(name in one["aria-label"] for one in seen.of("svg")) and len(seen.of("svg")) == 2


def test_the_model_card_is_shown_whole(client):
    words = " ".join(Seen(client.get("/about").text).text.split())
    for part in ("this is an example, not a model", "macro auc", "0.5", "[0.4, 0.6]", "predicts nothing", "0000"):
        assert part in words.replace("macro_auc", "macro auc"), part
    assert client.get(f"{API}/model").json() == example_predictor.ExamplePredictor.card


def test_scores_stand_beside_those_of_the_reference_the_models_own_first():
    model = example_predictor.ExamplePredictor()

    def score(label, mean):
        return {
            "protocol": "matched",
            "label": label,
            "metric": "auc_macro",
            "mean": mean,
            "ci_low": 0.4,
            "ci_high": 0.7,
        }

    model.card = {"name": "ours", "note": "", "scores": [score("era", 0.68), score("ours", 0.6)], "seed": 3}
    with client_of(model) as client:
        words = " ".join(re.sub("<[^>]*>", " ", client.get("/about").text).split())
    assert "Protocol Metric ours era matched auc macro 0.600 [0.400, 0.700] 0.680 [0.400, 0.700]" in words
    assert "seed 3" in words and " note " not in words and "ci high" not in words


def test_a_score_without_an_interval_is_shown_alone():
    model = example_predictor.ExamplePredictor()
    alone = {
        "protocol": "temporal",
        "label": "ours",
        "metric": "accuracy",
        "mean": 0.4,
        "ci_low": None,
        "ci_high": None,
    }
    nothing = {**alone, "protocol": "locus", "mean": None}
    model.card = {"name": "ours", "note": "", "scores": [alone, nothing], "seed": 3}
    with client_of(model) as client:
        words = " ".join(re.sub("<[^>]*>", " ", client.get("/about").text).split())
    assert "Protocol Metric ours temporal accuracy 0.400 locus accuracy –" in words


def test_a_card_with_numbers_that_json_lacks():
    odd = example_predictor.ExamplePredictor()
    odd.card = {"name": "odd", "scores": [{"value": float("nan")}, {"value": float("inf")}], "seed": 3}
    with client_of(odd) as client:
        assert client.get(f"{API}/model").json()["scores"] == [{"value": None}, {"value": None}]
        assert client.get("/about").status_code == 200


def test_text_and_edges_have_contrast():
    named = dict(re.findall(r"--(\w+): (#\w+)", (TEMPLATES / "style.css").read_text()))
    for text, ground in [("ink", "#fff"), ("soft", "#fff"), ("link", "#fff"), ("yes", "#fff"), ("warn", "#fdf3ec"),
                         ("ink", "#fdf3ec"), ("soft", named["pale"]), ("link", named["pale"])]:  # fmt: skip
        assert contrast(named[text], ground) >= 4.5, (text, ground)
    assert contrast("#767676", "#ffffff") >= 3
    assert all(contrast("#000", colour) >= 7 for colour in NUCLEOTIDES.values())


def contrast(*colours):
    """The contrast of WCAG 2, worked out anew."""
    luminances = []
    for colour in colours:
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        luminances.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(luminances) + 0.05) / (min(luminances) + 0.05)


def test_the_source_is_handed_out(client):
    with tarfile.open(fileobj=io.BytesIO(client.get("/source.tar.gz").content)) as archive:
        names = archive.getnames()
        text = archive.extractfile("mmlmirloc/scripts/mmlmirloc/serving/app.py").read()
    assert text == Path(sys.modules["mmlmirloc.serving.app"].__file__).read_bytes()
    assert "mmlmirloc/LICENSE" in names and "mmlmirloc/scripts/mmlmirloc/serving/templates/base.html" in names


# The API


def assert_is_problem(answer, status):
    assert answer.status_code == status and answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"status", "message", "hint", "request"} and answer.json()["status"] == status


@QUICK
@given(body=st.binary(max_size=200))
def test_any_bytes_get_a_clear_answer(client, body):
    assert_is_problem(client.post(f"{API}/predict", content=body, headers={"Content-Type": "application/json"}), 422)


RECORD = st.fixed_dictionaries({"sequence": TEXT}, optional={"name": TEXT})
QUESTION = st.one_of(
    st.fixed_dictionaries({"records": st.lists(RECORD, min_size=1, max_size=5)}),
    st.fixed_dictionaries({"fasta": TEXT}),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(SEQUENCE),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["records", "fasta", "name", "sequence", "other"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@QUICK
@given(question=st.one_of(QUESTION, ANYTHING))
def test_any_json_gets_predictions_or_a_clear_answer(client, question):
    body = json.dumps(question).encode()
    answer = client.post(f"{API}/predict", content=body, headers={"Content-Type": "application/json"})
    if answer.status_code != 200:
        assert_is_problem(answer, 422)
        assert SEQUENCE not in answer.text
        return
    assert_described(client, answer.json(), "Answer")
    if "fasta" not in question or question["fasta"] is None:
        names = [one.get("name") or f"sequence_{number}" for number, one in enumerate(question["records"], start=1)]
        assert [one["name"] for one in answer.json()["predictions"]] == names


def assert_described(client, value, schema):
    """Check ``value`` against what /openapi.json says."""
    import jsonschema

    components = client.get("/openapi.json").json()["components"]
    checker = jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{schema}", "components": components})
    checker.validate(value)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, ""),
        ({"records": [], "fasta": None}, "records"),
        ({"records": [{"sequence": "ACGU"}], "fasta": "ACGU"}, ""),
        ({"records": [{"sequence": "ACGU"}, {"sequence": 5}]}, "records.1.sequence"),
        ({"records": [{"sequence": "ACGU", SEQUENCE: 1}]}, "records.0.?"),
    ],
)
def test_what_is_wrong_is_named_and_not_quoted(client, body, place):
    answer = client.post(f"{API}/predict", json=body)
    assert_is_problem(answer, 422)
    assert place in answer.json()["message"] and SEQUENCE not in answer.text


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"fasta": "\\ud800"}', b'{"fasta": ' + b"1" * 5000 + b"}"])
def test_traps_for_readers_of_json(client, body):
    assert_is_problem(client.post(f"{API}/predict", content=body, headers={"Content-Type": "application/json"}), 422)


def test_the_description_and_its_page_agree_with_the_application(client):
    described = client.get("/openapi.json").json()
    assert set(described["paths"]) == {
        *(f"{API}/{name}" for name in ("predict", "explain", "compare", "model")),
        "/health",
    }
    assert_described(client, {"fasta": "ACGU"}, "Question")
    assert_described(client, client.get("/health").json(), "Health")
    assert_described(client, client.get(f"{API}/nothing").json(), "Problem")
    seen = Seen(client.get("/api").text)
    assert all(path in seen.text for path in described["paths"])
    targets = {one["href"] for one in seen.of("a") if one["href"].startswith("#schema-")}
    assert targets == {
        f"#schema-{name}"
        for name in (
            "Answer",
            "Explanation",
            "Base",
            "Problem",
            "Question",
            "Record",
            "Prediction",
            "Known",
            "Health",
            "Comparison",
            "Change",
            "Changes",
        )
    }
    assert targets <= {f"#{one['id']}" for one in seen.of("section") if "id" in one}
    # The command that it shows works.
    (command,) = re.findall(r"-d '(.*)'", unescape(client.get("/api").text))
    assert client.post(f"{API}/predict", json=json.loads(command)).json()["predictions"][0]["name"] == "mine"


def test_other_addresses_and_methods(client):
    assert_is_problem(client.get(f"{API}/nothing"), 404)
    assert_is_problem(client.get(f"{API}/predict"), 405)
    assert client.get(f"{API}/predict").headers["allow"] == "POST"
    assert client.delete("/").status_code == 405
    assert client.head("/").status_code == 200 and client.head("/").content == b""
    for path in ("/health", f"{API}/model", "/openapi.json", "/about", "/api", "/style.css", "/source.tar.gz"):
        answer = client.head(path)
        assert (answer.status_code, answer.content) == (200, b""), path
        assert answer.headers["content-type"] == client.get(path).headers["content-type"]
    again = client.get("/predict", follow_redirects=False)
    assert (again.status_code, again.headers["location"]) == (303, "./")
    for framework_page in ("/docs", "/redoc"):
        assert client.get(framework_page).status_code == 404
    assert_is_problem(client.post(f"{API}/predict", content=b"{}", headers={"Content-Type": "text/plain"}), 415)


@pytest.mark.parametrize("path", ["/about/", "/api/", "/health/", f"{API}/model/", f"{API}/predict/"])
def test_redirects_name_no_host_and_no_prefix(client, path):
    headers = {"Host": "inner:8000", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/mirloc"}
    answer = client.get(path, headers=headers, follow_redirects=False)
    assert answer.status_code == 307
    # As a browser resolves it, below whatever path the proxy shows the page.
    for shown in ("https://example.org", "https://example.org/mirloc"):
        assert urljoin(f"{shown}{path}", answer.headers["location"]) == f"{shown}{path[:-1]}"
    for other in ("/nothing/", "/about//", "http://testserver//example.org/"):
        answer = client.get(other, follow_redirects=False)
        assert answer.status_code == 404 and "location" not in answer.headers


@pytest.mark.parametrize("strips", [True, False])
def test_a_page_below_a_path_of_a_proxy(lines, strips):
    application = create_app(example_predictor.ExamplePredictor(), root_path="/mirloc")
    with TestClient(application) as client:
        before = "" if strips else "/mirloc"
        assert client.get(f"{before}/about").status_code == client.head(f"{before}/health").status_code == 200
        assert client.get(f"{before}/style.css").headers["content-type"].startswith("text/css")
        answer = client.post(f"{before}{API}/predict", json={"fasta": SEQUENCE})
        assert answer.status_code == 200 and len(answer.json()["predictions"]) == 1
        assert_is_problem(client.get(f"{before}{API}/nothing"), 404)
        described = client.get(f"{before}/openapi.json").json()
    # Relative to the description itself.
    assert described["servers"] == [{"url": "."}]
    assert {line["path"] for line in lines()} == {
        "/about", "/health", "/style.css", f"{API}/predict", "other", "/openapi.json"
    }  # fmt: skip


# Explaining


def explained(client, *sequences):
    records = [{"name": "a", "sequence": one} for one in sequences]
    return client.post(f"{API}/explain", json={"records": records})


def test_attributions_by_hand():
    # Of 40 bases, 10 are G. Another base in place of one leaves 9; in place of each other base, one change of three
    # makes 11: the mean is (10 + 10 + 11) / 3.
    table = attributions(CountingPredictor().predict, example_predictor.LOCATIONS, "a", SEQUENCE)
    found = table.pivot(index="position", columns="location", values="attribution")
    assert found.index.tolist() == list(range(1, 41))
    assert found["nucleus"].tolist() == pytest.approx([-1 / 120, -1 / 120, 1 / 40, -1 / 120] * 10)
    assert found["exosome"].tolist() == pytest.approx([-1 / 120, 1 / 40, -1 / 120, -1 / 120] * 10)
    assert (found[["cytoplasm", "microvesicle"]] == 0).all(axis=None)
    one = table[table["location"] == "nucleus"]
    assert "".join(one["base"]) == SEQUENCE and "".join(one["structure"]) == dot_bracket(SEQUENCE)
    assert set(one["probability"]) == {0.25} and set(table["name"]) == {"a"}


def test_attributions_are_the_same_in_the_api_and_in_files(client):
    predictor, sequence = example_predictor.ExamplePredictor(), example_predictor.TRAINING
    expected = attributions(predictor.predict, predictor.locations, "mine", sequence)
    text = f">mine\n{sequence}\n"
    answer = client.post(f"{API}/explain", json={"fasta": text}).json()
    assert_described(client, answer, "Explanation")
    assert [one["position"] for one in answer["bases"]] == list(range(1, len(sequence) + 1))
    assert "".join(one["base"] for one in answer["bases"]) == sequence
    assert "".join(one["structure"] for one in answer["bases"]) == dot_bracket(sequence)
    told = [one["attributions"][location] for one in answer["bases"] for location in predictor.locations]
    assert told == expected["attribution"].tolist()
    assert answer["prediction"] == ask(client, sequence).json()["predictions"][0] | {"name": "mine"}
    tsv, again = (submit(client, text, explain="1", format=kind) for kind in ("tsv", "json"))
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(tsv.text), sep="\t"), expected, check_exact=True)
    assert again.json() == answer
    assert tsv.headers["content-disposition"] == 'attachment; filename="mmlmirloc.attributions.tsv"'


def test_dna_and_gaps_are_explained_as_they_are_predicted(client):
    as_typed = explained(client, f" {SEQUENCE[:8].lower()}-{SEQUENCE[8:].replace('U', 'T')}").json()
    assert as_typed["bases"] == explained(client, SEQUENCE).json()["bases"]
    assert "DNA" in as_typed["prediction"]["remarks"]


def test_a_button_beside_each_structure_asks_which_bases_matter():
    with client_of(CountingPredictor()) as client:
        long, unknown = "ACGU" * 38, f"{SEQUENCE}NA"
        page = submit(client, f">first\n{SEQUENCE}\n>bad\nXYZ\n>long\n{long}\n>odd\n{unknown}\n>last\n{SEQUENCE}A\n")
        sent = sending(page.text, "explain")
        assert [fields["sequences"] for fields in sent] == [f">first\n{SEQUENCE}\n", f">last\n{SEQUENCE}A\n"]
        assert page.text.count('class="structure"') == 4
        answer = send(client, sent[1])
    seen = Seen(answer.text)
    words = " ".join(seen.text.split())
    assert [one["id"] for one in seen.of("article")] == ["sequence-1"] and not sending(answer.text, "explain")
    assert [one["class"] for one in seen.of("svg")] == ["bars", "legend", *["structure"] * 4]
    assert "Which bases of last matter" in words and "123 changed sequences" in words
    assert "explains the model, not biology" in words and "trained on this very hairpin" not in words
    # A share of 10 / 41, less that of 9 / 41; the largest, and the same in all pictures.
    assert "Darkest: ±0.024, the largest of all 4 pictures" in words
    assert "Matter most: G3 +0.024, G7 +0.024, G11 +0.024, G15 +0.024, G19 +0.024" in words
    assert words.count("Matter most: none") == 2
    pictures = [one["aria-label"] for one in seen.of("svg")][2:]
    assert "adds to exosome; those that matter most: C2\N{NO-BREAK SPACE}+0.024" in pictures[1]
    rows = re.findall(r"<tr>(.*?)</tr>", answer.text.split("All attributions as a table")[1], re.S)[1:]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows]
    assert len(cells) == 41 and cells[2][:2] == ["3", "G"]
    assert cells[2][3:] == ["+0.024", "−0.008", "+0.000", "+0.000"]
    # The forms of the page give the same as files, without scripts.
    with client_of(CountingPredictor()) as client:
        files = [send(client, fields) for fields in sending(answer.text, "format") if "explain" in fields]
    assert [one.headers["content-type"].partition(";")[0] for one in files] == [
        "text/tab-separated-values",
        "application/json",
    ]


def sending(page, button):
    """What each form with a button of this name sends, once per button."""
    found = []
    for form in re.findall(r"<form.*?</form>", page, re.S):
        seen = Seen(form)
        hidden = {one["name"]: one["value"] for one in seen.of("input")}
        found += [hidden | {button: one["value"]} for one in seen.of("button") if one.get("name") == button]
    return found


def test_a_training_row_is_told_beside_its_attributions(client):
    words = " ".join(Seen(submit(client, example_predictor.TRAINING, explain="1").text).text.split())
    assert "The model was trained on this very hairpin" in words


@pytest.mark.parametrize(
    ("sequences", "words"),
    [
        ([SEQUENCE, SEQUENCE], "One sequence can be explained at a time, and there are 2"),
        (["ACGU" * 15 + "A"], "it has 61 letters, and at most 60 are allowed"),
        ([f"{SEQUENCE}N"], "bases that are not known"),
        (["ACGU"], "it was refused"),
        ([f"{SEQUENCE}Z"], "it was refused"),
    ],
)
@pytest.mark.parametrize("limits", [{"explained_length": 60}, {"drawn_length": 60}])
def test_what_cannot_be_explained_is_refused_with_words(sequences, words, limits):
    with client_of(CountingPredictor(), **limits) as client:
        answer = explained(client, *sequences)
        assert_is_problem(answer, 422)
        assert words in answer.json()["message"] and SEQUENCE not in answer.text
        for kind in ("page", "tsv"):
            page = submit(client, "\n".join(sequences), explain="1", format=kind)
            assert page.status_code == 422 and words in Seen(page.text).text
            assert Seen(page.text).of("textarea")
        assert explained(client, "ACGU" * 15).status_code == 200


def test_more_than_one_sequence_is_refused_before_any_is_predicted():
    predictor = CountingPredictor()
    with client_of(predictor) as client:
        assert_is_problem(explained(client, SEQUENCE, SEQUENCE), 422)
    assert predictor.asked == []


@pytest.mark.parametrize(("silent", "words"), [(SEQUENCE, "no numbers for it"), (f"C{SEQUENCE[1:]}", "its changes")])
def test_a_model_without_numbers_is_not_explained(silent, words):
    class Silent(example_predictor.ExamplePredictor):
        def row(self, name, cleaned):
            row = super().row(name, cleaned)
            return row | {"probability_nucleus": np.nan} if cleaned.sequence == silent else row

    with client_of(Silent()) as client:
        answer = explained(client, SEQUENCE)
        assert_is_problem(answer, 422)
        assert answer.json()["message"].endswith(words)
        assert submit(client, SEQUENCE, explain="1").status_code == 422
        # A button is shown as far as can be known beforehand.
        assert bool(sending(submit(client, SEQUENCE).text, "explain")) == (silent != SEQUENCE)


def test_limits_hold_for_explaining():
    with client_of(sequence_length=50) as client:
        assert_is_problem(explained(client, "ACGU" * 13), 422)
    predictor = GatedPredictor()
    with client_of(predictor, seconds=0.05) as client:
        assert_is_problem(explained(client, SEQUENCE), 413)
        predictor.gate.set()


def test_a_sequence_is_explained_in_batches_until_nobody_waits():
    stop, predictor, limits = threading.Event(), CountingPredictor(), Limits(batch=50)
    whole = explain(predictor, [Record("a", SEQUENCE)], limits, stop)
    # The sequence by itself, and with its 120 changes.
    assert predictor.asked == [1, 50, 50, 21]
    assert whole.numbers() == {"records": 1, "letters": 40, "refused": 0, "explained": 40}

    class Impatient(CountingPredictor):
        def predict(self, records):
            if len(self.asked) == 2:
                stop.set()
            return super().predict(records)

    impatient = Impatient()
    with pytest.raises(Stopped):
        explain(impatient, [Record("a", SEQUENCE)], limits, stop)
    assert impatient.asked == [1, 50, 50]


def remember(sequence):
    """Have the library hash the words of a sequence, as it does for each that is predicted."""
    minhash.sketches([sequence], 9, 24)


def remembered(sequence):
    """Whether the hashes of its words are still there, so that none is made anew."""
    with pytest.MonkeyPatch.context() as patched:
        made = []
        patched.setattr(minhash, "hash64", lambda text: made.append(text) or 0)
        remember(sequence)
    minhash.forget()
    return not made


def test_words_are_remembered_until_they_are_forgotten():
    remember(SEQUENCE)
    assert remembered(SEQUENCE) and not remembered(SEQUENCE)


def test_of_an_explained_sequence_nothing_is_logged_or_remembered(client, lines):
    remember(SEQUENCE)
    explained(client, SEQUENCE)
    submit(client, f">secret-name\n{SEQUENCE}\n", explain="1")
    assert not remembered(SEQUENCE)
    first, second = lines()
    assert (first["path"], first["explained"], first["records"]) == (f"{API}/explain", 40, 1)
    assert (second["path"], second["explained"]) == ("/predict", 40)
    assert not re.search("secret|ACGU", json.dumps(lines()))


def test_the_name_of_an_explained_sequence_is_text(client):
    name = '"><img/src=x/onerror=y><script>&amp;'
    (sent,) = sending(submit(client, f">{name}\n{SEQUENCE}\n").text, "explain")
    seen = Seen(send(client, sent).text)
    assert {tag for tag, _ in seen.elements} <= TAGS and not [one for _, one in seen.elements if "src" in one]
    assert seen.text.count(name) == 3 and all(name in one["aria-label"] for one in seen.of("svg")[2:])


def test_those_that_matter_most_come_first():
    values = [0.1, -0.3, 0.0, 0.3, 0.2, -0.05, 0.01]
    bases = [
        {"position": place, "base": base, "attributions": {"nucleus": value}}
        for place, (base, value) in enumerate(zip("ACGUACG", values), start=1)
    ]
    expected = [(2, "C", -0.3), (4, "U", 0.3), (5, "A", 0.2), (1, "A", 0.1), (6, "C", -0.05)]
    assert most_important(bases, "nucleus") == expected
    assert most_important(bases[2:3], "nucleus") == []


def channels(colour):
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])


def test_colours_are_white_at_nothing_and_equally_strong_on_both_sides():
    blue, orange = channels(shade(-0.2, 0.2)), channels(shade(0.2, 0.2))
    assert blue[2] > blue[0] and orange[0] > orange[2]
    for step in range(STEPS + 1):
        for most in (0.2, 1e-6):
            for end, sign in ((blue, -1), (orange, 1)):
                mixed = 255 - (255 - end) * step / STEPS
                assert channels(shade(sign * most * step / STEPS, most)) == pytest.approx(mixed, abs=0.51)
    assert shade(0.0, 0.2) == shade(0.0, 0.0) == "#ffffff"


def test_letters_can_be_read_on_every_shade_and_the_two_sides_told_apart():
    # Of Machado, Oliveira and Fernandes 2009: protanopia, deuteranopia, tritanopia, in linear light.
    kinds = [
        [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
        [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
        [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
    ]
    for step in range(-STEPS, STEPS + 1):
        colour = shade(step, STEPS)
        (ink,) = {
            one.get("fill")
            for one in ElementTree.fromstring(structure("a", "A", ".", [colour])).iter(
                "{http://www.w3.org/2000/svg}text"
            )
            if one.text == "A"
        }
        assert contrast({"black": "#000000", "white": "#ffffff"}[ink], colour) >= 4.5, colour
    ends = [(channels(shade(sign, 1)) / 255) ** 2.2 for sign in (-1, 1)]
    for kind in kinds:
        seen = [np.clip(np.array(kind) @ end, 0, 1) ** (1 / 2.2) for end in ends]
        assert np.abs(seen[0] - seen[1]).max() > 0.4


def test_dots_have_the_colours_of_their_bases():
    sequence, brackets = "GGGAAAUCCC", "(((....)))"
    colours = [shade(value, 4) for value in [-4, -4, 0, 1, 2, 3, 4, 0, 0, 1]]
    picture = ElementTree.fromstring(structure("a", sequence, brackets, colours, "Said & done"))
    assert picture.get("aria-label").endswith("3 base pairs. Said & done")
    plain = structure("a", sequence, brackets)
    paths = [one for one in picture.iter("{http://www.w3.org/2000/svg}path") if one.get("stroke-width") == "10.5"]
    found = {one.get("stroke"): one.get("d").split("M")[1:] for one in paths}
    places = re.findall(r"M([^M]*h0)", re.search(r'<path d="([^"]*)" stroke="#767676" stroke-width', plain)[1])
    assert len(places) == 10
    for colour in set(colours):
        assert found[colour] == [place for place, one in zip(places, colours, strict=True) if one == colour]
    with pytest.raises(ValueError, match="length"):
        structure("a", sequence, brackets, colours[1:])


def test_the_legend_has_all_shades_and_numbers():
    picture = ElementTree.fromstring(legend(0.1234))
    fills = [one.get("fill") for one in picture.iter("{http://www.w3.org/2000/svg}rect")]
    assert fills[:-1] == [shade(step, STEPS) for step in range(-STEPS, STEPS + 1)]
    assert [one.text for one in picture.iter("{http://www.w3.org/2000/svg}text")] == ["−0.123", "0", "+0.123"]
    assert picture.get("aria-label") == "Colours: blue −0.123, white 0, orange +0.123"


# Limits


def test_too_many_records_are_refused_and_too_long_ones_alone():
    limits = Limits(records=3, sequence_length=50)
    # Gaps are no bases, and a name may be as long as it likes.
    records = [Record("a" * 1000, SEQUENCE), Record("gapped", "-" * 60 + SEQUENCE), Record("long", "ACGU" * 13)]
    found = within(records, limits)
    assert found[:2] == records[:2]
    assert clean_record(found[2]) == ("", ("refused: 52 bases; this server takes at most 50",))
    with pytest.raises(Refusal, match="4 sequences are too many: at most 3") as caught:
        within([*records, records[0]], limits)
    assert caught.value.status == 413 and caught.value.hint


def test_limits_hold_for_the_page_and_the_api():
    with client_of(records=1) as client:
        assert_is_problem(ask(client, SEQUENCE, SEQUENCE), 413)
        assert submit(client, f"{SEQUENCE}\n{SEQUENCE}").status_code == 413
        assert ask(client, SEQUENCE).status_code == 200


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize(("size", "status"), [(1000, 422), (1001, 413), (50_000, 413)])
def test_the_size_of_a_body(declared, size, status):
    body = b"x" * size
    sent = body if declared else (body[at : at + 300] for at in range(0, size, 300))
    with client_of(body_bytes=1000) as client:
        answer = client.post(f"{API}/predict", content=sent, headers={"Content-Type": "application/json"})
        assert_is_problem(answer, status)


def test_what_is_far_too_large_is_not_read():
    def endless():
        for number in range(100_000):
            yield b"x" * 1000
            sent.append(number)

    sent, scope = [], {"type": "http", "method": "POST", "path": "/predict", "query_string": b"", "headers": []}
    chunks, answers = endless(), []

    async def receive():
        return {"type": "http.request", "body": next(chunks), "more_body": True}

    async def send(message):
        answers.append(message)

    asyncio.run(create_app(example_predictor.ExamplePredictor(), Limits(body_bytes=1000))(scope, receive, send))
    assert answers[0]["status"] == 413 and len(sent) <= 11


def test_a_body_that_does_not_arrive():
    scope = {"type": "http", "method": "POST", "path": "/predict", "query_string": b"", "headers": []}
    answers = []

    async def receive():
        await asyncio.Event().wait()

    async def send(message):
        answers.append(message)

    asyncio.run(create_app(example_predictor.ExamplePredictor(), Limits(body_seconds=0.01))(scope, receive, send))
    assert answers[0]["status"] == 408 and (b"connection", b"close") in answers[0]["headers"]


def test_a_prediction_that_takes_too_long():
    predictor = GatedPredictor()
    with client_of(predictor, seconds=0.05, batch=1) as client:
        answer = ask(client, SEQUENCE, SEQUENCE)
        assert_is_problem(answer, 413)
        assert "longer than 0.05 seconds" in answer.json()["message"]
        predictor.gate.set()


def test_nothing_is_begun_for_a_request_that_nobody_waits_for():
    stop, asked = threading.Event(), []

    class Impatient(example_predictor.ExamplePredictor):
        def predict(self, records):
            asked.extend(records)
            stop.set()
            return super().predict(records)

    records, limits = [Record("a", SEQUENCE), Record("b", SEQUENCE)], Limits(batch=1)
    with pytest.raises(Stopped):
        predict(Impatient(), records, limits, stop)
    assert asked == records[:1]
    answered = predict(example_predictor.ExamplePredictor(), records, limits, threading.Event())
    with pytest.raises(Stopped):
        drawable(answered, answered.predictions, limits, stop)


@pytest.mark.parametrize("form", ["page", "json"])
def test_a_full_server_says_when_to_come_back(form):
    predictor = GatedPredictor()
    with client_of(predictor, queue=0, retry_after=7) as client, ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, client, SEQUENCE)
        assert predictor.entered.wait(60)
        answer = submit(client, SEQUENCE) if form == "page" else ask(client, SEQUENCE)
        # Pages and health do not wait for predictions.
        assert client.get("/about").status_code == client.get("/health").status_code == 200
        predictor.gate.set()
        assert first.result(60).status_code == 200
        assert answer.status_code == 503 and answer.headers["retry-after"] == "7"
        if form == "page":
            assert SEQUENCE in Seen(answer.text).text and "The server is busy" in answer.text
        assert ask(client, SEQUENCE).status_code == 200


def test_more_requests_than_allowed_at_a_time_are_refused():
    predictor = GatedPredictor()
    with client_of(predictor, requests=1) as client, ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, client, SEQUENCE)
        assert predictor.entered.wait(60)
        answer = client.get("/health")
        predictor.gate.set()
        assert first.result(60).status_code == 200
        assert_is_problem(answer, 503)
        assert answer.headers["retry-after"] and client.get("/health").status_code == 200


def test_a_queue_gives_places_back_whatever_happens():
    gate = threading.Event()

    def failing(stop):
        raise KeyError

    async def story():
        queue = Queue(workers=1, waiting=1, seconds=60, wait=60)
        running = asyncio.create_task(queue.run(lambda stop: gate.wait(60)))
        waiting = asyncio.create_task(queue.run(lambda stop: "second"))
        await asyncio.sleep(0)
        with pytest.raises(Full):
            await queue.run(lambda stop: "third")
        gate.set()
        assert await running and await waiting == "second"
        for _ in range(5):
            with pytest.raises(KeyError):
                await queue.run(failing)
        assert await queue.run(lambda stop: "after") == "after"
        queue.close()
        with pytest.raises(Full):
            await queue.run(lambda stop: "closed")

    asyncio.run(story())


def test_work_that_ran_out_of_time_keeps_its_place_until_it_ends():
    gate, stopped = threading.Event(), []

    def stuck(stop):
        gate.wait(60)
        stopped.append(stop.is_set())

    async def story():
        queue = Queue(workers=1, waiting=1, seconds=0.05, wait=0.05)
        with pytest.raises(OutOfTime):
            await queue.run(stuck)
        # It waits in vain, gives up its place, and was never begun.
        with pytest.raises(Full):
            await queue.run(lambda stop: stopped.append("never"))
        assert queue._taken == 1
        gate.set()
        queue._executor.shutdown(wait=True)
        assert queue._taken == 0 and stopped == [True]

    asyncio.run(story())


def test_a_load_keeps_to_its_bounds():
    """Forty visitors at once, over real sockets: as many are let in as there are places, the others are told so."""
    predictor, limits = GatedPredictor(), Limits(workers=2, queue=3, seconds=60, wait=60)
    body = json.dumps({"records": [{"name": "a", "sequence": SEQUENCE}]})
    refused = threading.Semaphore(0)

    def visit(address):
        answer = over_socket(address, "POST", f"{API}/predict", body)
        if answer.status != 200:
            refused.release()
        return answer

    with served(create_app(predictor, limits)) as address, ThreadPoolExecutor(40) as pool:
        visits = [pool.submit(visit, address) for _ in range(40)]
        # Those for whom there is no place are answered while the others wait.
        assert all(refused.acquire(timeout=60) for _ in range(35))
        assert over_socket(address, "GET", "/health").status == 200
        predictor.gate.set()
        answers = [visit.result(60) for visit in visits]
        statuses = [answer.status for answer in answers]
        assert statuses.count(200) == 5 and statuses.count(503) == 35
        assert all(answer.getheader("Retry-After") == "10" for answer in answers if answer.status == 503)
        assert predictor.most == 2
        assert over_socket(address, "POST", f"{API}/predict", body).status == 200


def test_thirty_visitors_at_once_are_all_served():
    body = json.dumps({"records": [{"name": "a", "sequence": SEQUENCE}]})
    predictor = GatedPredictor()
    with served(create_app(predictor)) as address, ThreadPoolExecutor(30) as pool:
        visits = [pool.submit(over_socket, address, "POST", f"{API}/predict", body) for _ in range(30)]
        # All but the first wait for their turn.
        assert predictor.entered.wait(60)
        predictor.gate.set()
        assert [visit.result(60).status for visit in visits] == [200] * 30
        assert predictor.most == 1


def test_who_waits_too_long_is_told_so_and_was_not_begun():
    predictor = GatedPredictor()
    with client_of(predictor, wait=0.05, seconds=60) as client, ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, client, SEQUENCE)
        assert predictor.entered.wait(60)
        assert_is_problem(ask(client, SEQUENCE), 503)
        predictor.gate.set()
        assert first.result(60).status_code == 200 and predictor.most == 1


def over_socket(address, method, path, body=None):
    from http.client import HTTPConnection

    connection = HTTPConnection(address.removeprefix("http://"), timeout=60)
    connection.request(method, path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


# Headers and logs


@pytest.mark.parametrize("path", ["/", "/style.css", "/health", f"{API}/nothing", "/nothing", "/openapi.json"])
def test_security_headers_are_everywhere(client, path):
    headers = client.get(path).headers
    assert {name: headers[name] for name in HEADERS} == HEADERS
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'" and "script-src" not in policy
    assert headers["cache-control"] == ("public, max-age=3600" if path == "/style.css" else "no-store")


@pytest.mark.parametrize("path", ["/predict", f"{API}/predict"])
def test_a_defect_is_answered_and_logged_without_what_was_sent(lines, path):
    with client_of(DefectivePredictor()) as client:
        answer = submit(client, SEQUENCE) if path == "/predict" else ask(client, SEQUENCE)
    assert answer.status_code == 500 and {name: answer.headers[name] for name in HEADERS} == HEADERS
    defect, request = lines()
    assert defect["event"] == "defect" and defect["exception"]["type"] == "RuntimeError"
    assert any(" predict" in frame for frame in defect["exception"]["frames"])
    assert defect["request"] == request["request"] == answer.headers["x-request-id"]
    assert request["request"] in answer.text and request["status"] == 500
    assert SEQUENCE not in json.dumps(lines()) and SEQUENCE not in answer.text


def test_a_line_tells_how_much_and_not_what(client, lines):
    ask(client, SEQUENCE, "secretXYZ")
    submit(client, f">secret-name\n{SEQUENCE}\n")
    client.get(f"/{SEQUENCE}?q={SEQUENCE}", headers={"User-Agent": "secret", "Referer": "http://secret"})
    client.request("SECRET", "/")
    first, second, third, fourth = lines()
    assert (first["records"], first["letters"], first["refused"], first["status"]) == (2, 49, 1, 200)
    assert (second["path"], second["records"]) == ("/predict", 1)
    assert (third["path"], third["status"]) == ("other", 404) and fourth["method"] == "other"
    assert all(line["event"] == "request" and line["level"] == "info" and line["time"] for line in lines())
    assert not re.search("secret|ACGU|testclient", json.dumps(lines()), re.I)


def test_uploads_are_not_spooled_to_disk(client, monkeypatch):
    import tempfile

    opened = []
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda *_, **__: opened.append(1) or io.BytesIO())
    with client_of(body_bytes=3_000_000, sequence_length=3_000_000) as large:
        upload = {"file": ("a.fa", b"A" * 2_000_000)}
        assert large.post("/predict", files=upload, data={"format": "json"}).status_code == 200
    assert not opened


def test_no_sequence_is_remembered(client):
    for text, form in [(EXAMPLE, "page"), (EXAMPLE, "json"), ("", "page")]:
        remember(SEQUENCE)
        submit(client, text, format=form)
        assert not remembered(SEQUENCE)


# Without ViennaRNA


@pytest.fixture
def without_fold(monkeypatch):
    """As where ViennaRNA is not installed."""
    monkeypatch.setattr(folding, "find_spec", lambda name: None)
    folding.can_fold.cache_clear()
    yield
    folding.can_fold.cache_clear()


def test_without_a_fold_the_page_has_all_but_the_drawing(without_fold, client):
    page = submit(client, f">a\n{SEQUENCE}\n").text
    assert 'class="bars"' in page and 'class="structure"' not in page and "dot-bracket" not in page
    assert "Which bases matter" in page
    shaded = submit(client, f">a\n{SEQUENCE}\n", explain="1").text
    assert "Matter most" in shaded and 'class="structure"' not in shaded and 'class="legend"' not in shaded
    assert "ViennaRNA" not in client.get("/about").text


def test_without_a_fold_attributions_are_the_same(without_fold, client):
    answer = explained(client, SEQUENCE).json()
    assert {base["structure"] for base in answer["bases"]} == {""}
    folding.can_fold.cache_clear()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(folding, "find_spec", find_spec)
        folded = explained(client, SEQUENCE).json()
    assert [base["attributions"] for base in answer["bases"]] == [base["attributions"] for base in folded["bases"]]


# Pictures


STRUCTURES = st.recursive(
    st.text(".", max_size=6),
    lambda inner: st.lists(inner | inner.map("({})".format), max_size=4).map("".join),
    max_leaves=30,
).filter(bool)


@QUICK
@given(brackets=STRUCTURES)
def test_neighbours_and_partners_lie_a_bond_apart(brackets):
    places = layout(brackets)
    assert places.shape == (len(brackets), 2)
    assert np.hypot(*np.diff(places, axis=0).T) == pytest.approx(np.ones(len(brackets) - 1))
    opened = []
    for place, sign in enumerate(brackets):
        if sign == "(":
            opened.append(place)
        elif sign == ")":
            assert np.hypot(*(places[place] - places[opened.pop()])) == pytest.approx(1)
    extent = np.ptp(places, axis=0)
    # The longest extent is that of the variance, which may differ a little from that of the ends.
    assert places.std(axis=0)[0] >= places.std(axis=0)[1] - 1e-9 and places[0, 0] <= 1e-9 and (extent >= 0).all()


def test_a_hairpin_by_hand():
    # Two pairs are a square; the loop of three and its pair is a regular pentagon.
    places = layout("((...))")
    for first, second, expected in [(0, 6, 1), (0, 1, 1), (0, 5, 2**0.5), (1, 3, 1.618034), (2, 4, 1.618034)]:
        assert np.hypot(*(places[first] - places[second])) == pytest.approx(expected)


@pytest.mark.parametrize("brackets", ["(", ")", "())(", "(x)", "[..]"])
def test_what_is_no_structure_is_refused(brackets):
    with pytest.raises(ValueError, match="dot-bracket"):
        layout(brackets)


def test_pictures_are_xml_with_every_letter():
    sequence, brackets = "GGGAAAUCCN<&", "(((....)))" + ".."
    picture = ElementTree.fromstring(structure('a<"&', sequence, brackets))
    words = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert sorted("".join(words)) == sorted(f"{sequence}5′3′")
    assert picture.get("aria-label") == 'Secondary structure of a<"&: 12 nucleotides, 3 base pairs'
    with pytest.raises(ValueError, match="length"):
        structure("a", "ACGU", "...")
    chart = ElementTree.fromstring(bars("<a>", {"nucleus": 0.25, "<b>": 1.0}, {"nucleus": False, "<b>": True}))
    rectangles = [float(one.get("width")) for one in chart.iter("{http://www.w3.org/2000/svg}rect")]
    assert rectangles[1] * 4 == rectangles[0] and rectangles[3] == rectangles[2]
    assert chart.get("aria-label") == "Probabilities of <a>: nucleus 0.25; <b> 1.00 predicted"


# The command


def test_importing_the_package_does_not_import_the_framework():
    program = "import sys, mmlmirloc.serving; print([name for name in ('fastapi', 'uvicorn') if name in sys.modules])"
    scripts = Path(sys.modules["mmlmirloc.serving"].__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=scripts, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize("package", ["fastapi", "uvicorn", "python_multipart", "jinja2"])
def test_a_missing_framework_is_a_message(monkeypatch, package):
    for name in [name for name in sys.modules if name.startswith("mmlmirloc.serving.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=package) as caught:
        serve(port=0)
    assert "mmlmirloc[web]" in caught.value.hint


def test_a_taken_or_unknown_address_is_a_message():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for host, number in [("127.0.0.1", port), ("127.0.0.1", 99999), ("no.such.host.invalid", 0)]:
            with pytest.raises(InputError, match="Cannot listen"):
                listening(host, number)


def test_an_address_that_others_reach_is_announced_with_a_warning():
    assert announcement("127.0.0.1", 8000) == "MMLmiRLoc listens on http://127.0.0.1:8000/ (Ctrl-C stops it)"
    assert "http://[::1]:80/" in announcement("::1", 80) and "Others" not in announcement("::1", 80)
    assert "Others can reach this address" in announcement("0.0.0.0", 8000)


def test_serve_runs_until_it_is_told_to_stop(tmp_path):
    program = (
        "import sys; sys.path[:0] = sys.argv[1:]; import example_predictor, mmlmirloc.predicting as real;"
        "real.Predictor = example_predictor.ExamplePredictor;"
        "from mmlmirloc.serving import serve; serve(port=0)"
    )
    here = Path(__file__).parents[1]
    command = [sys.executable, "-c", program, str(here.parent / "scripts"), str(here)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            address = re.search(r"http://127\.0\.0\.1:\d+", process.stderr.readline())[0]
            assert over_socket(address, "GET", f"/about?{SEQUENCE}").status == 200
        finally:
            process.terminate()
        output, _ = process.communicate(timeout=60)
    events = [json.loads(line) for line in output.splitlines()]
    assert [line["path"] for line in events if line["event"] == "request"] == ["/about"]
    assert SEQUENCE not in output


@pytest.mark.parametrize(("species", "words"), [(None, "human"), ("Homo sapiens", "human"), ("Mus musculus",) * 2])
def test_the_pages_say_whose_hairpins_the_model_is_of(species, words):
    predictor = example_predictor.ExamplePredictor()
    predictor.card = predictor.card | ({"species": species} if species else {})
    with client_of(predictor) as client:
        assert f"hairpins of {words} miRNAs" in client.get("/").text
        assert f"hairpin of a {words} miRNA" in client.get("/about").text
        assert f"of a {words} hairpin" in client.get("/openapi.json").json()["info"]["description"]
