"""Pictures as SVG text: probabilities as bars, and the secondary structure of a hairpin."""

import math
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from mmlmirloc.reporting.style import INK, location_colours

ROW, LABEL, TRACK, SPACE = 26, 104, 170, 118
"""Of the bars: height of a row, and width of its three parts."""
UNIT = 12
"""Length of a bond in the picture of a structure."""
ZOOM = 1.4
"""Size of that picture on a screen that has room for it."""
NUCLEOTIDES = {"A": "#9BD0F5", "C": "#FFD580", "G": "#8FD9BF", "U": "#EDB5D2"}
"""Light colours, on which black letters have a contrast above 10:1."""


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
            f'<rect x="{LABEL}" y="{top + 5}" width="{TRACK}" height="{ROW - 9}" fill="#fff" stroke="#767676"/>'
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


def structure(name: str, sequence: str, brackets: str) -> str:
    """Draw a secondary structure, its longest extent from left to right.

    Parameters
    ----------
    name : str
        Name of the sequence.
    sequence : str
        The letters.
    brackets : str
        The structure in dot-bracket notation, as long as ``sequence``.

    Returns
    -------
    str
        An ``<svg>`` element with a text alternative.

    Raises
    ------
    ValueError
        When ``brackets`` is not balanced, or of another length.
    """
    if len(brackets) != len(sequence) or not sequence:
        raise ValueError("sequence and structure differ in length, or are empty")
    places = layout(brackets) * UNIT
    places -= places.min(axis=0) - 2.2 * UNIT
    width, height = places.max(axis=0) + 2.2 * UNIT
    partners = partners_of(brackets)
    backbone = "L".join(point(place) for place in places)
    bonds = "".join(
        f"M{point(places[first])}L{point(places[second])}" for first, second in enumerate(partners) if second > first
    )
    told = f"Secondary structure of {name}: {len(sequence)} nucleotides, {bonds.count('M')} base pairs"
    return (
        f'<svg class="structure" xmlns="http://www.w3.org/2000/svg" '
        f'width="{width * ZOOM:.0f}" height="{height * ZOOM:.0f}" '
        f'viewBox="0 0 {width:.1f} {height:.1f}" role="img" aria-label="{escape(told)}" fill="none" '
        f'stroke-linecap="round" text-anchor="middle">'
        f'<path d="M{backbone}" stroke="#767676"/><path d="{bonds}" stroke="{INK}" stroke-width="2.5"/>'
        f"{letters(sequence, places)}{ends(places)}</svg>"
    )


def letters(sequence: str, places: np.ndarray) -> str:
    """Draw the letters, all of one kind in two elements: dots of its colour, and the letters on them."""
    parts = []
    for letter in sorted(set(sequence)):
        chosen = places[[found == letter for found in sequence]]
        # A line of no length with round ends is a dot.
        dots = "".join(f"M{point(place)}h0" for place in chosen)
        x = " ".join(f"{place[0]:.1f}" for place in chosen)
        y = " ".join(f"{place[1] + 3:.1f}" for place in chosen)
        parts.append(
            f'<path d="{dots}" stroke="{NUCLEOTIDES.get(letter, "#DDD")}" stroke-width="10.5"/>'
            f'<text x="{x}" y="{y}" font-size="8.5" fill="#000">{escape(letter) * len(chosen)}</text>'
        )
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
