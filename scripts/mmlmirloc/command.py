"""The command ``mmlmirloc``: predict sequences, look names up, compare mutants, or serve the web page."""

import argparse
import os
import sys
from collections.abc import Sequence

FORMATS = ("tsv", "long", "json", "jsonl")


def positive(text: str) -> int:
    """Read a whole number above 0."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def seconds(text: str) -> float:
    """Read a time above 0."""
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError
    return number


def count(text: str) -> int:
    """Read a whole number, 0 included."""
    number = int(text)
    if number < 0:
        raise ValueError
    return number


# The limits of the page that the command can set, with their defaults as in mmlmirloc.serving.limits.
LIMITS = {
    "records": (positive, 1000, "sequences in one request"),
    "sequence_length": (positive, 1000, "bases of one sequence; a longer one is refused, the others are predicted"),
    "body_bytes": (positive, 1_000_000, "size of a request, in bytes"),
    "seconds": (seconds, 30.0, "time to predict one request"),
    "workers": (positive, 1, "requests predicted side by side"),
    "queue": (count, 50, "requests that may wait for their turn"),
    "wait": (seconds, 10.0, "seconds that a request waits at most for its turn"),
    "requests": (positive, 100, "requests read, waiting or answered at a time"),
    "connections": (positive, 256, "connections at a time"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status, 1 after a message about unusable input."""
    options = parser().parse_args(arguments)
    # Imported here, so that --help is at once there; and a broken pipe or bad input is no traceback.
    from mmlmirloc.errors import InputError

    try:
        options.run(options)
        if sys.stdout:
            sys.stdout.flush()
    except InputError as error:
        return failed(str(error))
    except BrokenPipeError:
        discard_output()
        return 1
    except OSError as error:
        output = getattr(options, "out", "-")
        if error.filename is None and output == "-":
            discard_output()
        return failed(
            f"{error.strerror or error}: {error.filename or ('standard output' if output == '-' else output)}"
        )
    except KeyboardInterrupt:
        return 130
    return 0


def failed(message: str) -> int:
    """Say why the command ends; return its exit status."""
    if sys.stderr:
        print(f"mmlmirloc: {message}", file=sys.stderr)
    return 1


def discard_output() -> None:
    """Let go of what is not written yet: Python would try once more at the end, and say so with a traceback."""
    if sys.stdout:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    whole = argparse.ArgumentParser(prog="mmlmirloc", description="Where in the cell human microRNAs are found.")
    commands = whole.add_subparsers(required=True, metavar="command")
    predict = commands.add_parser("predict", help="predict the locations of hairpins")
    predict.add_argument(
        "sequences",
        nargs="+",
        help="files: FASTA, FASTQ, one sequence per line or a table of names and sequences, plain or compressed; "
        "- for standard input",
    )
    predict.add_argument("--out", default="-", help="output file; standard output without it")
    predict.add_argument(
        "--format",
        choices=FORMATS,
        default="tsv",
        help="tsv (the default), long (a line per location), json (one document) or jsonl (an object per line)",
    )
    predict.add_argument("--processes", type=int, default=1, help="batches predicted side by side (default 1)")
    predict.set_defaults(run=run_predict)
    add_lookup(commands)
    compare = add_compare(commands)
    serve = commands.add_parser("serve", help="serve the web page")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    serve.add_argument("--port", type=int, default=8000, help="port (default 8000)")
    serve.add_argument("--root-path", default="", help="path below which a proxy shows the page, as /mirloc")
    for name, (kind, default, what) in LIMITS.items():
        option = f"--{name.replace('_', '-')}"
        serve.add_argument(option, type=kind, default=default, metavar="NUMBER", help=f"{what} (default %(default)s)")
    serve.set_defaults(run=run_serve)
    for command in (predict, compare, serve):
        command.add_argument("--model", help="a model file of your own; the shipped model without it")
    return whole


def add_lookup(commands: argparse._SubParsersAction) -> None:
    """Add the command that looks names up."""
    lookup = commands.add_parser("lookup", help="look up what is predicted for known miRNAs")
    lookup.add_argument(
        "names",
        nargs="+",
        help="names or accessions, such as hsa-miR-21-5p, mir-21, let-7a or MI0000077, in any case; or files of them; "
        "- for standard input",
    )
    lookup.add_argument("--out", default="-", help="output file; standard output without it")
    lookup.add_argument("--format", choices=FORMATS, default="tsv", help="as of predict (default tsv)")
    lookup.add_argument("--every-model", action="store_true", help="the lines of the other models below each answer")
    lookup.add_argument("--atlas", help="an atlas of your own; the shipped one without it")
    lookup.set_defaults(run=run_lookup)


def run_lookup(options: argparse.Namespace) -> None:
    """Look names up."""
    from mmlmirloc.atlas.lookup import write_lookup

    write_lookup(options.names, options.out, options.format, options.atlas, options.every_model)


def add_compare(commands: argparse._SubParsersAction) -> argparse.ArgumentParser:
    """Add the command that compares wild types with mutants; return its parser."""
    compare = commands.add_parser("compare", help="compare what is predicted for a wild type and a mutant")
    compare.add_argument(
        "sequences",
        nargs="+",
        help="a file of wild types and one of mutants, paired by name or by order, or one wild type and its mutants; "
        "or one file in which each wild type is followed by its mutant; - for standard input",
    )
    compare.add_argument("--out", default="-", help="output file; standard output without it")
    compare.add_argument(
        "--format", choices=("tsv", "json", "jsonl"), default="tsv", help="a line per pair and location (default tsv)"
    )
    compare.set_defaults(run=run_compare)
    return compare


def run_compare(options: argparse.Namespace) -> None:
    """Compare wild types with mutants."""
    from mmlmirloc.predicting.mutants import compare_files

    compare_files(options.sequences, options.out, options.format, options.model)


def run_predict(options: argparse.Namespace) -> None:
    """Predict a file."""
    from mmlmirloc.predicting.tables import predict_file

    predict_file(options.sequences, options.out, options.model, options.format, max(options.processes, 1))


def run_serve(options: argparse.Namespace) -> None:
    """Serve the page until interrupted."""
    from mmlmirloc.serving import serve
    from mmlmirloc.serving.limits import Limits

    limits = Limits(**{name: getattr(options, name) for name in LIMITS})
    serve(options.host, options.port, options.model, limits, options.root_path)


if __name__ == "__main__":
    sys.exit(main())
