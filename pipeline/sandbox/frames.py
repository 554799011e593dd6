"""JSON messages over a stream socket or pipe: a length, then the text."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

LARGEST = 64 * 1024 * 1024
_LENGTH = struct.Struct("!I")


def encode(message: Any) -> bytes:
    """Raises ValueError for a message above LARGEST bytes."""
    body = json.dumps(message, separators=(",", ":")).encode()
    if len(body) > LARGEST:
        raise ValueError("message too large")
    return _LENGTH.pack(len(body)) + body


def decode(data: bytes) -> Any:
    """The message, or None if it is cut short. Raises ValueError if it is no JSON."""
    if len(data) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack_from(data)
    body = data[_LENGTH.size : _LENGTH.size + length]
    return json.loads(body) if len(body) == length else None


def receive(read: Callable[[int], bytes]) -> Any:
    """One message by a blocking read(count); None if the other side is gone."""
    head = _exactly(read, _LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > LARGEST:
        return None
    return decode(head + _exactly(read, length))


def _exactly(read: Callable[[int], bytes], count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = read(count - len(parts))
        if not part:
            break
        parts += part
    return bytes(parts)
