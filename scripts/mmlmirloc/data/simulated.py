"""Simulated control data: records with a known truth, in RNALocate's and miRBase's own layouts.

Nothing here is an observation: names, accessions, identifiers and coordinates are made up (their
numbers start with 9), only the layouts are those of the two databases.

What is simulated
-----------------
*Hairpins.* A 5p arm, a loop and a 3p arm that pairs with the 5p arm except for mismatches, G-U pairs
and bulges. Lengths are drawn without the labels: 22 nt more than two arms of slots, plus gamma(1.3, 9.5), which with
the default motifs is 70 to 150 nt, mean 82 (human miRBase hairpins: mean 82, but from 41 nt on).

*Labels.* A location with a motif is meant to be found, one without is meant not to be. Locations are
correlated in the paper's label sets, so that a location without a motif could still be guessed from
the others; therefore only the locations with a motif are drawn jointly from ``label_sets`` (the others summed
out, the empty set dropped), and each location without a motif is drawn independently of everything,
with its overall frequency in ``label_sets``. By default that is microvesicle.

*Signal.* Each location with a motif has one slot in the 5p arm of every hairpin; slots stand in random order
at random distances. The slot holds the motif, or a shuffled motif that has none of any motif's 4-mers; the 3p arm
holds the reverse complement of either, as far as pairs are kept. A hairpin with the label carries the motif with
probability ``strength``, one without the label with probability ``1 - strength``. So 0.5 is no signal, 1 is a
perfect one, and ``strength`` is also the expected ROC-AUC of who reads that motif and nothing else. Length and
composition of the slot are the same for both, so carriers differ by the order of letters only.

All of this is our choice; only the default label-set frequencies are real (RNALocate v2.0, after cd-hit-est).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from Bio.Seq import reverse_complement_rna

from mmlmirloc.errors import InputError
from mmlmirloc.fasta import write_fasta
from mmlmirloc.files import whole, write_table

LOCATIONS = ("nucleus", "exosome", "cytoplasm", "microvesicle")

# No 4-mer stands in two motifs or their reverse complements; each letter twice, so that they are alike in composition.
MOTIFS = {"nucleus": "GCUACUGA", "exosome": "UGAGUCAC", "cytoplasm": "ACUAUGCG"}

# Hairpins per set of (nucleus, exosome, cytoplasm, microvesicle) among the 510 that cd-hit leaves of RNALocate v2.0.
LABEL_SETS = {
    "1000": 172,
    "1010": 99,
    "1110": 82,
    "0100": 50,
    "1100": 34,
    "1111": 33,
    "1011": 14,
    "0001": 13,
    "1101": 6,
    "1001": 5,
    "0101": 1,
    "0110": 1,
}

COLUMNS = (
    "RNALocate_ID",
    "Gene_ID",
    "Gene_Name",
    "Gene_symbol",
    "RNA_category",
    "Species",
    "PMID",
    "SubCellular_Localization",
    "Description",
)
# How a label is filed: names that can only mean this location, the usual one most often.
SPELLINGS = {
    "nucleus": ("Nucleus", "Nucleus", "Nucleus", "Nuclear", "nucleus"),
    "exosome": ("Exosome", "Exosome", "Exosome", "exosome"),
    "cytoplasm": ("Cytoplasm", "Cytoplasm", "Cytoplasm", "cytoplasm"),
    "microvesicle": ("Microvesicle", "Microvesicle", "Microvesicle", "microvesicle"),
}
# Names that a table of synonyms may or may not merge: filed only beside labels that make both readings agree.
FURTHER_NAMES = {
    "Nucleolus": ("nucleus",),
    "Cytosol": ("cytoplasm",),
    "Extracellular vesicle": ("exosome", "microvesicle"),
    "Extracellular Vesicle": ("exosome", "microvesicle"),
}
RARE_NAME = "Mitochondrion"
SPECIES = {
    "hsa": "Homo sapiens",
    "mmu": "Mus musculus",
    "cel": "Caenorhabditis elegans",
    "ebv": "Epstein Barr virus",
}
HUMAN = SPECIES["hsa"]
BASES = np.array(list("ACGU"))
AMBIGUOUS = np.array(list("NRYWKMSB"))
COMPLEMENT = {"A": "U", "C": "G", "G": "C", "U": "A"}
MATURE_LENGTH = 22
CHROMOSOMES = (*map(str, range(1, 23)), "X")


@dataclass(frozen=True)
class Control:
    """Settings of the control data.

    Attributes
    ----------
    hairpins : int
        Families of human hairpins with labels, at least 20: about as many representatives as
        ``cd-hit-est -c 0.80`` leaves.
    seed : int
        Seed of the only random generator; equal settings give byte-identical files.
    strength : float
        From 0.5 (no signal) to 1: probability that a hairpin with a label carries its motif, and
        that one without does not.
    motifs : dict of str to str
        Location to motif (6 to 10 letters of ACGU); a location that is left out has none planted.
    label_sets : dict of str to float
        Four digits 0 or 1, in the order of `LOCATIONS`, to the weight of that label set.

    Raises
    ------
    InputError
        When a setting is outside of the above, or two motifs share a 4-mer (on either strand).
    """

    hairpins: int = 700
    seed: int = 1
    strength: float = 0.9
    motifs: dict[str, str] = field(default_factory=lambda: dict(MOTIFS))
    label_sets: dict[str, float] = field(default_factory=lambda: dict(LABEL_SETS))

    def __post_init__(self):
        if isinstance(self.hairpins, bool) or not isinstance(self.hairpins, int) or self.hairpins < 20:
            raise refused("hairpins", self.hairpins, "a whole number, at least 20", "take 700 to be like the paper")
        if not 0.5 <= self.strength <= 1:
            raise refused("strength", self.strength, "a number from 0.5 (no signal) to 1 (perfect)", "take 0.9")
        check_motifs(self.motifs)
        check_label_sets(self.label_sets)

    @property
    def planted(self) -> list[str]:
        """Locations with a motif, in the order of `LOCATIONS`."""
        return [location for location in LOCATIONS if location in self.motifs]


@dataclass
class Hairpin:
    """One stem-loop on its way into the files; ``arms`` are (start, end) of the mature 5p and 3p, from 0."""

    species: str
    name: str
    sequence: str
    arms: tuple[tuple[int, int], tuple[int, int]]
    labels: np.ndarray | None = None
    accession: str = ""
    matures: tuple[str, str] = ("", "")

    def mature_names(self) -> tuple[str, str]:
        """Return the names of the 5p and the 3p mature miRNA."""
        stem = self.name.replace("-mir-", "-miR-")
        return f"{stem}-5p", f"{stem}-3p"


def simulate(control: Control, folder: Path) -> None:
    """Write the control data: ``rnalocate.txt``, ``hairpin.fa``, ``mature.fa``, ``hsa.gff3``, ``truth.tsv``.

    Parameters
    ----------
    control : Control
        The settings.
    folder : Path
        Where the files go; made when missing.

    Notes
    -----
    Beside ``control.hairpins`` labelled human hairpins the files hold what real ones hold: homologs of a tenth
    of them (95 % identical, shorter than their founder, with labels of their own), human hairpins nobody filed,
    hairpins of mouse (orthologs) and worm, some with IUPAC codes, viral names filed under Homo sapiens, several
    publications for one pair, synonyms and case variants of locations, a rare location, mature miRNAs, other
    RNA categories and species, unknown accessions, empty Gene_ID, and aliases joined by ``|``.

    ``truth.tsv`` has one row per location: location, motif, strength (0.5 where none is planted), expected ("found"
    or "not found"), and counts over the families' founders: hairpins, labelled, carriers, labelled_carriers.
    """
    folder = Path(folder)
    rng = np.random.default_rng(control.seed)
    labels = draw_labels(control, rng, control.hairpins)
    carried = draw_carriers(control, rng, labels)
    founders = [
        fold(rng, "hsa", f"mir-{90001 + number}", slots(control, rng, carried[number]), labels[number])
        for number in range(control.hairpins)
    ]
    hairpins = accessioned(rng, founders + bystanders(control, rng, founders))
    write_fasta(hairpin_records(hairpins), folder / "hairpin.fa", width=60)
    write_fasta(mature_records(hairpins), folder / "mature.fa", width=60)
    write_coordinates(folder / "hsa.gff3", rng, [one for one in hairpins if one.species == "hsa"])
    write_rows(folder / "rnalocate.txt", rng, rnalocate_rows(rng, founders, hairpins))
    write_table(truth(control, labels, carried), folder / "truth.tsv")


# --- settings -------------------------------------------------------------------------------------------------------


def refused(setting: str, value: object, expected: str, hint: str) -> InputError:
    """Say that a setting of the control data cannot be used."""
    return InputError(f"The control data cannot have {setting} {value!r}", f"control: {setting}", expected, hint)


def check_motifs(motifs: dict[str, str]) -> None:
    """Refuse unknown locations, odd letters and lengths, and motifs that could be taken for one another."""
    if not motifs:
        raise refused("motifs", motifs, "a motif for at least one location", "leave the setting out for the defaults")
    seen: dict[str, str] = {}
    for location, motif in motifs.items():
        if location not in LOCATIONS:
            raise refused("motifs", location, f"locations among {', '.join(LOCATIONS)}", "correct the name")
        if not 6 <= len(motif) <= 10 or set(motif) - set(BASES):
            raise refused("motifs", motif, "6 to 10 letters of ACGU", "U, not T; capital letters")
        for kmer in sorted(kmers(motif)):
            if kmer in seen:
                raise refused(
                    "motifs",
                    motif,
                    f"no 4-mer of the motif of {seen[kmer]} (on either strand), found {kmer}",
                    f"choose another motif for {location}",
                )
        seen.update(dict.fromkeys(kmers(motif), location))
    for motif in motifs.values():
        if shuffled(np.random.default_rng(0), motif, set(seen)) is None:
            raise refused("motifs", motif, "letters whose order can be changed", "mix the four letters")


def check_label_sets(label_sets: dict[str, float]) -> None:
    """Refuse keys that are not four binary digits and weights that give no distribution."""
    for key in label_sets:
        if not isinstance(key, str) or len(key) != len(LOCATIONS) or set(key) - set("01"):
            raise refused("label_sets", key, "keys of four digits 0 or 1, as text", 'in YAML write "0100" in quotes')
    if any(weight < 0 for weight in label_sets.values()) or not any(
        weight > 0 for key, weight in label_sets.items() if "1" in key
    ):
        raise refused("label_sets", label_sets, "weights from 0, one of them above 0", "leave it out for the defaults")


# --- labels and motifs ----------------------------------------------------------------------------------------------


def draw_labels(control: Control, rng: np.random.Generator, count: int) -> np.ndarray:
    """Return (count, locations) of 0/1: planted locations jointly, each other one on its own (see the module)."""
    sets = np.array([list(map(int, key)) for key in control.label_sets])
    weights = np.array(list(control.label_sets.values()), dtype=float)
    planted = np.isin(LOCATIONS, control.planted)
    joint = np.where(sets[:, planted].any(axis=1), weights, 0)
    if not joint.sum():
        raise refused(
            "label_sets", control.label_sets, "a set with a location that has a motif", "give such a set a weight"
        )
    labels = (rng.random((count, len(LOCATIONS))) < weights @ sets / weights.sum()).astype(int)
    drawn = rng.choice(len(sets), size=count, p=joint / joint.sum())
    labels[:, planted] = sets[drawn][:, planted]
    return labels


def draw_carriers(control: Control, rng: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    """Return booleans like ``labels``: motif carried; agrees with the label with probability ``strength``."""
    agrees = rng.random(labels.shape) < control.strength
    return (labels == agrees) & np.isin(LOCATIONS, control.planted)


def kmers(motif: str) -> set[str]:
    """Return the 4-mers of ``motif`` and of its reverse complement."""
    return {strand[i : i + 4] for strand in (motif, reverse_complement_rna(motif)) for i in range(len(strand) - 3)}


def shuffled(rng: np.random.Generator, motif: str, forbidden: set[str]) -> str | None:
    """Return the letters of ``motif`` in an order without a 4-mer of ``forbidden``; None where none was met."""
    for _ in range(1000):
        candidate = "".join(rng.permutation(list(motif)))
        if not kmers(candidate) & forbidden:
            return candidate
    return None


def slots(control: Control, rng: np.random.Generator, carried: np.ndarray) -> list[str]:
    """Return the contents of one hairpin's slots, in random order: the motif, or its letters shuffled."""
    forbidden = set().union(*map(kmers, control.motifs.values()))
    contents = []
    for location in control.planted:
        motif = control.motifs[location]
        planted = carried[LOCATIONS.index(location)]
        contents.append(motif if planted else shuffled(rng, motif, forbidden))
    return [contents[i] for i in rng.permutation(len(contents))]


