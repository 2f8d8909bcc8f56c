"""Turns as memories: what is in them, what is left out, and that an echo does not come back."""

from __future__ import annotations

import time
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from wellness.memory.embedder import OllamaEmbedder
from wellness.memory.kinds import Fact, Memory, MemoryKind
from wellness.memory.long_term import LongTerm
from wellness.memory.said import said
from wellness.memory.turns import Message, ToolCall, Turn, turn
from wellness.settings import Settings

UTC = ZoneInfo("UTC")
AT = 1_772_323_200  # 1 March 2026


def asked(question: str, *answers: str, at: int = AT) -> Turn:
    messages = [Message("user", question), *(Message("assistant", answer) for answer in answers)]
    return turn(messages, at=at * 1000)


def memory(text: str) -> Memory:
    return Memory("1", Fact(text, MemoryKind.FACT, 0), None, 1, "e")


def test_a_turn_is_one_memory_with_date_and_speaker() -> None:
    fact = said(asked("My knee hurts.", "Since when?"), zone=UTC, speaker="Ann")
    assert fact
    assert fact.text == "1 March 2026, Ann: My knee hurts.\nassistant: Since when?"
    assert (fact.kind, fact.at, fact.subject) == (MemoryKind.SAID, AT, "")


def test_the_day_is_the_users() -> None:
    fact = said(asked("Hello"), zone=ZoneInfo("America/New_York"))
    assert fact
    assert fact.text.startswith("28 February 2026, user:")


def test_tools_and_prompts_are_left_out() -> None:
    whole = turn(
        [Message("system", "You remember: goal 125 lb."), Message("user", "My steps?"),
         Message("assistant", "", (ToolCall("steps", {"day": "yesterday"}),)),
         Message("tool", "8,214 steps", tool_name="steps"),
         Message("assistant", "You took 8,214 steps.")],
        at=AT * 1000,
    )  # fmt: skip
    fact = said(whole, zone=UTC)
    assert fact
    assert fact.text == "1 March 2026, user: My steps?\nassistant: You took 8,214 steps."
    assert (fact.source, fact.signature) == (whole.id, f"turn {whole.id}")


def test_what_the_answer_repeats_is_left_out_and_what_it_adds_stays() -> None:
    known = [memory("My goal weight is 130 lb"), memory("I hurt my left shoulder while swimming")]
    answer = "Your goal weight is 130 lb. You weigh 141 lb.\nIt is not 130 lb! Was it the shoulder?"
    fact = said(asked("What is my goal?", answer), zone=UTC, recalled=known)
    assert fact
    assert fact.text.partition("assistant: ")[2] == "You weigh 141 lb. It is not 130 lb!"
    everything = said(asked("What is my goal?", answer), zone=UTC)
    assert everything
    assert "130 lb. You" in everything.text


def test_the_persons_own_words_always_stay() -> None:
    known = [memory("My goal weight is 130 lb")]
    fact = said(asked("My goal weight is 130 lb", "130 lb."), zone=UTC, recalled=known)
    assert fact
    assert fact.text.endswith("user: My goal weight is 130 lb")


def test_a_turn_of_an_echo_alone_is_none() -> None:
    echo = turn([Message("assistant", "Your goal weight is 130 lb.")], at=AT * 1000)
    assert said(echo, zone=UTC, recalled=[memory("My goal weight is 130 lb")]) is None
    assert said(echo, zone=UTC)


@given(st.text(min_size=1).filter(str.strip), st.text(), st.lists(st.text(), max_size=3))
def test_any_words_make_a_memory_that_holds_them(
    question: str, answer: str, known: list[str]
) -> None:
    messages = (Message("user", question), Message("assistant", answer))
    fact = said(Turn("1", AT * 1000, messages), zone=UTC, recalled=map(memory, known))
    assert fact
    assert question.strip() in fact.text


def test_turns_are_recalled_by_words_dates_and_meaning(
    client: Redis, namespace: str, embedder: OllamaEmbedder
) -> None:
    ann = LongTerm(
        client, embedder, "ann", settings=Settings(), clock=time.time, namespace=namespace
    )
    day = 86_400
    turns = [
        asked("I tore a ligament playing handball.", "I am sorry. Rest it.", at=AT - 40 * day),
        asked("Dr Okonkwo says I may run again.", "Good news.", at=AT - 9 * day),
        asked("I slept five hours.", "That is little.", at=AT - day),
    ]
    facts = [fact for one in turns if (fact := said(one, zone=UTC, speaker="Ann"))]
    assert {stored.outcome for stored in ann.remember(facts)} == {"new"}
    assert {stored.outcome for stored in ann.remember(facts)} == {"duplicate"}, (
        "again, after a crash"
    )
    for question, word in (
        ("What did Okonkwo say?", "Okonkwo"),
        ("Which sport injured me?", "handball"),
        ("Was I tired?", "slept"),
        ("What did I say on 20 January?", "handball"),
    ):
        hit = ann.recall(question, now=AT, k=1).hits[0]
        assert word in hit.memory.fact.text, question
