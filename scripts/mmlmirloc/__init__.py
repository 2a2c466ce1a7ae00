"""Library of the MMLmiRLoc workflow: one package per stage, imported downwards along the road.

data -> views -> models -> evaluation -> reporting. Nothing here reads the Snakemake object or
the config file: functions take typed arguments.
"""

__version__ = "0.2.0"


def __getattr__(name: str):
    """Offer the calls, such as ``mmlmirloc.predict``, without importing anything for one before it is asked for."""
    if name == "predict":
        from mmlmirloc.predicting import predict

        return predict
    if name == "compare":
        from mmlmirloc.predicting.mutants import compare

        return compare
    if name == "lookup":
        from mmlmirloc.atlas.lookup import lookup

        return lookup
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
