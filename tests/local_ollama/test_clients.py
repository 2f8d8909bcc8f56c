"""The clients that people use: the `ollama` package and LangChain's ChatOllama, unmodified."""

from __future__ import annotations

from typing import Any

import ollama
import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_ollama import ChatOllama
from pydantic import BaseModel

Server = tuple[str, str]

OPTIONS = {"temperature": 0, "num_predict": 16}


class Reading(BaseModel):
    """One reading."""

    metric: str
    value: int


@tool
def get_steps(period: str) -> str:
    """How many steps the person took in a period."""
    return f"8,214 steps {period}"


def test_the_ollama_client_chats(chatting: Server) -> None:
    url, model = chatting
    client = ollama.Client(host=url)
    asked = [{"role": "user", "content": "Count from 1 to 5."}]
    whole = client.chat(model, asked, options=OPTIONS)
    parts = list(client.chat(model, asked, options=OPTIONS, stream=True))
    assert len(parts) > 3
    assert "".join(part.message.content or "" for part in parts) == whole.message.content
    assert parts[-1].eval_count == whole.eval_count
    assert (parts[-1].total_duration or 0) > 0
    said = client.generate(model, "Hi", options={"num_predict": 1})
    assert said.response


def test_the_ollama_client_gets_a_form_and_calls(chatting: Server) -> None:
    url, model = chatting
    client = ollama.Client(host=url)
    asked = [{"role": "user", "content": "My pulse is 61."}]
    form = Reading.model_json_schema()
    answer = client.chat(model, asked, format=form, options={"temperature": 0})
    assert Reading.model_validate_json(answer.message.content or "").value == 61

    def get_steps(period: str) -> str:
        """How many steps the person took.

        Args:
            period: the days, in words.
        """
        return period

    asked = [{"role": "user", "content": "How many steps did I take yesterday?"}]
    answer = client.chat(model, asked, tools=[get_steps], options={"temperature": 0})
    (call,) = answer.message.tool_calls or ()
    assert call.function.name == "get_steps"
    assert "yesterday" in call.function.arguments["period"].lower()


def test_the_ollama_client_names_what_is_wrong(chatting: Server) -> None:
    client = ollama.Client(host=chatting[0])
    with pytest.raises(ollama.ResponseError, match="not found") as caught:
        client.chat("nobody-has-this", [{"role": "user", "content": "Hi"}])
    assert caught.value.status_code == 404
    with pytest.raises(ollama.ResponseError) as caught:
        list(client.generate("nobody-has-this", "Hi", stream=True))
    assert caught.value.status_code == 404


async def _streamed(client: ollama.AsyncClient, model: str) -> str:
    asked: list[dict[str, Any]] = [{"role": "user", "content": "Count from 1 to 5."}]
    said = ""
    async for part in await client.chat(model, asked, options=OPTIONS, stream=True):
        said += part.message.content or ""
    return said


def test_the_asynchronous_client_streams(chatting: Server) -> None:
    import asyncio

    url, model = chatting
    assert "3" in asyncio.run(_streamed(ollama.AsyncClient(host=url), model))


@pytest.fixture
def llm(chatting: Server) -> ChatOllama:
    url, model = chatting
    return ChatOllama(model=model, base_url=url, temperature=0, num_predict=40)


def test_chatollama_says_and_streams(llm: ChatOllama) -> None:
    answer = llm.invoke("Count from 1 to 5.")
    assert "1, 2, 3" in str(answer.content)
    assert answer.response_metadata["done_reason"] == "stop"
    assert answer.usage_metadata
    assert answer.usage_metadata["output_tokens"] > 5
    pieces = list(llm.stream("Count from 1 to 5."))
    assert len(pieces) > 3
    assert "".join(str(piece.content) for piece in pieces) == answer.content


def test_chatollama_gives_structured_output(llm: ChatOllama) -> None:
    form = llm.with_structured_output(Reading, method="json_schema")
    found = form.invoke("My pulse is 61.")
    assert isinstance(found, Reading)
    assert found.value == 61
    plain = llm.with_structured_output(Reading.model_json_schema(), method="json_schema")
    assert plain.invoke("My pulse is 61.")["value"] == 61


def test_chatollama_calls_tools_and_words_their_results(llm: ChatOllama) -> None:
    asked = HumanMessage("How many steps did I take yesterday?")
    answer = llm.bind_tools([get_steps]).invoke([asked])
    assert isinstance(answer, AIMessage)
    (call,) = answer.tool_calls
    assert call["name"] == "get_steps"
    result = ToolMessage(get_steps.invoke(call["args"]), tool_call_id=call["id"])
    worded = llm.bind_tools([get_steps]).invoke([asked, answer, result])
    assert "8,214" in str(worded.content)
