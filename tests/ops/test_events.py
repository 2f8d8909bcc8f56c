"""Events as JSON: there and back, and nothing else passes as one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellness.errors import AuditError
from wellness.ops.events import Event, EventKind, decode, encode, event

from .conftest import AT, made

text = st.text(max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(st.sampled_from(EventKind), text, text, st.dictionaries(text, values, max_size=4))
def test_an_event_comes_back_as_it_was(
    kind: EventKind, user: str, conversation: str, data: dict[str, Any]
) -> None:
    one = event(kind, at=AT, user=user, conversation=conversation, data=data)
    assert decode(encode(one)) == one
    assert encode(one).isascii()
    assert "\n" not in encode(one)


def test_one_event_has_one_text() -> None:
    one = made(1, a=1, b=2)
    other = Event(one.id, one.kind, one.at, one.user, one.conversation, {"b": 2, "a": 1, "i": 1})
    assert encode(one) == encode(other)


def test_ids_begin_with_the_time_and_differ() -> None:
    ids = {made(1).id for _ in range(1000)}
    assert len(ids) == 1000
    assert len({id[:10] for id in ids}) == 1
    assert made(1).id[:10] < made(2).id[:10]


def test_the_sequence_is_how_it_came_and_not_what_it_is() -> None:
    one = made(1)
    assert decode(encode(one), 7).sequence == 7
    assert decode(encode(one), 7) == one
    assert "#7" in repr(decode(encode(one), 7))


@pytest.mark.parametrize("at", [-1, 2**60])
def test_a_time_that_is_none(at: int) -> None:
    with pytest.raises(AuditError, match="happened at"):
        event(EventKind.ANSWERED, at=at, user="ann")


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, b"bytes", object()])
def test_data_that_is_no_json(value: object) -> None:
    with pytest.raises(AuditError, match="event 'answered' is no JSON"):
        encode(made(1, value=value))


@pytest.mark.parametrize("field", ["id", "kind", "at", "user", "conversation", "data"])
def test_what_lacks_a_field_is_no_event(field: str) -> None:
    fields = json.loads(encode(made(1)))
    del fields[field]
    with pytest.raises(AuditError, match="This is no event"):
        decode(json.dumps(fields))


@pytest.mark.parametrize(
    "text", ["", "hello", "[]", "1", '{"kind":"danced"}', "\xff", "[" * 100_000, b"\xff\xfe"]
)
def test_other_texts_are_no_events(text: str | bytes) -> None:
    with pytest.raises(AuditError, match="This is no event"):
        decode(text)
