"""Attributions as pictures: a structure per location, each base in a colour that says what it adds."""

from dataclasses import dataclass

from markupsafe import Markup
from matplotlib.colors import to_hex

from mmlmirloc.colours import INK, tint
from mmlmirloc.serving.drawing import OUTLINE, structure
from mmlmirloc.serving.explaining import Explained, most_important

AGAINST, FOR = "#0072B2", "#D55E00"
"""Blue and vermilion of Okabe and Ito, which those tell apart who see colours otherwise; about equally dark."""
STEPS = 10
"""Shades on each side of white."""
ZOOM = 1.1
"""Size of the pictures: two hairpins of common length stand side by side, and their letters can be read."""
SWATCH, SWATCHES_HEIGHT = 14, 18
"""Of the legend, in pixels."""


@dataclass
class Shaded:
    """The picture of one location."""

    location: str
    picture: Markup
    most_important: str
    """Words: the bases that matter most."""


@dataclass
class Shading:
    """The pictures of all locations, and what their colours mean."""

    pictures: list[Shaded]
    legend: Markup
    most: str
    """The number of the darkest colour."""


def shading(explained: Explained) -> Shading:
    """Draw the attributions of a sequence, in the same colours for all locations."""
    table, bases = explained.attributions, explained.bases
    most = float(table["attribution"].abs().max())
    sequence, brackets = ("".join(base[key] for base in bases) for key in ("base", "structure"))
    name, pictures = explained.records[0][0], []
    for location in explained.locations:
        colours = [shade(base["attributions"][location], most) for base in bases]
        # A number stays on the line of its base.
        words = ", ".join(
            f"{base}{place}\N{NO-BREAK SPACE}{signed(value)}" for place, base, value in most_important(bases, location)
        )
        words = words or "none: no change of a base changes the probability"
        meaning = f"Coloured by what each base adds to {location}; those that matter most: {words}"
        # Without ViennaRNA there is nothing to colour, and the words and the table remain.
        picture = Markup(structure(name, sequence, brackets, colours, meaning, ZOOM) if brackets else "")
        pictures.append(Shaded(location, picture, words))
    return Shading(pictures, Markup(legend(most)), f"{most:.3f}")


def shade(value: float, most: float) -> str:
    """Return the colour of an attribution, #rrggbb: white for 0, the darkest for ``most`` to either side."""
    strength = round(abs(value) / most * STEPS) / STEPS if most > 0 else 0.0
    return to_hex(tint(FOR if value > 0 else AGAINST, strength))


def signed(value: float) -> str:
    """Return an attribution with its sign, as it is to be read (and read aloud)."""
    return f"{value:+.3f}".replace("-", "−")


def legend(most: float) -> str:
    """Draw all shades from the strongest against to the strongest for, as an ``<svg>`` element."""
    shades = [shade(most * step / STEPS, most) for step in range(-STEPS, STEPS + 1)]
    side, width = 34, SWATCH * len(shades)
    swatches = "".join(
        f'<rect x="{side + number * SWATCH}" y="1" width="{SWATCH}" height="{SWATCHES_HEIGHT}" fill="{colour}"/>'
        for number, colour in enumerate(shades)
    )
    ticks = [(0, signed(-most)), (width / 2, "0"), (width, signed(most))]
    words = "".join(f'<text x="{side + at:g}" y="36" text-anchor="middle">{text}</text>' for at, text in ticks)
    told = f"Colours: blue {signed(-most)}, white 0, orange {signed(most)}"
    return (
        f'<svg class="legend" xmlns="http://www.w3.org/2000/svg" width="{width + 2 * side}" height="40" '
        f'viewBox="0 0 {width + 2 * side} 40" role="img" aria-label="{told}" font-size="13" fill="{INK}">{swatches}'
        f'<rect x="{side}" y="1" width="{width}" height="{SWATCHES_HEIGHT}" fill="none" stroke="{OUTLINE}"/>'
        f"{words}</svg>"
    )
