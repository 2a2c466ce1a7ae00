"""The source of the running program, which its licence gives every visitor the right to."""

import io
import tarfile
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
ENDINGS = {".py", ".html", ".css", ".svg", ".fa"}
BESIDE = ("LICENSE", "README.md", "pyproject.toml", "requirements.lock")
"""Files of a checkout that belong to the source; an installed package does not have them."""


@cache
def source_archive() -> bytes:
    """Return a tar.gz of this package's code as it is on this server, changes of its owner included."""
    root = PACKAGE.parents[1]
    files = {f"mmlmirloc/scripts/{path.relative_to(PACKAGE.parent)}": path for path in sorted(PACKAGE.rglob("*"))}
    chosen = {name: path for name, path in files.items() if path.suffix in ENDINGS and path.is_file()}
    if (root / "pyproject.toml").exists():
        chosen |= {f"mmlmirloc/{name}": root / name for name in BESIDE if (root / name).is_file()}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, path in chosen.items():
            entry = tarfile.TarInfo(name)
            entry.size = path.stat().st_size
            with path.open("rb") as file:
                archive.addfile(entry, file)
    return packed.getvalue()
