"""Places of hairpins read from miRBase's GFF3, and loci: homology groups joined where hairpins are neighbours."""

import gzip

import pandas as pd
import pytest

from mmlmirloc.data.loci import group_loci
from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table
from mmlmirloc.sources.coordinates import HAIRPIN, read


def line(accession, chromosome, start, end=None, strand="+", kind=HAIRPIN):
    attributes = f"ID={accession}_1;Alias={accession};Name=hsa-mir-{accession[-1]}"
    return "\t".join([chromosome, ".", kind, str(start), str(end or start + 79), ".", strand, ".", attributes])


def write(path, *lines):
    path.write_text("\n".join(["##gff-version 3", "#", *lines]) + "\n")
    return path


# -- coordinates ----------------------------------------------------------------------------------------------------


def test_places_by_hand(tmp_path):
    path = write(
        tmp_path / "hsa.gff3",
        line("MI0000002", "chr2", 500, 580, "-"),
        line("MIMAT0000001", "chr2", 510, 531, "-", "miRNA"),
        # miRBase's own file has such a line between its comments.
        "chrX",
        "",
        line("MI0000001", "chrX", 17, 96),
        # It lies in two places.
        line("MI0000002", "chr9", 3, 83),
    )
    places = read(path).places
    assert places.columns.tolist() == ["accession", "chromosome", "start", "end", "strand"]
    assert places.to_numpy().tolist() == [
        ["MI0000002", "chr2", 500, 580, "-"],
        ["MI0000001", "chrX", 17, 96, "+"],
        ["MI0000002", "chr9", 3, 83, "+"],
    ]


def test_chromosomes_of_one_file_with_and_without_chr_are_the_same(tmp_path):
    path = write(tmp_path / "hsa.gff3", line("MI0000001", "14", 10), line("MI0000002", "Chr14", 99))
    assert read(path).places["chromosome"].tolist() == ["chr14", "chr14"]


def test_the_header_tells_the_build_of_the_genome(tmp_path):
    path = write(tmp_path / "hsa.gff3", line("MI0000001", "14", 10))
    assert read(path).build == ""
    path.write_text(path.read_text().replace("\n#\n", "\n# genome-build-id:         GRCh38\n"))
    assert read(path).build == "GRCh38"


