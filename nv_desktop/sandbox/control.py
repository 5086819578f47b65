"""The calls under /__sandbox/ that steer the server while it runs; never limited, never in the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from nv_desktop.sandbox import rules
from nv_desktop.sandbox.faults import Script, ScriptError
from nv_desktop.sandbox.ledger import Ledger
from nv_desktop.sandbox.rate import SlidingLimit
from nv_desktop.sandbox.service import Service
from nv_desktop.sandbox.store import Store
from nv_desktop.sandbox.wire import Head, Reply

CONTROL = "/__sandbox/"
MAX_PEOPLE = 1000

Answer = bytes
Handler = Callable[[Head, Any], Answer]


class Control:
    """Answers the steering calls. `rate` and `latency` are those of the start, which `reset` goes back to."""

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        limit: SlidingLimit,
        script: Script,
        service: Service,
        rate: int,
        latency: float,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._limit = limit
        self._script = script
        self._service = service
        self._first = (rate, latency)
        self._handlers: Mapping[tuple[str, str], Handler] = {
            ("POST", "faults"): self._set_faults,
            ("POST", "rate"): self._set_rate,
            ("POST", "latency"): self._set_latency,
            ("POST", "reset"): self._reset,
            ("GET", "ledger"): self._give_ledger,
            ("GET", "people"): self._give_people,
        }

    def answer(self, head: Head, body: bytes) -> Reply:
        """Do what is asked; 400 with a sentence when it cannot be done."""
        handler = self._handlers.get((head.method, head.path.removeprefix(CONTROL)))
        if handler is None:
            return Reply(404, rules.UNKNOWN_CALL.body())
        try:
            return Reply(200, handler(head, rules.parse_json(body) if body else None))
        except (ScriptError, ValueError, TypeError, KeyError) as error:
            return Reply(400, json.dumps({"status": "error", "message": str(error)}).encode())

    def _set_faults(self, head: Head, value: Any) -> Answer:
        self._script.replace(value)
        return b"{}"

    def _set_rate(self, head: Head, value: Any) -> Answer:
        self._limit.set_calls(int(value["rate"]))
        return b"{}"

    def _set_latency(self, head: Head, value: Any) -> Answer:
        self._service.latency = float(value["latency"])
        return b"{}"

    def _reset(self, head: Head, value: Any) -> Answer:
        rate, latency = self._first
        self._script.replace([])
        self._limit.set_calls(rate)
        self._limit.clear()
        self._service.latency = latency
        self._store.reset()
        return b"{}"

    def _give_ledger(self, head: Head, value: Any) -> Answer:
        return self._ledger.as_json(_whole(head, "after", 0))

    def _give_people(self, head: Head, value: Any) -> Answer:
        count = min(MAX_PEOPLE, _whole(head, "count", 100))
        user_ids = self._store.user_ids(_whole(head, "from", 0), count)
        return json.dumps({"userIDs": user_ids, "total": len(self._store)}).encode()


def _whole(head: Head, name: str, default: int) -> int:
    number = int(parse_qs(head.query).get(name, [str(default)])[0])
    if number < 0:
        raise ValueError(f"{name} must not be negative")
    return number
