"""The model server as a program: `python -m wellness.local_ollama ADDRESS FILES`.

ADDRESS is the file that gets its port and process id when it is ready, FILES a JSON object of
GGUF files by the model's name. Its standard error is the log.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

# Threads that wait must not spin: the notebooks share these cores. Read when the runtime loads.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "0")

from wellness.local_ollama.engine import Engine
from wellness.local_ollama.protocol import serve


def main(address: Path, files: dict[str, str]) -> None:
    """Load the models, then answer until the end."""
    engines = {name: Engine(name, Path(path)) for name, path in files.items()}
    with serve(engines) as server:
        draft = address.with_suffix(f".{os.getpid()}")
        draft.write_text(f"{server.server_port} {os.getpid()}", "ascii")
        draft.replace(address)
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
