"""The model server as a program: `python -m wellness.local_ollama ADDRESS CONFIG`.

ADDRESS is the file that gets its port and process id when it is ready; CONFIG is a JSON object:
GGUF files of embedding models by their names, and the folders in which chat models may appear. Its
standard error is the log.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# Threads that wait for each other must not spin: others need these cores. The OpenMP runtime
# reads this once, when llama.cpp is loaded, so nothing before here may import xllamacpp.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "0")

from wellness.local_ollama.address import Address
from wellness.local_ollama.engine import Engine
from wellness.local_ollama.protocol import serve
from wellness.local_ollama.shelf import Shelf
from wellness.settings import Settings


def main(address: Path, config: dict[str, Any]) -> None:
    """Load the embedding models, then answer until the end."""
    engines = {name: Engine(name, Path(path)) for name, path in config["files"].items()}
    shelf = Shelf(engines, Settings(home=config["home"], cache=config["cache"]))
    with serve(shelf, lambda: datetime.now(UTC)) as server:
        Address(server.server_port, os.getpid()).write(address)
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
