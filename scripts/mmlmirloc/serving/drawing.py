"""Pictures as SVG text: probabilities as bars, and the secondary structure of a hairpin."""

import math
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from mmlmirloc.colours import INK, ink_on, location_colours

ROW, LABEL, TRACK, SPACE = 26, 104, 170, 118
"""Of the bars: height of a row, and width of its three parts."""
UNIT = 12
"""Length of a bond in the picture of a structure."""
ZOOM = 1.4
"""Size of that picture on a screen that has room for it."""
NUCLEOTIDES = {"A": "#9BD0F5", "C": "#FFD580", "G": "#8FD9BF", "U": "#EDB5D2"}
"""Light colours, on which black letters have a contrast above 10:1."""
OUTLINE = "#767676"
"""Of what is light on the white of the page: its contrast is above 3:1."""


def bars(name: str, probabilities: Mapping[str, float], predicted: Mapping[str, bool]) -> str:
    """Draw one bar per location, from 0 to 1.

    Parameters
    ----------
    name : str
        Name of the sequence.
    probabilities : mapping of str to float
        Location to probability, in the order to be drawn.
    predicted : mapping of str to bool
        Location to whether it is predicted, which is written beside its bar.

    Returns
    -------
    str
        An ``<svg>`` element with a text alternative.
    """
    colours = location_colours(probabilities)
    words = {
        location: f"{value:.2f}{' predicted' if predicted[location] else ''}"
        for location, value in probabilities.items()
    }
    parts = []
    for number, (location, value) in enumerate(probabilities.items()):
        top = number * ROW
        weight = ' font-weight="bold"' if predicted[location] else ""
        parts.append(
            f'<text x="{LABEL - 8}" y="{top + 18}" text-anchor="end"{weight}>{escape(location)}</text>'
            f'<rect x="{LABEL}" y="{top + 5}" width="{TRACK}" height="{ROW - 9}" fill="#fff" stroke="{OUTLINE}"/>'
            # The outline tells a light bar from the white of the track.
            f'<rect x="{LABEL}" y="{top + 5}" width="{value * TRACK:.1f}" height="{ROW - 9}" '
            f'fill="{colours[location]}" stroke="{INK}"/>'
            f'<text x="{LABEL + TRACK + 8}" y="{top + 18}"{weight}>{words[location]}</text>'
        )
    height = len(probabilities) * ROW
    for share in (0, 0.5, 1):
        at = LABEL + share * TRACK
        parts.append(
            f'<path d="M{at} {height}v4" stroke="{INK}"/>'
            f'<text x="{at}" y="{height + 17}" text-anchor="middle" font-size="11">{share:g}</text>'
        )
    told = "; ".join(f"{location} {text}" for location, text in words.items())
    return (
        f'<svg class="bars" xmlns="http://www.w3.org/2000/svg" width="{LABEL + TRACK + SPACE}" height="{height + 22}" '
        f'viewBox="0 0 {LABEL + TRACK + SPACE} {height + 22}" role="img" '
        f'aria-label="{escape(f"Probabilities of {name}: {told}")}" font-size="13" fill="{INK}">{"".join(parts)}</svg>'
    )


def structure(
    name: str,
    sequence: str,
    brackets: str,
    colours: Sequence[str] | None = None,
    meaning: str = "",
    zoom: float = ZOOM,
) -> str:
    """Draw a secondary structure, its longest extent from left to right.

    Parameters
    ----------
    name : str
        Name of the sequence.
    sequence : str
        The letters.
    brackets : str
        The structure in dot-bracket notation, as long as ``sequence``.
    colours : sequence of str, optional
        Of each letter's dot, as #RRGGBB; else a dot has the colour of its letter.
    meaning : str, optional
        What the colours say, for the text alternative.
    zoom : float, optional
        Size on a screen that has room for it.

    Returns
    -------
    str
        An ``<svg>`` element with a text alternative.

    Raises
    ------
    ValueError
        When ``brackets`` is not balanced, or it or ``colours`` of another length.
    """
    colours = [NUCLEOTIDES.get(letter, "#DDDDDD") for letter in sequence] if colours is None else colours
    if not len(colours) == len(brackets) == len(sequence) or not sequence:
        raise ValueError("sequence and structure or colours differ in length, or are empty")
    places = layout(brackets) * UNIT
    places -= places.min(axis=0) - 2.2 * UNIT
    width, height = places.max(axis=0) + 2.2 * UNIT
    partners = partners_of(brackets)
    backbone = "L".join(point(place) for place in places)
    bonds = "".join(
        f"M{point(places[first])}L{point(places[second])}" for first, second in enumerate(partners) if second > first
    )
    told = f"Secondary structure of {name}: {len(sequence)} nucleotides, {bonds.count('M')} base pairs"
    told += f". {meaning}" if meaning else ""
    return (
        f'<svg class="structure" xmlns="http://www.w3.org/2000/svg" '
        f'width="{width * zoom:.0f}" height="{height * zoom:.0f}" '
        f'viewBox="0 0 {width:.1f} {height:.1f}" role="img" aria-label="{escape(told)}" fill="none" '
        f'stroke-linecap="round" text-anchor="middle">'
        f'<path d="M{backbone}" stroke="{OUTLINE}"/><path d="{bonds}" stroke="{INK}" stroke-width="2.5"/>'
        f"{dots(colours, places)}{letters(sequence, colours, places)}{ends(places)}</svg>"
    )


