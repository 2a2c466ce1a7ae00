"""Pieces of sentences that pages and closing words have in common."""

from collections.abc import Sequence


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence lists them: ``a, b and c``; ``none`` where there is none."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words) or "none"


def counted(count: int, noun: str) -> str:
    """Return a number and what it counts: ``1 repeat``, ``2 repeats``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
