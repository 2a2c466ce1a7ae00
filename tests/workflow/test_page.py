"""The page as a visitor meets it: in a real browser, by mouse and keyboard, on a phone and without scripts."""

import json

import example_predictor
import pytest

pytest.importorskip("fastapi", reason="the packages of the web page are not installed")
pytest.importorskip("playwright", reason="playwright, which drives the browser, is not installed")

from browsing import CHROMIUM, chromium, served

from mmlmirloc.serving.app import create_app

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed (Debian: apt-get install chromium)"),
]

DESK, PHONE = {"width": 1000, "height": 800}, {"width": 360, "height": 740}
NASTY = "<img/src=x/onerror=\"document.title='taken'\">"


@pytest.fixture(scope="module")
def address():
    with served(create_app(example_predictor.ExamplePredictor())) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    """Contexts share one browser, which takes a second or two to start."""
    with chromium() as context:
        yield context.browser


@pytest.fixture
def visit(browser, address):
    """Open the form in a window of its own; what the browser complains about fails the test."""
    contexts, complaints = [], []

    def opened(**options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requested.append(request.url))
        page.goto(address)
        return page

    requested = []
    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in requested if not url.startswith(f"{address}/")] == []


def overflow(page):
    """How many pixels of the page lie beside the screen."""
    return page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")


def test_typed_sequences_are_predicted_and_downloaded(visit, tmp_path):
    page = visit(viewport=DESK, accept_downloads=True)
    page.get_by_label("Sequences").fill(f">{NASTY}\n{example_predictor.TRAINING}\n>short\nACGU\n")
    page.get_by_role("button", name="Predict").click()
    page.get_by_role("heading", name="Results").wait_for()
    assert page.title().startswith("Results")
    # What was typed as HTML is read as text.
    assert page.get_by_role("heading", name=NASTY).count() == 1 and page.locator("img").count() == 0
    table = page.get_by_role("table").inner_text()
    assert "0.94" in table and "itself" in table
    assert page.get_by_role("img").count() == 2 and page.locator("svg text").first.is_visible()
    assert page.get_by_text("Refused:", exact=True).count() == 1
    picture = tmp_path / "results.png"
    page.screenshot(path=picture)
    assert picture.read_bytes().startswith(b"\x89PNG") and overflow(page) <= 0
    # The style sheet got past the content policy.
    assert page.locator("header").evaluate("element => getComputedStyle(element).display") == "flex"
    for kind in ("TSV", "JSON"):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=f"Download {kind}").click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
    assert json.loads((tmp_path / "mmlmirloc.json").read_text())["predictions"][0]["name"] == NASTY
    lines = (tmp_path / "mmlmirloc.tsv").read_text().splitlines()
    assert len(lines) == 3 and lines[0].startswith("name\tlength\tstatus")


def test_on_a_phone_without_scripts(visit, tmp_path):
    page = visit(viewport=PHONE, java_script_enabled=False, has_touch=True, is_mobile=True)
    page.get_by_role("button", name="Fill in an example").tap()
    page.wait_for_url("**/?example=1")
    page.get_by_role("button", name="Predict").tap()
    page.get_by_role("heading", name="Results").wait_for()
    assert page.get_by_role("article").count() == 3
    page.screenshot(path=tmp_path / "phone.png")
    page.get_by_role("link", name="About the model").tap()
    page.get_by_role("heading", name="Model card").wait_for()


@pytest.mark.parametrize("path", ["", "about", "api", "nothing"])
def test_nothing_lies_beside_the_screen_of_a_phone(browser, address, path):
    context = browser.new_context(viewport=PHONE, is_mobile=True)
    page = context.new_page()
    page.goto(f"{address}/{path}")
    assert overflow(page) <= 0
    context.close()


def test_results_fit_a_phone(visit):
    page = visit(viewport=PHONE, is_mobile=True)
    page.get_by_label("Sequences").fill(f">{'x' * 150}\n{'ACGU' * 50}\n")
    page.get_by_role("button", name="Predict").click()
    page.get_by_role("heading", name="Results").wait_for()
    assert overflow(page) <= 0


