"""The model server as a program: `python -m wellness.local_ollama ADDRESS FILES`.

ADDRESS is the file that gets its port and process id when it is ready, FILES a JSON object of
GGUF files by the model's name. Its standard error is the log.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

# Threads that wait for each other must not spin: others need these cores. The OpenMP runtime
# reads this once, when llama.cpp is loaded, so nothing before here may import xllamacpp.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "0")

from wellness.local_ollama.address import Address
from wellness.local_ollama.engine import Engine
from wellness.local_ollama.protocol import serve


def main(address: Path, files: dict[str, str]) -> None:
    """Load the models, then answer until the end."""
    engines = {name: Engine(name, Path(path)) for name, path in files.items()}
    with serve(engines) as server:
        Address(server.server_port, os.getpid()).write(address)
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
