"""Control data: layouts, what a careful reader must cope with, and the planted truth."""

import re
import shutil
import subprocess
import tempfile
from collections import Counter
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.data.simulated import LABEL_SETS, LOCATIONS, MOTIFS, Control, simulate
from mmlmirloc.errors import InputError

FILES = ("rnalocate.txt", "hairpin.fa", "mature.fa", "hsa.gff3", "truth.tsv")
NAMES = {
    "nucleus": "nucleus",
    "nuclear": "nucleus",
    "exosome": "exosome",
    "cytoplasm": "cytoplasm",
    "microvesicle": "microvesicle",
}


def fasta(path: Path) -> dict[str, tuple[str, str]]:
    """Return accession to (header, sequence)."""
    records = (record.split("\n", 1) for record in path.read_text().split(">")[1:])
    return {header.split()[1]: (header, body.replace("\n", "")) for header, body in records}


def rnalocate(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "rnalocate.txt", sep="\t", dtype=str, keep_default_na=False)


def dataset(folder: Path) -> pd.DataFrame:
    """Build accession, name, sequence and labels of filed human hairpins, independently of the library."""
    hairpins = fasta(folder / "hairpin.fa")
    table = rnalocate(folder)
    table = table[(table.Species == "Homo sapiens") & (table.RNA_category == "miRNA")]
    found: dict[str, set[str]] = {}
    for gene, location in zip(table.Gene_ID, table.SubCellular_Localization, strict=True):
        match = re.search(r"\bMI\d+", gene)
        if match and match.group() in hairpins and hairpins[match.group()][0].startswith("hsa-"):
            found.setdefault(match.group(), set()).add(NAMES.get(location.lower(), location))
    rows = [
        (accession, hairpins[accession][0].split()[0], hairpins[accession][1], *(name in labels for name in LOCATIONS))
        for accession, labels in sorted(found.items())
        if labels & set(LOCATIONS)
    ]
    return pd.DataFrame(rows, columns=["accession", "name", "sequence", *LOCATIONS])


