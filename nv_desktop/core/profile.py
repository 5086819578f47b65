"""One user's profile, and the Draft in which a person changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nv_desktop.core.fields import Json


@dataclass(frozen=True)
class Profile:
    """A profile as the server told it: `attributes` by their wire names, `fetched_at` in seconds since 1970.

    A new profile that is only being written has no attributes and `fetched_at` 0.
    """

    user_id: str
    attributes: Mapping[str, Json] = field(default_factory=dict)
    fetched_at: float = 0.0
