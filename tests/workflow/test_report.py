"""The HTML report holds every table and figure with its caption."""

import json
import re
import zipfile

from projects import RESULTS
from test_end_to_end import DATA, FIGURES, TABLES


def test_report_captions_every_table_and_figure(finished):
    run = finished.snakemake("--report", "report.zip")
    assert run.code == 0, run.output
    with zipfile.ZipFile(finished.root / "report.zip") as archive:
        assert archive.testzip() is None
        pages = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".html")]
    held = [json.loads(text) for page in pages for text in re.findall(r"var results = (\{.*\});?$", page, re.MULTILINE)]
    results = {path: result for found in held for path, result in found.items()}
    tables = {f"{RESULTS}/tables/{table}.{form}" for table in TABLES for form in ("tsv", "html")}
    tables |= {f"{RESULTS}/tables/{table}.tsv" for table in DATA}
    figures = {f"{RESULTS}/figures/{figure}.png" for figure in FIGURES}
    assert results.keys() == tables | figures
    for path, result in results.items():
        words = re.sub(r"<[^>]*>", "", result["caption"] or "").split()
        assert len(words) >= 5, f"{path} has the caption {result['caption']!r}"
        assert "{{" not in result["caption"]
