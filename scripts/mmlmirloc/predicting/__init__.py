"""Predict the locations of sequences with a trained model: one function behind the command, the call and the page."""

from mmlmirloc.predicting.predictor import Predictor, predict

__all__ = ["Predictor", "predict"]
