"""The trust table: every model under every protocol, as TSV for programs and one page for readers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mmlmirloc.evaluation.measures import MEASURES
from mmlmirloc.evaluation.metrics import MAIN_METRICS
from mmlmirloc.evaluation.names import CHOSEN, CONSTANT, ENDS, ERA, FEWEST, FIXED
from mmlmirloc.evaluation.rules import RULES
from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.tables import MARKS, heading, marks, number, read_paper, write_text

HEADLINE = (*MAIN_METRICS, "auc_within_twentieths")
COMPARED = ("accuracy", "auc_macro", "subset_accuracy", "auc_within_twentieths")
SINGLE = "The marks are of single intervals, not corrected for the number of models; p below is."
STRATA = {
    "locations": "Number of recorded locations",
    "accession": "Age: fifth of the dataset by accession number, the oldest first",
    "length": "Length of the hairpin, bases",
    "locus": "Locus: inside of the stretch that the config sets apart, or outside",
}

EXPLAINED = {
    "random": "Test rows drawn at random, as in the paper.",
    "matched": "Test rows drawn so that their location sets are composed exactly as in the paper's Table II: the one "
    "protocol whose numbers can stand beside the paper's. Its intervals hold for test parts of this composition.",
    "grouped": "No homolog of a test row is trained on: same family by name, same seed of a mature arm, or an "
    "alignment keeps rows together.",
    "locus": "As grouped, and no neighbour in the genome of a test row is trained on either.",
    "temporal": "The most recently discovered are tested, the others are trained on. There is one such test part.",
    "given": "The table's own division: its split, which is one test part, or each of its folds in turn.",
}
# Of a dataset that is not the paper's.
EXPLAINED_OWN = {
    **EXPLAINED,
    "random": "Test rows drawn at random.",
    "grouped": "No homolog of a test row is trained on: the groups that the table gives, or else an alignment, one "
    "lying in the other, or the seed of two mature sequences keeps rows together.",
}


@dataclass(frozen=True)
class Protocol:
    """A protocol of the trust table: the name and the kind of a split."""

    name: str
    kind: str


def read_comparison(files: Sequence[str | Path], protocols: Sequence[str], comparison: str) -> pd.DataFrame:
    """Join a comparison under several protocols.

    Parameters
    ----------
    files : sequence of path
        One kind of table of :func:`mmlmirloc.evaluation.judging.judge_split` for each protocol.
    protocols : sequence of str
        Their names, which become a first column.
    comparison : str
        The comparison whose lines are taken.
    """
    text = ["comparison", "model", "label", "metric", "rule", "not_above", "stratum", "value"]
    parts = []
    for protocol, path in zip(protocols, files, strict=True):
        part = read_table(path, columns=["comparison"], text=text)
        parts.append(part[part["comparison"] == comparison].drop(columns="comparison").assign(protocol=protocol))
    whole = pd.concat(parts, ignore_index=True)
    return whole[["protocol", *whole.columns.drop("protocol")]]


def write_trust(
    summaries: Sequence[str | Path],
    kinds: Mapping[str, str],
    comparison: str,
    shown: str,
    references: Sequence[str],
    constants: Sequence[str],
    era: str,
    paper: Sequence[str | Path],
    implication: Sequence[str],
    level: float,
    note: str,
    table: str | Path,
    markdown: str | Path,
) -> None:
    """Write the trust table and its page.

    Parameters
    ----------
    summaries : sequence of path
        The summary of each protocol, of :func:`mmlmirloc.evaluation.judging.judge_split`.
    kinds : mapping
        Protocol -> kind of its split, in the order of the table.
    comparison : str
        The comparison whose lines are taken.
    shown : str
        The protocol that the page shows in detail.
    references : sequence of str
        Names of the references, in the order of their columns.
    constants : sequence of str
        Models that always answer the same.
    era : str
        The model that is the reference ``era``; it stands after them. Empty where there is none.
    paper : sequence of path
        The paper's tables of results; none of another dataset.
    implication : sequence of str
        The two locations of the implication, or none.
    level : float
        Of the intervals.
    note : str
        Stands on the page.
    table, markdown : path
        Outputs. The table: protocol, model, metric, rule, mean, sd, ci_low, ci_high, per reference ``minus_<name>``
        with ``_low`` and ``_high``, per reference ``p_<name>``, not_above, repeats, test_rows, label.
    """
    whole = read_comparison(summaries, list(kinds), comparison)
    columns = ["protocol", "model", "metric", "rule", "mean", "sd", "ci_low", "ci_high"]
    columns += [f"minus_{name}{end}" for name in references for end in ENDS] + [f"p_{name}" for name in references]
    whole = whole[[*columns, "not_above", "repeats", "test_rows", "label"]]
    write_table(whole, table)
    protocols = [Protocol(name, kind) for name, kind in kinds.items()]
    page = Page(whole, protocols, shown, references, constants, era, read_paper(paper), implication, level)
    write_text(page.text(note), markdown)


def write_strata(
    strata: Sequence[str | Path],
    protocols: Sequence[str],
    comparison: str,
    shown: str,
    note: str,
    table: str | Path,
    markdown: str | Path,
) -> None:
    """Write accuracy by stratum under each protocol, and a page of one of them.

    Parameters
    ----------
    strata : sequence of path
        The strata of each protocol, of :func:`mmlmirloc.evaluation.judging.judge_split`.
    protocols, comparison, shown, note
        As in :func:`write_trust`.
    table, markdown : path
        Outputs. The table: protocol, model, label, stratum, value, rows, mean, ci_low, ci_high.
    """
    layers = read_comparison(strata, protocols, comparison)
    write_table(layers, table)
    write_text(strata_page(layers, shown, note), markdown)


def cell(row, marked: bool = True) -> str:
    """Return ``.653 [.62, .69]†‡`` for a line of the trust table."""
    if row is None or pd.isna(row.mean):
        return "–"
    text = short(row.mean)
    if pd.notna(row.ci_low):
        text += f" [{short(row.ci_low)}, {short(row.ci_high)}]"
    return text + (marks(row.not_above) if marked else "")


def short(value: float, digits: int = 3) -> str:
    """Decimals, without the zero before the point."""
    return f"{value:.{digits}f}".replace("0.", ".", 1)


def signed(value: float) -> str:
    """Three decimals with the sign."""
    return f"{value:+.3f}".replace("0.", ".", 1)


def difference(value: float, low: float, high: float) -> str:
    """Return a difference and its interval with signs, ``+.021 [+.002, +.040]``; a dash where none was taken."""
    if pd.isna(value):
        return "–"
    return signed(value) + ("" if pd.isna(low) else f" [{signed(low)}, {signed(high)}]")


class Page:
    """The page for readers."""

    def __init__(self, whole, protocols, shown, references, constants, era, paper, implication, level):
        self.whole, self.protocols, self.shown = whole, protocols, shown
        self.references, self.constants, self.era = list(references), set(constants), era
        self.paper, self.implication, self.level = paper, implication, level
        self.lines = {
            (row.protocol, row.model, row.metric, row.rule): Line(row) for row in whole.itertuples(index=False)
        }

    def text(self, note: str) -> str:
        """Return the page as Markdown."""
        parts = [heading("Numbers that can be trusted", note).rstrip(), self.reading()]
        for protocol in self.protocols:
            parts += [f"## Protocol `{protocol.name}`", self.introduction(protocol), self.headline(protocol)]
        parts += [
            f"## Paired differences under `{self.shown}`",
            "Model minus reference on the same test rows, with its interval, for the rule chosen on validation rows. "
            "p: McNemar's test of subset accuracy (twice the median over repeats), adjusted by Holm for all models.",
            self.differences(),
            f"## Decision rules side by side under `{self.shown}`",
            "How scores become location sets. 0.5: the paper's threshold. Thresholds: one per location, tuned. Best "
            "expected ...: the set with the best expected value under the posterior over the sets of training rows. "
            "Whatever is fitted or chosen is so on validation rows. Means over repeats; the best of a model in bold.",
            self.rules(),
            f"## Calibration under `{self.shown}`",
            "Brier score and expected calibration error (lower is better) of the scores as they are, and after Platt "
            "scaling fitted on validation rows.",
            self.table(
                ["brier", "brier_calibrated", "calibration_error", "calibration_error_calibrated"], constants=False
            ),
            f"## Which location sets are predicted under `{self.shown}`",
            "Share of predicted sets that some training row has"
            + (
                f"; share of the rows predicted in {self.implication[0]} that are also predicted in "
                f"{self.implication[1]}."
                if self.implication
                else "."
            ),
            self.table(self.measured("known_label_sets", "implication"), constants=True),
        ]
        return "\n\n".join(parts) + "\n"

    def measured(self, *metrics: str) -> list[str]:
        """Return those of some metrics that were measured: not within like age where a dataset has no age."""
        there = set(self.whole["metric"])
        return [metric for metric in metrics if metric in there]

    def reading(self) -> str:
        """Return how to read the page."""
        return self.reading_with_age() if self.era else self.reading_without_age()

    def reading_without_age(self) -> str:
        """Return how to read the page of a dataset whose rows have no age."""
        return (
            f"{self.reading_of_numbers()}\n\n"
            f"- {MARKS[CONSTANT]} not clearly above the best constant answer (chosen in hindsight, in favour of the "
            "constants).\n\n"
            "A model that carries the mark in a column has not been shown to be better there than what knows no "
            f"sequence. {SINGLE} Label sets are those of the rule that validation rows chose by accuracy, in all "
            "columns."
        )

    def reading_of_numbers(self) -> str:
        """Return what each number is."""
        return (
            "How to read: each number is a mean over repeats of the whole protocol (another draw of test rows, "
            "everything trained and chosen anew on the training rows), with its "
            f"{self.level:.0%} interval in brackets. Repeats share rows, which the interval takes into account "
            "(Nadeau & Bengio); where there is one repeat it is a bootstrap over homology groups. Of two to "
            f"{FEWEST - 1} repeats there is neither an interval nor a mark, since they are too few for either."
        )

    def reading_with_age(self) -> str:
        """Return how to read the page of a dataset whose accessions tell age."""
        return (
            f"{self.reading_of_numbers()}\n\n"
            f"- {MARKS[CONSTANT]} not clearly above the best constant answer (chosen in hindsight, in favour of the "
            "constants).\n"
            f"- {MARKS[ERA]} not clearly above the age predictor *era*, which knows two numbers only: that of the "
            "accession and that in the name, hence when a miRNA was discovered.\n\n"
            "A model that carries a mark in a column has not been shown to be better there than what knows no "
            f"sequence. {SINGLE} "
            "Label sets are those of the rule that validation rows chose by accuracy, in all columns. Macro AUC within "
            "twentieths compares only rows of like age: of the same twentieth of the dataset by accession number. "
            "What knows the age alone may be above 0.5 there too: its row is what to hold a model against."
        )

    def introduction(self, protocol: Protocol) -> str:
        """Return what a protocol is, and in a sentence what came out."""
        part = self.whole[self.whole["protocol"] == protocol.name]
        repeats, rows = int(part["repeats"].max()), int(part["test_rows"].iloc[0])
        fewer = part[(part["repeats"] < repeats)].drop_duplicates("model")
        less = ", ".join(f"{row.label} {row.repeats}" for row in fewer.itertuples())
        explained = EXPLAINED if self.era else EXPLAINED_OWN
        text = f"{explained[protocol.kind]} {rows} test rows, {_times(repeats)}"
        text += f" (fewer where training costs too much: {less})." if less else "."
        return f"{text} {self.verdict(protocol.name)}"

    def verdict(self, protocol: str) -> str:
        """Return how many models are above constant and era in accuracy and in macro AUC."""
        sentences = []
        for metric in ("accuracy", "auc_macro"):
            rule = CHOSEN if MEASURES[metric].by_rule else ""
            rows = [self.lines[key] for key in self.lines if key[0] == protocol and key[2:] == (metric, rule)]
            rows = [row for row in rows if row.model not in self.constants and pd.notna(row.mean)]
            name = MEASURES[metric].display.lower().replace("auc", "AUC")
            above = [row for row in rows if self.beats(row, CONSTANT)]
            sentence = f"In {name} {_of(above, rows)} clearly above the best constant"
            if self.era:
                above = [row for row in rows if self.beats(row, ERA)]
                compared = [row for row in rows if self.against(row, ERA)]
                sentence += f", {_of(above, compared)} clearly above era{_names(above)}"
            sentences.append(f"{sentence}.")
        return " ".join(sentences)

    def against(self, row: "Line", name: str) -> bool:
        """Whether a line has a difference to a reference, with an interval."""
        return pd.notna(row.ends(name)[1])

    def beats(self, row: "Line", name: str) -> bool:
        """Whether a line is clearly above a reference."""
        return self.against(row, name) and name not in row.not_above.split("+")

    def models(self, protocol: str, constants: bool = True) -> list[str]:
        """Return a protocol's models: constants and era first, the others in the order of models.tsv."""
        found = list(self.whole.loc[self.whole["protocol"] == protocol, "model"].unique())
        first = [model for model in found if model in self.constants] if constants else []
        others = [model for model in found if model not in self.constants]
        return [*first, *sorted(others, key=lambda model: model != self.era)]

    def label(self, model: str) -> str:
        """Name of a model for readers."""
        return self.whole.loc[self.whole["model"] == model, "label"].iloc[0]

    def line(self, protocol: str, model: str, metric: str, rule: str = CHOSEN) -> "Line | None":
        """Return a line of the table; of a metric of scores whatever the rule."""
        return self.lines.get((protocol, model, metric, rule if MEASURES[metric].by_rule else ""))

    def headline(self, protocol: Protocol) -> str:
        """Return the table of a protocol."""
        rows, headline = [], self.measured(*HEADLINE)
        for model in self.models(protocol.name):
            name = self.label(model)
            rows.append([f"**{name}**", *(cell(self.line(protocol.name, model, metric)) for metric in headline)])
            if protocol.kind == "matched" and model in self.paper:
                printed = self.paper[model]
                rows.append(["the paper", *(number(printed.get(metric)) for metric in headline)])
        return markdown_table(["model", *(head(metric) for metric in headline)], rows)

    def differences(self) -> str:
        """Return the paired differences of the shown protocol."""
        rows, compared = [], self.measured(*COMPARED)
        for model in self.models(self.shown, constants=False):
            for place, name in enumerate(self.references):
                texts = []
                for metric in compared:
                    line = self.line(self.shown, model, metric)
                    texts.append(difference(*line.ends(name)))
                p_value = self.line(self.shown, model, "subset_accuracy").p_value(name)
                texts.append("–" if pd.isna(p_value) else f"{p_value:.3f}")
                reference = "best constant" if name == CONSTANT else name
                rows.append(["" if place else f"**{self.label(model)}**", reference, *texts])
        names = [MEASURES[metric].display for metric in compared]
        return markdown_table(["model", "minus", *names, "p"], rows)

    def rules(self) -> str:
        """Return the rules of the shown protocol side by side."""
        metrics = [metric for metric in MAIN_METRICS if MEASURES[metric].by_rule]
        rows = []
        for model in self.models(self.shown, constants=False):
            values = {
                m: {rule: self.line(self.shown, model, m, rule).mean for rule in (*RULES, CHOSEN)} for m in metrics
            }
            best = {
                metric: max(RULES, key=lambda rule: MEASURES[metric].sign * found[rule])
                for metric, found in values.items()
            }
            for place, rule in enumerate((*RULES, CHOSEN)):
                texts = [
                    f"**{short(values[m][rule])}**" if rule == best[m] else short(values[m][rule]) for m in metrics
                ]
                rows.append(["" if place else f"**{self.label(model)}**", _rule(rule), *texts])
        return markdown_table(["model", "rule", *(head(metric) for metric in metrics)], rows)

    def table(self, metrics: Sequence[str], constants: bool) -> str:
        """Return a table of some metrics of the shown protocol."""
        rows = [
            [f"**{self.label(model)}**", *(cell(self.line(self.shown, model, metric), False) for metric in metrics)]
            for model in self.models(self.shown, constants)
        ]
        named = {"implication": " where ".join(reversed(self.implication))}
        heads = [named.get(metric, MEASURES[metric].display) for metric in metrics]
        return markdown_table(["model", *heads], rows)


