"""What the users API accepts and how it refuses, in one table, read from its description alone."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

MAX_RECORDS = 100
MAX_USER_ID = 100
NAME_BELOW = 50
TEXT_BELOW = 1000

Attributes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A call that is refused whole: the HTTP status, and the `status_code` and `message` of the body."""

    message: str
    code: str = "403"
    http: int = 200  # the description tells of a status_code in the body only; the HTTP status may differ

    def body(self) -> bytes:
        """The documented shape of an error."""
        return json.dumps({"status": "error", "message": self.message, "status_code": self.code}).encode()


@dataclass(frozen=True, slots=True)
class Batch:
    """An accepted `user/create`: IDs in the order of the records, and the attributes of each user."""

    user_ids: list[str]
    attributes: dict[str, Attributes]
    new_types: dict[str, str]


@dataclass(frozen=True, slots=True)
class FieldRule:
    """A documented field; `message` names the user only where it holds `{userID}`."""

    accepts: Callable[[object], bool]
    message: str


_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) < TEXT_BELOW


def _is_email(value: object) -> bool:
    return isinstance(value, str) and (
        value == "" or (len(value) < TEXT_BELOW and _EMAIL.fullmatch(value) is not None)
    )


def _is_mobile(value: object) -> bool:
    return isinstance(value, str) and (value == "" or _E164.fullmatch(value) is not None)


def _is_date(value: object) -> bool:
    if not isinstance(value, str) or _DATE.fullmatch(value) is None:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_gender(value: object) -> bool:
    return isinstance(value, str) and value in ("male", "female", "other")


def _is_opt_in(value: object) -> bool:
    if isinstance(value, str):
        return value in ("0", "1", "2")
    return type(value) is int and 0 <= value <= 2


# Some messages name the user and some do not: a client has to live with both.
FIELDS: Mapping[str, FieldRule] = {
    "name": FieldRule(_is_text, "Invalid name for userID {userID}"),
    "first_name": FieldRule(_is_text, "Invalid first_name for userID {userID}"),
    "last_name": FieldRule(_is_text, "Invalid last_name for userID {userID}"),
    "email": FieldRule(_is_email, "Invalid email"),
    "mobile": FieldRule(_is_mobile, "Invalid mobile for userID {userID}"),
    "birth_date": FieldRule(_is_date, "Invalid birth_date, use YYYY-MM-DD"),
    "gender": FieldRule(_is_gender, "Invalid gender for userID {userID}"),
    "email_opt_in": FieldRule(_is_opt_in, "Invalid email_opt_in"),
    "sms_opt_in": FieldRule(_is_opt_in, "Invalid sms_opt_in for userID {userID}"),
    "whatsapp_opt_in": FieldRule(_is_opt_in, "Invalid whatsapp_opt_in"),
}

WRONG_KEY = Refusal("Invalid API key", "401", 401)
WRONG_BRAND = Refusal("Invalid brand ID", "403", 403)
NOT_JSON = Refusal("The body is not valid JSON", "400", 400)
NOT_JSON_TYPE = Refusal("Content-Type must be application/json", "400", 400)
BAD_SHAPE = Refusal("The body must hold a list of records under nv", "400", 400)
NO_RECORDS = Refusal("At least one record is needed")
TOO_MANY = Refusal(f"At most {MAX_RECORDS} records can be sent in one call")
NO_USER_ID = Refusal("All records must contain userID")
BAD_USER_ID = Refusal(f"userID must be a text of 1 to {MAX_USER_ID} characters")
BAD_ATTRIBUTES = Refusal("user_attributes must be an object")
NAME_LENGTH = Refusal(f"Attribute names must have fewer than {NAME_BELOW} characters")
ONE_DELETE = Refusal("One record can be deleted in one call")
UNKNOWN_CALL = Refusal("Unknown call", "404", 404)
WRONG_METHOD = Refusal("Method not allowed", "405", 405)
OVER_LIMIT = Refusal("Rate limit exceeded, try again later", "429", 429)


def not_found(user_id: str) -> Refusal:
    """No such profile."""
    return Refusal(f"No profile with userID {user_id}", "404", 404)


