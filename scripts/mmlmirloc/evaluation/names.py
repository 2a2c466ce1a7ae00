"""Words that stand in the tables of evaluation, for those who read them: figures need no more of it."""

#: What models are held against.
CONSTANT, ERA = "constant", "era"

#: Decision rules, beside one for each expected metric; ``chosen`` stands for that which validation rows prefer.
FIXED, TUNED, CHOSEN = "fixed", "thresholds", "chosen"

#: Beginnings of the ids of models with one view and of models without one; and what both are held against.
ALONE, LEFT_OUT, WHOLE = "only_", "without_", "whole"
