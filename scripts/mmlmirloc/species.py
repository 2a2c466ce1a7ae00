"""The species that records are of where nothing else is said."""

#: miRBase's code.
HUMAN = "hsa"
