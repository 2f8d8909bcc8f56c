"""Vectors as Postgres' own binary form, as the pgvector package for Python sends them."""

from __future__ import annotations

import struct
from typing import Any

from wellness.compare import packages
from wellness.compare.protocols import Vector


def register(connection: Any) -> None:
    """Let a connection of psycopg send numpy vectors as `vector`; the extension must be there."""
    types = packages.load("psycopg.types")
    dumper: Any = packages.load("psycopg.adapt").Dumper
    binary = packages.load("psycopg.pq").Format.BINARY
    info = types.TypeInfo.fetch(connection, "vector")
    info.register(connection)
    numpy = packages.load("numpy")

    class VectorDumper(dumper):  # type: ignore[misc]
        """Dimensions, a word that is zero, and big-endian floats."""

        oid = info.oid
        format = binary

        def dump(self, vector: Vector) -> bytes:
            """The bytes that `vector_recv` reads."""
            return struct.pack(">HH", len(vector), 0) + vector.astype(">f4").tobytes()

    connection.adapters.register_dumper(numpy.ndarray, VectorDumper)
