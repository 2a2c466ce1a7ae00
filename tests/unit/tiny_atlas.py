"""A hand-made atlas of a few hairpins and their arms, for the tests of what is known."""

import gzip
from pathlib import Path

import pandas as pd

from mmlmirloc.atlas.shipped import FILE, WORDS
from mmlmirloc.atlas.words import write_words

LOCATIONS = ["nucleus", "exosome", "cytoplasm"]
FIVE, THREE = "UAGCUUAUCAGACUGAUGUUGA", "CAACACCAGUCGAUGGGCUGU"
MIR_21 = f"UGUCGGG{FIVE}CUGUUGAAUCUCAUGG{THREE}CUGACA"
LET_FIVE = "UGAGGUAGUAGGUUGUAUAGUU"
LET_1 = f"UGGGA{LET_FIVE}UUAGGGUCACACCCACCACUGGGAGAUAACUAUACAAUCUACUGUCUUUCCUA"
LET_2 = f"AGGU{LET_FIVE}UAGAAUUACAUCAAGGGAGAUAACUGUACAGCCUCCUAGCUUUCCU"
# Accession, name, nucleus, exosome, cytoplasm, age, source, flags, sequence.
HAIRPINS = [
    ("MI0000060", "hsa-let-7a-1", 0.9, 0.6, 0.8, 1, "final model", "", LET_1),
    ("MI0000061", "hsa-let-7a-2", 0.7, 0.2, 0.3, 1, "out of fold", "far from every training hairpin", LET_2),
    ("MI0000077", "hsa-mir-21", 0.95, 0.55, 0.4, 2, "out of fold", "", MIR_21),
    ("MI0000446", "hsa-mir-125b-1", 0.5, 0.4, 0.1, 3, "final model", "", "GC" * 30),
    ("MI0000470", "hsa-mir-125b-2", 0.5, 0.3, 0.1, 3, "final model", "", "GA" * 30),
    ("MI0000471", "hsa-mir-126", 0.5, 0.2, 0.1, 4, "final model", "", "GU" * 30),
    ("MI0016800", "hsa-mir-4454", 0.4, 0.1, 0.1, 5, "final model", "", "CA" * 30),
]
# Accession, name, hairpin, arm, start, end.
ARMS = [
    ("MIMAT0000062", "hsa-let-7a-5p", "MI0000060", "5p", 6, 27),
    ("MIMAT0004481", "hsa-let-7a-3p", "MI0000060", "3p", 57, 77),
    ("MIMAT0000062", "hsa-let-7a-5p", "MI0000061", "5p", 5, 26),
    ("MIMAT0010195", "hsa-let-7a-2-3p", "MI0000061", "3p", 50, 71),
    ("MIMAT0000076", "hsa-miR-21-5p", "MI0000077", "5p", 8, 29),
    ("MIMAT0004494", "hsa-miR-21-3p", "MI0000077", "3p", 46, 66),
    ("MIMAT0000423", "hsa-miR-125b-5p", "MI0000446", "5p", None, None),
    ("MIMAT0000423", "hsa-miR-125b-5p", "MI0000470", "5p", None, None),
    ("MIMAT0000444", "hsa-miR-126-5p", "MI0000471", "5p", 15, 35),
    ("MIMAT0000445", "hsa-miR-126-3p", "MI0000471", "3p", 52, 73),
    ("MIMAT0018976", "hsa-miR-4454", "MI0016800", "5p", 1, 20),
]


def lines() -> pd.DataFrame:
    """Return the lines of two models: the stronger one knows all hairpins but the last."""
    rows = []
    arms = {one[0]: [arm for arm in ARMS if arm[2] == one[0]] for one in HAIRPINS}
    for accession, name, *values, age, source, flags, _ in HAIRPINS:
        for own in [(accession, name, accession, "", None, None), *arms[accession]]:
            for model in ("sequence", "genome"):
                if model == "genome" and name == "hsa-mir-4454":
                    continue
                shift = 0 if model == "genome" or name == "hsa-mir-4454" else -0.1
                row = {
                    "accession": own[0],
                    "name": own[1],
                    "molecule": "mature" if own[3] else "hairpin",
                    "hairpin": accession,
                    "hairpin_name": name,
                    "arm": own[3],
                    "start": own[4],
                    "end": own[5],
                    "model": model,
                    "answer": int(model == "genome" or name == "hsa-mir-4454"),
                }
                found = dict(zip(LOCATIONS, values))
                row |= {f"probability_{place}": round(value + shift, 3) for place, value in found.items()}
                row |= {f"predicted_{place}": int(value > 0.5) for place, value in found.items()}
                row |= {f"percentile_{place}": round(100 * value) for place, value in found.items()}
                row |= {"source": source, "age": age, "nearest": "hsa-mir-1", "nearest_identity": 0.8, "flags": flags}
                rows.append(row)
    return pd.DataFrame(rows).astype({"start": "Int64", "end": "Int64"})


def write(folder: Path) -> Path:
    """Write the atlas and its index of words; return the atlas's path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_bytes(gzip.compress(lines().to_csv(sep="\t", index=False).encode(), mtime=0))
    known = pd.DataFrame(HAIRPINS).iloc[:, [0, -1]]
    known.columns = ["accession", "sequence"]
    known.to_csv(folder / "hairpins.tsv", sep="\t", index=False)
    write_words(folder / "hairpins.tsv", folder / WORDS)
    return folder / FILE
