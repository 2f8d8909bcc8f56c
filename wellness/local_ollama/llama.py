"""llama.cpp with one chat model, as a program: `wellness.local_ollama.runner` starts it.

It is a process of its own because loading a model keeps the interpreter to itself for seconds, in
which a server that shared it would answer nobody. The first line of its standard input says what
to load, and the end of that input, that whoever asked for it has gone. Run by its path, it loads
nothing of the kit.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import xllamacpp


def main() -> None:
    """Load, say where it is reached, and stay until the end of the input."""
    config = json.loads(sys.stdin.readline())
    try:
        server = load(config)
    except Exception as error:
        say({"error": str(error)})
        os._exit(1)
    say({"address": server.listening_address})
    os.dup2(2, 1)  # what llama.cpp may still say goes to the log
    sys.stdin.read()
    os._exit(0)  # nothing is lost, and nobody waits for an answer any more


def load(config: dict[str, Any]) -> xllamacpp.Server:
    """The model in memory, behind llama.cpp's own HTTP server on a free port of loopback."""
    settings = xllamacpp.CommonParams()
    settings.model.path = config["path"]
    settings.verbosity = 0
    settings.use_jinja = True
    # A slot keeps the beginning of its last prompt, so each has a context of its own
    settings.n_parallel = config["slots"]
    settings.n_ctx = config["slots"] * config["context"]
    settings.cache_ram_mib = 0  # there are enough slots; prompts are not kept a second time
    # No slower than the default of 2,048, and between two batches an abandoned prompt is dropped
    settings.n_batch = settings.n_ubatch = config["batch"]
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = config["threads"]
    settings.api_keys = [config["key"]]  # a web page can reach loopback too
    settings.ui = settings.endpoint_slots = False  # what of its own HTTP nobody here needs
    return xllamacpp.Server(settings)


def say(answer: dict[str, str]) -> None:
    """One line of JSON to whoever started this."""
    os.write(1, json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main()
