"""The validator: each number of an answer is checked against what this turn's tools have said."""

from wellness.agent.validator.check import validate
from wellness.agent.validator.foreign import results_from_json
from wellness.agent.validator.verdicts import CheckedNumber, Validation, Verdict

__all__ = ["CheckedNumber", "Validation", "Verdict", "results_from_json", "validate"]
