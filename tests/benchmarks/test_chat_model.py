"""What a chat model costs on this machine, for each size that is there, and how tokens are counted.

Loading, memory, reading a prompt, writing an answer, the first token with and without a beginning
that stays computed; and the error of the token counter on numbers and on words (claim 12).
"""

# ruff: noqa: T201 - a benchmark prints

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import ollama
import psutil
import pytest

from wellness import local_ollama
from wellness.agent.counting import context_error, text_error
from wellness.agent.model import open_chat
from wellness.local_ollama import LocalOllama
from wellness.memory.messages import Message
from wellness.memory.tokens import Tiktoken
from wellness.models import chat as chat_models
from wellness.settings import Settings

pytestmark = pytest.mark.benchmark_limits
DATA = Path(__file__).parents[2] / "data"
FACTS: list[str] = [
    fact["text"] for fact in json.loads((DATA / "wellness_facts.json").read_text("utf-8"))["facts"]
]
PROMPT = "\n".join(FACTS)[:2_400]  # characters: about the tools' descriptions
QUESTIONS = ("How much sleep do I need?", "Is walking enough?", "What is a good pulse?")


@pytest.fixture(params=list(chat_models.WEIGHTS))
def model(request: pytest.FixtureRequest) -> str:
    found = chat_models.find(request.param, Settings())
    if found is None:
        pytest.skip(f"`wellness models --size {request.param}` fetches it")
    return found.name


@pytest.fixture
def server(settings: Settings) -> Iterator[LocalOllama]:
    with local_ollama.start(settings) as server:
        yield server


def seconds(nanoseconds: int | None) -> float:
    return (nanoseconds or 0) / 1e9


def test_speed_and_memory(server: LocalOllama, model: str) -> None:
    client = ollama.Client(host=server.url)
    begun = client.chat(model, [{"role": "user", "content": "Hi"}], options={"num_predict": 1})
    (runner,) = psutil.Process(server.pid).children()
    print(f"\n{model}: loaded in {seconds(begun.load_duration):.2f} s")
    for number, question in enumerate(QUESTIONS):
        told = [{"role": "system", "content": PROMPT}, {"role": "user", "content": question}]
        answer = client.chat(model, told, options={"temperature": 0, "num_predict": 48})
        read_s, wrote_s = seconds(answer.prompt_eval_duration), seconds(answer.eval_duration)
        read, wrote = answer.prompt_eval_count or 0, answer.eval_count or 0
        what = "beginning known" if number else f"all of it new, {read / read_s:.0f} a second"
        print(f"  {read} tokens read in {read_s:.2f} s ({what})")
        print(f"  {wrote} written, {wrote / wrote_s:.1f} a second")
        assert answer.eval_count
    print(f"  memory: {runner.memory_info().rss / 1e6:,.0f} MB")


def test_first_word(settings: Settings, model: str) -> None:
    told = [Message("system", PROMPT), Message("user", QUESTIONS[0])]
    with open_chat(settings, model=model) as chat:
        for what in ("not loaded", "loaded, prompt known"):
            said = chat.say(told, max_tokens=8)
            print(f"\n{model}, {what}: first token after {said.first_token_s:.2f} s")


def test_counting(settings: Settings, model: str) -> None:
    truth = json.loads((DATA / "truth.json").read_text("utf-8"))
    numbers = [json.dumps(value)[:400] for value in truth.values() if isinstance(value, dict)][:8]
    counter = Tiktoken()
    with open_chat(settings, model=model) as chat:
        print(f"\n{model}, numbers: {text_error(numbers, counter, chat)}")
        print(f"{model}, words: {text_error(FACTS[:8], counter, chat)}")
        contexts = [
            [Message("system", "Be brief."), Message("user", text)] for text in numbers + FACTS[:8]
        ]
        print(f"{model}, contexts: {context_error(contexts, counter, chat)}")
