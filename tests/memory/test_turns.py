"""Turns: what is refused, and what comes back from JSON."""

from __future__ import annotations

import json
import os
from dataclasses import FrozenInstanceError
from typing import Any

import ollama
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellness.errors import RecallError
from wellness.memory.turns import Message, ToolCall, Turn, decode, decode_all, encode, turn

from .said import AT, anything, looked_up, said, turns

QUESTION = Message("user", "How far did I walk?")
ANSWER = Message("assistant", "Far.")
CALL = Message("assistant", "", (ToolCall("steps", {"days": 7}),))
RESULT = Message("tool", "8,214", tool_name="steps")


@given(turns())
def test_a_turn_survives_a_round_trip(one: Turn) -> None:
    element = encode(one)
    read = decode(element)
    assert read == one
    assert [type(message) for message in read.messages] == [Message] * len(one.messages)
    assert all(type(call) is ToolCall for message in read.messages for call in message.tool_calls)
    assert encode(read) == element


@given(turns())
def test_an_element_is_json_that_names_its_fields(one: Turn) -> None:
    """Read with nothing of ours: what stands in Redis can be read by others."""
    fields = json.loads(encode(one))
    assert (fields["id"], fields["at"]) == (one.id, one.at)
    assert [(m["role"], m["content"]) for m in fields["messages"]] == [
        (message.role, message.content) for message in one.messages
    ]
    calls = [c for m in fields["messages"] for c in m.get("tool_calls", [])]
    ours = [call for message in one.messages for call in message.tool_calls]
    assert [(c["name"], c["arguments"]) for c in calls] == [(c.name, c.arguments) for c in ours]


@given(st.lists(turns(), max_size=5))
def test_many_turns_are_read_as_each_of_them(told: list[Turn]) -> None:
    elements = [encode(one) for one in told]
    assert decode_all(elements) == told
    for i in range(len(elements)):
        for damaged in (elements[i][:-1], b"", elements[i] + b"," + elements[i]):
            with pytest.raises(RecallError):
                decode_all([*elements[:i], damaged, *elements[i + 1 :]])


def test_an_element_is_compact_and_holds_text_as_text() -> None:
    element = encode(turn([Message("user", "Grüße 🏃")], at=1, id="x"))
    text = '{"id":"x","at":1,"messages":[{"role":"user","content":"Grüße 🏃"}]}'
    assert element == text.encode()


def test_half_a_surrogate_pair_and_a_huge_result_survive() -> None:
    for content in ("\ud83c", "\udfc3\ud83c", "x" * 5_000_000, '"\\\x00\x1f\u2028'):
        one = looked_up("?", content)
        assert decode(encode(one)) == one


def test_a_turn_has_its_own_id_that_sorts_by_time() -> None:
    ids = [said("x", at=at).id for at in (1, 1, 1, 2, 10**12)]
    assert len(set(ids)) == len(ids)
    assert {len(id) for id in ids} == {26}
    assert max(ids[:3]) < ids[3] < ids[4]
    assert turn([QUESTION], at=0, id="mine").id == "mine"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_forked_processes_do_not_give_the_same_id() -> None:
    said("the generator has a state now")
    ends = []
    for _ in range(2):
        reading, writing = os.pipe()
        if not os.fork():
            os.write(writing, said("x").id.encode())
            os._exit(0)
        os.wait()
        os.close(writing)
        ends.append(os.read(reading, 100))
        os.close(reading)
    assert len(set(ends)) == 2


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ([], "without a message"),
        ([Message("robot", "Hello")], "role 'robot'"),  # type: ignore[arg-type]
        ([Message("user", " \n")], "says nothing"),
        ([QUESTION, Message("assistant", "")], "says nothing"),
        ([Message("user", b"Hello")], "is text"),  # type: ignore[arg-type]
        ([QUESTION, RESULT], "'steps'"),
        ([QUESTION, CALL, RESULT, RESULT], "'steps'"),
        ([QUESTION, CALL, Message("tool", "8,214", tool_name="sleep")], "'sleep'"),
        ([QUESTION, CALL, Message("tool", "8,214")], "no call at all"),
        ([QUESTION, CALL, Message("tool", "8,214", tool_call_id="1")], "'1'"),
        ([QUESTION, CALL], "'steps' has no result"),
        ([QUESTION, CALL, ANSWER, RESULT], "'steps' has no result"),
        ([Message("user", "?", CALL.tool_calls)], "'user' cannot call"),
        ([Message("user", "?", tool_name="steps")], "no result of a tool"),
        ([Message("assistant", "!", tool_call_id="1")], "no result of a tool"),
    ],
)
def test_what_makes_no_sense_is_refused(messages: list[Message], why: str) -> None:
    with pytest.raises(RecallError, match=why):
        turn(messages, at=AT)


