"""The page that Prometheus reads, on loopback: `/metrics` over HTTP, until it is closed."""

from __future__ import annotations

import threading
from typing import Self

from prometheus_client import CollectorRegistry, start_http_server

from wellness.errors import MetricsError

LOOPBACK = "127.0.0.1"


class MetricsServer:
    """Serves a registry on loopback; nobody outside this machine reaches it.

    Args:
        registry: what to serve; see `wellness.ops.prometheus.registry_of`.
        port: 0 for any that is free.

    Raises:
        MetricsError: the port is taken, or may not be used.
    """

    def __init__(self, registry: CollectorRegistry, port: int) -> None:
        try:
            self._server, self._thread = start_http_server(port, LOOPBACK, registry)
        except OSError as error:
            raise MetricsError(
                f"Metrics cannot be served at {LOOPBACK}:{port}: {error.strerror}.",
                hint="Choose another with --port; 0 takes any that is free.",
            ) from error
        self._closed = threading.Event()

    @property
    def url(self) -> str:
        """What to give to Prometheus, or to a browser."""
        return f"http://{LOOPBACK}:{self._server.server_port}/metrics"

    def wait(self) -> None:
        """Until somebody closes it, or Ctrl-C."""
        self._closed.wait()

    def close(self) -> None:
        """Serve no more, and give the port back."""
        if not self._closed.is_set():
            self._closed.set()
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<MetricsServer at {self.url}>"
