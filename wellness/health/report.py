"""What became of each Record of an export."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class ImportReport:
    """What one import did. `read == stored + duplicate + sum(rejected.values())`, always."""

    path: str
    user: str
    source: str = ""
    read: int = 0
    stored: int = 0
    duplicate: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    by_type: Counter[str] = field(default_factory=Counter)
    elements: dict[str, int] = field(default_factory=dict)
    workouts: int = 0
    correlations: int = 0
    activity_days: int = 0
    rollup_days: int = 0
    complete: bool = False
    problem: str = ""
    zone: str = ""
    zone_from: str = ""
    export_date: str | None = None
    sample: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values; types that brought nothing new are left out."""
        by_type = {type: n for type, n in sorted(self.by_type.items()) if n}
        return {**asdict(self), "rejected": dict(self.rejected), "by_type": by_type}
