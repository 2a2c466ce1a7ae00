"""RNABERT's weights in multimolecule's layout: a directory with a configuration and one file of tensors."""

import json
from pathlib import Path

from mmlmirloc.sources.problem import Problem

FILES = ("config.json", "model.safetensors")
ADVICE = "take the file from multimolecule/rnabert"


def is_directory(source: str) -> bool:
    """Tell a directory, there or not, from an id on the hub."""
    return Path(source).expanduser().is_dir() or source.startswith((".", "/", "~")) or source.count("/") > 1


def check(directory: Path) -> None:
    """Refuse a directory that does not hold RNABERT in multimolecule's layout."""
    expected = f"a directory that holds {' and '.join(FILES)}, as multimolecule/rnabert on the hub does"
    if not directory.is_dir():
        raise Problem("The RNABERT directory is missing", expected, "check the path")
    missing = [name for name in FILES if not (directory / name).is_file()]
    if missing:
        raise Problem(f"The RNABERT directory has no {' and no '.join(missing)}", expected, "check the directory")
    check_config(directory / FILES[0])
    check_weights(directory / FILES[1])


def check_config(path: Path) -> None:
    """Refuse a ``config.json`` of another model."""
    expected = 'JSON with "model_type": "rnabert"'
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Problem(f"{path.name} of RNABERT cannot be read ({error})", expected, ADVICE) from error
    model_type = config.get("model_type") if isinstance(config, dict) else None
    if model_type != "rnabert":
        raise Problem(f"{path.name} is of the model {model_type}", expected, ADVICE)


def check_weights(path: Path) -> None:
    """Refuse a file that safetensors cannot open (it compares the announced and the actual length)."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy"):
            pass
    except (OSError, SafetensorError) as error:
        raise Problem(f"{path.name} of RNABERT cannot be read ({error})", "a whole safetensors file", ADVICE) from error
