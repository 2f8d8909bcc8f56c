"""Ollama's protocol, what it says of chats: written from its documented API.

Prompts are short and answers are a few tokens, since a real model computes every one of them.
"""

from __future__ import annotations

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import ollama
import pytest

from wellness.local_ollama import CHAT_CONTEXT, EMBEDDING_MODEL, LocalOllama

from .asking import PATIENCE_S, post, raw

Server = tuple[str, str]

PLAIN = {"temperature": 0, "num_predict": 8}
COUNT = [{"role": "user", "content": "Count from 1 to 9, with commas."}]
METRICS = {
    "total_duration", "load_duration", "prompt_eval_count", "prompt_eval_duration", "eval_count",
    "eval_duration",
}  # fmt: skip
FORM = {
    "type": "object",
    "properties": {
        "metric": {"enum": ["HeartRate", "StepCount"]},
        "value": {"type": "integer"},
        "days": {"type": "array", "items": {"enum": ["Mon", "Tue"]}, "minItems": 1, "maxItems": 1},
    },
    "required": ["metric", "value", "days"],
    "additionalProperties": False,
}


def user(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": text}]


def lines(server: Server, path: str, **fields: Any) -> list[dict[str, Any]]:
    """The pieces of a streamed answer."""
    url, model = server
    body = json.dumps({"model": model, "options": PLAIN} | fields).encode()
    status, kind, content = raw(url, "POST", path, body)
    assert (status, kind) == (200, "application/x-ndjson")
    return [json.loads(line) for line in content.splitlines()]


def one(server: Server, path: str, **fields: Any) -> tuple[int, Any]:
    """Status and answer in one piece."""
    url, model = server
    return post(url, path, **{"model": model, "stream": False, "options": PLAIN} | fields)


# --- text ---------------------------------------------------------------------------------------


def test_a_stream_is_pieces_and_an_end(chatting: Server) -> None:
    *pieces, end = lines(chatting, "/api/chat", messages=COUNT)
    assert len(pieces) > 3
    for piece in pieces:
        assert piece["model"] == chatting[1]
        assert piece["message"]["role"] == "assistant"
        assert piece["done"] is False
        assert datetime.fromisoformat(piece["created_at"])
        assert not METRICS & piece.keys()
    assert end["done"] is True
    assert end["message"] == {"role": "assistant", "content": ""}
    assert end.keys() >= METRICS | {"done_reason"}
    text = "".join(piece["message"]["content"] for piece in pieces)
    status, whole = one(chatting, "/api/chat", messages=COUNT)
    assert status == 200
    assert (whole["message"]["content"], whole["done"]) == (text, True)
    assert whole["eval_count"] == end["eval_count"]


def test_a_piece_arrives_before_the_next_one_is_made(chatting: Server) -> None:
    url, model = chatting
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
    body = {"model": model, "messages": COUNT, "options": PLAIN}
    connection.request("POST", "/api/chat", json.dumps(body))
    answer = connection.getresponse()
    first, arrived = json.loads(answer.readline()), datetime.now(UTC)
    rest = [json.loads(line) for line in answer]
    connection.close()
    assert datetime.fromisoformat(first["created_at"]) < arrived
    made = [datetime.fromisoformat(piece["created_at"]) for piece in rest]
    assert made == sorted(made)
    assert made[-1] > arrived


def test_counts_and_durations_are_those_of_the_answer(chatting: Server) -> None:
    _, answer = one(chatting, "/api/chat", messages=COUNT, options=PLAIN | {"num_predict": 5})
    assert (answer["eval_count"], answer["done_reason"]) == (5, "length")
    assert 0 < answer["eval_duration"] <= answer["total_duration"]
    spent = answer["load_duration"] + answer["prompt_eval_duration"] + answer["eval_duration"]
    assert spent <= answer["total_duration"]
    _, short = one(chatting, "/api/chat", messages=user("steps"), options=PLAIN)
    _, longer = one(chatting, "/api/chat", messages=user("steps" + " steps" * 10), options=PLAIN)
    assert longer["prompt_eval_count"] - short["prompt_eval_count"] == 10
    assert longer["eval_count"] <= PLAIN["num_predict"]


def test_what_was_read_before_still_counts(model_server: LocalOllama, chat_model: str) -> None:
    """The beginning of a prompt stays computed, so it takes no time; it is no less long."""
    server, told = (model_server.url, chat_model), user("The watch is on my left wrist. " * 12)
    first, again = (one(server, "/api/chat", messages=told)[1] for _ in range(2))
    assert first["prompt_eval_count"] == again["prompt_eval_count"] > 80


def test_the_end_of_an_answer_is_no_cut(chatting: Server) -> None:
    asked = user('Reply with the word "ok" and nothing else.')
    _, answer = one(chatting, "/api/chat", messages=asked, options={"temperature": 0})
    assert answer["done_reason"] == "stop"
    assert answer["message"]["content"].strip(' ".').lower() == "ok"


def test_stop_ends_an_answer_and_is_no_part_of_it(chatting: Server) -> None:
    options = {"temperature": 0, "num_predict": 40, "stop": ["7"]}
    _, answer = one(chatting, "/api/chat", messages=COUNT, options=options)
    assert answer["message"]["content"].rstrip(" ,").endswith("6")
    assert answer["done_reason"] == "stop"


def test_the_temperature_decides_how_sure_a_choice_is(chatting: Server) -> None:
    asked = user("Write any word.")

    def say(**options: Any) -> str:
        _, answer = one(chatting, "/api/chat", messages=asked, options={"num_predict": 6} | options)
        return str(answer["message"]["content"])

    greedy = say(temperature=0)
    assert say(temperature=0) == greedy
    assert say(temperature=2, top_k=1, seed=5) == greedy
    assert len({say(temperature=1.5, top_k=100, top_p=1, seed=seed) for seed in range(4)}) > 1


def test_a_seed_repeats_what_chance_chose(chatting: Server) -> None:
    asked = user("Write any word.")
    options = {"num_predict": 6, "temperature": 1.0, "seed": 11}
    said = [one(chatting, "/api/chat", messages=asked, options=options)[1] for _ in range(3)]
    assert len({answer["message"]["content"] for answer in said}) == 1


def test_earlier_messages_and_the_system_prompt_are_read(chatting: Server) -> None:
    told = [
        {"role": "system", "content": "You know that the goal weight is 125 lb."},
        {"role": "user", "content": "My dog is called Rex."},
        {"role": "assistant", "content": "Noted."},
    ]
    options = {"temperature": 0, "num_predict": 24}
    for asked, expected in (("What is my dog called?", "Rex"), ("What is the goal weight?", "125")):
        _, answer = one(chatting, "/api/chat", messages=[*told, *user(asked)], options=options)
        assert expected in answer["message"]["content"]


def test_what_is_optional_may_be_null(chatting: Server) -> None:
    nothing = {"tools": None, "format": None, "keep_alive": None, "think": None}
    options = {"num_predict": 2, "temperature": None, "stop": None}
    status, answer = one(chatting, "/api/chat", messages=user("Hi"), options=options, **nothing)
    assert (status, answer["eval_count"]) == (200, 2)
    status, _ = one(chatting, "/api/chat", messages=user("Hi"), keep_alive="5m", think=False)
    assert status == 200


def test_no_messages_load_the_model(chatting: Server) -> None:
    (answer,) = lines(chatting, "/api/chat", messages=[])
    assert (answer["done"], answer["done_reason"]) == (True, "load")
    assert answer["message"]["content"] == ""
    url, model = chatting
    assert any((m.model or "").startswith(model) for m in ollama.Client(host=url).ps().models)


def test_many_at_once_get_their_own_answers(chatting: Server) -> None:
    def ask(number: int) -> int:
        form = {
            "type": "object",
            "properties": {"day": {"const": number}},
            "required": ["day"],
        }
        options = {"temperature": 0, "num_predict": 30}
        asked = {"messages": user(f"day {number}"), "format": form, "options": options}
        _, answer = one(chatting, "/api/chat", **asked)
        return int(json.loads(answer["message"]["content"])["day"])

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(ask, range(10, 13))) == [10, 11, 12]