# --- hairpins -------------------------------------------------------------------------------------------------------


def letters(rng: np.random.Generator, count: int) -> str:
    """Return ``count`` letters, each equally likely."""
    return "".join(rng.choice(BASES, size=count))


def fold(
    rng: np.random.Generator, species: str, name: str, contents: Iterable[str] = (), labels: np.ndarray | None = None
) -> Hairpin:
    """Return a hairpin whose 5p arm holds ``contents`` between random letters."""
    contents = list(contents)
    held = sum(map(len, contents))
    # Shorter ones with the same motifs would be 80 % identical by the motifs alone, and cd-hit would merge them.
    length = 2 * max(held, 24) + 22 + min(int(rng.gamma(1.3, 9.5)), 80)
    tails = rng.integers(0, 3, size=2)
    loop = int(rng.integers(4, 9))
    pairs = (length - loop - tails.sum()) // 2
    loop = length - tails.sum() - 2 * pairs
    # Cut the letters that are not held into one stretch before each slot and one after the last.
    cuts = np.sort(rng.integers(0, pairs - held + 1, size=len(contents)))
    free = letters(rng, pairs - held)
    arm = "".join(free[a:b] + slot for a, b, slot in zip([0, *cuts], cuts, contents, strict=False))
    arm += free[cuts[-1] if contents else 0 :]
    opposite = partner(rng, arm)
    sequence = letters(rng, tails[0]) + arm + letters(rng, loop) + opposite + letters(rng, tails[1])
    first, last = int(tails[0]), len(sequence) - int(tails[1])
    arms = (first, first + MATURE_LENGTH), (last - MATURE_LENGTH, last)
    return Hairpin(species, f"{species}-{name}", sequence, arms, labels)