class Line:
    """A line of the trust table by attribute, and what it says of a reference."""

    def __init__(self, row):
        self.row = row

    def __getattr__(self, name: str):
        return getattr(self.row, name)

    def ends(self, reference: str) -> tuple[float, float, float]:
        """Return the difference to a reference, and its interval."""
        return tuple(getattr(self.row, f"minus_{reference}{end}") for end in ENDS)

    def p_value(self, reference: str) -> float:
        """Return McNemar's p."""
        return getattr(self.row, f"p_{reference}")


def strata_page(layers: pd.DataFrame, shown: str, note: str) -> str:
    """Return the strata of one protocol as Markdown: a table per kind of stratum, models by strata."""
    part = layers[layers["protocol"] == shown]
    texts = [
        heading(f"Accuracy by stratum under `{shown}`", note).rstrip(),
        "Mean over repeats with its interval, under the rule that validation rows chose; in the heads the rows of a "
        "stratum in one test part. The columns of a table hold different rows: compare models within one.",
    ]
    for stratum, title in STRATA.items():
        if stratum not in set(part["stratum"]):
            continue
        rows = part[part["stratum"] == stratum]
        values = list(rows["value"].unique())
        sizes = rows.groupby("value")["rows"].mean()
        found = {(row.model, row.value): row for row in rows.itertuples()}
        lines = [
            [f"**{label}**", *(between(found[model, value]) if (model, value) in found else "–" for value in values)]
            for model, label in rows[["model", "label"]].drop_duplicates().itertuples(index=False)
        ]
        heads = [f"{value} (about {sizes[value]:.0f} rows)" for value in values]
        texts += [f"## {title}", markdown_table(["model", *heads], lines)]
    return "\n\n".join(texts) + "\n"