def founders(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep one member per family."""
    return frame[~frame.name.str.match(r"hsa-mir-\d+-([2-9]|\d\d)$")]


def areas(frame: pd.DataFrame) -> dict[str, float]:
    """Return each location's cross-validated ROC-AUC of a logistic regression on 4-mer frequencies."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score

    counts = [Counter(s[i : i + 4] for i in range(len(s) - 3)) for s in frame.sequence]
    values = np.array([[one["".join(kmer)] for kmer in product("ACGU", repeat=4)] for one in counts], dtype=float)
    values /= values.sum(axis=1, keepdims=True)
    learner = LogisticRegression(C=100, max_iter=500)
    return {
        name: cross_val_score(learner, values, frame[name].astype(int), cv=5, scoring="roc_auc").mean()
        for name in LOCATIONS
    }


def pairs(sequence: str) -> float:
    """Return the share of letters that pair when the sequence is folded once over its middle."""
    half = len(sequence) // 2
    left, right = sequence[:half], sequence[: half - 1 : -1]
    allowed = {"AU", "UA", "GC", "CG", "GU", "UG"}
    best = np.zeros((len(left) + 1, len(right) + 1), dtype=int)
    for i, a in enumerate(left, start=1):
        for j, b in enumerate(right, start=1):
            best[i, j] = max(best[i - 1, j], best[i, j - 1], best[i - 1, j - 1] + (a + b in allowed))
    return 2 * best[-1, -1] / len(sequence)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("control")
    simulate(Control(), folder)
    return folder


def test_same_settings_give_the_same_bytes_and_another_seed_others(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        simulate(Control(hairpins=30, seed=seed), tmp_path / name)
    first, again, other = ([(tmp_path / name / file).read_bytes() for file in FILES] for name in "abc")
    assert first == again
    assert all(a != b for a, b in zip(first, other, strict=True))


def test_fasta_layout(folder):
    lines = (folder / "hairpin.fa").read_text().splitlines()
    headers = [line for line in lines if line.startswith(">")]
    assert all(
        re.fullmatch(r">(hsa|mmu|cel|ebv)-mir-\w+(-\d+)? MI9\d{6} [A-Z][a-z A-Z]+ miR-\w+(-\d+)? stem-loop", header)
        for header in headers
    )
    accessions = [header.split()[1] for header in headers]
    assert accessions == sorted(set(accessions))
    assert all(len(line) <= 60 for line in lines if not line.startswith(">"))
    for header, sequence in fasta(folder / "hairpin.fa").values():
        assert set(sequence) <= set("ACGU" if header.startswith("hsa-") else "ACGUNRYWKMSB")
    foreign = [s for header, s in fasta(folder / "hairpin.fa").values() if header[:3] in ("mmu", "cel")]
    assert 0 < sum(bool(set(sequence) - set("ACGU")) for sequence in foreign) < len(foreign)


def test_human_hairpins_have_the_lengths_and_the_fold_of_real_ones(folder):
    sequences = dataset(folder).sequence
    lengths = sequences.str.len()
    assert lengths.min() >= 60
    assert lengths.max() <= 160
    assert 78 <= lengths.mean() <= 86
    rng = np.random.default_rng(0)
    some = sequences.iloc[:20]
    folded = np.median([pairs(s) for s in some])
    random = np.median([pairs("".join(rng.permutation(list(s)))) for s in some])
    assert folded > 0.8
    assert folded > random + 0.1


def test_mature_and_coordinates_are_cut_from_the_hairpins(folder):
    hairpins, matures = fasta(folder / "hairpin.fa"), fasta(folder / "mature.fa")
    places = {}
    lines = [line.split("\t") for line in (folder / "hsa.gff3").read_text().splitlines() if line[0] != "#"]
    assert Counter(line[2] for line in lines) == {
        "miRNA_primary_transcript": sum(header.startswith("hsa-") for header, _ in hairpins.values()),
        "miRNA": sum(header.startswith("hsa-") for header, _ in matures.values()),
    }
    for line in lines:
        about = dict(part.split("=") for part in line[8].split(";"))
        start, end, strand = int(line[3]), int(line[4]), line[6]
        if line[2] == "miRNA_primary_transcript":
            places[about["ID"]] = (start, end, line[0])
            assert end - start + 1 == len(hairpins[about["ID"]][1])
            continue
        left, right, chromosome = places[about["Derives_from"]]
        assert chromosome == line[0]
        offset = start - left if strand == "+" else right - end
        sequence = hairpins[about["Derives_from"]][1]
        header, mature = matures[about["ID"]]
        assert sequence[offset : offset + end - start + 1] == mature
        assert header.split()[0] == about["Name"]
        assert len(mature) == 22


def test_table_holds_what_a_reader_has_to_cope_with(folder):
    table = rnalocate(folder)
    names = "RNALocate_ID Gene_ID Gene_Name Gene_symbol RNA_category Species PMID SubCellular_Localization Description"
    assert " ".join(table.columns) == names
    assert table.RNALocate_ID.is_unique
    assert {"Nucleus", "Nuclear", "nucleus", "Nucleolus", "Cytosol", "exosome"} <= set(table.SubCellular_Localization)
    assert {"Extracellular vesicle", "Extracellular Vesicle"} <= set(table.SubCellular_Localization)
    assert 0 < (table.SubCellular_Localization == "Mitochondrion").sum() < 10
    assert set(table.RNA_category) == {"miRNA", "mRNA", "lncRNA"}
    assert set(table.Species) == {"Homo sapiens", "Mus musculus", "Caenorhabditis elegans"}
    assert table.Gene_ID[table.RNA_category != "miRNA"].str.fullmatch(r"NCBI:\d+").all()
    assert (table.Gene_ID == "").any()
    assert table.Gene_ID.str.startswith("miRBase:MIMAT9").any()
    assert table.Gene_ID.str.fullmatch(r"miRBase:MI9\d+\|NCBI:\d+").any()
    assert table.Gene_ID.str.fullmatch(r"NCBI:\d+\|miRBase:MI9\d+").any()
    assert table.Gene_symbol.str.contains("|", regex=False).any()
    assert (table.Gene_symbol.str.startswith("ebv-") & (table.Species == "Homo sapiens")).any()
    repeated = table.duplicated(["Gene_ID", "SubCellular_Localization"]) & (table.Gene_ID != "")
    assert repeated.any()
    known = set(fasta(folder / "hairpin.fa")) | set(fasta(folder / "mature.fa"))
    accessions = table.Gene_ID.str.extract(r"miRBase:(\w+)")[0].dropna()
    assert 4 <= (~accessions.isin(known)).sum() < 50
    filed = set(accessions)
    assert any(h.startswith("hsa-") and name not in filed for name, (h, _) in fasta(folder / "hairpin.fa").items())


def test_truth_counts_what_is_in_the_files(folder):
    truth = pd.read_csv(folder / "truth.tsv", sep="\t", keep_default_na=False).set_index("location")
    assert list(truth.index) == ["nucleus", "exosome", "cytoplasm", "microvesicle"]
    assert list(truth.expected) == ["found", "found", "found", "not found"]
    assert list(truth.strength) == [0.9, 0.9, 0.9, 0.5]
    assert list(truth.motif) == [*MOTIFS.values(), ""]
    frame = founders(dataset(folder))
    assert set(truth.hairpins) == {len(frame)} == {700}
    for location in LOCATIONS:
        assert frame[location].sum() == truth.labelled[location]
    assert truth.carriers["microvesicle"] == truth.labelled_carriers["microvesicle"] == 0
    for location, motif in MOTIFS.items():
        carries = frame.sequence.str.contains(motif)
        # By chance 75 places of 65,536 possible 8-mers hold it too: about one of 700 hairpins.
        assert truth.carriers[location] <= carries.sum() <= truth.carriers[location] + 8
        assert truth.labelled_carriers[location] / truth.labelled[location] == pytest.approx(0.9, abs=0.06)


def test_labels_follow_the_weights_with_the_empty_location_on_its_own(folder):
    frame = founders(dataset(folder))
    labels = frame[list(LOCATIONS)].astype(int)
    # By hand from LABEL_SETS: 497 of 510 hold one of the first three; 72 of 510 hold microvesicle.
    expected = {"nucleus": 445 / 497, "exosome": 207 / 497, "cytoplasm": 229 / 497, "microvesicle": 72 / 510}
    for location, share in expected.items():
        assert labels[location].mean() == pytest.approx(share, abs=0.06)
    assert labels[["nucleus", "exosome", "cytoplasm"]].any(axis=1).all()
    correlation = labels.corr()
    assert correlation.loc["microvesicle", ["nucleus", "exosome", "cytoplasm"]].abs().max() < 0.12
    assert correlation.loc["nucleus", "exosome"] < -0.25


def test_any_location_may_be_the_empty_one(tmp_path):
    motifs = {"microvesicle": MOTIFS["nucleus"], "exosome": MOTIFS["exosome"]}
    simulate(Control(hairpins=400, motifs=motifs), tmp_path)
    truth = pd.read_csv(tmp_path / "truth.tsv", sep="\t", keep_default_na=False)
    assert list(truth.expected) == ["not found", "found", "not found", "found"]
    labels = founders(dataset(tmp_path))[list(LOCATIONS)].astype(int)
    assert labels[["exosome", "microvesicle"]].any(axis=1).all()
    assert abs(labels.corr().loc["nucleus", "exosome"]) < 0.15


def test_length_and_composition_say_nothing_of_the_labels():
    from scipy.stats import mannwhitneyu

    frame = pd.concat([simulated(seed) for seed in (1, 2, 3)])
    gc = frame.sequence.str.count("[GC]") / frame.sequence.str.len()
    for location in LOCATIONS:
        held = frame[location].astype(bool)
        for values in (frame.sequence.str.len(), gc):
            assert mannwhitneyu(values[held], values[~held]).pvalue > 0.01


def simulated(seed: int, strength: float = 0.9) -> pd.DataFrame:
    """Return the founders of one simulation."""
    with tempfile.TemporaryDirectory() as name:
        simulate(Control(seed=seed, strength=strength), Path(name))
        return founders(dataset(Path(name)))


def test_planted_locations_are_found_and_the_empty_one_is_not(folder):
    found = areas(founders(dataset(folder)))
    assert min(found[location] for location in MOTIFS) > 0.75, found
    assert abs(found["microvesicle"] - 0.5) < 0.1, found


def test_strength_of_one_half_is_no_signal(tmp_path):
    # The mean of three, since a rare class alone moves one AUC by 0.05.
    found = pd.DataFrame([areas(simulated(seed, strength=0.5)) for seed in (1, 2, 3)]).mean()
    assert (found - 0.5).abs().max() < 0.1, found
    simulate(Control(hairpins=20, strength=0.5), tmp_path)
    assert set(pd.read_csv(tmp_path / "truth.tsv", sep="\t").expected) == {"not found"}


@pytest.mark.skipif(shutil.which("cd-hit-est") is None, reason="cd-hit-est is not on PATH")
def test_cd_hit_merges_families_and_little_else(folder, tmp_path):
    frame = dataset(folder)
    (tmp_path / "in.fa").write_text("".join(f">{row.name}\n{row.sequence}\n" for row in frame.itertuples(index=False)))
    command = ["cd-hit-est", "-i", "in.fa", "-o", "out", "-c", "0.80", "-n", "5", "-d", "0", "-T", "1"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    kept = re.findall(r">(\S+)", (tmp_path / "out").read_text())
    assert len(frame) == 770
    assert abs(len(kept) - 700) <= 21
    # A founder that by chance is 80 % like another one leaves its family to a member: rare, but allowed.
    further = [name for name in frame.name if re.fullmatch(r"hsa-mir-\d+-([2-9]|\d\d)", name)]
    assert len(further) == 70
    clusters = (tmp_path / "out.clstr").read_text().split(">Cluster")[1:]
    home = {name: number for number, text in enumerate(clusters) for name in re.findall(r">(\S+?)\.\.\.", text)}
    with_founder = [home[name] == home[name.rsplit("-", 1)[0] + "-1"] for name in further]
    assert np.mean(with_founder) > 0.95
    assert len(set(kept) & set(further)) <= 3


@pytest.mark.parametrize(
    ("settings", "what", "expected"),
    [
        ({"hairpins": 19}, "hairpins 19", "at least 20"),
        ({"hairpins": 30.0}, "hairpins 30.0", "whole number"),
        ({"strength": 0.4}, "strength 0.4", "0.5 (no signal) to 1"),
        ({"strength": float("nan")}, "strength nan", "0.5 (no signal) to 1"),
        ({"motifs": {}}, "motifs {}", "at least one location"),
        ({"motifs": {"Nucleus": "GCUACUGA"}}, "motifs 'Nucleus'", "nucleus, exosome"),
        ({"motifs": {"nucleus": "GCTACTGA"}}, "motifs 'GCTACTGA'", "letters of ACGU"),
        ({"motifs": {"nucleus": "GCUAC"}}, "motifs 'GCUAC'", "6 to 10"),
        ({"motifs": {"nucleus": "AAAAAAAA"}}, "motifs 'AAAAAAAA'", "order can be changed"),
        # UCAG of the second is CUGA of the first on the other strand.
        ({"motifs": {"nucleus": "GCUACUGA", "exosome": "UCAGGG"}}, "motifs 'UCAGGG'", "4-mer of the motif of nucleus"),
        ({"label_sets": {100: 1}}, "label_sets 100", "four digits 0 or 1, as text"),
        ({"label_sets": {"102": 1}}, "label_sets '102'", "four digits 0 or 1, as text"),
        ({"label_sets": {"1000": -1, "0100": 2}}, "label_sets", "weights from 0"),
        ({"label_sets": {"0000": 1}}, "label_sets", "one of them above 0"),
    ],
)
def test_settings_that_cannot_be_used(settings, what, expected):
    with pytest.raises(InputError) as caught:
        Control(**settings)
    assert f"The control data cannot have {what}" in caught.value.what
    assert expected in caught.value.expected
    assert caught.value.where == f"control: {next(iter(settings))}"
    assert caught.value.hint


def test_label_sets_have_to_reach_a_planted_location(tmp_path):
    control = Control(label_sets={"0001": 1})
    with pytest.raises(InputError) as caught:
        simulate(control, tmp_path)
    assert caught.value.expected == "a set with a location that has a motif"


def test_default_weights_are_the_510_of_the_dataset():
    assert sum(LABEL_SETS.values()) == 510
    assert [sum(n for key, n in LABEL_SETS.items() if key[i] == "1") for i in range(4)] == [445, 207, 229, 72]