def partner(rng: np.random.Generator, arm: str) -> str:
    """Return a 3p arm for ``arm``: of its pairs about 8 % mismatched, 6 % G-U, 3 % followed by a bulge."""
    opposite = []
    for letter, chance in zip(reversed(arm), rng.random(len(arm)), strict=True):
        pair = COMPLEMENT[letter]
        if chance < 0.08:
            pair = str(rng.choice(BASES[pair != BASES]))
        elif chance < 0.20 and letter in "GU":
            pair = "U" if letter == "G" else "G"
        elif chance > 0.97:
            pair += letters(rng, 1)
        opposite.append(pair)
    return "".join(opposite)


def relative(rng: np.random.Generator, parent: Hairpin, species: str, name: str, labels=None) -> Hairpin:
    """Return a homolog of ``parent``: 5 % of its letters replaced, one or two cut from the 3' end.

    It is shorter, so that cd-hit, which takes the longest of a cluster, represents the family by its founder.
    """
    changed = np.array(list(parent.sequence))
    for position in rng.choice(len(changed), size=round(0.05 * len(changed)), replace=False):
        changed[position] = rng.choice(BASES[changed[position] != BASES])
    sequence = "".join(changed[: -int(rng.integers(1, 3))])
    (_, (start, end)) = parent.arms
    moved = max(0, end - len(sequence))
    return Hairpin(species, f"{species}-{name}", sequence, (parent.arms[0], (start - moved, end - moved)), labels)


