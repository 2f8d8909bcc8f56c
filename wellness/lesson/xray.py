"""A memory under the X-ray: everything that Redis holds of a person, and why the last recall chose.

view = XRay(agent.memory, conversation="c1")
view.saw(agent.ask("What do I want to weigh?", conversation="c1", now=now))
view.show()
"""

from __future__ import annotations

from datetime import datetime
from html import escape

import numpy as np
from numpy.typing import NDArray

from wellness.agent.agent import Answer
from wellness.lesson.live import Live
from wellness.lesson.tables import html_table
from wellness.memory.dual import DualMemory, Recalled
from wellness.memory.kinds import Memory
from wellness.memory.recall import Hit
from wellness.ops.keyspace import keyspace

EVERY_S = 2.0
TURNS = 8  # of a conversation that are shown, the newest
LETTERS = 90  # of a message
CELLS, CELL, STRIP = 48, 4, 14  # a vector is drawn as so many cells of so many pixels


class XRay:
    """What Redis holds of one person, redrawn while it changes.

    Args:
        memory: whose it is.
        conversation: the one whose turns are shown.
    """

    def __init__(self, memory: DualMemory, *, conversation: str = "default") -> None:
        self.memory, self.conversation = memory, conversation
        self._question = ""
        self._recalled: Recalled | None = None

    def saw(self, said: Answer) -> None:
        """Show from now on why this answer's recall chose what it chose."""
        self._question, self._recalled = said.question, said.recalled

    def show(self) -> Live:
        """Draw it now and every two seconds, until it is no longer seen."""
        return Live(f"x-ray of {self.memory.short.user}", self.html, every_s=EVERY_S).start()

    def html(self) -> str:
        """All of it as HTML."""
        memories = self.memory.long.all()
        parts = (
            ("What there is", self._inventory()),
            (f"Conversation {self.conversation}", self._turns()),
            ("Facts, with what was true before", self._facts(memories)),
            ("Vectors", self._vectors(memories)),
            ("Why the last recall chose what it chose", self._reasons()),
        )
        inside = "".join(f"<h4>{escape(title)}</h4>{part}" for title, part in parts)
        return f"<section class='x-ray' aria-label='Memory X-ray'>{inside}</section>"

    def _inventory(self) -> str:
        keys = self.memory.short.keys
        return keyspace(self.memory.long.client, keys.namespace, keys.user).tables[0]._repr_html_()

    def _turns(self) -> str:
        rows = [
            [self._date(turn.at / 1000), message.role, _short(message.content or _calls(message))]
            for turn in self.memory.short.read(self.conversation, TURNS)
            for message in turn.messages
        ]
        caption = f"The newest {TURNS} turns of a LIST, oldest first"
        return _table(["said", "by", "words"], rows, caption, "No turn is kept of it.")

    def _facts(self, memories: list[Memory]) -> str:
        def order(one: Memory) -> tuple[str, float]:
            return one.fact.subject or "~", one.fact.since

        rows = [
            [
                one.fact.subject or "(any number)", one.fact.kind.value, one.fact.text,
                f"since {self._date(one.fact.since)}",
                "still" if one.current else f"until {self._date(one.valid_until or 0)}",
            ]
            for one in sorted(memories, key=order)
        ]  # fmt: skip
        caption = "One hash a memory; what took another's place keeps it with its dates"
        header = ["subject", "kind", "text", "true", ""]
        return _table(header, rows, caption, "Nothing was learned of this person.")

    def _vectors(self, memories: list[Memory]) -> str:
        client, keys = self.memory.long.client, self.memory.long.keys
        pipe = client.pipeline(transaction=False)
        for one in memories:
            pipe.hget(keys.memory(one.id), "embedding")
        drawn = [
            f"<tr><td style='text-align:left'>{escape(_short(one.fact.text))}</td>"
            f"<td>{strip(np.frombuffer(found, dtype=np.float32), one.fact.text)}</td></tr>"
            for one, found in zip(memories, pipe.execute(), strict=True)
            if found
        ]
        if not drawn:
            return "<p>No vector is kept.</p>"
        model = escape(self.memory.long.index.embedder)
        caption = f"Each cell is the mean of neighbouring numbers, dark for large; made by {model}"
        return (
            f"<table><caption style='text-align:left'>{caption}</caption>{''.join(drawn)}</table>"
        )

    def _date(self, at: float) -> str:
        return f"{datetime.fromtimestamp(at, self.memory.zone):%Y-%m-%d}"

    def _reasons(self) -> str:
        if self._recalled is None:
            return "<p>Nothing has been asked yet.</p>"
        rows = [_reason(hit) for hit in self._recalled.hits]
        header = ["memory", "score", "by meaning", "distance", "by words", "BM25", "age", "recency"]
        caption = f"For {self._question!r}; {self._recalled.omitted} more were found and left out"
        return _table(header, rows, caption, f"Nothing was recalled for {self._question!r}.")


def strip(vector: NDArray[np.float32], of: str) -> str:
    """A vector as a strip of grey cells, each the mean of its part of the numbers."""
    means = np.array([part.mean() for part in np.array_split(vector, min(CELLS, len(vector)))])
    shades = (means - means.min()) / (float(np.ptp(means)) or 1.0)
    cells = "".join(
        f'<rect x="{at * CELL}" width="{CELL}" height="{STRIP}" fill="currentColor" '
        f'fill-opacity="{shade:.2f}"/>'
        for at, shade in enumerate(shades)
    )
    label = f"Vector of {len(vector)} float32, {vector.nbytes:,} bytes: {_short(of)}"
    return (
        f'<svg role="img" aria-label="{escape(label, quote=True)}" width="{CELL * len(means)}" '
        f'height="{STRIP}">{cells}</svg>'
    )


def _reason(hit: Hit) -> list[str]:
    why = hit.why
    return [
        _short(hit.memory.fact.text),
        f"{hit.score:.4f}",
        _or_dash(why.vector_rank, "{}."),
        _or_dash(why.distance, "{:.3f}"),
        _or_dash(why.text_rank, "{}."),
        _or_dash(why.bm25, "{:.2f}"),
        f"{why.age_s / 86_400:.0f} days",
        f"{why.recency:.2f}",
    ]


def _or_dash(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)


def _calls(message: object) -> str:
    names = [call.name for call in getattr(message, "tool_calls", ())]
    return f"calls {', '.join(names)}" if names else ""


def _table(header: list[str], rows: list[list[str]], caption: str, empty: str) -> str:
    if not rows:
        return f"<p>{escape(empty)}</p>"
    return html_table(header, rows, caption=caption, align="left")


def _short(text: str) -> str:
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"
