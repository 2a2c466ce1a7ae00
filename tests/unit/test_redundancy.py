"""FASTA to cd-hit-est and clusters back; the real program where it is installed."""

import logging
import shutil
import subprocess

import pandas as pd
import pytest

from mmlmirloc.data.redundancy import parse_clusters, write_sequences
from mmlmirloc.errors import InputError

SEQUENCES = {
    "MI0000001": "A" * 80,
    "MI0000002": "A" * 60,
    "MI0000003": "C" * 40,
    "MI0000004": "U" * 30,
    "MI0000005": "GGGUAC",
}
CLSTR = """\
>Cluster 0
0\t80nt, >MI0000001... *
1\t60nt, >MI0000002... at +/98.75%
2\t30nt, >MI0000004... at -/100.00%
>Cluster 1
0\t40nt, >MI0000003... *
"""


def write_sequenced(path, sequences):
    pd.DataFrame({"accession": sequences.keys(), "sequence": sequences.values()}).to_csv(path, sep="\t", index=False)
    return path


@pytest.fixture
def parse(tmp_path):
    def run(clstr=CLSTR, sequences=SEQUENCES):
        sequenced = write_sequenced(tmp_path / "sequenced.tsv", sequences)
        (tmp_path / "x.clstr").write_text(clstr)
        parse_clusters(tmp_path / "x.clstr", sequenced, tmp_path / "clusters.tsv")
        return pd.read_csv(tmp_path / "clusters.tsv", sep="\t")

    return run


def rows(table):
    return [tuple(line) for line in table.itertuples(index=False)]


def test_fasta_is_named_by_accession_in_the_order_of_the_table(tmp_path):
    sequenced = write_sequenced(tmp_path / "sequenced.tsv", {"MI0000002": "ACGU", "MI0000001": "GG"})
    write_sequences(sequenced, tmp_path / "out.fa")
    assert (tmp_path / "out.fa").read_text() == ">MI0000002\nACGU\n>MI0000001\nGG\n"


def test_fasta_of_nothing(tmp_path):
    with pytest.raises(InputError, match="There are no sequences to cluster"):
        write_sequences(write_sequenced(tmp_path / "sequenced.tsv", {}), tmp_path / "out.fa")


def test_clusters_become_a_table_with_the_short_sequences_on_their_own(parse, caplog):
    with caplog.at_level(logging.INFO, "mmlmirloc"):
        table = parse()
    assert list(table.columns) == ["cluster", "accession", "representative", "length", "identity", "strand"]
    assert rows(table) == [
        (0, "MI0000001", 1, 80, 100.0, "+"),
        (0, "MI0000002", 0, 60, 98.75, "+"),
        (0, "MI0000004", 0, 30, 100.0, "-"),
        (1, "MI0000003", 1, 40, 100.0, "+"),
        (2, "MI0000005", 1, 6, 100.0, "+"),
    ]
    assert "Too short for cd-hit-est, kept as clusters of their own: MI0000005" in caplog.text


def test_only_short_sequences(parse):
    assert rows(parse("", {"MI0000001": "ACGU"})) == [(0, "MI0000001", 1, 4, 100.0, "+")]


@pytest.mark.parametrize(
    ("clstr", "message"),
    [
        ("", r"lacks sequences: 4 \(MI0000001, MI0000002, MI0000003, MI0000004\)"),
        (CLSTR.split(">Cluster 1")[0], r"lacks sequences: 1 \(MI0000003\)"),
        (CLSTR[:-10], "ends within a line"),
        (CLSTR.removesuffix("0\t40nt, >MI0000003... *\n"), "Cluster 1 of the cluster file has 0 representatives"),
        (CLSTR.replace("1\t60nt, >MI0000002... at +/98.75%", "1\t60nt, >MI0000002... *"), "Cluster 0 .* has 2 repr"),
        (CLSTR.replace("\n1\t60nt, >MI0000002... at +/98.75%", ""), "Line 3 of the cluster file is not as expected"),
        (CLSTR.replace("Cluster 1", "Cluster 2"), "Line 5 of the cluster file is not as expected: '>Cluster 2'"),
        (CLSTR.removeprefix(">Cluster 0\n"), "Line 1 of the cluster file is not as expected"),
        (CLSTR.replace("nt,", "aa,"), "Line 2 of the cluster file is not as expected"),
        ("MI0000001\tMI0000002\n", "Line 1 of the cluster file is not as expected"),
        (CLSTR.replace("MI0000003", "MI00"), r"unknown or of another length: 1 \(MI00\)"),
        (CLSTR.replace("40nt", "41nt"), r"unknown or of another length: 1 \(MI0000003\)"),
        (CLSTR + ">Cluster 2\n0\t40nt, >MI0000003... *\n", r"more than once: 1 \(MI0000003\)"),
    ],
)
def test_cut_and_foreign_cluster_files(parse, clstr, message):
    with pytest.raises(InputError, match=message) as raised:
        parse(clstr)
    assert raised.value.where.endswith("x.clstr")


def test_missing_cluster_file(tmp_path):
    sequenced = write_sequenced(tmp_path / "sequenced.tsv", SEQUENCES)
    with pytest.raises(InputError, match="The cluster file is missing"):
        parse_clusters(tmp_path / "none.clstr", sequenced, tmp_path / "clusters.tsv")


@pytest.mark.skipif(shutil.which("cd-hit-est") is None, reason="cd-hit-est is not on PATH")
def test_short_sequences_and_long_names_survive_the_real_program(tmp_path):
    hairpin = "UGGGAUGAGGUAGUAGGUUGUAUAGUUUUAGGGUCACACCCACCACUGGGAGAUAACUAUACAAUCUACUGUCUUUCCUA"
    reverse = hairpin[5:].translate(str.maketrans("ACGU", "UGCA"))[::-1]
    long_name = "x" * 70
    sequences = {
        "MI0000001": hairpin,
        "MI0000002": hairpin[:39] + "G" + hairpin[40:],
        "MI0000003": reverse,
        long_name: "GCCGAUCUUAGGCAUCGGAUUACGCCAUGG",
        "eleven": "CAGACAUGCCU",
        "seven": "GGCAGCC",
        "six": "GUGUCA",
        "codes": "ACCNRYGAGCUUGGACUNNAGGCAUUCGCAAUCC",
    }
    sequenced = write_sequenced(tmp_path / "sequenced.tsv", sequences)
    write_sequences(sequenced, tmp_path / "in.fa")
    command = "cd-hit-est -i in.fa -o out -c 0.80 -n 5 -l 6 -d 0 -r 1 -M 0 -T 1"
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    parse_clusters(tmp_path / "out.clstr", sequenced, tmp_path / "clusters.tsv")
    table = pd.read_csv(tmp_path / "clusters.tsv", sep="\t").set_index("accession")
    assert set(table.index) == set(sequences)
    assert set(table.index[table["representative"] == 1]) == {"MI0000001", long_name, "eleven", "seven", "six", "codes"}
    assert table.loc["MI0000003", ["cluster", "identity", "strand"]].tolist() == [0, 100.0, "-"]
    assert table.loc["MI0000002", ["cluster", "identity", "strand"]].tolist() == [0, 98.75, "+"]
