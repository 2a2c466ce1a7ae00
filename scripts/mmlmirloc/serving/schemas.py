"""What the JSON API takes and gives, as its OpenAPI description tells it."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Record(BaseModel):
    """One sequence."""

    model_config = ConfigDict(extra="forbid", strict=True)

    sequence: Annotated[
        str, Field(description="Hairpin of a miRNA (or what the model's card names), as letters A, C, G, U (or T).")
    ]
    name: Annotated[str, Field(description="Name that comes back with the result.")] = ""


class Question(BaseModel):
    """Sequences to predict or names to look up: one of `records`, `fasta` and `names`."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [{"records": [{"name": "a", "sequence": "UGGGAUGAGG"}]}, {"fasta": ">a\nUGGGAUGAGG"}]
        },
    )

    records: Annotated[list[Record] | None, Field(description="Names and sequences.", min_length=1)] = None
    fasta: Annotated[
        str | None,
        Field(description="Text of a file: FASTA, FASTQ, one sequence per line, or a table; or a name per line."),
    ] = None
    names: Annotated[
        list[str] | None,
        Field(description="Names or accessions of known miRNAs, such as `hsa-miR-21-5p`.", min_length=1),
    ] = None

    @model_validator(mode="after")
    def _one_of_both(self):
        if [self.records, self.fasta, self.names].count(None) != 2:
            raise ValueError("give one of records, fasta and names")
        return self


class Known(BaseModel):
    """What the atlas has of a known miRNA beside its prediction."""

    accession: str
    name: str
    hairpin: Annotated[str, Field(description="Accession of the hairpin that answers for it.")]
    hairpin_name: str
    arm: Annotated[str, Field(description="`5p` or `3p`; empty for a hairpin.")]
    model: Annotated[str, Field(description="The model that answers.")]
    source: Annotated[str, Field(description="`out of fold`: by a model that never saw it; or `final model`.")]
    age: Annotated[int, Field(description="Fifth of all hairpins by accession number, 1 the oldest.")]
    percentiles: Annotated[
        dict[str, float | None],
        Field(description="Location to the percent of all known hairpins whose probability is not above this one's."),
    ]


class Prediction(BaseModel):
    """What is predicted for one sequence."""

    name: str
    length: Annotated[int | None, Field(description="Bases; missing where the sequence was refused.")]
    status: Annotated[str, Field(description="`ok`, or `refused`: then there is no prediction, and remarks say why.")]
    remarks: Annotated[str, Field(description="How the sequence was treated, or why it was refused.")]
    probabilities: Annotated[dict[str, float | None], Field(description="Location to probability.")]
    predicted: Annotated[dict[str, bool | None], Field(description="Location to whether it is predicted.")]
    training: Annotated[bool | None, Field(description="Whether the model was trained on this very hairpin.")]
    nearest_identity: Annotated[float | None, Field(description="Identity with the nearest training row, 0 to 1.")]
    flags: Annotated[list[str], Field(description="Reasons to trust the prediction less.")]
    views: Annotated[list[str], Field(description="Views of the sequence that were available.")]
    known: Annotated[
        Known | None, Field(description="Where it was looked up: by name, or as the arm of a known hairpin.")
    ] = None


class Answer(BaseModel):
    """Predictions, in the order of the question."""

    model: Annotated[str, Field(description="Name of the model.")]
    locations: list[str]
    predictions: list[Prediction]


class Base(BaseModel):
    """One base of an explained sequence."""

    position: Annotated[int, Field(description="From 1.")]
    base: Annotated[str, Field(description="`A`, `C`, `G` or `U`.")]
    structure: Annotated[
        str, Field(description="Bracket of a paired base, dot of another; empty where the server cannot fold.")
    ]
    attributions: Annotated[
        dict[str, float],
        Field(
            description="Location to its probability minus the mean over the three sequences with another base here: "
            "above 0 where the base speaks for the location."
        ),
    ]


class Explanation(BaseModel):
    """Which bases a prediction rests on. It explains the model, not biology."""

    model: Annotated[str, Field(description="Name of the model.")]
    locations: list[str]
    prediction: Prediction
    bases: list[Base]


class Comparison(BaseModel):
    """Wild types and mutants to compare."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"wild_type": ">a\nUGGGAUGAGG", "mutant": ">a\nUGGGAUGACG"}]},
    )

    wild_type: Annotated[str, Field(description="Text of a file of hairpins, as of `fasta`.")]
    mutant: Annotated[
        str,
        Field(
            description="The same, with the same names or in the same order, or several of one wild type; empty where "
            "each wild type is followed by its mutant."
        ),
    ] = ""


class Change(BaseModel):
    """What becomes of one location."""

    wild_type: Annotated[str, Field(description="Its name.")]
    mutant: Annotated[str, Field(description="Its name.")]
    status: Annotated[str, Field(description="`ok`, or `refused` where one of the two is: remarks say why.")]
    remarks: str
    differences: Annotated[str, Field(description="Substitutions as `U20C`, or how many bases were added.")]
    location: str
    probability_wild_type: float | None
    probability_mutant: float | None
    change: Annotated[float | None, Field(description="Probability of the mutant minus that of the wild type.")]
    sd_over_folds: Annotated[
        float | None,
        Field(
            description="Standard deviation over the fold models of the probability of one and the same sequence, the "
            "larger of both."
        ),
    ]
    within: Annotated[str, Field(description="`yes` where the change is not larger than that, else `no`.")]
    predicted_wild_type: int | None
    predicted_mutant: int | None
    set_change: Annotated[str, Field(description="`gained`, `lost`, or empty.")]
    flags: str


class Changes(BaseModel):
    """Comparisons, in the order of the question, an object per pair and location."""

    model: Annotated[str, Field(description="Name of the model.")]
    locations: list[str]
    comparisons: list[Change]


class Problem(BaseModel):
    """Why there is no answer."""

    status: int
    message: str
    hint: str
    request: Annotated[str, Field(description="Name of the request in the server's log.")]


class Health(BaseModel):
    """That the server runs."""

    status: str


Card = dict[str, Any]
"""The model card is written with the model, and holds what its maker wrote."""
