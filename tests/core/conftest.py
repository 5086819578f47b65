"""What the tests of the core share: a client at a server of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nv_desktop.core.accounts import Account, sandbox_account
from nv_desktop.core.api import Client
from nv_desktop.core.keys import Secret
from nv_desktop.core.limiter import Limiter

CANARY_KEY = "canary-KEY-7f3a9d2e51"
ClientMaker = Callable[..., Client]


@pytest.fixture
def make_client(tmp_path: Path) -> Iterator[ClientMaker]:
    """`make_client(url, **options)`: a client without a limit, closed after the test."""
    made: list[Client] = []

    def make(
        url: str, account: Account | None = None, limiter: Limiter | None = None, **options: Any
    ) -> Client:
        budget = limiter or Limiter(tmp_path, rate=None)
        client = Client(account or sandbox_account(), Secret(CANARY_KEY), budget, base_url=url, **options)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()
