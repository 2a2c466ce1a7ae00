"""Why a source cannot be used, before it is known what to call it and which setting names it."""

from dataclasses import dataclass

from mmlmirloc.errors import InputError


@dataclass
class Problem(Exception):
    """Why a source cannot be used; ``again`` when another try may go better."""

    what: str
    expected: str
    advice: str
    again: bool = False

    def at(self, where: object, hint: str = "") -> InputError:
        """Return the error that a user reads: ``where`` is the source, ``hint`` follows the advice."""
        return InputError(self.what, where, self.expected, self.advice + hint)
