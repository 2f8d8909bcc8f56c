"""Doubts settled: where a second opinion differs from the rules, a model chooses from a short list.

Where both agree, the rules are right nearly always, and nobody is asked. Where they differ on
questions that nobody has tuned for, the rules are right in one of four, the second opinion in more
than half, and the answer is on their short list in three of four; where it is, a model of half a
billion weights finds it nearly always. Three weigh together then: how sure the rules are, how
likely the second opinion holds each intent, and what the model chose. It is asked only where its
vote could decide.

A message of several pieces is settled piece by piece, too. What the rules make one call of may be
two questions, or the second was taken for talk: nobody doubts that as long as the first is right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from wellness.agent.classifier import Classifier
from wellness.agent.classifier.classify import MOST_CALLS
from wellness.agent.classifier.confidence import confidence
from wellness.agent.classifier.parts import Part, distinct
from wellness.agent.filling import Choose, Filler
from wellness.agent.opinion import Opinion, SecondReader, load_weights
from wellness.agent.opinion.features import asked_before
from wellness.agent.opinion.pieces import Piece
from wellness.agent.routes import INTENT_OF, TOOL_OF, UNTOLD, Intent, Route
from wellness.agent.short_list import EACH, LONGEST, list_messages, list_schema
from wellness.errors import ModelUnavailable
from wellness.memory.embedder import Embedder
from wellness.memory.messages import Message, ToolCall, Turn

MOST = 3  # intents of the second opinion that are looked at
LIKELY = 0.15  # share from which its second and third choice come on the list
LEAST = 1e-3  # share below which an opinion is no surer: it has seen some thousand examples
SURE = 0.98  # odds of the rules are capped here, or they would outvote everybody
# Weights of a conditional logistic regression (ridge) on 64 questions where the two differed and a
# right tool was on the list, of 635 that both met for the first time (the fourth held-out half and
# a set written after it): the rules' log odds, the log share of the opinion, the model's vote,
# which 17 of them had. Fitted to either set, the first two decide the other as well.
ODDS, SHARE, VOTE = 1.07, 1.38, 1.17
# Share from which an opinion on a piece is sure. Of what was found so in the two sets, as the rules
# met them first, 12 of 14 were wanted; from 0.5 on, 17 of 40.
SURE_PIECE = 0.8
LOOKS_UP = frozenset(TOOL_OF) - {Intent.REMEMBER, Intent.FORGET}
AGREED = 0.95  # how many routes are all right where both agree: 525 of the other 550


class SecondOpinion:
    """Looks at a route by rules with other eyes, and asks a model where that raises a doubt.

    Args:
        reader: gives the opinion.
        choose: asks the model.
    """

    def __init__(self, reader: SecondReader, choose: Choose) -> None:
        self._reader, self._choose = reader, choose
        self._filler = Filler(reader, choose)

    def settle(self, rules: Route, question: str, turns: Sequence[Turn] = ()) -> Route:
        """The route of the rules, or one with another intent and the same words.

        Raises:
            ModelUnavailable: there is no second opinion, since the embedding model does not answer.
        """
        opinion = self._reader.read(question, turns)
        route = self._settled(rules, opinion, question, turns)
        return self._each(route, opinion, question, turns) if opinion.pieces else route

    def _settled(
        self, rules: Route, opinion: Opinion, question: str, turns: Sequence[Turn]
    ) -> Route:
        """A route whose first intent is settled."""
        if opinion.likeliest[0] is rules.intent:
            share = opinion.shares[rules.intent]
            why = (*rules.why, f"a second opinion agrees ({share:.2f})")
            return replace(rules, confidence=max(rules.confidence, AGREED), why=why)
        routes = self._listed(rules, opinion, question, turns)
        untold = UNTOLD in rules.why
        missing = untold or opinion.likeliest[0] not in routes
        if missing and (filled := self._filled(rules, opinion, question, turns)):
            return filled
        if untold:  # nobody can know what that is, a model would make something up
            return rules
        if len(routes) == 1:
            return replace(rules, why=(*rules.why, "a second opinion has nothing to call"))
        weights = {intent: _weight(intent, rules, opinion) for intent in routes}
        best, next_best = sorted(weights.values(), reverse=True)[:2]
        vote, told = None, "no vote could decide otherwise"
        if best - next_best < VOTE:
            vote, told = self._vote(list(routes), opinion, question, turns)
        if vote:
            weights[vote] += VOTE
        chosen = max(weights, key=lambda intent: weights[intent])
        total = sum(math.exp(weight) for weight in weights.values())
        return replace(
            routes[chosen], confidence=math.exp(weights[chosen]) / total,
            by="model" if vote is chosen else "rules",
            why=(*rules.why, f"a second opinion is {opinion.likeliest[0].value}", told),
        )  # fmt: skip

    def _filled(
        self, rules: Route, opinion: Opinion, question: str, turns: Sequence[Turn]
    ) -> Route | None:
        """A route whose arguments the rules did not find, if the opinion is sure of its intent.

        No model is asked what goes on with something that was not said before.
        """
        found = self._filler.fill(opinion, question, turns, ask=UNTOLD not in rules.why)
        intent = opinion.likeliest[0]
        return found and replace(
            rules, intent=intent, calls=found.calls, confidence=opinion.shares[intent],
            by="model" if found.by_model else "rules",
            why=(f"a second opinion is {intent.value}", found.why),
        )  # fmt: skip

    def _each(self, route: Route, opinion: Opinion, question: str, turns: Sequence[Turn]) -> Route:
        """The route with the calls of each piece; what was refused as a whole stays so.

        A part that is one piece is settled as a message is. One whose pieces surely want different
        things is as many parts. A piece of no part that surely wants what nothing else does is
        one; what would write or delete is left to the rules, as talk around a question is often
        told like a fact.
        """
        if not route.calls:
            return route
        spans = self._reader.spans(opinion, question, turns)
        parts = [span.part for span in spans if span.part]
        begins = next((part for part in parts if part.intent is route.intent), None)
        later = parts[parts.index(begins) + 1 if begins else 1 :]
        rest = [one for part in later for one in part.calls]
        head = begins.calls if begins else distinct(route.calls, rest)
        wanted = {INTENT_OF[one.name] for one in route.calls}
        calls: list[ToolCall] = []
        context = tuple(turns)
        for part, pieces in spans:
            sure = [one for one in pieces if _is_sure(one)]
            found: Sequence[ToolCall] = ()
            if part is None:
                found = self._calls([one for one in sure if one.intent not in wanted], context)
            elif len({one.intent for one in sure}) > 1:
                found = self._calls(sure, context)
            elif part in later:
                found = self._part(part, pieces, opinion, context)
            elif part is (begins or parts[0]):
                found = head
            calls += distinct(found, calls)
            context = (*turns, *(_said(one.text) for one in pieces))
        same = len(calls) == len(route.calls) and not distinct(calls, route.calls)
        if same or not calls:
            return route
        why = (*route.why, "a second opinion on each part")
        return replace(
            route, intent=INTENT_OF[calls[0].name], calls=tuple(calls[:MOST_CALLS]), why=why
        )

    def _calls(self, pieces: Sequence[Piece], turns: Sequence[Turn]) -> list[ToolCall]:
        """The calls of pieces as the opinion reads them, each after the one before."""
        found: list[ToolCall] = []
        for one in pieces:
            found += self._reader.calls(one.intent, one.text, turns) or ()
            turns = (*turns, _said(one.text))
        return found

    def _part(
        self, part: Part, pieces: Sequence[Piece], opinion: Opinion, turns: Sequence[Turn]
    ) -> Sequence[ToolCall]:
        """The calls of a later part, settled if an opinion on it is sure."""
        if len(pieces) != 1 or not _is_sure(pieces[0]):
            return part.calls
        piece = pieces[0]
        sure, _ = confidence([part], conversation=False)
        alone = Route(part.intent, part.calls, sure, "rules", {})
        read = Opinion(dict(piece.shares), opinion.vector)
        return self._settled(alone, read, piece.text, turns).calls

    def _listed(
        self, rules: Route, opinion: Opinion, question: str, turns: Sequence[Turn]
    ) -> dict[Intent, Route]:
        """Each intent in question with its route; one whose arguments are missing is none."""
        routes = {rules.intent: rules}
        for place, intent in enumerate(opinion.likeliest[:MOST]):
            if intent not in routes and (place == 0 or opinion.shares[intent] > LIKELY):
                calls = self._reader.calls(intent, question, turns)
                if calls is not None:
                    routes[intent] = replace(rules, intent=intent, calls=calls)
        return routes

    def _vote(
        self, intents: Sequence[Intent], opinion: Opinion, question: str, turns: Sequence[Turn]
    ) -> tuple[Intent | None, str]:
        examples = self._reader.examples(opinion, intents, EACH)
        before = asked_before(turns)[:LONGEST]
        try:
            answer = self._choose(
                list_messages(question[:LONGEST], before, examples), list_schema(intents)
            )
        except ModelUnavailable as error:
            return None, f"no model answered: {error}"
        kind = answer.get("kind")
        vote = next((intent for intent in intents if intent.value == kind), None)
        listed = ", ".join(intent.value for intent in intents)
        return vote, f"a model chose {kind!r} of {listed}"


def second_opinion(rules: Classifier, embedder: Embedder, choose: Choose) -> SecondOpinion:
    """A second opinion by the weights that come with the kit.

    Args:
        rules: those whose routes are looked at.
        embedder: all-MiniLM-L6-v2, or there is no opinion.
        choose: asks the chat model.

    Raises:
        SettingsError: the weights are not there.
    """
    return SecondOpinion(SecondReader(rules, embedder, load_weights()), choose)


def _is_sure(piece: Piece) -> bool:
    """Whether an opinion on a piece is sure that it looks something up."""
    return piece.intent in LOOKS_UP and piece.shares[piece.intent] >= SURE_PIECE


def _said(text: str) -> Turn:
    """A piece as what was said before the next."""
    return Turn("piece", 0, (Message("user", text),))


def _weight(intent: Intent, rules: Route, opinion: Opinion) -> float:
    """What rules and opinion make of an intent, before a model has its vote."""
    sure = min(rules.confidence, SURE)
    odds = math.log(sure / (1 - sure)) if intent is rules.intent and sure > 0 else 0.0
    share = math.log(max(opinion.shares[intent], LEAST))
    return ODDS * odds + SHARE * share
