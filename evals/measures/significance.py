"""Is a difference real? Paired tests over questions, with translations of one question kept together.

- Paired randomisation (Smucker, Allan and Carterette, CIKM 2007): under "no difference" the sign of every
  group's difference is a coin flip; p = (1 + flips at least as extreme) / (1 + flips), two-sided.
- Paired bootstrap (Efron and Tibshirani 1993, percentile interval), resampling whole groups.
- Holm (Scandinavian Journal of Statistics 1979) where several systems are compared at once.
All seeds are fixed: the same numbers in give the same numbers out.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from evals.results import Interval

FLIPS = 100_000
RESAMPLES = 10_000
# Signs are drawn in blocks of this many flips: 10,000 × 300 groups are 24 MB.
_BLOCK = 10_000
_SEED = 20_240_229
# Sums of a few hundred figures in 0…1 are equal up to this; a flip that only rounds differently is a tie.
_TIE = 1e-12


def randomisation_p(differences: Sequence[float], groups: Sequence[str], flips: int = FLIPS) -> float:
    """Return the two-sided p of paired differences; 1.0 where nothing differs."""
    sums, _ = _by_group(differences, groups)
    if not np.any(sums):
        return 1.0
    bar = abs(float(sums.sum())) - _TIE
    rng = np.random.default_rng(_SEED)
    extreme = 0
    for start in range(0, flips, _BLOCK):
        signs = rng.integers(0, 2, size=(min(_BLOCK, flips - start), len(sums)), dtype=np.int8) * 2 - 1
        extreme += int((np.abs(signs @ sums) >= bar).sum())
    return (1 + extreme) / (1 + flips)


def bootstrap(values: Sequence[float], groups: Sequence[str], resamples: int = RESAMPLES) -> Interval:
    """Return the mean of `values` with its 95 % interval, groups resampled whole.

    Serves a single run (values = figures) and two runs (values = paired differences).
    Raises ValueError for no value.
    """
    if not len(values):
        raise ValueError("no value to average")
    sums, counts = _by_group(values, groups)
    weights = resampled_weights(len(sums), resamples)
    means = (weights @ sums) / (weights @ counts)
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(np.mean(values)), float(low), float(high), len(values), len(sums))


@lru_cache(maxsize=4)
def resampled_weights(groups: int, resamples: int = RESAMPLES) -> NDArray[np.float64]:
    """Return (resamples, groups): how often each group was drawn in each resample."""
    rng = np.random.default_rng(_SEED)
    return rng.multinomial(groups, np.full(groups, 1 / groups), size=resamples).astype(np.float64)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return Holm-adjusted p values under the same names."""
    adjusted: dict[str, float] = {}
    floor = 0.0
    ordered = sorted(p_values, key=lambda name: (p_values[name], name))
    for position, name in enumerate(ordered):
        floor = max(floor, min(1.0, (len(ordered) - position) * p_values[name]))
        adjusted[name] = floor
    return {name: adjusted[name] for name in p_values}


def group_numbers(groups: Sequence[str]) -> NDArray[np.intp]:
    """Return for each item the number of its group, groups counted in sorted order."""
    numbers = {name: number for number, name in enumerate(sorted(set(groups)))}
    return np.array([numbers[name] for name in groups], dtype=np.intp)


def _by_group(
    values: Sequence[float], groups: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    numbers = group_numbers(groups)
    data = np.asarray(values, dtype=np.float64)
    size = int(numbers.max()) + 1 if len(numbers) else 0
    sums = np.bincount(numbers, weights=data, minlength=size).astype(np.float64)
    return sums, np.bincount(numbers, minlength=size).astype(np.float64)
