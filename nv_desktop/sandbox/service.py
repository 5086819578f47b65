"""One API call from its head to its answer: limit, faults, rules, store and ledger."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from nv_desktop.sandbox import rules
from nv_desktop.sandbox.fault_kinds import Applying, Context
from nv_desktop.sandbox.faults import AFTER_APPLY, AFTER_READ, BEFORE_READ, IN_ANSWER, Rule, Script
from nv_desktop.sandbox.ledger import Entry, Ledger
from nv_desktop.sandbox.rate import SlidingLimit
from nv_desktop.sandbox.rules import Attributes, Refusal
from nv_desktop.sandbox.store import Store
from nv_desktop.sandbox.wire import Connection, Delivery, Head, Reply

API = "/api/v1/"
CALLS: Mapping[str, str] = {"user/create": "POST", "user/delete": "POST", "user/userData": "GET"}


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it came: `payload` is the parsed body, or the refusal where it is not JSON."""

    head: Head
    call: str
    payload: Any
    user_ids: list[str]


@dataclass(frozen=True, slots=True)
class Change:
    """What an accepted call does to the store: users to write, or one to delete."""

    write: dict[str, Attributes] = field(default_factory=dict)
    new_types: dict[str, str] = field(default_factory=dict)
    delete: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The honest answer, and the change that makes it true."""

    reply: Reply
    change: Change | None = None


class Service:
    """Answers the three calls of the API. Thread-safe; one instance serves every connection."""

    def __init__(
        self, store: Store, ledger: Ledger, limit: SlidingLimit, script: Script, stopping: threading.Event
    ) -> None:
        self.latency = 0.0
        self._store = store
        self._ledger = ledger
        self._limit = limit
        self._script = script
        self._stopping = stopping

    def serve(self, line: Connection, head: Head) -> bool:
        """Answer one call; True when the connection can carry another."""
        call = head.path.removeprefix(API)[:200]
        candidates = self._script.candidates(call)
        early = self._script.act(candidates, (BEFORE_READ,), ())
        if early is not None:
            return self._drop_unread(line, call, early)
        request = _read(call, head, line.read_body(head))
        entry = self._ledger.received(call, request.user_ids)
        self._pause()
        over = self._over_limit(request)
        if over is not None:
            return self._answer(line, head, entry, Delivery(over), None)
        rule = self._script.act(candidates, (AFTER_READ, AFTER_APPLY, IN_ANSWER), request.user_ids)
        verdict = self._judge(request)
        delivery = Delivery(verdict.reply) if rule is None else self._spoil(rule, request, verdict)
        later = self._apply(entry, verdict.change, rule)
        self._pause()
        try:
            return self._answer(line, head, entry, delivery, rule)
        finally:
            if later is not None:
                later.start()

    def _drop_unread(self, line: Connection, call: str, rule: Rule) -> bool:
        context = Context(call, (), Reply(500, b"{}"), BEFORE_READ, self._script.chance())
        delivery = rule.kind.answer(rule.params, context)
        self._ledger.dropped(call, delivery.told_status, rule.kind.name)
        line.deliver(delivery)
        return False  # the body still lies unread on the connection

    def _spoil(self, rule: Rule, request: Request, verdict: Verdict) -> Delivery:
        chance = self._script.chance()
        context = Context(request.call, request.user_ids, verdict.reply, rule.phase, chance)
        return rule.kind.answer(rule.params, context)

    def _answer(
        self, line: Connection, head: Head, entry: Entry, delivery: Delivery, rule: Rule | None
    ) -> bool:
        self._ledger.answered(entry, delivery.told_status, None if rule is None else rule.kind.name)
        return line.deliver(delivery) and head.keep_alive

    def _pause(self) -> None:
        """Half of the latency: it lies before the change and after it, as on a real line."""
        if self.latency > 0:
            self._stopping.wait(self.latency / 2)

    def _over_limit(self, request: Request) -> Reply | None:
        wait = self._limit.wait_needed(request.call, request.head.headers.get("x-api-key", ""))
        if wait is None:
            return None
        headers = (*Reply(0, b"").headers, ("Retry-After", str(max(1, math.ceil(wait)))))
        return Reply(429, rules.OVER_LIMIT.body(), headers)

    def _judge(self, request: Request) -> Verdict:
        refusal = rules.check_access(request.head.headers) or _check_form(request)
        if refusal is not None:
            return _refused(refusal)
        if request.call == "user/create":
            return self._judge_create(request.payload)
        return (
            self._judge_delete(request.payload) if request.call == "user/delete" else self._look_up(request)
        )

    def _judge_create(self, payload: object) -> Verdict:
        batch = rules.check_create(payload, self._store.types)
        if isinstance(batch, Refusal):
            return _refused(batch)
        return Verdict(_success(batch.user_ids), Change(batch.attributes, batch.new_types))

    def _judge_delete(self, payload: object) -> Verdict:
        user_id = rules.check_delete(payload)
        if isinstance(user_id, Refusal):
            return _refused(user_id)
        if user_id not in self._store:
            return _refused(rules.not_found(user_id))
        return Verdict(_success([user_id]), Change(delete=user_id))

    def _look_up(self, request: Request) -> Verdict:
        user_id = rules.check_lookup(request.user_ids)
        if isinstance(user_id, Refusal):
            return _refused(user_id)
        attributes = self._store.get(user_id)
        if attributes is None:
            return _refused(rules.not_found(user_id))
        data = {"userID": user_id, "user_attributes": attributes}
        return Verdict(_json_reply({"status": "success", "status_code": "200", "data": data}))

    def _apply(self, entry: Entry, change: Change | None, rule: Rule | None) -> threading.Timer | None:
        """Change the store as the rule lets it; a timer, not yet started, where that is to happen later."""
        if change is None or (rule is not None and rule.phase == AFTER_READ):
            return None
        rows = 1 if change.delete is not None else len(change.write)
        plan = Applying() if rule is None else rule.kind.applying(rule.params, rows)
        if plan.later is None:
            self._commit(entry, change, plan.rows)
            return None
        timer = threading.Timer(plan.later, self._commit, (entry, change, plan.rows))
        timer.daemon = True
        return timer

    def _commit(self, entry: Entry, change: Change, rows: int | None) -> None:
        with self._store.lock:  # held over both, so that the ledger has the store's order
            if change.delete is not None:
                if rows != 0 and self._store.delete(change.delete):
                    self._ledger.applied(entry, "{}")
                return
            write = change.write if rows is None else dict(list(change.write.items())[:rows])
            if not write:
                return
            self._store.learn_types(change.new_types)
            self._store.update(write)
            self._ledger.applied(entry, json.dumps(write), None if rows is None else list(write))


def _read(call: str, head: Head, body: bytes) -> Request:
    if call == "user/userData":
        query = parse_qs(head.query, keep_blank_values=True, errors="surrogateescape")
        return Request(head, call, None, query.get("userID", []))
    try:
        payload = rules.parse_json(body)
    except ValueError:
        payload = rules.NOT_JSON
    return Request(head, call, payload, rules.named_users(payload))


def _check_form(request: Request) -> Refusal | None:
    method = CALLS.get(request.call)
    if method is None:
        return rules.UNKNOWN_CALL
    if request.head.method != method:
        return rules.WRONG_METHOD
    if method == "GET":
        return None
    content_type = request.head.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        return rules.NOT_JSON_TYPE
    return request.payload if isinstance(request.payload, Refusal) else None


def _json_reply(value: object) -> Reply:
    return Reply(200, json.dumps(value).encode())


def _success(user_ids: list[str]) -> Reply:
    body = {"status": "success", "userIDs": user_ids, "status_code": "200", "processed": len(user_ids)}
    return _json_reply(body)


def _refused(refusal: Refusal) -> Verdict:
    return Verdict(Reply(refusal.http, refusal.body()))
