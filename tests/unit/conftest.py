import os
import shutil
import subprocess

import pytest

# As the workflow's jobs do: the sums of a second thread differ in the last bit. Read when torch or numpy is imported.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"


@pytest.fixture
def search():
    """Search as rule search_homologs does; without blastn the test is skipped.

    Call it with a folder that holds hairpin.fa and the table of sequences: it writes queries.fa, database.fa and
    hits.tsv there.
    """
    from mmlmirloc.data.homologs import FIELDS, OPTIONS, prepare_search

    def write_hits(folder, table):
        if shutil.which("blastn") is None:
            pytest.skip("blastn is not on PATH")
        queries, database, index = folder / "queries.fa", folder / "database.fa", folder / "index/database"
        prepare_search(folder / table, folder / "hairpin.fa", "hsa", queries, database)
        made = ["makeblastdb", "-in", database, "-dbtype", "nucl", "-out", index]
        subprocess.run(made, check=True, capture_output=True)
        command = ["blastn", "-db", index, "-query", queries, *OPTIONS]
        found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        (folder / "hits.tsv").write_text("\t".join(FIELDS.values()) + "\n" + found)
        return folder / "hits.tsv"

    return write_hits
