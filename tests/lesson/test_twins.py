"""The comparison of two runs: its counts by hand, its tests against exact sums, its words."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellness.errors import LessonError
from wellness.lesson.dialogues import Played, PlayedTurn, Twins, compare
from wellness.lesson.dialogues.signs import Signs, part, signs

Verdicts = list[list[bool | None]]  # of dialogues, turn by turn; None states something


def a_run(name: str, verdicts: Verdicts, *, kind: str = "single", needs: str = "nothing") -> Played:
    turns = [
        PlayedTurn(
            f"d{d}", kind, t + 1, needs, f"d{d}.c", "2026-09-30T20:15:00-04:00", f"q{d}.{t}?",
            "yes", "Yes.", right, "because", ({"name": "x", "arguments": {}},) * 2,
            tokens_in=100 + t, tokens_out=10, seconds=1.0 + t, model_calls=2,
        )
        for d, dialogue in enumerate(verdicts) for t, right in enumerate(dialogue)
    ]  # fmt: skip
    return Played(name, "a-model", "2026-11-24T12:00:00+00:00", {"kit": "0.1"}, tuple(turns))


def twins(ours: Verdicts, theirs: Verdicts) -> Twins:
    return compare(a_run("stateful", ours), a_run("stateless", theirs))


# Signs and parts.


def exact_p(wins: int, losses: int) -> float:
    """The two-sided sign test as a sum over all ways that the signs may fall."""
    n = wins + losses
    extreme = [k for k in range(n + 1) if abs(2 * k - n) >= abs(wins - losses)]
    return sum(math.comb(n, k) for k in extreme) / 2**n


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 10))
def test_the_sign_test_is_a_sum_over_all_signs(wins: int, losses: int, ties: int) -> None:
    found = signs([1] * wins + [-2] * losses + [0] * ties)
    assert found[:3] == (wins, ties, losses)
    assert found.p == pytest.approx(exact_p(wins, losses) if wins + losses else 1.0)
    assert found.of == wins + losses + ties


def test_mcnemar_exact_by_hand() -> None:
    """Eight pairs differ, seven to one side: (1 + 8) / 2^8 on each side."""
    assert signs([1] * 7 + [-1] + [0] * 20).p == pytest.approx(18 / 256)


def test_what_signs_show() -> None:
    assert signs([1] * 6).word == "better"
    assert signs([-1] * 6).word == "worse"
    assert signs([1] * 5).word == "no difference", "five of five happen one time in sixteen"
    assert signs([1] * 9 + [-1] * 6).word == "no difference"
    assert signs([0] * 50) == Signs(0, 50, 0, 1.0)
    assert str(signs([1] * 6 + [0])) == "6 won, 1 tied, 0 lost, p = 0.031"


@pytest.mark.parametrize(("right", "of"), [(0, 10), (3, 7), (50, 100), (23, 23)])
def test_wilson_by_its_formula(right: int, of: int) -> None:
    z, p = 1.959964, right / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    found = part(right, of)
    assert (found.low, found.high) == pytest.approx((middle - half, middle + half), abs=1e-6)
    assert found.low <= p <= found.high


# Comparisons.


def test_a_comparison_by_hand() -> None:
    ours: Verdicts = [[None, True, True], [True, False], [False], [True]]
    theirs: Verdicts = [[None, True, False], [False, False], [True], [True]]
    found = twins(ours, theirs)
    assert found.turns[:3] == (2, 3, 1)
    assert found.turns.p == 1.0
    assert found.dialogues[:3] == (2, 1, 1)
    assert found.accuracy("kind")["single"][0][:2] == (4, 6)
    assert found.accuracy("needs")["nothing"][1][:2] == (3, 6)
    assert found.difference.mean == pytest.approx((0.5 + 0.5 - 1 + 0) / 4)
    assert len(found.pairs) == 6, "what states something is not compared"


def test_dialogues_decide_and_not_turns() -> None:
    """One dialogue that is lost from its first turn on is one piece of evidence, not ten."""
    ours: Verdicts = [[True] * 10, *[[True]] * 9]
    theirs: Verdicts = [[False] * 10, *[[True]] * 9]
    found = twins(ours, theirs)
    assert found.turns.p < 0.01
    assert found.dialogues[:3] == (1, 9, 0)
    assert found.word == "no difference"


def test_the_verdict_can_be_better_worse_or_neither() -> None:
    good, bad = [[True, True]] * 8, [[True, False]] * 8
    won, lost, even = twins(good, bad), twins(bad, good), twins(good, good)
    assert (won.word, lost.word, even.word) == ("better", "worse", "no difference")
    assert won.verdict.startswith("With memory the answers are better: of 8 dialogues 8 won")
    assert "+50 points of accuracy [+50 to +50]" in won.verdict
    assert "More lost" not in won.verdict
    assert lost.verdict.startswith("With memory the answers are worse: of 8 dialogues 0 won")
    assert "-50 points" in lost.verdict
    assert lost.verdict.endswith("More lost than won in: single (0 to 8).")
    assert even.verdict.startswith("No difference is shown")
    assert "16 questions that need no memory: 0 won, 16 tied" in even.verdict
    nothing = twins([[False]] * 8, [[False]] * 8)
    assert nothing.word == "no difference"
    assert nothing.difference == (0, 0, 0)


def test_a_kind_in_which_memory_hurts_is_named() -> None:
    def both(name: str, recall: Verdicts, distraction: Verdicts) -> Played:
        first = a_run(name, recall, kind="goal recall", needs="memory")
        second = a_run(name, distraction, kind="distraction")
        moved = tuple(replace(turn, dialogue=f"x{turn.dialogue}") for turn in second.turns)
        return replace(first, turns=first.turns + moved)

    found = compare(
        both("stateful", [[True]] * 9, [[False], [True], [True]]),
        both("stateless", [[False]] * 9, [*[[True], [True], [False]][:2], [True]]),
    )
    assert found.word == "better"
    assert found.by("kind")["distraction"][:3] == (0, 2, 1)
    assert found.by("needs")["memory"][:3] == (9, 0, 0)
    assert found.verdict.endswith("More lost than won in: distraction (0 to 1).")
    assert "Of 3 questions that need no memory: 0 won, 2 tied, 1 lost" in found.verdict


def test_the_table_has_every_kind_and_all() -> None:
    ours, theirs = [[True, False], [True]], [[False, False], [True]]
    found = twins(ours, theirs)
    frame = found.to_frame()
    assert list(frame.index) == ["single", "all"]
    row = frame.loc["all"]
    assert row["stateful"] == pytest.approx(2 / 3)
    assert row["stateless"] == pytest.approx(1 / 3)
    assert row["low"] < 2 / 3 < row["high"]
    assert row["low without"] < 1 / 3 < row["high without"]
    assert (row["wins"], row["ties"], row["losses"], row["p"]) == (1, 2, 0, 1.0)
    assert row["turns"] == 3
    assert list(found.to_frame("needs").index) == ["nothing", "all"]
    html = found._repr_html_()
    assert "2 of 3" in html
    assert "No difference is shown" in html
    assert repr(found).splitlines()[0].startswith("single | 2 of 3")


def test_costs_count_every_turn() -> None:
    found = twins([[None, True, True]], [[None, True, False]])
    ours, theirs = found.costs
    assert ours == theirs
    assert ours == (101.0, 10.0, 2.0, 2.0, 2.0)
    frame = found.costs_to_frame()
    assert list(frame.index) == ["stateful", "stateless"]
    assert frame.loc["stateful", "tokens_in"] == 101


def test_runs_of_other_turns_are_not_compared() -> None:
    ours = a_run("stateful", [[True, True]])
    for theirs in (a_run("x", [[True]]), a_run("x", [[True], [True]])):
        with pytest.raises(LessonError, match="not runs of the same turns"):
            compare(ours, theirs)
    reworded = replace(ours, turns=(replace(ours.turns[0], expected="no"), ours.turns[1]))
    with pytest.raises(LessonError, match="not runs of the same turns"):
        compare(ours, reworded)
    with pytest.raises(LessonError, match="not runs of the same turns"):
        compare(a_run("a", [[None]]), a_run("b", [[None]]))


def test_a_comparison_survives_being_kept() -> None:
    found = twins([[True, False], [True]], [[False, False], [True]])
    again = compare(
        Played.from_json(found.stateful.to_json()), Played.from_json(found.stateless.to_json())
    )
    assert again.verdict == found.verdict
    assert again.to_frame().equals(found.to_frame())


def test_turning_the_two_round_turns_the_verdict_round() -> None:
    for ours, theirs in product(
        ([[True]] * 7, [[False]] * 7, [[True]] * 3 + [[False]] * 4), repeat=2
    ):
        one, other = twins(ours, theirs), twins(theirs, ours)
        assert one.dialogues.wins == other.dialogues.losses
        assert one.dialogues.p == other.dialogues.p
        assert one.difference.mean == -other.difference.mean
