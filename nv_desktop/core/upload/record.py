"""One row as it goes over the wire, and the digest by which it is known again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from nv_desktop.core.fields import Json

_WRITE = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def digest(user_id: str, attributes: Mapping[str, Json]) -> bytes:
    """16 bytes that differ when the user or any value sent differs; the order of attributes is nothing."""
    return blake2b(_WRITE([user_id, attributes]).encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Record:
    """A row that can be sent: `row` is its number in the document."""

    row: int
    user_id: str
    attributes: Mapping[str, Json]

    @property
    def wire(self) -> dict[str, Json]:
        return {"userID": self.user_id, "user_attributes": self.attributes}

    @property
    def hash(self) -> bytes:
        return digest(self.user_id, self.attributes)
