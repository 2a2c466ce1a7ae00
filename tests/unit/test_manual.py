"""The manual's tables of settings say what the modules declare."""

from mmlmirloc import manual
from mmlmirloc.declarations import Setting
from mmlmirloc.manual import table


def test_the_page_is_that_of_the_declarations():
    assert manual.PAGE.read_text() == manual.text(), "docs/settings.md is stale: run `make settings`"


def test_a_table_says_what_a_setting_is_and_what_it_allows():
    settings = (
        Setting("trees", int, "number of trees", default=3, minimum=1, maximum=8),
        Setting("share", float, "sqrt, or a share", default="sqrt", above=0, below=1, choices=("sqrt",)),
        Setting("k", int, "word lengths", default=[1], minimum=1, unit="letters", several=True),
        Setting("pooling", str, "how", default={"a": "x"}, choices=("x", "y"), joint="+", by_kind=True),
        Setting("word", str, "which", default="", choices=("", "one")),
    )
    lines = table(settings, has_defaults=True).splitlines()[2:]
    assert lines == [
        "| `trees` | number of trees | a whole number, at least 1, at most 8 | `3` |",
        "| `share` | sqrt, or a share | `sqrt`, or a number, above 0, below 1 | `sqrt` |",
        "| `k` | word lengths, in letters | a list, each a whole number, at least 1 | `[1]` |",
        '| `pooling` | how: x, y, or several joined by + | keys with values | `{"a": "x"}` |',
        '| `word` | which | `""`, `one` | `""` |',
    ]
    assert table(settings[:1], has_defaults=False).splitlines()[2] == lines[0].removesuffix(" `3` |")
