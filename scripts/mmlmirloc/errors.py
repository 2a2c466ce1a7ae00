"""The one kind of error a user is meant to read."""


class InputError(Exception):
    """Something the user gave (a file, a setting, a download) cannot be used.

    Parameters
    ----------
    what : str
        What was wrong, in one sentence without a full stop.
    where : str
        The file, config key or address it was found in.
    expected : str
        What was expected in its place.
    hint : str
        What to do next.
    """

    def __init__(self, what: str, where: object, expected: str, hint: str):
        super().__init__(what)
        self.what, self.where, self.expected, self.hint = what, str(where), expected, hint

    def __str__(self) -> str:
        return f"{self.what}\n  where:    {self.where}\n  expected: {self.expected}\n  hint:     {self.hint}"

    def __reduce__(self):
        return type(self), (self.what, self.where, self.expected, self.hint)
