"""The Merkle tree of a seal: one root for many events, and a short proof that one event is under it. Pure.

The rule, which an auditor can follow with any SHA-256 tool (it is the tree of RFC 6962 over our leaves):

- leaf = SHA-256(byte 00, the event's id as 8 bytes with the highest first, the 32 bytes of the event's hash)
- node = SHA-256(byte 01, left, right)
- a level's nodes are paired from the left; the odd one at the end goes up as it is (it is never paired with itself).

Leaves and nodes begin with different bytes, so no node can pass for a leaf, nor a shorter tree for a longer one.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

_LEAF, _NODE = b"\x00", b"\x01"
Side = Literal["left", "right"]


@dataclass(frozen=True)
class Step:
    """One step of a proof: the neighbour's hash in hex, and the side on which it stands."""

    side: Side
    hash: str


def leaf(event_id: int, event_hash: str) -> bytes:
    """The leaf of an event. Raises ValueError where the hash is not 64 hexadecimal digits."""
    digest = bytes.fromhex(event_hash)
    if len(digest) != 32:
        raise ValueError(f"{event_hash!r} is not a SHA-256 hash")
    return hashlib.sha256(_LEAF + event_id.to_bytes(8, "big", signed=True) + digest).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


def root_of(leaves: Iterable[bytes]) -> str:
    """The root in hex; leaves may stream: only one hash a level is held. Refuses an empty tree."""
    peaks: list[tuple[int, bytes]] = []  # (height, hash) of whole subtrees, the highest first
    for value in leaves:
        height, digest = 0, value
        while peaks and peaks[-1][0] == height:
            digest = node(peaks.pop()[1], digest)
            height += 1
        peaks.append((height, digest))
    if not peaks:
        raise ValueError("A tree needs a leaf")
    digest = peaks.pop()[1]
    while peaks:
        digest = node(peaks.pop()[1], digest)
    return digest.hex()


def path_of(leaves: Sequence[bytes], index: int) -> list[Step]:
    """The neighbours that lead from the leaf at ``index`` (from 0) up to the root."""
    steps: list[Step] = []
    level = list(leaves)
    while len(level) > 1:
        neighbour = index ^ 1
        if neighbour < len(level):
            steps.append(Step("right" if neighbour > index else "left", level[neighbour].hex()))
        level = [node(*level[at : at + 2]) if at + 1 < len(level) else level[at] for at in range(0, len(level), 2)]
        index //= 2
    return steps


def root_by(start: bytes, steps: Iterable[Step]) -> str:
    """The root in hex that a leaf and its path lead to."""
    digest = start
    for step in steps:
        other = bytes.fromhex(step.hash)
        digest = node(digest, other) if step.side == "right" else node(other, digest)
    return digest.hex()
