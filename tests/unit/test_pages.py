"""Tables as pages for the report."""

from html.parser import HTMLParser

import pytest

from mmlmirloc.reporting.pages import page, write_pages

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


def test_each_table_gets_its_page(tmp_path):
    tables, pages = ([tmp_path / f"{name}.{end}" for name in ("a", "b")] for end in ("md", "html"))
    for table, heading in zip(tables, ("# A ±\n", "# B\n"), strict=True):
        table.write_text(heading, encoding="utf-8")
    write_pages(tables, pages)
    assert [Cells(path.read_text(encoding="utf-8")).found[-1] for path in pages] == [("h1", "A ±"), ("h1", "B")]


def test_a_table_without_a_place_is_an_error(tmp_path):
    (tmp_path / "a.md").write_text("# A\n")
    with pytest.raises(ValueError, match="shorter"):
        write_pages([tmp_path / "a.md"], [])
