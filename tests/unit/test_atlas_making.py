"""The atlas: which hairpins and arms there are, who predicts each hairpin, and what stands in the table."""

import numpy as np
import pandas as pd
import pytest
from unit import tiny_model

from mmlmirloc.atlas.hairpins import FINAL, OUT_OF_FOLD, predict_hairpins
from mmlmirloc.atlas.molecules import list_molecules
from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.rules import FittedRules
from mmlmirloc.files import read_table
from mmlmirloc.reporting.atlas_table import write_atlas
from mmlmirloc.scores import read_validation
from mmlmirloc.views.making import compute_view

FIVE, THREE = "UGAGGUAGUAGGUUGUAUAGUU", "CUAUACAAUCUACUGUCUUUC"
STEM = f"GG{FIVE}CCCAAACCC{THREE}GG"
LINE = "chr1\t.\t{}\t{}\t{}\t.\t+\t.\tID={};Alias={};Name={}{}\n"


def write_sources(folder, species="hsa"):
    """Write two hairpins with a place and one without, and their mature miRNAs."""
    (folder / "hairpin.fa").write_text(
        f">{species}-let-7a-1 MI0000001 x\n{STEM}\n"
        f">{species}-let-7a-2 MI0000002 x\nAA{STEM}\n"
        f">{species}-mir-9 MI0000003 x\n{STEM[::-1]}\n"
        f">mmu-let-7a-1 MI0000004 x\n{STEM}\n"
    )
    (folder / "mature.fa").write_text(
        f">{species}-let-7a-5p MIMAT0000001 x\n{FIVE}\n"
        f">{species}-let-7a-3p MIMAT0000002 x\n{THREE}\n"
        f">{species}-miR-9 MIMAT0000003 x\n{FIVE[::-1]}\n"
        f">{species}-miR-77 MIMAT0000004 x\nACGUACGUACGUACGUACG\n"
    )
    lines = [
        LINE.format("miRNA_primary_transcript", 1, 60, "MI0000001", "MI0000001", "hsa-let-7a-1", ""),
        LINE.format("miRNA", 3, 24, "MIMAT0000001", "MIMAT0000001", "x", ";Derives_from=MI0000001"),
        LINE.format("miRNA", 3, 24, "MIMAT0000001_1", "MIMAT0000001", "x", ";Derives_from=MI0000002"),
        LINE.format("miRNA", 3, 24, "MIMAT0000001_2", "MIMAT0000001", "x", ";Derives_from=MI0000002"),
        LINE.format("miRNA", 34, 54, "MIMAT0000002", "MIMAT0000002", "x", ";Derives_from=MI0000001"),
    ]
    (folder / "hsa.gff3").write_text("##gff-version 3\n" + "".join(lines))
    return [folder / name for name in ("hairpin.fa", "mature.fa", "hsa.gff3")]


def molecules(folder, prefix="hsa"):
    """Return the tables of hairpins and arms."""
    list_molecules(*write_sources(folder), prefix, folder / "hairpins.tsv", folder / "arms.tsv")
    return read_table(folder / "hairpins.tsv"), read_table(folder / "arms.tsv", text=["arm"])


def test_the_hairpins_are_those_of_the_species(tmp_path):
    hairpins, _ = molecules(tmp_path)
    assert hairpins["name"].tolist() == ["hsa-let-7a-1", "hsa-let-7a-2", "hsa-mir-9"]


def test_arms_are_told_by_the_coordinates_and_placed_by_the_sequence(tmp_path):
    _, arms = molecules(tmp_path)
    told = arms[["accession", "hairpin", "arm", "start", "end"]].values.tolist()
    assert told == [
        ["MIMAT0000001", "MI0000001", "5p", 3, 24],
        ["MIMAT0000002", "MI0000001", "3p", 34, 54],
        ["MIMAT0000001", "MI0000002", "5p", 5, 26],
        # Without a place in the genome by the name; its arm by the half that it lies in, here the second.
        ["MIMAT0000003", "MI0000003", "3p", 33, 54],
    ]


def test_a_species_without_hairpins_is_refused(tmp_path):
    with pytest.raises(InputError, match="no hairpin of the species rno"):
        molecules(tmp_path, "rno")


@pytest.fixture(scope="module")
def predicted(tmp_path_factory):
    """Return the folder of a trained model and its predictions of all hairpins: trained, a twin, and others."""
    folder = tmp_path_factory.mktemp("atlas")
    tiny_model.train(folder)
    known = pd.DataFrame({"sequence": [*tiny_model.HAIRPINS, tiny_model.HAIRPINS[3], *tiny_model.OTHERS]})
    known.insert(0, "accession", [f"MI{number:07d}" for number in range(len(known))])
    known.insert(1, "name", [f"hsa-mir-{number}" for number in range(len(known))])
    known.to_csv(folder / "hairpins.tsv", sep="\t", index=False)
    paths = [folder / f"all_{name}.npz" for name in tiny_model.VIEWS]
    for view, path in zip(tiny_model.VIEWS.values(), paths):
        sources = {"sketches": folder / "index.npz"}
        compute_view(folder / "hairpins.tsv", path, view["kind"], view["settings"], sources)
    predict_hairpins(
        *("tiny", tiny_model.SPEC, folder / "hairpins.tsv", [str(path) for path in paths], [], folder / "train.tsv"),
        *(folder / "fitted", folder / "validation.tsv", tiny_model.LOCATIONS, 0.5, "accuracy", folder / "tiny.tsv"),
    )
    return folder, read_table(folder / "tiny.tsv", text=["flags", "nearest"])