READABLE = {
    "without its first line": lambda text: text.partition("\n")[2],
    "blank lines": lambda text: "\n\n" + text.replace("\n", "\n\n"),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "sequences at the end": lambda text: text + "##FASTA\n>chr1\nACGT ACGT\n",
    "latin-1": lambda text: text.replace("#\n", "# \xe9\x85 and so on\n", 1).encode("latin-1"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "gzip": lambda text: gzip.compress(text.encode()),
}


@pytest.mark.parametrize("change", READABLE.values(), ids=READABLE)
def test_gff3_of_every_make(tmp_path, change):
    path = write(tmp_path / "hsa.gff3", line("MI0000001", "chr1", 10), line("MI0000002", "chr1", 99))
    changed = change(path.read_text())
    path.write_bytes(changed if isinstance(changed, bytes) else changed.encode())
    assert read(path).places["start"].tolist() == [10, 99]


def test_the_species_is_that_of_the_hairpins_names(tmp_path):
    path = write(tmp_path / "hsa.gff3", line("MI0000001", "chr1", 10))
    assert len(read(path, "hsa").places) == len(read(path).places) == 1
    for prefix in ("mmu", "hs", "hsav"):
        with pytest.raises(InputError, match=r"The coordinates are of another species \(hsa\)"):
            read(path, prefix)


GOOD = line("MI0000001", "chr1", 1, 80)
BAD = {
    "no hairpin": line("MIMAT0000001", "chr1", 1, 22, kind="miRNA"),
    "no accession": f"{GOOD}\n{GOOD.replace('Alias=', 'Also=')}",
    "an accession of a mature miRNA": line("MIMAT0000001", "chr1", 1, 22),
    "a place that is no number": f"{GOOD}\n{line('MI0000002', 'chr1', 'x', 90)}",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_bad_coordinates(tmp_path, text):
    path = tmp_path / "hsa.gff3"
    path.write_text(text)
    with pytest.raises(InputError, match=r"The coordinates of hairpins cannot be read \(\d lines of type") as caught:
        read(path)
    assert caught.value.where == str(path)
    assert caught.value.expected == f"miRBase's GFF3, nine columns, with lines of type {HAIRPIN}"
    assert caught.value.hint == "check sources: coordinates in the config"


NO_GFF = {
    "missing": (None, "A source file is missing"),
    "packed and cut": (b"\x1f\x8b\x08\x00\xff\xfe", "The gzip archive is truncated or damaged"),
    "a web page": (b"<html>\n<body>not found</body>\n</html>\n", "An HTML page came in place of data"),
    "empty": (b"", "The file is empty"),
    "spaces for tabs": (GOOD.replace("\t", " ").encode(), r"The file is not GFF3 \(line 1\)"),
    "cut within a line": (f"{GOOD}\n{GOOD[:30]}".encode(), r"The file is not GFF3 \(line 2\)"),
    "comments alone": (b"##gff-version 3\n# nothing\n", "The GFF3 file has no features"),
}


@pytest.mark.parametrize(("content", "message"), NO_GFF.values(), ids=NO_GFF)
def test_what_is_no_gff3(tmp_path, content, message):
    path = tmp_path / "hsa.gff3"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read(path)
    assert caught.value.where == str(path)


# -- loci -----------------------------------------------------------------------------------------------------------


def loci(folder, groups, *lines, distance=1000):
    """Return accession -> (group, size) of the written table, given accession -> homology group."""
    table = pd.DataFrame({"accession": list(groups), "group": list(groups.values())})
    table["size"] = table.groupby("group")["group"].transform("size")
    table.to_csv(folder / "groups.tsv", sep="\t", index=False)
    group_loci(folder / "groups.tsv", write(folder / "hsa.gff3", *lines), distance, folder / "loci.tsv")
    found = read_table(folder / "loci.tsv", text=["accession"])
    assert found.columns.tolist() == ["accession", "group", "size"] and found["accession"].tolist() == list(groups)
    return {row.accession: (row.group, row.size) for row in found.itertuples(index=False)}


def test_neighbours_chain_to_one_locus(tmp_path):
    # By place: MI3, 1000 bases on MI1, 900 on MI2, 1001 on MI4. The file is in another order.
    lines = [line(name, "chr1", start) for name, start in (("MI4", 3901), ("MI1", 2000), ("MI3", 1000), ("MI2", 2900))]
    assert loci(tmp_path, {"MI1": 0, "MI2": 1, "MI3": 2, "MI4": 3}, *lines) == {
        "MI1": (0, 3),
        "MI2": (0, 3),
        "MI3": (0, 3),
        "MI4": (1, 1),
    }


def test_the_strand_and_hairpins_without_records_do_not_matter(tmp_path):
    lines = [
        line("MI1", "chr1", 1000),
        line("MI2", "chr1", 1900, strand="-"),
        # MI9, which would be between the two, is not in the dataset.
        line("MI9", "chr1", 2800),
        line("MI3", "chr1", 3700),
    ]
    assert loci(tmp_path, {"MI1": 0, "MI2": 1, "MI3": 2}, *lines) == {"MI1": (0, 2), "MI2": (0, 2), "MI3": (1, 1)}


def test_other_chromosomes_are_apart(tmp_path):
    lines = [
        line("MI1", "chr1", 5000),
        line("MI2", "chr2", 5000),
        line("MI3", "chr2", 5001),
        line("MI4", "chr10", 5000),
    ]
    found = loci(tmp_path, {"MI1": 0, "MI2": 1, "MI3": 2, "MI4": 3}, *lines)
    assert found == {"MI1": (0, 1), "MI2": (1, 2), "MI3": (1, 2), "MI4": (2, 1)}


def test_homologs_stay_together_and_join_their_loci(tmp_path):
    # MI1 and MI2 are homologs on two chromosomes; MI3 lies beside MI2 and MI4 beside MI1. MI5 is in none of them.
    lines = [
        *(line("MI1", "chr1", 1000), line("MI4", "chr1", 1500)),
        *(line("MI2", "chr2", 9000), line("MI3", "chr2", 9500), line("MI5", "chr2", 99000)),
    ]
    groups = {"MI5": 7, "MI1": 4, "MI2": 4, "MI3": 5, "MI4": 6}
    assert loci(tmp_path, groups, *lines) == {"MI5": (0, 1), **{f"MI{number}": (1, 4) for number in (1, 2, 3, 4)}}


def test_a_hairpin_in_several_places_joins_each(tmp_path):
    lines = [line("MI1", "chr1", 1000), line("MI2", "chr1", 1500), line("MI2", "chr2", 1000), line("MI3", "chr2", 1500)]
    assert set(loci(tmp_path, {"MI1": 0, "MI2": 1, "MI3": 2}, *lines).values()) == {(0, 3)}


def test_rows_without_coordinates_keep_their_homology_group(tmp_path):
    groups = {"MIMAT1": 3, "MI1": 8, "MIMAT2": 3, "MIMAT3": 9}
    found = loci(tmp_path, groups, line("MI1", "chr1", 1000))
    assert found == {"MIMAT1": (0, 2), "MI1": (1, 1), "MIMAT2": (0, 2), "MIMAT3": (2, 1)}
    # Also where no row has any.
    assert loci(tmp_path, groups, line("MI9", "chr1", 1000)) == found


def test_groups_are_needed(tmp_path):
    (tmp_path / "groups.tsv").write_text("accession\tsize\nMI1\t1\n")
    coordinates = write(tmp_path / "hsa.gff3", line("MI1", "chr1", 1))
    with pytest.raises(InputError, match="A table has no column group") as caught:
        group_loci(tmp_path / "groups.tsv", coordinates, 1000, tmp_path / "loci.tsv")
    assert caught.value.where == str(tmp_path / "groups.tsv")
    assert not (tmp_path / "loci.tsv").exists()
