"""Records of a list: one sequence per line, with or without a name beside it."""

import re
from collections.abc import Iterable, Iterator, Sequence

from mmlmirloc.atlas.names import looks_like_name
from mmlmirloc.predicting.cleaning import LONGEST, SHORTEST, Record, looks_like_bases

# Programs and databases wrap sequences at these lengths.
WRAPPED = (50, 60, 70)
# Lines of one length below this, or of a length that ends in 0, are rather parts of a hairpin than hairpins.
HALF = 50
MOST_LINES = LONGEST // SHORTEST
UNCLEAR = "it is not clear which words of its line are bases; put a tab between name and sequence"
ENDED = re.compile(r"(?:^|\s)5\s*['`´‘’′].*$")


def list_records(lines: Iterable[str], structure: re.Pattern, folded: str) -> Iterator[Record]:
    """Yield the records of a list; an empty line ends a paragraph.

    Parameters
    ----------
    lines : iterable of str
        Lines without white space around.
    structure : re.Pattern
        Matches a line with the structure of the line before it, which is left out.
    folded : str
        The remark on that.
    """
    paragraph: list[Record] = []
    for line in lines:
        if not line or len(paragraph) > MOST_LINES:
            yield from checked(paragraph)
            paragraph = []
        if paragraph and structure.fullmatch(line):
            paragraph[-1] = paragraph[-1]._replace(remarks=(folded,))
        elif line:
            paragraph.append(line_record(line))
    yield from checked(paragraph)


def checked(records: Sequence[Record]) -> Iterator[Record]:
    """Yield the records of a paragraph; refuse them all where they may be one sequence over several lines."""
    if not wrapped([record.sequence for record in records if not record.name and " " not in record.sequence]):
        yield from records
        return
    told = f"it may be one sequence over {len(records)} lines; put a line >name before each sequence"
    yield from (record._replace(refusal=record.refusal or told) for record in records)


def wrapped(sequences: Sequence[str]) -> bool:
    """Whether lines are likely those of wrapped sequences, by their lengths."""
    lengths = [len(sequence) for sequence in sequences]
    if len(lengths) < 2 or max(lengths) < SHORTEST:
        return False
    width, last = max(lengths), lengths[-1]
    if width in WRAPPED and lengths[0] == width and last < width:
        return True
    equal = all(length == width for length in lengths[:-1]) and sum(lengths) <= LONGEST
    # A mature miRNA below its hairpin is no end of it.
    apart = any(sequences[-1] in sequence for sequence in sequences[:-1])
    cut = last < SHORTEST and not apart and (width < HALF or width % 10 == 0)
    return equal and (cut or width == last < HALF)


def line_record(line: str) -> Record:
    """Return the record of a line: a sequence, a name and a sequence, or a sequence in blocks.

    It is refused where a name might be taken for bases.
    """
    if line.startswith('"') and line.endswith('"') and len(line) > 1:
        line = line[1:-1].strip()
    ended = ENDED.search(line)
    if ended and ended.start():
        return Record(line[: ended.start()].strip(), ended[0].strip())
    words = line.split()
    if ended or len(words) < 2 or looks_like_name(line):
        return Record("", line)
    bases = [looks_like_bases(word, 1) for word in words]
    whole = [place for place, word in enumerate(words) if looks_like_bases(word, SHORTEST)]
    if len(whole) == 1:
        return _beside(words, bases, whole[0])
    first = bases.index(True) if True in bases else len(words)
    blocks = words[first:]
    if whole or not blocks or not all(bases[first:]):
        unclear = UNCLEAR if whole else ""
        return Record(words[0], " ".join(words[1:]), refusal=unclear) if not bases[0] else Record("", line, (), unclear)
    name = " ".join(words[:first])
    # Blocks of one length, the last one shorter; a single word is one as well.
    even = {len(block) for block in blocks[:-1]}
    if len(even) > 1 or (even and len(blocks[-1]) > min(even)):
        return Record(name, " ".join(blocks), refusal=UNCLEAR)
    return Record(name.rstrip(":= "), " ".join(blocks))


def _beside(words: Sequence[str], bases: Sequence[bool], place: int) -> Record:
    """Return the record of a line with one word of bases that is long enough, and other words."""
    before, after = words[:place], words[place + 1 :]
    name = " ".join(before or after).rstrip(":= ")
    # Short words before it are a name, whatever their letters; long ones, or bases after it, may be a part of it.
    doubtful = [len(word) >= 10 or at > place for at, word in enumerate(words) if bases[at] and at != place]
    return Record(name, words[place], refusal=UNCLEAR if any(doubtful) else "")
