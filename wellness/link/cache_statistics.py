"""What an embedding cache counts: for the cache itself, and for whoever watches it."""

from __future__ import annotations

from dataclasses import dataclass, fields

MICROSECOND = 1e-6


@dataclass(frozen=True, slots=True)
class CacheStatistics:
    """Counts of texts, and times in microseconds.

    Attributes:
        hits: texts whose vector was there.
        misses: texts that were embedded, and stored.
        coalesced: texts that somebody else was just embedding; their vector was waited for.
        damaged: stored values that were no vector of this model; each was embedded again.
        uncached: texts that were embedded while Redis did not answer; nothing was stored.
        written_bytes: of vectors, without keys.
        embed_us: spent on embedding misses.
        hit_us: spent on getting hits.
    """

    hits: int = 0
    misses: int = 0
    coalesced: int = 0
    damaged: int = 0
    uncached: int = 0
    written_bytes: int = 0
    embed_us: int = 0
    hit_us: int = 0

    @property
    def hit_rate(self) -> float | None:
        """Texts that needed no embedding, as a fraction of all; None before the first."""
        answered = self.hits + self.coalesced
        total = answered + self.misses + self.uncached
        return answered / total if total else None

    @property
    def saved_s(self) -> float | None:
        """Seconds saved: what the hits would have cost at the mean of the measured misses, less
        what they did cost. None while no miss was measured to compare with.
        """
        if not self.misses:
            return None
        return (self.hits * self.embed_us / self.misses - self.hit_us) * MICROSECOND

    def __add__(self, other: CacheStatistics) -> CacheStatistics:
        return CacheStatistics(*(getattr(self, n) + getattr(other, n) for n in EMBEDDING_COUNTS))

    def __repr__(self) -> str:
        rate, saved = self.hit_rate, self.saved_s
        shares = "nothing asked yet" if rate is None else f"{rate:.1%} needed no embedding"
        time_saved = "" if saved is None else f", {saved:.3g} s saved"
        return f"hits {self.hits:,}, misses {self.misses:,}: {shares}{time_saved}"


EMBEDDING_COUNTS = tuple(field.name for field in fields(CacheStatistics))
