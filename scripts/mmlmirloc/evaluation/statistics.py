"""How far a number or a difference can be trusted: bootstrap, repeated splits, paired tests."""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import find_metric

DRAWS = 2000
LEVEL = 0.95


def bootstrap_interval(
    statistic: Callable[[np.ndarray], np.ndarray],
    rows: int,
    groups: Sequence | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    level: float = LEVEL,
) -> tuple[float, float] | tuple[np.ndarray, np.ndarray]:
    """Percentile bootstrap over rows, or over whole groups of rows (Efron & Tibshirani 1993, ch. 13).

    Parameters
    ----------
    statistic : callable
        Takes weights of shape (draws, rows), how often each row was drawn, and returns (draws,) values, or
        (draws, labels).
    rows : int
        Number of rows.
    groups : sequence, optional
        A group per row. Homologous rows are no independent witnesses: then groups are drawn, not rows.
    draws : int
        Number of draws.
    seed : int
        Seed of the draws. The same seed, rows and groups give the same draws.
    level : float
        Share of draws inside the interval.

    Returns
    -------
    low, high : float or numpy.ndarray
        Ends of the interval; arrays of shape (labels,) where the statistic has one value per label. nan when there
        is only one row or group to draw from. Draws where the statistic is nan are left out.

    Raises
    ------
    InputError
        When the groups do not fit the rows, there is no row, or level or draws make no interval.
    """
    require_level(level)
    member = unit_numbers(rows, groups)
    values = np.asarray(statistic(row_weights(member, draws, seed)))
    if member.max() == 0:
        # Every draw is the whole: an interval of no width would claim certainty.
        values = np.full(values.shape, np.nan)
    ends = [finite_quantile(values, (1 - level) / 2), finite_quantile(values, (1 + level) / 2)]
    return tuple(float(end) if end.ndim == 0 else end for end in ends)


def interval(
    truth: np.ndarray,
    scores: np.ndarray,
    predicted: np.ndarray,
    metric: str,
    draws: int = DRAWS,
    seed: int = 0,
    groups: Sequence | None = None,
    level: float = LEVEL,
) -> tuple[float, float] | tuple[np.ndarray, np.ndarray]:
    """Bootstrap interval of a metric of one system on one test set.

    Parameters
    ----------
    truth, scores, predicted : numpy.ndarray
        Shape (n, labels); only the one of ``scores`` and ``predicted`` that the metric uses is looked at.
    metric : str
        Name in ``METRICS``, or in ``LABEL_METRICS`` (then the ends have shape (labels,)).
    draws, seed, groups, level
        As in :func:`bootstrap_interval`, which also tells what is returned and raised.
    """
    measured = find_metric(metric)
    return bootstrap_interval(
        lambda weights: measured.measure(truth, scores, predicted, weights), len(truth), groups, draws, seed, level
    )


def paired_interval(
    truth: np.ndarray,
    scores_a: np.ndarray,
    predicted_a: np.ndarray,
    scores_b: np.ndarray,
    predicted_b: np.ndarray,
    metric: str,
    draws: int = DRAWS,
    seed: int = 0,
    groups: Sequence | None = None,
    level: float = LEVEL,
) -> tuple[float, float] | tuple[np.ndarray, np.ndarray]:
    """Bootstrap interval of the difference, system a minus system b, both measured on the same draws.

    Arguments as in :func:`interval`, once per system; returned and raised as in :func:`bootstrap_interval`.
    """
    measured = find_metric(metric)

    def difference(weights):
        first = measured.measure(truth, scores_a, predicted_a, weights)
        return first - measured.measure(truth, scores_b, predicted_b, weights)

    return bootstrap_interval(difference, len(truth), groups, draws, seed, level)


def nadeau_bengio(
    differences: Sequence[float], n_train: float, n_test: float, level: float = LEVEL
) -> tuple[float, float, float]:
    """Corrected resampled t interval of a mean over repeated splits (Nadeau & Bengio 2003, eq. 9).

    Repeats share training rows, so that the variance of their mean is not s^2/k but s^2 (1/k + n_test/n_train).

    Parameters
    ----------
    differences : sequence of float
        One value per repeat: differences of two systems, or values of one.
    n_train, n_test : float
        Rows of each part; their means where the splits differ in size.
    level : float
        Confidence level.

    Returns
    -------
    mean, low, high : float
        ``low`` and ``high`` are nan with fewer than two repeats; all are nan where a value is nan.

    Raises
    ------
    InputError
        When there is no value, or a part has no rows.
    """
    require_level(level)
    values = np.asarray(differences, dtype=float)
    if values.ndim != 1 or not len(values):
        raise InputError("There are no values to average", "differences", "one value per repeat", "run the repeats")
    if not (n_train > 0 and n_test > 0):
        raise InputError(
            f"A split has {n_train:g} training and {n_test:g} test rows",
            "n_train, n_test",
            "at least one of each",
            "check the row of the splits table",
        )
    mean, repeats = float(values.mean()), len(values)
    if repeats < 2:
        return mean, float("nan"), float("nan")
    error = values.std(ddof=1) * np.sqrt(1 / repeats + n_test / n_train)
    from scipy import stats  # here, since most jobs that need this module need none of it, and it takes a second

    half = float(stats.t.ppf((1 + level) / 2, repeats - 1) * error)
    return mean, mean - half, mean + half


