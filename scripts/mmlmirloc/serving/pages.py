"""The pages, as HTML text. The templates escape everything; only our own pictures are put in as they are."""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from mmlmirloc import __version__
from mmlmirloc.predicting.cleaning import Expected, Record, expected_of
from mmlmirloc.predicting.model_file import whose
from mmlmirloc.predicting.structure import can_fold
from mmlmirloc.serving.answering import Answered, drawable
from mmlmirloc.serving.drawing import bars, structure
from mmlmirloc.serving.explaining import Explained, why_not
from mmlmirloc.serving.limits import Limits, Refusal
from mmlmirloc.serving.shading import Shading, shading, signed

TEMPLATES = Path(__file__).parent / "templates"
EXAMPLE = (TEMPLATES / "example.fa").read_text(encoding="utf-8")


@dataclass
class Shown:
    """One sequence on the page of results."""

    prediction: dict
    bars: Markup
    structure: Markup
    brackets: str
    fasta: str
    """What the button sends that asks which bases matter; "" for no button."""
    shading: Shading | None = None
    bases: list[dict] = field(default_factory=list)
    """Their attributions, where they were asked for."""


def scores_side_by_side(card: dict) -> dict[tuple[str, str], dict[str, dict]]:
    """Return (protocol, metric) -> label -> score of the card, the model's own label first; {} where it has no such."""
    scores = card.get("scores", [])
    if not all({"protocol", "metric", "label", "mean", "ci_low", "ci_high"} <= score.keys() for score in scores):
        return {}
    found: dict[tuple[str, str], dict[str, dict]] = {}
    for score in sorted(scores, key=lambda score: score["label"] != card.get("name")):
        found.setdefault((score["protocol"], score["metric"]), {})[score["label"]] = score
    return found


class Pages:
    """Writes the pages of one model.

    Parameters
    ----------
    card : dict
        The model card.
    locations : list of str
        The locations.
    limits : Limits
        The bounds, for the visitor to read.
    known : bool
        Whether there is an atlas, so that names are understood.
    """

    def __init__(self, card: dict, locations: list[str], limits: Limits, known: bool = False):
        self.card, self.limits = card, limits
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            card=card,
            locations=locations,
            limits=limits,
            known=known,
            version=__version__,
            model=str(card.get("name", "unnamed")),
            species=whose(card),
            expected=expected_of(card),
            can_fold=can_fold(),
        )
        self._environment.filters.update(value=shown_value, code=marked_code, signed=signed)

    def _page(self, template: str, up: str = "", **values) -> str:
        return self._environment.get_template(template).render(up=up, **values)

    def form(self, text: str = "", problem: Refusal | None = None) -> str:
        """Return the page with the form, filled in with ``text``."""
        return self._page("form.html", text=text, problem=problem)

    def results(self, answered: Answered, text: str, stop: Event) -> str:
        """Return the page of results; ``text`` is what was asked, which the downloads ask again.

        ``stop`` is set once nobody waits for it any more.
        """
        if isinstance(answered, Explained):
            shown = [self._explained(answered)]
        else:
            predictions = answered.predictions
            drawn = drawable(answered, predictions, self.limits, stop)
            shown = [
                self._shown(*one, answered.expected) for one in zip(predictions, answered.records, drawn, strict=True)
            ]
        return self._page("results.html", shown=shown, text=text)

    def _shown(self, prediction: dict, record: Record, found: tuple[str, str] | None, expected: Expected) -> Shown:
        picture = brackets = fasta = ""
        if found:
            brackets = found[1]
            picture = structure(record.name, *found) if brackets else ""
            if not why_not(prediction, record, self.limits, expected):
                # As it was predicted; a header's name ends at the first space.
                fasta = f">{'_'.join(record.name.split())}\n{found[0]}\n"
        return Shown(prediction, chart(prediction), Markup(picture), brackets, fasta)

    def _explained(self, explained: Explained) -> Shown:
        prediction = explained.predictions[0]
        return Shown(prediction, chart(prediction), Markup(""), "", "", shading(explained), explained.bases)

    def compare(
        self, wild_type: str = "", mutant: str = "", compared: list[list[dict]] | None = None, problem=None
    ) -> str:
        """Return the page that compares wild types with mutants, filled in, with what was found or why nothing was."""
        values = {"wild_type": wild_type, "mutant": mutant, "compared": compared or [], "problem": problem}
        return self._page("compare.html", **values)

    def about(self) -> str:
        """Return the page about the model: card, privacy, licence, how to cite."""
        scores = scores_side_by_side(self.card)
        described = {key: value for key, value in self.card.items() if value != "" and (key != "scores" or not scores)}
        return self._page("about.html", described=described, scores=scores)

    def documentation(self, description: dict) -> str:
        """Return the page about the API, written from its OpenAPI description."""
        return self._page("documentation.html", api=description)

    def problem(self, refusal: Refusal, path: str) -> str:
        """Return the page that says why there is no other."""
        # Links are relative, so that the pages work below any prefix of a proxy.
        return self._page("problem.html", up="../" * max(path.count("/") - 1, 0), problem=refusal)


def chart(prediction: dict) -> Markup:
    """Return the bars of a prediction."""
    # Numbers may be missing even where a prediction was made; bars of nothing would mislead.
    if None in prediction["probabilities"].values():
        return Markup("")
    return Markup(bars(prediction["name"], prediction["probabilities"], prediction["predicted"]))


def shown_value(value) -> str:
    """Return a number or word of the model card as it is to be read."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "–"}[value]
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def marked_code(text: str) -> Markup:
    """Return ``text`` with what stands between backticks, as OpenAPI descriptions have it, as code."""
    parts = str(text).split("`")
    return Markup("").join(Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts))
