"""Apple Health data: read an export as a stream, keep it in sorted sets, answer from it."""
