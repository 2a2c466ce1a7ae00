"""The colours of figures and of the web page."""

from collections.abc import Iterable

from matplotlib.colors import to_rgb

# Okabe and Ito 2008, "Color universal design".
NAMED = {"nucleus": "#0072B2", "exosome": "#E69F00", "cytoplasm": "#009E73", "microvesicle": "#CC79A7"}
SPARE = ("#56B4E9", "#D55E00", "#F0E442", "#000000")

GREY = "#7F7F7F"
INK = "#333333"


def location_colours(locations: Iterable[str]) -> dict[str, str]:
    """Give each location its colour, the same in every figure.

    Parameters
    ----------
    locations : iterable of str
        Names in the order of the configuration. The four of the paper have a colour of their own; others take
        the remaining colours of Okabe and Ito in turn.

    Returns
    -------
    dict of str to str
        Location to hexadecimal colour.
    """
    locations = list(locations)
    others = [location for location in locations if location not in NAMED]
    spare = {location: SPARE[number % len(SPARE)] for number, location in enumerate(others)}
    return {location: NAMED.get(location) or spare[location] for location in locations}


def tint(colour: str, strength: float) -> tuple[float, float, float]:
    """Mix ``colour`` with white: 1 is the colour itself, 0 is white."""
    return tuple(1 - strength * (1 - channel) for channel in to_rgb(colour))


def ink_on(colour: str | tuple[float, ...]) -> str:
    """Return black or white, whichever is easier to read on ``colour`` (relative luminance of WCAG 2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "black" if luminance > 0.179 else "white"