@pytest.mark.parametrize("broken", ["\ud800", "x"])
def test_errors_about_hostile_text_can_be_shown(broken: str) -> None:
    with pytest.raises(RecallError) as caught:
        turn([Message("tool", "1", tool_name=broken)], at=AT)
    assert str(caught.value).encode()


@pytest.mark.parametrize(
    "arguments", [{"x": float("nan")}, {"x": {1, 2}}, {("a",): 1}, {"x": b"1"}, ["a"], None]
)
def test_arguments_that_json_cannot_hold_are_refused(arguments: Any) -> None:
    with pytest.raises(RecallError, match="arguments of 'steps'"):
        turn([Message("assistant", "", (ToolCall("steps", arguments),)), RESULT], at=AT)


def test_arguments_that_contain_themselves_or_go_too_deep_are_refused() -> None:
    circle: dict[str, Any] = {}
    circle["circle"] = circle
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"deeper": deep}
    for arguments in (circle, deep):
        with pytest.raises(RecallError, match="not JSON"):
            turn([Message("assistant", "", (ToolCall("steps", arguments),)), RESULT], at=AT)


@pytest.mark.parametrize(("at", "id"), [(-1, None), (2**48, None), (1, "")])
def test_a_turn_needs_a_time_and_an_id(at: int, id: str | None) -> None:
    with pytest.raises(RecallError):
        turn([QUESTION], at=at, id=id)


def test_nobody_can_change_a_turn_afterwards() -> None:
    arguments = {"days": [7]}
    one = turn([QUESTION, Message("assistant", "", (ToolCall("steps", arguments),)), RESULT], at=AT)
    arguments["days"].append(8)
    assert one.messages[1].tool_calls[0].arguments == {"days": [7]}
    for read in (one, decode(encode(one))):
        with pytest.raises(FrozenInstanceError):
            read.messages[0].content = "something else"  # type: ignore[misc]
        with pytest.raises(FrozenInstanceError):
            read.at = 0  # type: ignore[misc]


def test_results_find_their_calls_in_any_order() -> None:
    calls = (ToolCall("steps", {"d": 1}), ToolCall("sleep"), ToolCall("steps", {"d": 2}))
    results = [Message("tool", text, tool_name=text) for text in ("steps", "steps", "sleep")]
    assert turn([QUESTION, Message("assistant", "", calls), *results, ANSWER], at=AT)
    named = (ToolCall("steps", {}, "a"), ToolCall("steps", {}, "b"))
    results = [Message("tool", id, tool_call_id=id) for id in ("b", "a")]
    assert turn([QUESTION, Message("assistant", "", named), *results, ANSWER], at=AT)


def test_ollama_takes_the_messages() -> None:
    for message in looked_up("How far?", "8,214 steps").messages:
        taken = ollama.Message(**message.to_ollama())
        assert (taken.role, taken.content) == (message.role, message.content)
        assert (taken.tool_name or "") == message.tool_name
        called = [(c.function.name, c.function.arguments) for c in taken.tool_calls or ()]
        assert called == [(call.name, call.arguments) for call in message.tool_calls]


GOOD = encode(said("x"))


@pytest.mark.parametrize(
    "element",
    [
        b"", b"null", b"[]", b"{}", b"7", b'"text"', b"\xff\xfe", GOOD[:-1],
        GOOD + b"{}", GOOD + b"," + GOOD, GOOD + b"]", b'{"id":"x","at":1,"messages":[]}',
        b'{"id":1,"at":1,"messages":[{"role":"user","content":"x"}]}',
        b'{"id":"x","at":"now","messages":[{"role":"user","content":"x"}]}',
        b'{"id":"x","at":1,"messages":[{"role":"robot","content":"x"}]}',
        b'{"id":"x","at":1,"messages":[{"role":["user"],"content":"x"}]}',
        b'{"id":"x","at":1,"messages":[{"role":"user","content":null}]}',
        b'{"id":"x","at":1,"messages":[{"role":"user"}]}', b'{"id":"x","at":1,"messages":["user"]}',
        b'{"id":"x","at":1,"messages":[{"role":"assistant","content":"","tool_calls":[1]}]}',
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_turn_is_an_error(element: bytes) -> None:
    with pytest.raises(RecallError, match="no turn"):
        decode(element)


@given(anything)
def test_text_is_never_taken_for_a_turn(text: str) -> None:
    with pytest.raises(RecallError):
        decode(text.encode("utf-8", "surrogatepass"))
