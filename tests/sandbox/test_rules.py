"""Every rule of the API as the sandbox reads it: what is taken, what is refused and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from nv_desktop.sandbox import rules
from nv_desktop.sandbox.rules import Batch, Refusal


def create(
    attributes: object, types: dict[str, str] | None = None, user_id: object = "u1"
) -> Batch | Refusal:
    return rules.check_create({"nv": [{"userID": user_id, "user_attributes": attributes}]}, types or {})


GOOD = [
    ("name", ""),
    ("name", "x" * 999),
    ("first_name", "प्रिया"),
    ("email", "a@example.com"),
    ("email", ""),
    ("mobile", "+551155256325"),
    ("mobile", "+1234567"),
    ("birth_date", "2000-02-29"),
    ("gender", "other"),
    *((f"{channel}_opt_in", value) for channel in ("email", "sms", "whatsapp") for value in ("0", "1", 2)),
    ("x" * 49, "y" * 999),
    ("points", 5),
    ("points", 10**400),
    ("points", 1.5),
    ("vip", True),
    ("tags", []),
    ("tags", ["a", "b"]),
    ("object", {"deep": [1, None]}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_takes_what_the_description_allows(name: str, value: object) -> None:
    batch = create({name: value})
    assert isinstance(batch, Batch)
    assert batch.attributes == {"u1": {name: value}}


BAD = [
    ("name", 5, "Invalid name for userID u1"),
    ("name", None, "Invalid name for userID u1"),
    ("last_name", "x" * 1000, "Invalid last_name for userID u1"),
    ("email", "a@b", "Invalid email"),
    ("email", "a b@example.com", "Invalid email"),
    ("mobile", "9876543210", "Invalid mobile for userID u1"),
    ("mobile", "+0123456789", "Invalid mobile for userID u1"),
    ("mobile", "+91 98765 43210", "Invalid mobile for userID u1"),
    ("mobile", "+٩١٩٨٧٦٥٤٣", "Invalid mobile for userID u1"),
    ("mobile", "+123456", "Invalid mobile for userID u1"),
    ("mobile", "+1234567890123456", "Invalid mobile for userID u1"),
    ("birth_date", "25/11/1990", "Invalid birth_date, use YYYY-MM-DD"),
    ("birth_date", "2001-02-29", "Invalid birth_date, use YYYY-MM-DD"),
    ("birth_date", "2020-W01-1", "Invalid birth_date, use YYYY-MM-DD"),
    ("birth_date", "", "Invalid birth_date, use YYYY-MM-DD"),
    ("gender", "Male", "Invalid gender for userID u1"),
    ("gender", ["male"], "Invalid gender for userID u1"),
    ("email_opt_in", "yes", "Invalid email_opt_in"),
    ("email_opt_in", 3, "Invalid email_opt_in"),
    ("sms_opt_in", True, "Invalid sms_opt_in for userID u1"),
    ("whatsapp_opt_in", 1.0, "Invalid whatsapp_opt_in"),
    ("whatsapp_opt_in", "", "Invalid whatsapp_opt_in"),
    ("x" * 50, "y", "Attribute names must have fewer than 50 characters"),
    ("", "y", "Attribute names must have fewer than 50 characters"),
    ("city", "y" * 1000, "The value of city must have fewer than 1000 characters"),
    ("tags", ["y" * 1000], "The value of tags must have fewer than 1000 characters"),
    ("tags", ["a", 1], "Invalid value of tags for userID u1"),
    ("points", None, "Invalid value of points for userID u1"),
    ("points", float("inf"), "Invalid value of points for userID u1"),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD)
def test_refuses_what_it_does_not(name: str, value: object, message: str) -> None:
    refusal = create({name: value})
    assert isinstance(refusal, Refusal)
    assert refusal.message == message


@pytest.mark.parametrize(
    ("user_id", "refusal"),
    [
        (None, rules.NO_USER_ID),
        ("", rules.NO_USER_ID),
        (7, rules.BAD_USER_ID),
        ("x" * 101, rules.BAD_USER_ID),
    ],
)
def test_every_record_needs_a_user_id(user_id: object, refusal: Refusal) -> None:
    assert create({}, user_id=user_id) == refusal


def test_a_user_id_has_up_to_100_characters() -> None:
    assert isinstance(create({}, user_id="ü" * 100), Batch)


SHAPES: list[tuple[Any, Refusal]] = [
    (None, rules.BAD_SHAPE),
    ([], rules.BAD_SHAPE),
    ({"nv": {}}, rules.BAD_SHAPE),
    ({"nv": ["u1"]}, rules.BAD_SHAPE),
    ({"nv": []}, rules.NO_RECORDS),
    ({"nv": [{"userID": str(n)} for n in range(101)]}, rules.TOO_MANY),
    ({"nv": [{"userID": "u1", "user_attributes": []}]}, rules.BAD_ATTRIBUTES),
    ({"nv": [{"userID": "u1"}, {}]}, rules.NO_USER_ID),
]


@pytest.mark.parametrize(("payload", "refusal"), SHAPES)
def test_refuses_bodies_of_another_shape(payload: Any, refusal: Refusal) -> None:
    assert rules.check_create(payload, {}) == refusal


def test_takes_one_hundred_records_and_keeps_their_order() -> None:
    user_ids = [f"u{number}" for number in range(100, 0, -1)]
    batch = rules.check_create({"nv": [{"userID": user_id} for user_id in user_ids]}, {})
    assert isinstance(batch, Batch)
    assert batch.user_ids == user_ids


def test_one_wrong_record_refuses_the_whole_batch() -> None:
    records = [{"userID": "good"}, {"userID": "bad", "user_attributes": {"mobile": "1"}}]
    refusal = rules.check_create({"nv": records}, {})
    assert isinstance(refusal, Refusal)
    assert refusal.message == "Invalid mobile for userID bad"


def test_the_type_of_a_custom_attribute_stays_the_same() -> None:
    refusal = create({"points": "5"}, {"points": "number"})
    assert isinstance(refusal, Refusal)
    assert refusal.message == "The type of points must stay number"
    assert isinstance(create({"points": 5}, {"points": "number"}), Batch)


def test_the_type_stays_the_same_within_one_batch() -> None:
    records = [{"userID": f"u{value}", "user_attributes": {"points": value}} for value in (1, "2")]
    assert isinstance(rules.check_create({"nv": records}, {}), Refusal)


def test_whole_numbers_and_fractions_are_one_type() -> None:
    assert isinstance(create({"points": 2}, {"points": "number"}), Batch)
    assert isinstance(create({"points": 2.5}, {"points": "number"}), Batch)
    assert isinstance(create({"points": True}, {"points": "number"}), Refusal)


def test_the_same_user_twice_in_a_batch_is_merged_in_order() -> None:
    records = [
        {"userID": "u", "user_attributes": {"name": "a", "city": "x"}},
        {"userID": "u", "user_attributes": {"name": "b"}},
    ]
    batch = rules.check_create({"nv": records}, {})
    assert isinstance(batch, Batch)
    assert batch.attributes == {"u": {"name": "b", "city": "x"}}
    assert batch.user_ids == ["u", "u"]


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [
        ({"x-api-key": "k", "x-brand-id": "12"}, None),
        ({"x-brand-id": "12"}, rules.WRONG_KEY),
        ({"x-api-key": "", "x-brand-id": "12"}, rules.WRONG_KEY),
        ({"x-api-key": "wrong-one", "x-brand-id": "12"}, rules.WRONG_KEY),
        ({"x-api-key": "k"}, rules.WRONG_BRAND),
        ({"x-api-key": "k", "x-brand-id": "12a"}, rules.WRONG_BRAND),
        ({"x-api-key": "k", "x-brand-id": "١٢"}, rules.WRONG_BRAND),
    ],
)
def test_key_and_brand(headers: dict[str, str], refusal: Refusal | None) -> None:
    assert rules.check_access(headers) == refusal


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"a": NaN}', b"[" * 100_000, b"9" * 5000])
def test_a_body_that_is_not_strict_json_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):
        rules.parse_json(body)


def test_delete_takes_one_record() -> None:
    assert rules.check_delete({"nv": [{"userID": "u"}]}) == "u"
    assert rules.check_delete({"nv": [{"userID": "u"}, {"userID": "v"}]}) == rules.ONE_DELETE
    assert rules.check_delete({"nv": [{}]}) == rules.NO_USER_ID


def test_lookup_takes_one_user_id() -> None:
    assert rules.check_lookup(["u"]) == "u"
    assert rules.check_lookup([]) == rules.NO_USER_ID
    assert rules.check_lookup([""]) == rules.BAD_USER_ID
    assert rules.check_lookup(["x" * 101]) == rules.BAD_USER_ID


def test_users_are_named_for_the_ledger_even_when_the_body_is_wrong() -> None:
    assert rules.named_users({"nv": [{"userID": "a"}, {}, 7, {"userID": 8}, {"userID": "b"}]}) == ["a", "b"]
    assert rules.named_users("nonsense") == []
