"""Words that stand in the tables of evaluation, for those who read them: figures need no more of it."""

#: What models are held against.
CONSTANT, ERA = "constant", "era"

#: Decision rules, beside one for each expected metric; ``chosen`` stands for that which validation rows prefer.
FIXED, TUNED, CHOSEN = "fixed", "thresholds", "chosen"
#: The paper's reading: the mean of a metric over the fold models, each with the fixed threshold.
FOLD_MEAN = "fold_mean"

#: Columns of what is measured on one draw of test rows: in the paper's reading, and of the ensemble.
ONE_DRAW = [
    *("fold_mean", "fold_sd", "fold_mean_low", "fold_mean_high"),
    *("ensemble", "ensemble_low", "ensemble_high"),
]
#: A difference and the ends of its interval: what follows on ``minus_<reference>``.
ENDS = ("", "_low", "_high")
#: With fewer repeats no claim is made: of three the t quantile is 4.3, of ten 2.3.
FEWEST = 10

#: The model with all views, which those with one view and those without one are held against.
WHOLE = "whole"
