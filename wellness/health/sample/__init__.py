"""A seeded generator of Apple Health exports with known answers.

One invented person, Ann, lives through two years with a story (`story.py`). `generate` writes her
export.zip, with the hazards of real ones, and returns the `Truth`: what the right answers are,
computed while writing and independently of everything that reads exports.
"""

from wellness.health.sample.archive import generate
from wellness.health.sample.report import as_dict, to_json
from wellness.health.sample.sizing import density_for
from wellness.health.sample.story import EXPORT_DAY, HOME
from wellness.health.sample.truth import Truth

__all__ = ["EXPORT_DAY", "HOME", "Truth", "as_dict", "density_for", "generate", "to_json"]