def ambiguous(rng: np.random.Generator, hairpin: Hairpin) -> Hairpin:
    """Put one to three IUPAC codes into ``hairpin``."""
    changed = list(hairpin.sequence)
    for position in rng.choice(len(changed), size=rng.integers(1, 4), replace=False):
        changed[position] = str(rng.choice(AMBIGUOUS))
    hairpin.sequence = "".join(changed)
    return hairpin


def bystanders(control: Control, rng: np.random.Generator, founders: list[Hairpin]) -> list[Hairpin]:
    """Return all hairpins that are no founders; founders of a family get the suffix -1."""
    tenth = max(2, round(0.1 * len(founders)))
    others = homologs(control, rng, founders, tenth)
    unfiled = [fold(rng, "hsa", f"mir-{90001 + len(founders) + i}") for i in range(tenth)]
    chosen = rng.choice(len(founders), size=tenth, replace=False)
    mouse = [relative(rng, founders[i], "mmu", founders[i].name.removeprefix("hsa-")) for i in sorted(chosen)]
    worm = [fold(rng, "cel", f"mir-{90001 + i}") for i in range(tenth)]
    # Every third, so that both kinds are there in any amount.
    foreign = [ambiguous(rng, one) if i % 3 == 0 else one for i, one in enumerate(mouse + worm)]
    return others + unfiled + foreign + [fold(rng, "ebv", "mir-BART90001")]