def check_access(headers: Mapping[str, str]) -> Refusal | None:
    """`x-api-key` is right unless it is empty or starts with `wrong`; `x-brand-id` is a whole number."""
    key = headers.get("x-api-key", "")
    if not key or key.lower().startswith("wrong"):
        return WRONG_KEY
    brand = headers.get("x-brand-id", "")
    return None if brand.isascii() and brand.isdigit() else WRONG_BRAND


def parse_json(body: bytes) -> Any:
    """The body's value; raises ValueError when it is not strict JSON in UTF-8."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def named_users(payload: object) -> list[str]:
    """Every text userID a body names, right or wrong otherwise; for the ledger."""
    records = payload.get("nv") if isinstance(payload, dict) else None
    if not isinstance(records, list):
        return []
    found = (record.get("userID") for record in records if isinstance(record, dict))
    return [user_id for user_id in found if isinstance(user_id, str)]


def check_create(payload: object, types: Mapping[str, str]) -> Batch | Refusal:
    """`user/create`: 1 to 100 records, all of them right or the whole call is refused.

    `types` are the types this account has used for its custom attributes so far; they never change.
    """
    records = _records(payload)
    if isinstance(records, Refusal):
        return records
    batch = Batch([], {}, {})
    for record in records:
        user_id = _user_id(record)
        if isinstance(user_id, Refusal):
            return user_id
        attributes = record.get("user_attributes", {})
        refusal = _check_attributes(user_id, attributes, types, batch.new_types)
        if refusal is not None:
            return refusal
        batch.user_ids.append(user_id)
        batch.attributes[user_id] = {**batch.attributes.get(user_id, {}), **attributes}
    return batch


def check_delete(payload: object) -> str | Refusal:
    """`user/delete`: one record that holds a userID; gives that ID."""
    records = _records(payload)
    if isinstance(records, Refusal):
        return records
    return _user_id(records[0]) if len(records) == 1 else ONE_DELETE


def check_lookup(values: list[str]) -> str | Refusal:
    """`user/userData`: one `userID` in the query; gives that ID."""
    if len(values) != 1:
        return NO_USER_ID
    return values[0] if 1 <= len(values[0]) <= MAX_USER_ID else BAD_USER_ID


def type_of(value: object) -> str | None:
    """The type an attribute keeps for ever; None for values that are no attribute (null, mixed lists)."""
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "yes/no"
    if isinstance(value, int | float):
        return "number" if isinstance(value, int) or math.isfinite(value) else None
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "list"
    return None


def _fits(value: Any) -> bool:
    return (
        len(value) < TEXT_BELOW if isinstance(value, str) else all(len(text) < TEXT_BELOW for text in value)
    )


def _records(payload: object) -> list[Any] | Refusal:
    records = payload.get("nv") if isinstance(payload, dict) else None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        return BAD_SHAPE
    if not records:
        return NO_RECORDS
    return records if len(records) <= MAX_RECORDS else TOO_MANY


def _user_id(record: Mapping[str, Any]) -> str | Refusal:
    user_id = record.get("userID")
    if user_id is None or user_id == "":
        return NO_USER_ID
    return user_id if isinstance(user_id, str) and len(user_id) <= MAX_USER_ID else BAD_USER_ID


def _check_attributes(
    user_id: str, attributes: object, types: Mapping[str, str], new_types: dict[str, str]
) -> Refusal | None:
    if not isinstance(attributes, dict):
        return BAD_ATTRIBUTES
    for name, value in attributes.items():
        rule = FIELDS.get(name)
        if rule is None:
            refusal = _check_custom(user_id, name, value, types, new_types)
            if refusal is not None:
                return refusal
        elif not rule.accepts(value):
            return Refusal(rule.message.format(userID=user_id))
    return None


def _check_custom(
    user_id: str, name: str, value: object, types: Mapping[str, str], new_types: dict[str, str]
) -> Refusal | None:
    if not 0 < len(name) < NAME_BELOW:
        return NAME_LENGTH
    kind = type_of(value)
    if kind is None:
        return Refusal(f"Invalid value of {name} for userID {user_id}")
    known = types.get(name) or new_types.setdefault(name, kind)
    if known != kind:
        return Refusal(f"The type of {name} must stay {known}")
    if kind in ("text", "list") and not _fits(value):
        return Refusal(f"The value of {name} must have fewer than {TEXT_BELOW} characters")
    return None
