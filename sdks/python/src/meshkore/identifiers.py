"""Message ids that sort by the time they were made (UUID version 7, RFC 9562)."""

from __future__ import annotations

from uuid import UUID


def uuid7(milliseconds: int, random_bytes: bytes) -> str:
    """A UUIDv7 of a Unix time in milliseconds and ten random bytes."""
    if len(random_bytes) != 10:
        raise ValueError("a UUIDv7 takes ten random bytes")
    if not 0 <= milliseconds < 1 << 48:
        raise ValueError("a UUIDv7 takes a time of 48 bits")
    value = milliseconds << 80 | int.from_bytes(random_bytes, "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))