def test_what_was_trained_on_is_predicted_out_of_fold(predicted):
    folder, table = predicted
    held_out = read_validation(folder / "validation.tsv", folder / "train.tsv", tiny_model.LOCATIONS)["tiny"][1]
    rules = FittedRules.fit(held_out.truth, held_out.scores, 0.5, "accuracy")
    rows = read_table(folder / "validation.tsv", text=["accession"]).set_index("accession")
    scores = rows.loc[[f"MI{number:07d}" for number in range(40)], tiny_model.LOCATIONS].to_numpy()
    columns = [f"probability_{name}" for name in tiny_model.LOCATIONS]
    np.testing.assert_allclose(table[columns][:40], rules.calibrate(scores[None]), atol=1e-5)
    assert set(table["source"][:40]) == {OUT_OF_FOLD}


def test_a_twin_of_a_training_hairpin_is_predicted_by_the_model_that_held_it_out(predicted):
    _, table = predicted
    twin, trained = table.iloc[40], table.iloc[3]
    assert twin["source"] == OUT_OF_FOLD
    for name in tiny_model.LOCATIONS:
        assert twin[f"probability_{name}"] == pytest.approx(trained[f"probability_{name}"], abs=1e-5)
    assert (twin["nearest"], twin["nearest_identity"]) == ("hsa-mir-3", 1)
    # Itself is not the nearest of one that was trained on.
    assert trained["nearest"] != "hsa-mir-3" and trained["nearest_identity"] < 1


def test_other_hairpins_have_the_final_models_prediction(predicted):
    from mmlmirloc.predicting import predict

    folder, table = predicted
    expected = predict(tiny_model.OTHERS, folder / "tiny.safetensors")
    columns = [f"{kind}_{name}" for kind in ("probability", "predicted") for name in tiny_model.LOCATIONS]
    np.testing.assert_allclose(table[columns][41:], expected[columns].astype(float), atol=1e-5)
    assert set(table["source"][41:]) == {FINAL}
    assert table["flags"][41:].tolist() == expected["flags"].tolist()


def write_predictions(path, model, probabilities, auc):
    """Write what a model predicts for hairpins MI0000001, MI0000002, ... of one location."""
    rows = [
        (model, f"MI{number:07d}", f"hsa-let-7a-{number}", value, int(value > 0.5), FINAL, "", 0.5, "", auc)
        for number, value in probabilities.items()
    ]
    columns = ["model", "accession", "name", "probability_nucleus", "predicted_nucleus", "source", "nearest"]
    pd.DataFrame(rows, columns=[*columns, "nearest_identity", "flags", "validation_auc"]).to_csv(
        path, sep="\t", index=False
    )


def test_the_stronger_model_answers_where_it_can_and_arms_have_what_their_hairpin_has(tmp_path):
    molecules(tmp_path)
    write_predictions(tmp_path / "weak.tsv", "weak", {1: 0.2, 2: 0.4, 3: 0.8}, 0.6)
    write_predictions(tmp_path / "strong.tsv", "strong", {1: 0.3, 2: 0.1}, 0.7)
    write_atlas(
        [tmp_path / "weak.tsv", tmp_path / "strong.tsv"],
        *(tmp_path / "arms.tsv", tmp_path / "hairpins.tsv", {"weak": "Weak", "strong": "Strong"}),
        *({"weak": False, "strong": True}, ["nucleus"], "Made up", tmp_path / "atlas.tsv", tmp_path / "atlas.md"),
    )
    table = read_table(tmp_path / "atlas.tsv", text=["arm"])
    assert "sequence" not in table and "locations" not in table
    answers = table[table["answer"] == 1]
    told = answers[["name", "hairpin_name", "arm", "model", "probability_nucleus", "percentile_nucleus", "age"]]
    # Three hairpins are the first, second and fourth fifth: 0 * 5 // 3, 1 * 5 // 3 and 2 * 5 // 3, from 1.
    assert told.values.tolist() == [
        ["hsa-let-7a-1", "hsa-let-7a-1", "", "strong", 0.3, 100, 1],
        ["hsa-let-7a-5p", "hsa-let-7a-1", "5p", "strong", 0.3, 100, 1],
        ["hsa-let-7a-3p", "hsa-let-7a-1", "3p", "strong", 0.3, 100, 1],
        ["hsa-let-7a-2", "hsa-let-7a-2", "", "strong", 0.1, 50, 2],
        ["hsa-let-7a-5p", "hsa-let-7a-2", "5p", "strong", 0.1, 50, 2],
        ["hsa-let-7a-3", "hsa-let-7a-3", "", "weak", 0.8, 100, 4],
        ["hsa-miR-9", "hsa-let-7a-3", "3p", "weak", 0.8, 100, 4],
    ]
    assert (table["answer"] == 0).sum() == 5
    page = (tmp_path / "atlas.md").read_text()
    assert "**Made up**" in page and "all 3 hairpins" in page and "its 3 mature miRNAs" in page
