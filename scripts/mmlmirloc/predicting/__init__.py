"""Predict the locations of sequences with a trained model: one function behind the command, the call and the page."""

__all__ = ["Predictor", "predict"]


def __getattr__(name: str):
    """Offer what the package gives without importing anything for it before it is asked for."""
    if name in __all__:
        from mmlmirloc.predicting import predictor

        return getattr(predictor, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
