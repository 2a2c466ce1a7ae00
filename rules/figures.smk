"""Figures: drawn from TSVs only, the data drawn kept beside the picture."""

FIGURE_FILES = []
