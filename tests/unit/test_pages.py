"""Tables as pages for the report."""

from html.parser import HTMLParser

import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table
from mmlmirloc.reporting.pages import page, write_page

MARKDOWN = """# Counts < 3 & more

**Simulated**

| location     | rows   |
|:-------------|:-------|
| **nucleus**  | 2 ± 1  |
| microvesicle |        |

How to read it.
"""


class Cells(HTMLParser):
    """Collects the text of each element that holds some, by tag."""

    def __init__(self, text):
        super().__init__()
        self.open, self.found, self.tags = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.tags.append(tag)

    def handle_endtag(self, tag):
        while self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if data.strip() and self.open:
            self.found.append((self.open[-1], data.strip()))


def test_a_page_shows_heading_note_table_and_words():
    cells = Cells(page(MARKDOWN))
    assert [found for found in cells.found if found[0] != "style"] == [
        ("title", "Counts < 3 & more"),
        ("h1", "Counts < 3 & more"),
        ("strong", "Simulated"),
        ("th", "location"),
        ("th", "rows"),
        ("strong", "nucleus"),
        ("td", "2 ± 1"),
        ("td", "microvesicle"),
        ("p", "How to read it."),
    ]
    assert cells.tags.count("tr") == 3 and cells.tags.count("td") == 4


def test_html_in_a_name_is_shown_and_not_obeyed():
    text = page("# A\n\n| model |\n|:--|\n| <script>alert(1)</script> |\n")
    assert "<script" not in text and "&lt;script&gt;alert(1)&lt;/script&gt;" in text


CONTROLS = "control\tmodel\tlabel\trepeats\tauc_macro\tsd\tci_low\tci_high\texpected\toutcome\tas_expected\n"
CONTROLS += "planted\tnet\tNet ±\t3\t0.9\t0.1\t0.8\t1\tfound\tfound\tyes\n"


@pytest.fixture
def write(tmp_path):
    """Write the page of the controls from a table of this text; return the paths of table, Markdown and HTML."""

    def written(text=CONTROLS, name="page"):
        measured = tmp_path / "measured.tsv"
        measured.write_text(text, encoding="utf-8")
        outputs = {one: str(tmp_path / f"{name}.{one}") for one in ("table", "markdown", "html")}
        options = {"level": 0.95, "note": "Simulated"}
        write_page("controls_table.write_controls", {"measured": str(measured)}, options, **outputs)
        return [tmp_path / f"{name}.{one}" for one in ("table", "markdown", "html")]

    return written


def test_a_table_its_markdown_and_its_page(write):
    table, markdown, html = write()
    assert read_table(table, text=["label"])["label"].tolist() == ["Net ±"]
    assert markdown.read_text(encoding="utf-8").startswith("# Controls\n\n**Simulated**\n")
    text = html.read_text(encoding="utf-8")
    assert text == page(markdown.read_text(encoding="utf-8"))
    found = Cells(text).found
    assert ("h1", "Controls") in found and ("strong", "Simulated") in found and ("td", "Net ±") in found


def test_the_same_again(write):
    assert [path.read_bytes() for path in write(name="one")] == [path.read_bytes() for path in write(name="two")]


def test_without_a_table_there_is_no_page(write, tmp_path):
    with pytest.raises(InputError, match="no column auc_macro"):
        write("control\tmodel\tlabel\trepeats\tsd\tci_low\tci_high\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["measured.tsv"]
