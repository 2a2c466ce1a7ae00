"""The pages of the published results: templates whose every number is looked up in the published tables."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.measures import MEASURES
from mmlmirloc.evaluation.names import CHOSEN, ENDS, FEWEST
from mmlmirloc.files import read_table
from mmlmirloc.job import logger
from mmlmirloc.reporting.headline import write_headline
from mmlmirloc.reporting.tables import write_text
from mmlmirloc.reporting.trust_table import cell, difference, short

RUN = "run.json"
# Template -> page, both below the project's folder.
PAGES = {
    "predictable.md": Path("resources/results/README.md"),
    "results.md": Path("docs/results.md"),
}
# Of the record of a run, what tells readers how the results were made; its settings hold places on one machine.
KEPT = ["git", "versions", "seeds", "sources"]


class Published:
    """The published tables, as templates ask for them.

    Parameters
    ----------
    folder : path
        The tables, and ``run.json`` beside them.
    """

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)
        self.tables: dict[str, pd.DataFrame] = {}
        self.run = json.loads((self.folder / RUN).read_text(encoding="utf-8"))

    def table(self, name: str) -> pd.DataFrame:
        """Return a table; an empty cell of a column of texts is ``""``."""
        if name not in self.tables:
            frame = read_table(self.folder / f"{name}.tsv")
            texts = frame.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes]]
            self.tables[name] = frame.fillna(dict.fromkeys(texts, ""))
        return self.tables[name]

    def lines(self, name: str, **where: Any) -> pd.DataFrame:
        """Return the lines of a table whose columns have these values."""
        frame = self.table(name)
        for column, value in where.items():
            frame = frame[frame[column] == value]
        return frame

    def one(self, name: str, **where: Any) -> tuple:
        """Return the one line of a table whose columns have these values, as a named tuple.

        Raises
        ------
        InputError
            When there is none, or more than one.
        """
        found = self.lines(name, **where)
        if len(found) != 1:
            raise InputError(
                f"{len(found)} lines with {', '.join(f'{column} = {value}' for column, value in where.items())}",
                self.folder / f"{name}.tsv",
                "one such line",
                "publish a run that has it, or mend the template",
            )
        return next(found.itertuples(index=False))

    def score(self, model: str, metric: str = "accuracy", protocol: str = "matched", rule: str = CHOSEN) -> tuple:
        """Return a model's line of ``beyond``, or of ``trust`` where only that has it.

        Parameters
        ----------
        model, metric, protocol : str
            Which line.
        rule : str
            The decision rule; of no matter for metrics of scores.

        Raises
        ------
        InputError
            When neither table has the line.
        """
        where = {"protocol": protocol, "model": model, "metric": metric}
        where["rule"] = rule if MEASURES[metric].by_rule else ""
        name = "trust" if self.lines("beyond", **where).empty else "beyond"
        return self.one(name, **where)


def mean(line: tuple, name: str = "mean", decimals: int = 3) -> str:
    """Return a number as the tables for readers have it: ``.663``."""
    return short(getattr(line, name), decimals)


def interval(line: tuple, name: str = "mean") -> str:
    """Return ``.663 [.646, .681]``; without an interval below ten repeats, or where there is none."""
    ends = ("ci_low", "ci_high") if name == "mean" else (f"{name}_low", f"{name}_high")
    value, low, high = (getattr(line, column) for column in (name, *ends))
    if pd.isna(low) or 1 < getattr(line, "repeats", FEWEST) < FEWEST:
        return short(value)
    return short(value) if high - low < 5e-4 else f"{short(value)} [{short(low)}, {short(high)}]"


def minus(line: tuple, reference: str) -> str:
    """Return the paired difference to a reference: ``+.024 [+.005, +.044]``; a dash where none was taken.

    Raises
    ------
    AttributeError
        When the line has no difference to it.
    """
    return difference(*(getattr(line, f"minus_{reference}{end}") for end in ENDS))


def claimed(line: tuple, reference: str, claim: str) -> str:
    """Return :func:`minus`, where the sentence around it claims how the difference lies.

    Parameters
    ----------
    line : tuple
        A line of a table, with its metric.
    reference : str
        What it is held against.
    claim : str
        ``better`` or ``worse`` in the metric's own direction, where the interval holds no 0; ``open``, where it does.

    Raises
    ------
    InputError
        When the numbers do not say so: the sentence must be written anew.
    """
    _, low, high = (getattr(line, f"minus_{reference}{end}") for end in ENDS)
    upwards = not hasattr(line, "metric") or MEASURES[line.metric].sign > 0
    found = "open" if not (low > 0 or high < 0) else "better" if (low > 0) == upwards else "worse"
    if found != claim:
        raise InputError(
            f"A page claims that {line.model} is '{claim}' against {reference}, and its interval says '{found}'",
            f"resources/pages: {minus(line, reference)}",
            "a sentence that the numbers bear out",
            "write the sentence anew",
        )
    return minus(line, reference)


def keep_run(record: str | Path, output: str | Path) -> None:
    """Keep of the record of a run what tells how the published results were made.

    Parameters
    ----------
    record : path
        Of :func:`mmlmirloc.reporting.run_record.write_run_record`.
    output : path
        Output.

    Raises
    ------
    InputError
        When the run was not of committed code.
    """
    whole = json.loads(Path(record).read_text(encoding="utf-8"))
    if not whole["git"]["commit"] or whole["git"]["modified"]:
        raise InputError("The run was not of committed code", record, "a commit", "commit, then run the workflow anew")
    kept = {name: whole[name] for name in KEPT}
    write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n", output)


def render(template: str, folder: str | Path, results: str | Path) -> str:
    """Return a page.

    Parameters
    ----------
    template : str
        Its name.
    folder : path
        The templates.
    results : path
        The published tables.

    Raises
    ------
    InputError
        When the template asks for a line that no table has, or that is not the only one.
    """
    environment = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    published = Published(results)
    environment.filters.update(cell=cell, claimed=claimed, interval=interval, mean=mean, minus=minus, short=short)
    names: Mapping[str, Any] = {"run": published.run}
    asked = {"one": published.one, "lines": published.lines, "score": published.score}
    return environment.get_template(template).render(names | asked)


def write_pages(project: str | Path) -> None:
    """Write the pages and the README's results from the published tables of a project's folder."""
    project = Path(project)
    results = project / "resources/results"
    for template, page in PAGES.items():
        write_text(render(template, project / "resources/pages", results), project / page)
        logger.info("Wrote %s", page)
    write_headline(
        project / "README.md", results, project / "resources/headline.tsv", project / "resources/paper/table3.tsv"
    )


if __name__ == "__main__":
    keep_run("results/provenance.json", f"resources/results/{RUN}")
    write_pages(".")