def mcnemar(correct_a: np.ndarray, correct_b: np.ndarray) -> float:
    """Two-sided exact McNemar test of two systems on the same rows (McNemar 1947; binomial form).

    Parameters
    ----------
    correct_a, correct_b : numpy.ndarray
        Shape (n,): whether each system has the row right.

    Returns
    -------
    float
        p: how likely so uneven a split of the rows that one system alone has right would be for equal systems;
        1 when there is no such row.

    Raises
    ------
    InputError
        When the shapes differ.
    """
    correct_a, correct_b = np.asarray(correct_a, dtype=bool), np.asarray(correct_b, dtype=bool)
    if correct_a.ndim != 1 or correct_a.shape != correct_b.shape:
        raise InputError(
            f"Rows of shape {correct_a.shape} cannot be paired with rows of shape {correct_b.shape}",
            "correct_a, correct_b",
            "two arrays of shape (rows,)",
            "compare systems on the same test rows",
        )
    only_a, only_b = int((correct_a & ~correct_b).sum()), int((correct_b & ~correct_a).sum())
    if only_a + only_b == 0:
        return 1.0
    from scipy import stats

    return float(stats.binomtest(only_a, only_a + only_b, 0.5).pvalue)


def holm(p_values: Sequence[float]) -> np.ndarray:
    """Adjust p-values for the number of tests, step down (Holm 1979).

    Parameters
    ----------
    p_values : sequence of float
        Shape (tests,).

    Returns
    -------
    numpy.ndarray
        Shape (tests,), in the given order: reject where at most alpha, and the chance of any false rejection
        stays below alpha.

    Raises
    ------
    InputError
        When a value is not in [0, 1].
    """
    p_values = np.asarray(p_values, dtype=float)
    if not ((p_values >= 0) & (p_values <= 1)).all():
        raise InputError(
            "A p-value is not a probability", "p_values", "numbers from 0 to 1", "leave out tests that were not made"
        )
    order = np.argsort(p_values, kind="stable")
    steps = np.arange(len(p_values), 0, -1)
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * steps), 1)
    return adjusted


def unit_numbers(rows: int, groups: Sequence | None) -> np.ndarray:
    """Number, from 0, of the row or group that is drawn with each row, shape (rows,); or raise InputError."""
    if rows < 1:
        raise InputError("There are no rows to draw from", "rows", "at least one row", "check the split or stratum")
    if groups is None:
        return np.arange(rows)
    if len(groups) != rows:
        raise InputError(
            f"{len(groups)} groups for {rows} rows", "groups", "one group per row", "take the groups of the same rows"
        )
    return np.unique(np.asarray(groups), return_inverse=True)[1]


def row_weights(member: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """How often each row stands in each draw, shape (draws, rows); rows of one group always together."""
    if draws < 1:
        raise InputError(f"{draws} bootstrap draws", "draws", "at least one", "use 2000")
    return _unit_weights(int(member.max()) + 1, draws, seed)[:, member]


@lru_cache(maxsize=4)
def _unit_weights(units: int, draws: int, seed: int) -> np.ndarray:
    """How often each unit is drawn, shape (draws, units): one set of draws serves every metric of every model."""
    drawn = np.random.default_rng(seed).multinomial(units, np.full(units, 1 / units), size=draws)
    return drawn.astype(float)


def finite_quantile(values: np.ndarray, share: float) -> np.ndarray:
    """Quantile over the first axis without nan; nan where nothing else is there."""
    columns = values.reshape(len(values), -1).T
    finite = [column[~np.isnan(column)] for column in columns]
    found = [np.quantile(column, share) if len(column) else np.nan for column in finite]
    return np.array(found).reshape(values.shape[1:])


def require_level(level: float) -> None:
    """Raise InputError unless ``level`` is a share strictly between 0 and 1."""
    if not 0 < level < 1:
        raise InputError(
            f"No interval has the level {level:g}", "level", "a number between 0 and 1", "use 0.95 for 95%"
        )
