"""The models beyond the paper: their table, what each view adds, and the learning curve."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mmlmirloc.evaluation.measures import MEASURES
from mmlmirloc.evaluation.metrics import MAIN_METRICS
from mmlmirloc.evaluation.names import CHOSEN, CONSTANT, ENDS, ERA, WHOLE
from mmlmirloc.files import write_table
from mmlmirloc.reporting.tables import MARKS, heading, write_text
from mmlmirloc.reporting.trust_table import (
    EXPLAINED,
    Line,
    Protocol,
    between,
    cell,
    difference,
    head,
    markdown_table,
    read_comparison,
)

HEADLINE = (*MAIN_METRICS, "auc_within_twentieths")
COMPARED = ("accuracy", "subset_accuracy", "auc_macro", "auc_within_twentieths")
# What the ablation by view shows of a model without or with only one view.
ABLATED = ("accuracy", "auc_macro", "auc_within_twentieths")


def write_beyond(
    summaries: Sequence[str | Path],
    strata: Sequence[str | Path],
    kinds: Mapping[str, str],
    comparison: str,
    shown: Sequence[str],
    chosen: str,
    references: Sequence[str],
    constants: Sequence[str],
    ages: Sequence[str],
    ablations: Mapping[str, str],
    genome: Mapping[str, bool],
    level: float,
    note: str,
    table: str | Path,
    markdown: str | Path,
) -> None:
    """Write the table of the models beyond the paper, and its page.

    Parameters
    ----------
    summaries, strata : sequence of path
        Of each protocol, of :func:`mmlmirloc.evaluation.judging.judge_split`.
    kinds : mapping
        Protocol -> kind of its split, in the order of the table.
    comparison : str
        The comparison whose lines are taken.
    shown : sequence of str
        Names of the protocols whose differences, ablation and strata stand on the page.
    chosen : str
        The model of the headline.
    references : sequence of str
        Names of the references, in the order of their columns; one of them is ``whole``, the model with all views.
    constants : sequence of str
        Models that always answer the same.
    ages : sequence of str
        Models that know when a miRNA was discovered and little else.
    ablations : mapping
        Model -> what it has of the model with all views: one view ``alone``, or one ``left out``.
    genome : mapping
        Model -> whether it uses annotation of the genome.
    level : float
        Of the intervals.
    note : str
        Stands on the page.
    table, markdown : path
        Outputs. The table has the columns of the trust table, and genome (yes or no) and ablation (alone, left out or
        empty).
    """
    rows = read_comparison(summaries, list(kinds), comparison)
    rows["genome"] = rows["model"].map({model: "yes" if used else "no" for model, used in genome.items()})
    rows["ablation"] = rows["model"].map(ablations).fillna("")
    columns = ["protocol", "model", "genome", "ablation", "metric", "rule", "mean", "sd", "ci_low", "ci_high"]
    columns += [f"minus_{name}{end}" for name in references for end in ENDS] + [f"p_{name}" for name in references]
    rows = rows[[*columns, "not_above", "repeats", "test_rows", "label"]]
    write_table(rows, table)
    layers = dict(list(read_comparison(strata, list(kinds), comparison).groupby("protocol")))
    protocols = [Protocol(name, kind) for name, kind in kinds.items()]
    page = Page(rows, layers, protocols, shown, chosen, references, constants, ages, level)
    write_text(page.text(note), markdown)


class Page:
    """The page for readers."""

    def __init__(self, rows, strata, protocols, shown, chosen, references, constants, ages, level):
        self.rows, self.strata, self.protocols, self.shown = rows, strata, protocols, shown
        self.chosen, self.references, self.level = chosen, list(references), level
        self.constants, self.ages = set(constants), set(ages)
        self.ablated = set(rows.loc[rows["ablation"] != "", "model"])
        self.lines = {
            (row.protocol, row.model, row.metric, row.rule): Line(row) for row in rows.itertuples(index=False)
        }
        self.labels = dict(rows[["model", "label"]].drop_duplicates().itertuples(index=False))
        self.genome = dict(rows[["model", "genome"]].drop_duplicates().itertuples(index=False))

    def text(self, note: str) -> str:
        """Return the page as Markdown."""
        parts = [heading("Beyond the paper: what is predictable, and from what", note).rstrip(), self.reading()]
        for one in self.protocols:
            parts += [f"## Protocol `{one.name}`", EXPLAINED[one.kind], self.headline(one.name)]
        for name in self.shown:
            parts += [f"## Paired differences under `{name}`", self.differences(name)]
            parts += [f"## What each view adds under `{name}`", self.ablation(name)]
            parts += [f"## Accuracy inside and outside of the locus under `{name}`", self.inside(name)]
        return "\n\n".join(parts) + "\n"

    def reading(self) -> str:
        """Return how to read the page."""
        return (
            f"**{self.labels[self.chosen]}** is the project's own model: extremely randomised trees over the homologs, "
            "the fold, the arms and the composition of a hairpin; no name, accession, release or label of another row "
            "is an input. *Genome*: whether the places of neighbouring hairpins are used, which is annotation. "
            f"Means over repeats with their {self.level:.0%} interval; label sets by the rule that validation rows "
            f"chose. {MARKS[CONSTANT]}: not clearly above the best constant; {MARKS[ERA]}: not clearly above age "
            "(*era*), the forest that knows the accession number and the number in the name only. *Age and the locus* "
            "also knows one imprinted cluster of miRNAs: a floor for what uses the genome."
        )

    def plain(self, protocol: str) -> list[str]:
        """Return the models of a protocol without those of the ablation; constants and era first."""
        found = self.rows.loc[self.rows["protocol"] == protocol, "model"].unique()
        kept = [model for model in found if model not in self.ablated]
        return sorted(kept, key=lambda model: (model not in self.constants, model not in self.ages))

    def headline(self, protocol: str) -> str:
        """Return the table of a protocol."""
        rows = [
            [f"**{self.labels[model]}**", self.genome[model], *(cell(self.line(protocol, model, m)) for m in HEADLINE)]
            for model in self.plain(protocol)
        ]
        return markdown_table(["model", "genome", *(head(metric) for metric in HEADLINE)], rows)

    def line(self, protocol: str, model: str, metric: str) -> Line | None:
        """Return a line of the table, under the chosen rule where there are rules."""
        return self.lines.get((protocol, model, metric, CHOSEN if MEASURES[metric].by_rule else ""))

    def difference(self, protocol: str, model: str, metric: str, reference: str) -> str:
        """Return ``+.021 [+.002, +.040]``, or a dash."""
        line = self.line(protocol, model, metric)
        return difference(*line.ends(reference)) if line else "–"

    def differences(self, protocol: str) -> str:
        """Return the paired differences of the models that are no reference or constant."""
        names = [name for name in self.references if name != WHOLE]
        rows = []
        for model in self.plain(protocol):
            if model in self.constants | self.ages:
                continue
            for place, name in enumerate(names):
                texts = [self.difference(protocol, model, metric, name) for metric in COMPARED]
                reference = "best constant" if name == CONSTANT else name.replace("_", " + ")
                rows.append(["" if place else f"**{self.labels[model]}**", reference, *texts])
        return markdown_table(["model", "minus", *(MEASURES[metric].display for metric in COMPARED)], rows)

    def ablation(self, protocol: str) -> str:
        """Return each view alone and each left out, and the difference to all views, on the same test rows."""
        found = self.rows.loc[self.rows["protocol"] == protocol, "model"].unique()
        rows = []
        for model in [one for one in found if one in self.ablated]:
            texts = []
            for metric in ABLATED:
                texts += [cell(self.line(protocol, model, metric), False)]
                texts += [self.difference(protocol, model, metric, WHOLE)]
            rows.append([f"**{self.labels[model]}**", *texts])
        heads = [text for metric in ABLATED for text in (MEASURES[metric].display, "minus all views")]
        return markdown_table(["views", *heads], rows)

    def inside(self, protocol: str) -> str:
        """Return accuracy inside and outside of the locus."""
        part = self.strata[protocol]
        part = part[part["stratum"] == "locus"]
        found = {(row.model, row.value): row for row in part.itertuples()}
        values = list(part["value"].unique())
        sizes = part.groupby("value")["rows"].mean()
        rows = [
            [
                f"**{self.labels[model]}**",
                self.genome[model],
                *(between(found[model, value]) if (model, value) in found else "–" for value in values),
            ]
            for model in self.plain(protocol)
        ]
        heads = [f"{value} (about {sizes[value]:.0f} rows)" for value in values]
        return markdown_table(["model", "genome", *heads], rows)


def write_curve(
    summaries: Sequence[str | Path],
    shares: Mapping[str, float],
    comparison: str,
    note: str,
    table: str | Path,
    markdown: str | Path,
) -> None:
    """Write the learning curve: share, then the columns of a comparison; and a page of the main metrics.

    Parameters
    ----------
    summaries, comparison
        As in :func:`write_beyond`.
    shares : mapping
        Split -> share of the training rows that are kept, in the order of the curve.
    note : str
        Stands on the page.
    table, markdown : path
        Outputs.
    """
    rows = read_comparison(summaries, list(shares), comparison)
    rows["share"] = rows["protocol"].map(shares)
    columns = ["share", "model", "label", "metric", "rule", "mean", "sd", "ci_low", "ci_high", "repeats"]
    write_table(rows[columns], table)
    kept = rows[rows["rule"].isin(["", CHOSEN])]
    lines = {(row.share, row.model, row.metric): row for row in kept.itertuples()}
    texts = [
        [
            "" if place else f"**{label}**",
            f"{share:.0%}",
            *(cell(lines[share, model, metric], False) for metric in HEADLINE),
        ]
        for model, label in rows[["model", "label"]].drop_duplicates().itertuples(index=False)
        for place, share in enumerate(shares.values())
    ]
    caption = "Learning curve: the same test rows, part of the training rows"
    body = markdown_table(["model", "training rows", *(head(metric) for metric in HEADLINE)], texts)
    write_text(heading(caption, note) + f"{body}\n\n{CURVE_READING}\n", markdown)


CURVE_READING = (
    "Each number is a mean over repeats, of the fold models' mean score, with its interval (the config's "
    "evaluation.level, Nadeau & Bengio; of one repeat a bootstrap over homology groups; of two to nine none). Each "
    "repeat draws its test rows as the split of the whole curve does, and keeps the share of its training rows. "
    "Location sets are by the rule that validation rows chose for accuracy. Hold a model against the constants and the "
    "age predictor of the same line."
)