@pytest.mark.parametrize("options", [{"viewport": DESK}, {"viewport": PHONE, "is_mobile": True, "has_touch": True}])
@pytest.mark.parametrize("sequence", [example_predictor.TRAINING, "GGGACUGUCA" * 7 + "CCAC" + "UGACAGUCCC" * 7])
def test_a_button_shows_which_bases_matter(visit, tmp_path, options, sequence):
    page = visit(**options, java_script_enabled=False, accept_downloads=True)
    page.get_by_label("Sequences").fill(f">{NASTY}\n{sequence}\n>other\n{'ACGU' * 10}\n")
    page.get_by_role("button", name="Predict").click()
    button = page.get_by_role("button", name=f"Which bases matter in {NASTY}")
    # The results stay where they are: a browser would ask before it shows them again.
    with page.context.expect_page() as opened:
        button.click()
    assert page.get_by_role("article").count() == 2
    page = opened.value
    heading = page.get_by_role("heading", name=f"Which bases of {NASTY} matter")
    heading.wait_for()
    assert page.get_by_role("article").count() == 1 and page.locator("img").count() == 0
    assert overflow(page) <= 0
    # The browser goes to the pictures at once.
    assert heading.bounding_box()["y"] < options["viewport"]["height"] / 4
    for location in example_predictor.LOCATIONS:
        picture = page.get_by_role("img", name=f"adds to {location};")
        assert picture.is_visible() and picture.bounding_box()["width"] > 300
        place = page.get_by_role("region", name=f"Attributions for {location}").bounding_box()
        assert place["x"] >= 0 and place["x"] + place["width"] <= options["viewport"]["width"]
    table = page.get_by_role("region", name="All attributions").get_by_role("table")
    assert not table.is_visible()
    page.get_by_text("All attributions as a table").click()
    assert table.is_visible() and table.get_by_role("row").count() == len(sequence) + 1
    assert overflow(page) <= 0
    page.screenshot(path=tmp_path / "attributions.png", full_page=True)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Attributions as TSV").click()
    waiting.value.save_as(tmp_path / "attributions.tsv")
    assert waiting.value.suggested_filename == "mmlmirloc.attributions.tsv"
    assert len((tmp_path / "attributions.tsv").read_text().splitlines()) == 4 * len(sequence) + 1


def test_the_keyboard_is_enough(visit):
    page = visit(viewport=DESK)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
        reached.append(name or page.evaluate("document.activeElement.value"))
        if name == "sequences":
            page.keyboard.type("ACGU" * 10)
        if name == "Predict":
            page.keyboard.press("Enter")
            break
    assert reached == ["Fill in an example", "sequences", "file", "page", "Predict"]
    page.get_by_role("heading", name="Results").wait_for()
    assert page.get_by_role("article").count() == 1


def test_a_mistake_is_told_beside_the_form(browser, address):
    # A context of its own: the browser itself reports the status 422 to its console.
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="Predict").click()
    assert "There is no sequence" in page.get_by_role("alert").inner_text()
    assert page.title().startswith("Error:") and page.get_by_label("Sequences").is_visible()
    context.close()


def test_a_file_is_uploaded(visit, tmp_path):
    (tmp_path / "mine.fa").write_text(">from-a-file\n" + "ACGU" * 10 + "\n")
    page = visit(viewport=DESK)
    page.get_by_label("Or a file").set_input_files(tmp_path / "mine.fa")
    page.get_by_role("button", name="Predict").click()
    assert page.get_by_role("heading", name="from-a-file").count() == 1


def test_a_file_that_is_too_large_gets_an_answer(browser, address, tmp_path):
    # Larger than the buffers between: an answer before the end of the upload would show as a lost connection.
    (tmp_path / "large.fa").write_bytes(b"A" * 6_000_000)
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Or a file").set_input_files(tmp_path / "large.fa")
    page.get_by_role("button", name="Predict").click()
    page.get_by_role("heading", name="more than 1,000,000 bytes").wait_for()
    context.close()
