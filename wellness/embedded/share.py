"""Use, share and stop the server of a data folder, whatever it serves.

Each user holds a shared lock on the folder's lease file. A keeper process
(`wellness.embedded.keeper`) is the server's parent and waits for the exclusive lock: it gets it
when the last user has closed, ended or been killed, and then stops the server. So a notebook
cannot take the server down with it while another one uses it, and nothing is left running when
all are gone.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from wellness import locks
from wellness.embedded.data_folder import DataFolder, ServerState
from wellness.embedded.service import Service, end, full_disk
from wellness.embedded.starter import Starter
from wellness.errors import ServerStartError
from wellness.settings import Settings
from wellness.wheels import Progress


class Share:
    """A share in a running server, kept until `close()` or the end of this process.

    Attributes:
        pid: process id of the server.
        reused: whether it was running before.
        data_dir: its folder.
        log: its log file.
    """

    def __init__(self, folder: DataFolder, state: ServerState, *, reused: bool, lease: int) -> None:
        self.data_dir, self.log = folder.path, folder.log
        self.pid, self.reused = state.pid, reused
        self._lease: int | None = lease

    @property
    def closed(self) -> bool:
        """Whether the share was given back."""
        return self._lease is None

    def close(self) -> None:
        """Stop using the server; it ends when nobody else does. Closing twice does no harm.

        In a forked child this lets go of the child's share only.
        """
        lease, self._lease = self._lease, None
        if lease is not None:
            os.close(lease)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def join(
    folder: DataFolder, service: Service, settings: Settings, progress: Progress | None
) -> tuple[ServerState, bool, int]:
    """Use the server of a folder, starting it if it does not run.

    Returns:
        What runs, whether it ran before, and the descriptor of the lease: see `Share`.

    Raises:
        ServerStartError: it did not start or does not answer; has the end of its log.
    """
    starter = Starter(folder, service, settings)
    patience_s = settings.server_stop_s + settings.server_start_s
    with explained(folder, service):
        folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lease = locks.lock(folder.lease_lock, shared=True, timeout_s=patience_s)
        try:
            patience_s += settings.server_load_s
            with locks.held(folder.start_lock, timeout_s=patience_s):
                state = starter.run(progress)
        except BaseException:
            os.close(lease)
            raise
    return state, not starter.spawned, lease


def stop(folder: DataFolder, service: Service, settings: Settings) -> bool:
    """Shut the folder's server down cleanly, whoever uses it; whether there was one.

    Raises:
        ServerStartError: it is still there, or another process is just starting it.
    """
    if not folder.is_served():
        return False
    patience_s = settings.server_start_s
    with explained(folder, service), locks.held(folder.start_lock, timeout_s=patience_s):
        deadline = time.monotonic() + settings.server_stop_s + settings.server_start_s
        asked = False
        while folder.is_served():
            if not asked and (state := folder.state()):
                end(folder, state, service)
                asked = True
            if time.monotonic() > deadline:
                raise ServerStartError(
                    f"The {service.name} in {folder.path} does not stop.", log=folder.log_tail()
                )
            time.sleep(locks.POLL_S)
    return True


@contextmanager
def explained(folder: DataFolder, service: Service) -> Iterator[None]:
    """Turn what the file system says about a folder into what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            hint = full_disk(folder)
        elif isinstance(error, TimeoutError):
            hint = "Wait for the process that starts or stops it, or end that process."
        else:
            hint = "Set WELLNESS_HOME to a folder on a local disk that you can write to."
        raise ServerStartError(
            f"Cannot use the folder {folder.path} for the {service.name}: {error}.", hint=hint
        ) from error