def homologs(control: Control, rng: np.random.Generator, founders: list[Hairpin], count: int) -> list[Hairpin]:
    """Return ``count`` further members of about half as many families, named as miRBase names paralogs (-1, -2)."""
    families = rng.choice(len(founders), size=count // 2 + 1, replace=False)
    parents = np.sort(rng.choice(families, size=count))
    labels = draw_labels(control, rng, count)
    members = []
    for parent, own in zip(parents, labels, strict=True):
        number = int((parents[: len(members) + 1] == parent).sum()) + 1
        members.append(relative(rng, founders[parent], "hsa", f"mir-{90001 + parent}-{number}", own))
    for parent in np.unique(parents):
        founders[parent].name += "-1"
    return members


def accessioned(rng: np.random.Generator, hairpins: list[Hairpin]) -> list[Hairpin]:
    """Number hairpins and their mature miRNAs in random order; return them in that order, as miRBase lists them."""
    ordered = [hairpins[i] for i in rng.permutation(len(hairpins))]
    for number, one in enumerate(ordered, start=1):
        one.accession = f"MI{9000000 + number}"
        one.matures = f"MIMAT{9000000 + 2 * number - 1}", f"MIMAT{9000000 + 2 * number}"
    return ordered


# --- miRBase's files ------------------------------------------------------------------------------------------------


def hairpin_records(hairpins: list[Hairpin]) -> Iterable[tuple[str, str]]:
    """Yield (header, sequence) in the layout of hairpin.fa."""
    for one in hairpins:
        short = one.name.split("-", 1)[1].replace("mir-", "miR-")
        yield f"{one.name} {one.accession} {SPECIES[one.species]} {short} stem-loop", one.sequence


def mature_records(hairpins: list[Hairpin]) -> Iterable[tuple[str, str]]:
    """Yield (header, sequence) in the layout of mature.fa."""
    for one in hairpins:
        for name, accession, (start, end) in zip(one.mature_names(), one.matures, one.arms, strict=True):
            short = name.split("-", 1)[1]
            yield f"{name} {accession} {SPECIES[one.species]} {short}", one.sequence[start:end]


def write_coordinates(path: Path, rng: np.random.Generator, hairpins: list[Hairpin]) -> None:
    """Write made-up places of the human hairpins in the layout of hsa.gff3.

    A third of them lie within 10 kb of the one before, as members of a miRNA cluster do.
    """
    chromosomes = np.sort(rng.integers(0, len(CHROMOSOMES), size=len(hairpins)))
    ends = dict.fromkeys(CHROMOSOMES, 10_000)
    lines = ["##gff-version 3", "# Simulated coordinates: control data, not a genome"]
    for number, one in zip(chromosomes, hairpins, strict=True):
        chromosome = CHROMOSOMES[number]
        gap = rng.integers(100, 10_000) if rng.random() < 1 / 3 else rng.integers(20_000, 500_000)
        start = ends[chromosome] + int(gap)
        ends[chromosome] = start + len(one.sequence) - 1
        lines += coordinate_lines(one, f"chr{chromosome}", start, "+-"[rng.integers(2)])
    with whole(path) as temporary:
        Path(temporary).write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")


def coordinate_lines(hairpin: Hairpin, chromosome: str, start: int, strand: str) -> list[str]:
    """Return the GFF3 lines (places from 1, both ends included) of a hairpin and its mature miRNAs."""
    end = start + len(hairpin.sequence) - 1

    def line(kind: str, first: int, last: int, accession: str, name: str) -> str:
        about = f"ID={accession};Alias={accession};Name={name}"
        return "\t".join([chromosome, ".", kind, str(first), str(last), ".", strand, ".", about])

    lines = [line("miRNA_primary_transcript", start, end, hairpin.accession, hairpin.name)]
    for name, accession, (left, right) in zip(hairpin.mature_names(), hairpin.matures, hairpin.arms, strict=True):
        place = (start + left, start + right - 1) if strand == "+" else (end - right + 1, end - left)
        lines.append(line("miRNA", *place, accession, name) + f";Derives_from={hairpin.accession}")
    return lines


# --- RNALocate's file -----------------------------------------------------------------------------------------------


def entry(gene: str, name: str, location: str, category="miRNA", species=HUMAN, symbol: str = "") -> tuple[str, ...]:
    """Return what a row says of an RNA: Gene_ID, Gene_Name, Gene_symbol, RNA_category, Species, location."""
    return gene, name, symbol or name, category, species, location


def rnalocate_rows(rng: np.random.Generator, founders: list[Hairpin], hairpins: list[Hairpin]) -> list[tuple[str, ...]]:
    """Return all entries: those of the labelled human hairpins, then everything beside them."""
    labelled = [one for one in hairpins if one.labels is not None]
    rows = [row for one in labelled for row in hairpin_rows(rng, one)]
    rows += mature_rows(rng, labelled)
    rows += unusual_rows(rng, founders, hairpins)
    return rows + other_rows(rng, hairpins)


def label_names(hairpin: Hairpin) -> list[str]:
    """Return the locations ``hairpin`` is labelled with."""
    return [location for location, label in zip(LOCATIONS, hairpin.labels, strict=True) if label]


def hairpin_rows(rng: np.random.Generator, hairpin: Hairpin) -> list[tuple[str, ...]]:
    """Return one row per location and publication, 1 + Poisson(0.4) of these, in one of the spellings."""
    gene, symbol = f"miRBase:{hairpin.accession}", hairpin.name
    alias = rng.random()
    number = hairpin.accession.removeprefix("MI")
    if alias < 0.03:
        gene = f"{gene}|NCBI:{number}"
    elif alias < 0.06:
        gene = f"NCBI:{number}|{gene}"
    elif alias < 0.10:
        symbol = f"{symbol}|MIR{number}"
    names = label_names(hairpin)
    rows = []
    for location in names:
        for spelling in rng.choice(SPELLINGS[location], size=1 + rng.poisson(0.4)):
            rows.append(entry(gene, hairpin.name, str(spelling), symbol=symbol))
    further = [name for name, needed in FURTHER_NAMES.items() if set(needed) <= set(names)]
    chosen = rng.random(len(further)) < 0.1
    return rows + [entry(gene, hairpin.name, name) for name, filed in zip(further, chosen, strict=True) if filed]


def mature_rows(rng: np.random.Generator, labelled: list[Hairpin]) -> list[tuple[str, ...]]:
    """Return rows for both mature miRNAs of half the hairpins, with the hairpin's labels."""
    return [
        entry(f"miRBase:{accession}", name, SPELLINGS[location][0])
        for one in labelled
        if rng.random() < 0.5
        for accession, name in zip(one.matures, one.mature_names(), strict=True)
        for location in label_names(one)
    ]


def unusual_rows(rng: np.random.Generator, founders: list[Hairpin], hairpins: list[Hairpin]) -> list[tuple[str, ...]]:
    """Return human miRNA rows that a careful reader has to notice: rare, nameless, unknown or viral."""
    virus = next(one for one in hairpins if one.species == "ebv")
    some = [founders[i] for i in rng.choice(len(founders), size=6, replace=False)]
    # One of them has no other location, as one of RNALocate's hairpins.
    unfiled = next(one for one in hairpins if one.species == "hsa" and one.labels is None)
    rare = [entry(f"miRBase:{one.accession}", one.name, RARE_NAME) for one in [*some[:3], unfiled]]
    nameless = [entry("", one.name, SPELLINGS[name][0]) for one in some[3:] for name in label_names(one)]
    unknown = [
        entry(f"miRBase:MI{9900001 + i}", f"hsa-mir-{99001 + i}", SPELLINGS[LOCATIONS[i % 4]][0])
        for i in range(max(4, len(founders) // 50))
    ]
    viral = [entry(f"miRBase:{virus.accession}", virus.name, "Exosome")]
    viral += [
        entry(f"miRBase:{accession}", name, "Exosome")
        for accession, name in zip(virus.matures, virus.mature_names(), strict=True)
    ]
    return rare + nameless + unknown + viral


def other_rows(rng: np.random.Generator, hairpins: list[Hairpin]) -> list[tuple[str, ...]]:
    """Return rows of other species and of other RNA categories."""
    spellings = [name for names in SPELLINGS.values() for name in names]
    rows = [
        entry(f"miRBase:{one.accession}", one.name, str(rng.choice(spellings)), species=SPECIES[one.species])
        for one in hairpins
        if one.species in ("mmu", "cel")
    ]
    for number in range(max(10, len(hairpins) // 10)):
        category = ("mRNA", "lncRNA")[number % 2]
        name = f"CONTROL{category[:-3].upper()}{number + 1}"
        rows.append(entry(f"NCBI:{990000001 + number}", name, str(rng.choice(spellings)), category=category))
    return rows


def write_rows(path: Path, rng: np.random.Generator, entries: list[tuple[str, ...]]) -> None:
    """Write the entries in random order under RNALocate's header, with made-up RNALocate_ID and PMID."""
    publications = rng.integers(99_000_000, 99_999_999, size=len(entries))
    lines = ["\t".join(COLUMNS)]
    for number, i in enumerate(rng.permutation(len(entries)), start=1):
        *what, location = entries[i]
        fields = [f"RLID9{number:07d}", *what, str(publications[i]), location, "Simulated, not an observation"]
        lines.append("\t".join(fields))
    with whole(path) as temporary:
        Path(temporary).write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")


# --- the truth ------------------------------------------------------------------------------------------------------


def truth(control: Control, labels: np.ndarray, carried: np.ndarray) -> pd.DataFrame:
    """Return one row per location: what was planted, what is to be expected, and the founders' counts."""
    strength = np.where(np.isin(LOCATIONS, control.planted), control.strength, 0.5)
    return pd.DataFrame(
        {
            "location": LOCATIONS,
            "motif": [control.motifs.get(location, "") for location in LOCATIONS],
            "strength": strength,
            "expected": np.where(strength > 0.5, "found", "not found"),
            "hairpins": len(labels),
            "labelled": labels.sum(axis=0),
            "carriers": carried.sum(axis=0),
            "labelled_carriers": (labels * carried).sum(axis=0),
        }
    )