def dots(colours: Sequence[str], places: np.ndarray) -> str:
    """Draw a dot at each place, all of one colour as one element, on an outline that tells light ones from white."""
    parts = [(OUTLINE, "11.5", places)]
    parts += [(one, "10.5", places[[found == one for found in colours]]) for one in dict.fromkeys(colours)]
    return "".join(
        # A line of no length with round ends is a dot.
        f'<path d="{"".join(f"M{point(place)}h0" for place in chosen)}" stroke="{colour}" stroke-width="{width}"/>'
        for colour, width, chosen in parts
    )


def letters(sequence: str, colours: Sequence[str], places: np.ndarray) -> str:
    """Draw the letters, all that are black and all that are white as one element."""
    inks = [ink_on(colour) for colour in colours]
    parts = []
    for ink in dict.fromkeys(inks):
        chosen = [number for number, found in enumerate(inks) if found == ink]
        x = " ".join(f"{place[0]:.1f}" for place in places[chosen])
        y = " ".join(f"{place[1] + 3:.1f}" for place in places[chosen])
        text = escape("".join(sequence[number] for number in chosen))
        parts.append(f'<text x="{x}" y="{y}" font-size="8.5" fill="{ink}">{text}</text>')
    return "".join(parts)


def ends(places: np.ndarray) -> str:
    """Name the two ends, each a bond's length further out than its letter."""
    centre = places.mean(axis=0)
    parts = []
    for text, place, other in (("5′", places[0], places[-1]), ("3′", places[-1], places[0])):
        # Away from the middle of the picture, and away from the other end, which often lies beside it.
        away = unit(place - centre) + unit(place - other)
        x, y = place + unit(away) * 1.25 * UNIT
        parts.append(f'<text x="{x:.1f}" y="{y + 3:.1f}" font-size="9" fill="#000">{text}</text>')
    return "".join(parts)


def unit(vector: np.ndarray) -> np.ndarray:
    """Return ``vector`` with length 1, or of no length if it has none."""
    length = np.hypot(*vector)
    return vector / length if length > 1e-9 else vector * 0


def point(place: Sequence[float]) -> str:
    """Return a place as SVG writes it."""
    return f"{place[0]:.1f} {place[1]:.1f}"


def layout(brackets: str) -> np.ndarray:
    """Lay a structure out: each loop a regular polygon with sides of length 1, what is in no loop on a line.

    Parameters
    ----------
    brackets : str
        A structure in dot-bracket notation.

    Returns
    -------
    numpy.ndarray of shape (length, 2)
        Places, turned so that the longest extent is from left to right and the first nucleotide on the left.
    """
    angles = inner_angles(partners_of(brackets))
    # The walk along the backbone turns at each nucleotide by what its angles leave of half a turn.
    headings = np.concatenate([[0.0], np.cumsum(math.pi - angles[1:-1])])[: len(angles) - 1]
    steps = np.column_stack([np.cos(headings), np.sin(headings)])
    places = np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])
    return turned(places - places.mean(axis=0))


def turned(places: np.ndarray) -> np.ndarray:
    """Turn centred places so that they extend most from left to right and begin on the left."""
    x, y = np.linalg.eigh(places.T @ places)[1][:, -1]
    # A rotation: a mirror image would run the other way round.
    places = places @ np.array([[x, -y], [y, x]])
    return -places if places[0, 0] > 0 else places


def inner_angles(partners: Sequence[int]) -> np.ndarray:
    """Return for each nucleotide the sum of its angles in the polygons that it is a corner of."""
    angles = np.array([math.pi if partner < 0 else 0.0 for partner in partners])
    for first, last in enumerate(partners):
        if last > first:
            corners = loop(first, partners)
            # An unpaired nucleotide is a corner of one polygon only.
            inside = math.pi * (len(corners) - 2) / len(corners)
            for corner in corners:
                angles[corner] = inside if partners[corner] < 0 else angles[corner] + inside
    # A pair in no loop stands upright on the line.
    place = 0
    while place < len(partners):
        if partners[place] > place:
            angles[place] += math.pi / 2
            place = partners[place]
            angles[place] += math.pi / 2
        place += 1
    return angles


def loop(first: int, partners: Sequence[int]) -> list[int]:
    """Return the corners of the polygon that the pair of ``first`` closes."""
    corners, place = [first], first + 1
    while place < partners[first]:
        corners.append(place)
        if partners[place] > place:
            place = partners[place]
            corners.append(place)
        place += 1
    return [*corners, partners[first]]


def partners_of(brackets: str) -> list[int]:
    """Return the place of each nucleotide's partner, or -1.

    Raises
    ------
    ValueError
        When ``brackets`` holds other signs, or is not balanced.
    """
    partners, opened = [-1] * len(brackets), []
    for place, sign in enumerate(brackets):
        if sign == "(":
            opened.append(place)
        elif sign == ")" and opened:
            partners[place] = opened.pop()
            partners[partners[place]] = place
        elif sign != ".":
            raise ValueError("not a structure in dot-bracket notation")
    if opened:
        raise ValueError("not a structure in dot-bracket notation")
    return partners
