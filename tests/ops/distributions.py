"""Durations as they come in life, for what estimates percentiles."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

SAMPLES = 100_000
Draw = Callable[[np.random.Generator], NDArray[np.float64]]


def lognormal(random: np.random.Generator) -> NDArray[np.float64]:
    return random.lognormal(np.log(60e-6), 0.7, SAMPLES)


def exponential(random: np.random.Generator) -> NDArray[np.float64]:
    return random.exponential(80e-6, SAMPLES)


def uniform(random: np.random.Generator) -> NDArray[np.float64]:
    return random.uniform(1e-6, 5.0, SAMPLES)


def heavy_tailed(random: np.random.Generator) -> NDArray[np.float64]:
    return (random.pareto(1.2, SAMPLES) + 1) * 50e-6


def hits_and_misses(random: np.random.Generator) -> NDArray[np.float64]:
    hit = random.random(SAMPLES) < 0.985
    quick, slow = random.normal(50e-6, 5e-6, SAMPLES), random.normal(80e-3, 8e-3, SAMPLES)
    return np.where(hit, quick, slow).clip(1e-6)
