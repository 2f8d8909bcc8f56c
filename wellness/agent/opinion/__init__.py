"""A second opinion on what a question wants: learnt from examples, not written as rules."""

from wellness.agent.opinion.reader import Opinion, SecondReader
from wellness.agent.opinion.weights import Weights, load_weights

__all__ = ["Opinion", "SecondReader", "Weights", "load_weights"]
