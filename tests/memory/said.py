"""Things people say, for tests: turns with and without tool calls, and text at its worst."""

from __future__ import annotations

from hypothesis import strategies as st

from wellness.memory.turns import Message, ToolCall, Turn, turn

AT = 1_790_000_000_000

anything = st.text(max_size=40)  # surrogates without their other half, NUL, emoji: all of Unicode
nonblank = anything.filter(lambda text: bool(text.strip()))
names = st.one_of(
    st.text(min_size=1, max_size=12),
    st.sampled_from(
        ["*", "a:b", "{a}", "}:turns:x", "%7B", "a\x00b", "\ud800", "..", "-inf", "🏃", "\r\nDEL x"]
    ),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | anything,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(anything, inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


@st.composite
def exchanges(draw: st.DrawFn) -> list[Message]:
    """What an assistant does between a question and its answer: calls, each with its result."""
    messages = []
    for number in range(draw(st.integers(0, 2))):
        named = draw(st.booleans())
        calls = [
            ToolCall(draw(names), draw(st.dictionaries(anything, json_values, max_size=3)),
                     f"{number}-{i}" if named else "")
            for i in range(draw(st.integers(1, 3)))
        ]  # fmt: skip
        messages.append(Message("assistant", draw(anything), tuple(calls)))
        for call in draw(st.permutations(calls)):
            messages.append(
                Message("tool", draw(anything), tool_name=call.name, tool_call_id=call.id)
            )
    return messages


@st.composite
def turns(draw: st.DrawFn) -> Turn:
    """Any turn that makes sense."""
    messages = [Message("system", draw(nonblank))] if draw(st.booleans()) else []
    messages.append(Message("user", draw(nonblank)))
    messages += draw(exchanges())
    if draw(st.booleans()):
        messages.append(Message("assistant", draw(nonblank)))
    return turn(messages, at=draw(st.integers(0, 2**48 - 1)))


def said(text: str, *, at: int = AT) -> Turn:
    """A question and its answer."""
    return turn([Message("user", text), Message("assistant", f"You said: {text}")], at=at)


def looked_up(question: str, result: str, *, at: int = AT) -> Turn:
    """A question that a tool was called for."""
    return turn(
        [
            Message("user", question),
            Message("assistant", "", (ToolCall("steps", {"period": "yesterday"}),)),
            Message("tool", result, tool_name="steps"),
            Message("assistant", f"It was {result}."),
        ],
        at=at,
    )
