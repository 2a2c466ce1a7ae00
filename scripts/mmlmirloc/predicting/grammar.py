"""From lines of text to records: FASTA, FASTQ, a list of sequences or a table, whichever stands there."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from mmlmirloc.predicting.cleaning import GAPS, SHORTEST, Record, looks_like_bases
from mmlmirloc.predicting.columns import is_header, layout_of
from mmlmirloc.predicting.formats import LINES, refuse_text
from mmlmirloc.predicting.lists import list_records

MARK = "\ufeff"
# Around a line; \x1a ended a file on DOS. Other white space is to be named, or removed with a remark.
WHITE = f" \t\r\n\v\f\x1a{MARK}"
STARTS = re.compile(r">|&gt;|@")
# Lines that hold no bases: comments, ends of entries, rules and fences of Markdown, Excel's word on the separator.
SKIPPED = re.compile(r"[;#]|//$|```|~~~|\|?[:\s-]+\|[|:\s-]*$|sep=.$|(?i:\s*frequency of mfe structure)")
STRUCTURE = re.compile(r"(?=.*[()\[\]{}<>])[.()\[\]{}<>|,:_~&-]+(\s+[(\[{].*)?")
# A header that follows a sequence on its line, since a file without a last line end was put before another.
GLUED = re.compile(rf"(?<=[ACGUTNacgutn]{{10}})\*?\s*{MARK}?(?=>)|{MARK}(?=[>@])")
WITHIN = re.compile(f"{MARK}?(?=>)")
# Lines by which the columns of a table are known.
SAMPLE = 200
# Lines that need no second look, nearly all there are.
PLAIN = re.compile("[ACGUTNacgutn]{10,}")
LOST = "its header lacks the >"
FOLDED = "its structure in brackets left out"


class Lines:
    """Lines without white space around, which can be put back."""

    def __init__(self, text: Iterable[str]):
        self._text, self._back = iter(text), []

    def __iter__(self):
        return self

    def __next__(self) -> str:
        # A mark at the start of a file stays there when files are joined.
        return self._back.pop() if self._back else next(self._text).strip(WHITE)

    def put_back(self, *lines: str) -> None:
        """Have lines come next, the first of them first."""
        self._back += reversed(lines)

    def first(self, most: int) -> list[str]:
        """Take lines until there are so many that are not empty."""
        found = []
        for line in self:
            found.append(line)
            if sum(map(bool, found)) == most:
                break
        return found

    def of_record(self, glued: re.Pattern) -> Iterator[str]:
        """Yield lines until one starts a record, which comes next; cut where a header is glued to the end of a line."""
        for line in self:
            if STARTS.match(line):
                self.put_back(line)
                return
            found = None if STRUCTURE.fullmatch(line) else glued.search(line)
            if found:
                self.put_back(line[found.end() :])
                line = line[: found.start()]
            if not SKIPPED.match(line):
                yield line


def parse(text: Iterable[str], where: str) -> Iterator[Record]:
    """Yield the records of a text, one after the other, in order.

    Parameters
    ----------
    text : iterable of str
        Lines.
    where : str
        What the text is called in messages.

    Raises
    ------
    InputError
        When the text is of a known format that holds no list of sequences, or its columns are not clear.
    """
    lines = Lines(text)
    first = lines.first(LINES)
    refuse_text([line for line in first if line], where)
    lines.put_back(*first)
    for line in lines:
        if line.startswith("@"):
            yield fastq_record(line, lines)
        elif STARTS.match(line):
            yield from fasta_records(line, lines)
        elif line:
            lines.put_back(line)
            yield from loose_records(lines, where)


def fasta_records(header: str, lines: Lines) -> Iterator[Record]:
    """Yield the record of a header; more than one where a line within it is a header without its ``>``."""
    name = first_word(STARTS.sub("", header, count=1))
    found = [line for line in lines.of_record(WITHIN) if line]
    kept = [line for line in found if not STRUCTURE.fullmatch(line)]
    remarks = (FOLDED,) if len(kept) < len(found) else ()
    begun, parts, clear = (name, remarks), [], ""
    for place, line in enumerate(kept):
        after = kept[place + 1] if place + 1 < len(kept) else ""
        if parts and not PLAIN.fullmatch(line) and looks_like_bases(parts[-1], 1):
            if is_name(line) and (not after or looks_like_bases(after)):
                yield Record(begun[0], "".join(parts), begun[1], clear)
                begun, parts, clear = (first_word(line), (LOST,)), [], ""
                continue
            if maybe_name(line) and looks_like_bases(after, SHORTEST) and looks_like_bases("".join(parts), SHORTEST):
                clear = f"it is not clear whether a short line ({line}) is bases or a header without its >"
                yield Record(begun[0], "".join(parts), begun[1], clear)
                begun, parts = (line, ()), []
                continue
        parts.append(line)
    yield Record(begun[0], "".join(parts), begun[1], clear)


def first_word(header: str) -> str:
    """Return the first word of a header, "" without any."""
    return (header.split() or [""])[0]


def is_name(line: str) -> bool:
    """Whether a line among bases is a name: it has figures (not at an end of bases) or is hardly of bases at all."""
    bare = re.sub(r"^\d+\s+|\s+\d+$", "", line)
    if looks_like_bases(bare, 1):
        return False
    known = sum(map(GAPS.sub("", line).upper().count, "ACGUTN"))
    return len(line) <= 200 and known <= len(line) / 2


def maybe_name(line: str) -> bool:
    """Whether a line of a few letters that all stand for bases may be a name, as ``WT`` or ``b``."""
    return len(line) < 10 and line.isalpha() and line.isascii()


def fastq_record(title: str, lines: Lines) -> Record:
    """Return the record of a title, whose quality may hold any character and stand in several lines."""
    name, parts = first_word(title[1:]), []
    for line in lines:
        if line.startswith("+"):
            break
        if STARTS.match(line):
            lines.put_back(line)
            return Record(name, "".join(parts), refusal="its quality is missing in the FASTQ file")
        parts.append(line)
    sequence = "".join(parts)
    # As many lines as the sequence has: a quality may start with an @ as well.
    found = list(islice(lines, len(parts)))
    quality = "".join(found)
    if len(quality) == len(sequence):
        return Record(name, sequence)
    if quality[len(sequence) :].startswith("@"):
        lines.put_back(quality[len(sequence) :])
        return Record(name, sequence)
    titles = [place for place, line in enumerate(found) if line.startswith("@") and len(line) != len(parts[place])]
    lines.put_back(*found[titles[0] :] if titles else ())
    lines.put_back(*islice((line for line in lines if line.startswith("@")), 1))
    told = f"its quality has {len(quality)} characters and its sequence {len(sequence)}; the FASTQ file is damaged"
    return Record(name, sequence, refusal=told)


def loose_records(lines: Lines, where: str) -> Iterator[Record]:
    """Yield the records of lines without headers: a table or a list."""
    body = lines.of_record(GLUED)
    sample = list(islice(body, SAMPLE))
    layout = layout_of([line for line in sample if line and not STRUCTURE.fullmatch(line)], where)
    if layout is None:
        first = next((line for line in sample if line), "")
        if is_header(first.strip('"').split()):
            sample.remove(first)
        yield from list_records(chain(sample, body), STRUCTURE, FOLDED)
        return
    rows = (line for line in chain(sample, body) if line)
    for line in islice(rows, int(layout.header), None):
        yield layout.record(line)