def between(row) -> str:
    """Return ``.653 [.62, .69]`` for a line of the strata."""
    return short(row.mean) if pd.isna(row.ci_low) else f"{short(row.mean)} [{short(row.ci_low)}, {short(row.ci_high)}]"


def markdown_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of texts as Markdown."""
    return pd.DataFrame(rows, columns=list(heads)).to_markdown(index=False, disable_numparse=True)


def head(metric: str) -> str:
    """Return a metric's name for the head of a column, with its direction where lower is better."""
    return MEASURES[metric].display + (" (lower is better)" if MEASURES[metric].sign < 0 else "")


def _rule(rule: str) -> str:
    named = {FIXED: "0.5", "thresholds": "thresholds", CHOSEN: "chosen on validation rows"}
    return named.get(rule) or f"best expected {MEASURES[rule.removeprefix('expected_')].display.lower()}"


def _times(repeats: int) -> str:
    return "once" if repeats == 1 else f"{repeats} repeats"


def _of(some: Sequence, rows: Sequence) -> str:
    count = f"{len(some)} of {len(rows)}" if some else f"none of {len(rows)}"
    return f"{count} models {'is' if len(some) == 1 or not some else 'are'}"


def _names(rows: Sequence[Line]) -> str:
    return f" ({', '.join(row.label for row in rows)})" if rows else ""
