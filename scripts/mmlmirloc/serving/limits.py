"""What one request may cost, and the answer to one that asks for more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limits:
    """Bounds of the web page and the API; all of them can be set by who runs the server."""

    body_bytes: int = 1_000_000
    """Size of a request's body; more is answered with 413."""
    body_seconds: float = 10.0
    """Time in which a request's body has to arrive; later is answered with 408."""
    records: int = 1000
    """Sequences in one request; more is answered with 413."""
    sequence_length: int = 1000
    """Letters of one sequence; more is answered with 413."""
    name_length: int = 200
    """Letters of one name; more is answered with 413."""
    seconds: float = 30.0
    """Time to predict one request, not counting its wait; longer is answered with 413. Also the longest wait: 503."""
    workers: int = 1
    """Requests predicted at a time. More than one only for a predictor that may be called from several threads."""
    queue: int = 8
    """Requests that may wait for a worker; one more is answered with 503."""
    requests: int = 64
    """Requests read or answered at a time, each with up to ``body_bytes`` in memory; one more is answered with 503."""
    connections: int = 256
    """Connections at a time, idle ones included; more are answered with 503 by uvicorn itself."""
    retry_after: int = 10
    """Seconds after which a client that got 503 is asked to come back."""
    batch: int = 50
    """Sequences predicted in one go: a request that ran out of time stops after the batch at hand."""
    drawn_records: int = 20
    """Sequences of a request whose secondary structure is drawn."""
    drawn_length: int = 200
    """Letters of the longest sequence whose secondary structure is drawn."""
    explained_length: int = 150
    """Letters of the longest sequence whose bases are explained; the longest hairpin of the dataset has 149. The cost
    grows faster than the cube of the length: 200 letters would take longer than ``seconds``."""

    def described(self) -> list[tuple[str, str]]:
        """Return what a visitor may want to know, as pairs of what and how much."""
        return [
            ("Size of a request", f"{self.body_bytes:,} bytes"),
            ("Sequences in a request", f"{self.records:,}"),
            ("Letters in a sequence", f"{self.sequence_length:,}"),
            ("Letters in a sequence to be explained", f"{min(self.explained_length, self.drawn_length):,}"),
            ("Letters in a name", f"{self.name_length:,}"),
            ("Time to send a request", f"{self.body_seconds:g} seconds"),
            ("Time to predict a request", f"{self.seconds:g} seconds"),
            ("Requests that may wait", f"{self.queue:,}"),
        ]


@dataclass(eq=False)
class Refusal(Exception):
    """A request that gets no prediction, and the words of the answer.

    Nothing that was sent may stand in ``message`` or ``hint`` but names of sequences: both may be shown anywhere.
    """

    status: int
    message: str
    hint: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self):
        super().__init__(self.message)


def too_large(limits: Limits) -> Refusal:
    """Refuse a body over the limit."""
    return Refusal(413, f"The request has more than {limits.body_bytes:,} bytes", "Send fewer sequences at a time.")


def too_busy(limits: Limits) -> Refusal:
    """Refuse a request for which there is no room."""
    hint = f"Try again in {limits.retry_after} seconds."
    return Refusal(503, "The server is busy", hint, {"Retry-After": str(limits.retry_after)})


def check_records(records: Sequence[tuple[str, str]], limits: Limits) -> None:
    """Refuse too many records, and too long names and sequences.

    Parameters
    ----------
    records : sequence of (str, str)
        Names and sequences.
    limits : Limits
        The bounds.

    Raises
    ------
    Refusal
        With status 413; the message says which record it is and what is allowed.
    """
    if len(records) > limits.records:
        message = f"{len(records):,} sequences are too many: at most {limits.records:,} are allowed in a request"
        raise Refusal(413, message, "Send them in parts.")
    for number, (name, sequence) in enumerate(records, start=1):
        if len(name) > limits.name_length:
            message = f"The name of sequence {number} is too long: at most {limits.name_length:,} letters are allowed"
            raise Refusal(413, message, "Shorten it.")
        if len(sequence) > limits.sequence_length:
            message = (
                f"Sequence {number} ({name}) is too long: it has {len(sequence):,} letters, "
                f"and at most {limits.sequence_length:,} are allowed"
            )
            raise Refusal(413, message, "Send the hairpin of the miRNA alone.")