def test_half_a_surrogate_pair_is_no_failure(chatting: Server) -> None:
    status, _ = one(chatting, "/api/chat", messages=user("cut \ud83c, whole 🏃"))
    assert status == 200


# --- a form, and tools ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["8,214 steps on Monday", "nothing that fits", "pulse 61, Tuesday"]
)
def test_a_schema_is_followed_whatever_is_asked(chatting: Server, text: str) -> None:
    options = {"temperature": 0, "num_predict": 80}
    _, answer = one(chatting, "/api/chat", messages=user(text), format=FORM, options=options)
    found = json.loads(answer["message"]["content"])
    jsonschema.validate(found, FORM)
    if "8,214" in text:
        assert (found["metric"], found["value"]) == ("StepCount", 8214)


def test_json_is_some_object(chatting: Server) -> None:
    asked = user("The step count is 5. Say it in JSON.")
    options = {"temperature": 0, "num_predict": 60}
    _, answer = one(chatting, "/api/chat", messages=asked, format="json", options=options)
    assert isinstance(json.loads(answer["message"]["content"]), dict)


def tool(name: str, about: str, **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    function = {"name": name, "description": about, "parameters": parameters}
    return {"type": "function", "function": function}


TOOLS = [
    tool("get_steps", "How many steps in a period", period={"type": "string"}),
    tool(
        "get_sleep",
        "How long the person slept",
        night={"enum": ["last night", "the night before"]},
    ),
]
SHORT = {"temperature": 0, "num_predict": 60}


def test_a_tool_is_called(chatting: Server) -> None:
    asked = user("How many steps did I take yesterday?")
    _, answer = one(chatting, "/api/chat", messages=asked, tools=TOOLS, options=SHORT)
    (call,) = answer["message"]["tool_calls"]
    assert call["function"]["name"] == "get_steps"
    assert "yesterday" in call["function"]["arguments"]["period"].lower()
    assert answer["message"]["content"] == ""
    assert answer["eval_count"] > 5
    pieces = lines(chatting, "/api/chat", messages=asked, tools=TOOLS, options=SHORT)
    calls = [c for piece in pieces for c in piece["message"].get("tool_calls", [])]
    assert [c["function"] for c in calls] == [call["function"]]
    assert pieces[-1]["done"]


def test_arguments_keep_to_their_schema(model_server: LocalOllama, chat_model: str) -> None:
    asked = user("How did I sleep on 3 March?")  # which the schema cannot say
    server = (model_server.url, chat_model)
    _, answer = one(server, "/api/chat", messages=asked, tools=TOOLS, options=SHORT)
    (call,) = answer["message"]["tool_calls"]
    jsonschema.validate(
        call["function"]["arguments"],
        next(t["function"]["parameters"] for t in TOOLS
             if t["function"]["name"] == call["function"]["name"]),
    )  # fmt: skip


def test_no_tool_is_called_for_thanks(chatting: Server) -> None:
    asked = user("Thanks, bye!")
    _, answer = one(chatting, "/api/chat", messages=asked, tools=TOOLS, options=SHORT)
    assert "tool_calls" not in answer["message"]
    assert answer["message"]["content"]


def test_the_result_of_a_tool_is_worded(chatting: Server) -> None:
    call = {"function": {"name": "get_steps", "arguments": {"period": "yesterday"}}}
    told = [
        *user("How many steps did I take yesterday?"),
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_name": "get_steps", "content": "You took 8,214 steps yesterday."},
    ]
    _, answer = one(chatting, "/api/chat", messages=told, tools=TOOLS, options=SHORT)
    assert "8,214" in answer["message"]["content"]
    assert "tool_calls" not in answer["message"]


# --- generate ------------------------------------------------------------------------------------


def test_generate_streams_a_response(chatting: Server) -> None:
    prompt = COUNT[0]["content"]
    *pieces, end = lines(chatting, "/api/generate", prompt=prompt)
    assert all(piece["done"] is False for piece in pieces)
    assert end["response"] == ""
    assert end.keys() >= METRICS | {"done_reason"}
    _, whole = one(chatting, "/api/generate", prompt=prompt)
    assert whole["response"] == "".join(piece["response"] for piece in pieces)
    _, chat = one(chatting, "/api/chat", messages=COUNT)
    assert whole["response"] == chat["message"]["content"], "a prompt is a message of the user"


def test_generate_takes_a_system_prompt_and_a_form(chatting: Server) -> None:
    fields = {"system": "The goal weight is 125 lb.", "prompt": "What is the goal weight in lb?"}
    form = {"type": "object", "properties": {"lb": {"type": "integer"}}, "required": ["lb"]}
    _, answer = one(chatting, "/api/generate", format=form, options=SHORT, **fields)
    assert json.loads(answer["response"]) == {"lb": 125}


def test_raw_leaves_out_the_template(chatting: Server) -> None:
    options = {"temperature": 0, "num_predict": 3}
    asked = {"prompt": "1, 2, 3, 4,", "options": options}
    _, answer = one(chatting, "/api/generate", raw=True, **asked)
    assert "5" in answer["response"]
    _, dressed = one(chatting, "/api/generate", **asked)
    assert answer["prompt_eval_count"] < dressed["prompt_eval_count"]
    assert one(chatting, "/api/generate", raw=True, system="Be brief.", **asked)[0] == 400


def test_an_empty_prompt_loads_the_model(chatting: Server) -> None:
    (answer,) = lines(chatting, "/api/generate", prompt="")
    assert (answer["response"], answer["done"], answer["done_reason"]) == ("", True, "load")


# --- which models --------------------------------------------------------------------------------


def test_a_chat_model_is_listed_and_shown(chatting: Server) -> None:
    url, model = chatting
    client = ollama.Client(host=url)
    (entry,) = [m for m in client.list().models if (m.model or "").startswith(model)]
    assert (entry.size or 0) > 1_000_000
    assert len(entry.digest or "") == 64
    shown = client.show(model)
    assert {"completion", "tools"} <= set(shown.capabilities or [])
    assert "embedding" not in (shown.capabilities or [])
    about = dict(shown.modelinfo or {})
    assert about["general.architecture"] == "qwen2"
    assert about["qwen2.context_length"] >= CHAT_CONTEXT
    assert shown.details
    assert shown.details.quantization_level == "Q4_K_M"


def test_names_ignore_case(chatting: Server) -> None:
    url, model = chatting
    options = {"num_predict": 1}
    assert one((url, model.upper()), "/api/chat", messages=user("Hi"), options=options)[0] == 200


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/chat", "/api/generate", "/api/show"])
def test_an_unknown_model_is_404(chatting: Server, path: str) -> None:
    status, answer = post(chatting[0], path, model="nobody-has-this", messages=user("Hi"))
    assert status == 404
    assert "not found" in answer["error"]
    assert "nobody-has-this" in answer["error"]


@pytest.mark.parametrize("path", ["/api/chat", "/api/generate"])
@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe"])
def test_bad_json_is_400(chatting: Server, path: str, body: bytes) -> None:
    status, _, content = raw(chatting[0], "POST", path, body)
    assert status == 400
    assert json.loads(content)["error"]


@pytest.mark.parametrize(
    "fields",
    [
        {"messages": "Hi"},
        {"messages": ["Hi"]},
        {"messages": [{"role": "user", "content": 7}]},
        {"options": {"temperature": "hot"}},
        {"options": {"num_predict": "many"}},
        {"options": {"stop": "word"}},
        {"options": {"stop": [1]}},
        {"format": "xml"},
        {"format": ["object"]},
        {"tools": [{"type": "function"}]},
    ],
)
def test_what_cannot_be_understood_is_refused(chatting: Server, fields: dict[str, Any]) -> None:
    status, answer = one(chatting, "/api/chat", **{"messages": user("Hi")} | fields)
    assert status in (400, 500), "Ollama blames itself for some of it"
    assert answer["error"]
    if chatting[1].endswith("-local"):
        assert status == 400


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/api/chat", {"options": {"num_ctx": CHAT_CONTEXT + 1}}, "num_ctx"),
        ("/api/chat", {"options": {"num_ctx": 100}, "messages": user("steps " * 200)}, "exceeds"),
        ("/api/chat", {"messages": user("steps " * CHAT_CONTEXT)}, "exceeds the context length"),
        ("/api/chat", {"messages": [{"role": "bot", "content": "Hi"}]}, "role"),
        ("/api/chat", {"messages": [{"role": "user", "images": ["AAAA"]}]}, "images"),
        ("/api/chat", {"format": {"type": "nonsense"}}, "nonsense"),
        ("/api/chat", {"options": [1]}, "options"),
        ("/api/generate", {"prompt": "steps " * CHAT_CONTEXT}, "exceeds the context length"),
        ("/api/generate", {"prompt": "def f(", "suffix": ")"}, "does not support insert"),
        ("/api/generate", {"prompt": "Hi", "raw": True, "options": {"num_ctx": 1}}, "exceeds"),
        ("/api/generate", {"prompt": 7}, "prompt"),
        ("/api/embed", {"input": "Hi"}, "does not support embeddings"),
        ("/api/chat", {"model": EMBEDDING_MODEL}, "does not support chat"),
        ("/api/generate", {"model": EMBEDDING_MODEL, "prompt": "Hi"}, "does not support generate"),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_what_the_kits_server_cannot_do_is_refused_before_anything_is_said(
    model_server: LocalOllama,
    chat_model: str,
    path: str,
    fields: dict[str, Any],
    said: str,
    stream: bool,
) -> None:
    server = (model_server.url, chat_model)
    asked = {"messages": user("Hi"), "stream": stream} | fields
    status, answer = one(server, path, **asked)
    assert status == 400
    assert said in answer["error"]


def test_a_smaller_context_ends_the_answer(model_server: LocalOllama, chat_model: str) -> None:
    server, options = (model_server.url, chat_model), {"temperature": 0, "num_ctx": 40}
    asked = {"raw": True, "prompt": "1, 2, 3, 4, 5, 6, 7, 8,"}
    _, answer = one(server, "/api/generate", options=options, **asked)
    assert answer["prompt_eval_count"] + answer["eval_count"] == 40
    assert answer["done_reason"] == "length"
