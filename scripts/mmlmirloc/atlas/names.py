"""Names of miRNAs as people write them, and the lines of the atlas that they mean."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from mmlmirloc.atlas.shipped import HAIRPIN, MATURE, Atlas

FOUND, AMBIGUOUS, UNKNOWN = "found", "ambiguous", "unknown"
ACCESSION = re.compile(r"mi(mat)?\d+", re.IGNORECASE)
DASHES = re.compile(r"[‐‑‒–—―−_\s]+")
# Kinds of names; the number may follow without a hyphen, as in gene symbols.
KIND = re.compile(r"^(?:mir-?(?=let)|)(mir|let|mirna|microrna)-?(?=\d)", re.IGNORECASE)
SPECIES = re.compile(r"^([a-z][a-z0-9]{2,4})-(?=mir|let|bantam|lin-4)", re.IGNORECASE)
ARM = re.compile(r"-([35]p)$")
# A name as it may stand on a line of its own, rather than bases.
DASH = "[-_‐‑–]"
NAME = re.compile(
    rf"(?:[a-z][a-z0-9]{{2,4}}{DASH})?(?:mir(?:na)?|microrna|mirlet|mir{DASH}?let|let)(?:{DASH}| )?\d+[a-z]{{0,4}}"
    rf"(?:{DASH}\d+)*(?:{DASH}[35]p)?\*?|mi(?:mat)?\d{{7}}",
    re.IGNORECASE,
)
SHOWN = 5
# Accessions of two arms that were registered together are neighbours; a star was given to the arm found later.
TOGETHER = 20


class Resolved(NamedTuple):
    """What a name means."""

    query: str
    """As it was given."""
    status: str
    """``found``, ``ambiguous`` or ``unknown``."""
    lines: tuple[int, ...]
    """Numbers of the lines of the atlas; none unless it was found."""
    remarks: str
    """What was guessed, or why it was not found and what comes near."""


class Names:
    """The names of an atlas.

    Parameters
    ----------
    atlas : Atlas
        The atlas.
    """

    def __init__(self, atlas: Atlas):
        self.prefix = atlas.prefix
        self._of: dict[str, list[int]] = defaultdict(list)
        self._compact: dict[str, dict[str, None]] = defaultdict(dict)
        self._shown: dict[str, str] = {}
        self._accession: dict[int, str] = {}
        self._molecule: dict[int, str] = {}
        self._atlas = atlas
        for number, accession, name, molecule in atlas.names():
            key = name.lower().removeprefix(f"{self.prefix}-")
            self._of[accession.lower()].append(number)
            self._of[f"{molecule} {key}"].append(number)
            self._compact[compact(key)][f"{molecule} {key}"] = None
            self._shown[f"{molecule} {key}"] = name
            self._accession[number], self._molecule[number] = accession, molecule

    def resolve(self, query: str) -> Resolved:
        """Return what a name means: an accession, a hairpin or a mature miRNA, also by old names where they are clear.

        Letters may be of any case, the species may be left out, hyphens may be of any kind. A name with ``miR`` and
        without an arm means both arms, ``mir`` and gene symbols (``MIR21``) the hairpin where there is one of that
        name. ``miR-21*`` means the arm whose accession is the later one, unless both were registered together.
        """
        given = unicodedata.normalize("NFKC", query).strip(" \t\r\n,;\"'>")
        if ACCESSION.fullmatch(given):
            lines = self._of.get(given.lower(), [])
            return self._found(query, lines) if lines else self._unknown(query, given, "no such accession")
        key = DASHES.sub("-", given).lower()
        species = SPECIES.match(key)
        if species and species[1] not in (self.prefix, "mir", "let"):
            told = f"a name of another species ({species[1]}); the atlas holds {self.prefix} only"
            return self._unknown(query, key[species.end() :], told)
        key = key[species.end() :] if species else key
        star, key = key.endswith("*"), key.rstrip("*")
        mature = "miR" in given or star or key.startswith(("mirna", "microrna"))
        key = KIND.sub(lambda found: "let-" if found[1].lower() == "let" else "mir-", key)
        if star:
            return self._star(query, key)
        for lines, remark in self._readings(key, mature):
            if lines:
                return self._found(query, lines, remark)
        return self._copies(query, key)

    def _readings(self, key: str, mature: bool) -> Iterator[tuple[list[int], str]]:
        """Yield the lines that a name may mean and what was guessed, the most likely reading first."""
        hairpin, exact = self._of.get(f"{HAIRPIN} {key}", []), self._of.get(f"{MATURE} {key}", [])
        arms = self._lines_of(self._arms(key))
        if mature:
            yield exact, ""
            yield arms, "no arm given: all arms of this name"
            yield hairpin, "no mature miRNA has this name, its hairpin has"
        else:
            yield hairpin, ""
            yield exact, ""
            yield arms, "no arm given: all arms of this name"
        if arm := ARM.search(key):
            yield self._arm_of(key[: arm.start()], arm[1]), f"read as the {arm[1]} arm of this hairpin"
        # Gene symbols have fewer hyphens: MIR125B1, MIRLET7A1.
        alike = list(self._compact.get(compact(key), ()))
        if len(alike) == 1:
            yield self._of[alike[0]], f"read as {self._shown[alike[0]]}"

    def _lines_of(self, keys: Iterable[str]) -> list[int]:
        return [number for key in keys for number in self._of[key]]

    def _arms(self, key: str) -> list[str]:
        """Return the keys of the mature miRNAs of a name without an arm."""
        pattern = re.compile(rf"{MATURE} {re.escape(key)}(-\d+)?-[35]p")
        return [one for one in self._shown if pattern.fullmatch(one)]

    def _arm_of(self, stem: str, arm: str) -> list[int]:
        """Return the lines of the mature miRNAs that are an arm of the hairpin of a name."""
        hairpins = {self._accession[number] for number in self._of.get(f"{HAIRPIN} {stem}", ())}
        return [
            number
            for number, molecule in self._molecule.items()
            if hairpins
            and molecule == MATURE
            and (line := self._atlas.line(number))["hairpin"] in hairpins
            and line["arm"] == arm
        ]

    def _star(self, query: str, key: str) -> Resolved:
        arms = self._arms(ARM.sub("", key))
        numbers = {one: int(re.sub(r"\D", "", self._accession[self._of[one][0]])) for one in arms}
        if len(arms) == 2 and abs(numbers[arms[0]] - numbers[arms[1]]) > TOGETHER:
            later = max(arms, key=numbers.get)
            return self._found(query, self._of[later], f"* was the arm found later: {self._shown[later]}")
        if not arms:
            return self._unknown(query, key)
        told = f"which arm was once called so is not clear: {', '.join(self._shown[one] for one in arms)}"
        return Resolved(query, AMBIGUOUS, (), told)

    def _copies(self, query: str, key: str) -> Resolved:
        """Return a name that several hairpins or members of a family have in common, as ambiguous; else as unknown."""
        pattern = re.compile(rf"(?:{HAIRPIN}|{MATURE}) {re.escape(key)}(?:[a-z]+(?:-\d+)?|-\d+)(?:-[35]p)?")
        alike = list(self._compact.get(compact(key), ())) or [one for one in self._shown if pattern.fullmatch(one)]
        if not re.search(r"\d", key) or not alike:
            return self._unknown(query, key)
        names = list(dict.fromkeys(self._shown[one] for one in alike))
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        return Resolved(query, AMBIGUOUS, (), f"several have this name: {', '.join(names[:SHOWN])}{more}")

    def _found(self, query: str, lines: Iterable[int], remark: str = "") -> Resolved:
        return Resolved(query, FOUND, tuple(dict.fromkeys(lines)), remark)

    def _unknown(self, query: str, key: str, told: str = "no known miRNA has this name") -> Resolved:
        bare = re.sub(r"[^a-z]", "", key.lower())
        if len(bare) >= 15 and set(bare) <= set("acgutn"):
            return Resolved(query, UNKNOWN, (), "this is a sequence, no name: mmlmirloc predict takes it")
        near = self.nearest(key)
        return Resolved(query, UNKNOWN, (), told + (f"; nearest: {', '.join(near)}" if near else ""))

    def nearest(self, key: str, number: int = 3) -> list[str]:
        """Return the known names, or accessions, that are most like a name."""
        key = key.lower()
        if ACCESSION.fullmatch(key):
            known = {one: one.upper() for one in self._of if ACCESSION.fullmatch(one)}
        else:
            known = {one.partition(" ")[2]: shown for one, shown in self._shown.items()}
        # Only those with most pairs of letters in common are held against it, letter by letter.
        wanted, common = pairs_of(key), Counter()
        for one in known:
            if shared := len(wanted & pairs_of(one)):
                common[one] = shared
        ratios = {
            one: SequenceMatcher(None, key, one).ratio() for one, _ in common.most_common(50) if common[one] * 2 > 1
        }
        best = sorted((one for one in ratios if ratios[one] >= 0.6), key=lambda one: (-ratios[one], one))
        return [known[one] for one in best[:number]]


def pairs_of(text: str) -> set[str]:
    """Return the pairs of neighbouring letters of a text."""
    return {text[place : place + 2] for place in range(len(text) - 1)}


def compact(key: str) -> str:
    """Return a name without hyphens, as gene symbols are written."""
    return re.sub(r"[^a-z0-9]", "", key.lower())


def looks_like_name(text: str) -> bool:
    """Whether a text is a miRNA's name or accession, by its form."""
    return bool(NAME.fullmatch(text.strip()))
