"""The command ``mmlmirloc``: predict sequences, or serve the web page."""

import argparse
import os
import sys
from collections.abc import Sequence

FORMATS = ("tsv", "long", "json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status, 1 after a message about unusable input."""
    options = parser().parse_args(arguments)
    # Imported here, so that --help is at once there; and a broken pipe or bad input is no traceback.
    from mmlmirloc.errors import InputError

    try:
        options.run(options)
        sys.stdout.flush()
    except InputError as error:
        print(f"mmlmirloc: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"mmlmirloc: {error.strerror}: {error.filename}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    whole = argparse.ArgumentParser(prog="mmlmirloc", description="Where in the cell human microRNAs are found.")
    commands = whole.add_subparsers(required=True, metavar="command")
    predict = commands.add_parser("predict", help="predict the locations of hairpins")
    predict.add_argument("sequences", help="FASTA or one sequence per line, plain or gzip; - for standard input")
    predict.add_argument("--out", default="-", help="output file; standard output without it")
    predict.add_argument("--format", choices=FORMATS, default="tsv", help="tsv, long (a line per location) or json")
    predict.add_argument("--processes", type=int, default=1, help="batches predicted side by side (default 1)")
    predict.set_defaults(run=run_predict)
    serve = commands.add_parser("serve", help="serve the web page")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    serve.add_argument("--port", type=int, default=8000, help="port (default 8000)")
    serve.set_defaults(run=run_serve)
    for command in (predict, serve):
        command.add_argument("--model", help="a model file; a shipped one without it")
        command.add_argument(
            "--database", help="folder with miRBase's hairpin.fa and mature.fa: the model with homologs"
        )
    return whole


def run_predict(options: argparse.Namespace) -> None:
    """Predict a file."""
    from mmlmirloc.predicting.tables import predict_file

    predict_file(
        options.sequences, options.out, options.model, options.database, options.format, max(options.processes, 1)
    )


def run_serve(options: argparse.Namespace) -> None:
    """Serve the page until interrupted."""
    from mmlmirloc.serving import serve

    serve(options.host, options.port, options.model, options.database)


if __name__ == "__main__":
    sys.exit(main())
