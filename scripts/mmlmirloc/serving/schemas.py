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
    """Sequences to predict: either `records` or `fasta`."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [{"records": [{"name": "a", "sequence": "UGGGAUGAGG"}]}, {"fasta": ">a\nUGGGAUGAGG"}]
        },
    )

    records: Annotated[list[Record] | None, Field(description="Names and sequences.", min_length=1)] = None
    fasta: Annotated[
        str | None, Field(description="Text of a file: FASTA, FASTQ, one sequence per line, or a table.")
    ] = None

    @model_validator(mode="after")
    def _one_of_both(self):
        if (self.records is None) == (self.fasta is None):
            raise ValueError("give either records or fasta")
        return self


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
