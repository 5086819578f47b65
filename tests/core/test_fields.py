"""The one rule for each value: what is taken as it stands, what is refused, and which step is proposed."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nv_desktop.core import fields, steps
from nv_desktop.core.fields import FIELDS, Level, Type

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"


def problem(field: str, text: str, type_: Type | None = None) -> fields.Problem:
    parsed = fields.parse(fields.field_for(field, type_), text)
    assert len(parsed.problems) == 1
    return parsed.problems[0]


def value(field: str, text: str, type_: Type | None = None) -> Any:
    parsed = fields.parse(fields.field_for(field, type_), text)
    assert parsed.problems == ()
    return parsed.value


# --- userID ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["7", "C-001", "asha@example.com", "007", "x" * 99, "1E15", "a b", "1.2e"])
def test_user_id_is_taken_exactly(text: str) -> None:
    assert value("userID", text) == text


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [
        ("  ", "id_blank", Level.ERROR),
        ("\u00a0", "id_blank", Level.ERROR),
        ("x" * 101, "id_long", Level.ERROR),
        ("x" * 100, "id_limit", Level.WARNING),
        (" x", "id_spaces", Level.WARNING),
        ("x\u00a0", "id_spaces", Level.WARNING),
        ("a\u200bb", "id_invisible", Level.WARNING),
        ("a\u202eb", "id_bidi", Level.WARNING),
        ("é" * 51, "id_bytes", Level.WARNING),
        ("a\x00b", "id_control", Level.ERROR),
        ("a\tb", "id_control", Level.ERROR),
        ("a\nb", "id_control", Level.ERROR),
        ("a\ud800b", "id_control", Level.ERROR),
        ("1.23E+15", "lost_digits", Level.ERROR),
        ("1,23E+15", "lost_digits", Level.ERROR),
        ("1E+15", "lost_digits", Level.ERROR),
        ("#N/A", "excel_error", Level.ERROR),
    ],
)
def test_user_id_doubts(text: str, code: str, level: Level) -> None:
    found = problem("userID", text)
    assert (found.code, found.level) == (code, level)


def test_a_doubted_user_id_is_never_altered() -> None:
    for text in (" x ", "a\u200bb", "x" * 100):
        assert fields.parse(FIELDS["userID"], text).value == text


# --- text ------------------------------------------------------------------------------------------------


def test_text_boundaries_count_characters() -> None:
    assert value("name", "x" * 999) == "x" * 999
    assert problem("name", "x" * 1000).code == "text_long"
    assert value("name", "é" * 499) == "é" * 499
    warned = problem("name", "é" * 500)
    assert (warned.code, warned.level) == ("text_bytes", Level.WARNING)
    assert problem("name", "é" * 1000).code == "text_long"


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [
        ("a\x00", "text_nul", Level.ERROR),
        ("é\x00", "text_nul", Level.ERROR),
        ("\ud83d", "text_surrogate", Level.ERROR),
        ("M\ufffdller", "text_replacement", Level.WARNING),
        ("MÃ¼ller", "text_encoding", Level.WARNING),
        ("#REF!", "excel_error", Level.ERROR),
        ("#BEZUG!", "excel_error", Level.ERROR),
        ("#####", "excel_error", Level.ERROR),
        ("Err:502", "excel_error", Level.ERROR),
    ],
)
def test_text_that_was_spoilt(text: str, code: str, level: Level) -> None:
    found = problem("city", text)
    assert (found.code, found.level) == (code, level)


@pytest.mark.parametrize("text", ["São Paulo", "ÃO", "Ângela", "#1 fan", "Erika", "E", "#", "आशा", "👩‍👩‍👧"])
def test_text_that_only_looks_spoilt(text: str) -> None:
    assert value("city", text) == text


def test_naughty_strings_are_kept_or_refused_but_never_altered() -> None:
    path = CORPORA / "naughty-strings" / "blns.json"
    if not path.exists():
        pytest.skip("the corpus of naughty strings is not beside the project")
    every = [fields.custom("x", type_) for type_ in (Type.TEXT, Type.DATE)] + list(FIELDS.values())
    for text in filter(None, json.loads(path.read_text(encoding="utf-8"))):
        for field in every:
            parsed = fields.parse(field, text)
            assert parsed.value == (text if parsed.ok else None)
            json.dumps(parsed.value, ensure_ascii=False).encode()


# --- e-mail ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["a@b.co", "A.B+c@example.com", "x" * 64 + "@example.com", "o'brien@ex-am.org"]
)
def test_email_accepted(text: str) -> None:
    assert value("email", text) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nobody", "no @ sign"),
        ("a@@b.com", "more than one @"),
        ("@b.com", "before the @"),
        ("a@", "ends at the @"),
        ("a b@c.com", "a blank"),
        ("a@b,com", "comma"),
        ("a..b@c.com", "dot"),
        (".a@c.com", "dot"),
        ("a.@c.com", "dot"),
        ("a@c.com.", "dot"),
        ("x" * 65 + "@c.com", "longer than 64"),
        ("a@localhost", "ending"),
        ("a@127.0.0.1", "number"),
        ("a@b.com; c@d.com", "more than one address"),
        ("Asha <a@b.com>", "brackets"),
        ("mailto:a@b.com", "mailto"),
        ("a@-b.com", "character"),
    ],
)
def test_email_refused_with_its_reason(text: str, says: str) -> None:
    found = problem("email", text)
    assert found.code == "email"
    assert says in found.message


def test_email_doubts() -> None:
    assert problem("email", " a@b.com").step == {"step": "trim"}
    assert problem("email", "jörg@müller.de").level == Level.NOTE
    slip = problem("email", "a@Gmial.com")
    assert (slip.code, slip.level) == ("email_misspelt", Level.WARNING)
    assert slip.step is not None
    assert steps.make(slip.step)("a@Gmial.com") == "a@gmail.com"


@pytest.mark.parametrize("text", ["Asha <a@b.com>", "MAILTO:a@b.com", "mailto:a@b.com"])
def test_email_step_mends(text: str) -> None:
    step = problem("email", text).step
    assert step is not None
    assert value("email", steps.make(step)(text)) == "a@b.com"


def test_email_corpus() -> None:
    path = CORPORA / "email-addresses" / "test" / "tests.xml"
    if not path.exists():
        pytest.skip("the corpus of e-mail addresses is not beside the project")
    accepted: dict[str, list[str]] = {}
    for entry in ElementTree.parse(path).getroot().iter("test"):
        shown = entry.findtext("address") or ""
        text = "".join(chr(ord(char) - 0x2400) if 0x2400 <= ord(char) < 0x2421 else char for char in shown)
        if text and fields.parse(FIELDS["email"], text).ok:
            accepted.setdefault(entry.findtext("category") or "", []).append(text)
    assert set(accepted) == {"ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN"}
    assert len(accepted["ISEMAIL_VALID_CATEGORY"]) == 13  # all but test@io, which has no dot
    assert len(accepted["ISEMAIL_DNSWARN"]) == 8


# --- mobile ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["+551155256325", "+917850009678", "+1234567", "+123456789012345"])
def test_mobile_accepted(text: str) -> None:
    assert value("mobile", text) == text


@pytest.mark.parametrize(
    ("text", "code", "step"),
    [
        ("+123456", "mobile_short", None),
        ("+1234567890123456", "mobile_long", None),
        ("+49 (0)151 23456789", "mobile_form", {"step": "phone"}),
        ("0091 98765 43210 12345", "mobile_long", None),
        ("+0234567890", "mobile_form", {"step": "phone"}),
        (" +917850009678", "mobile_spaces", {"step": "trim"}),
        ("+91 78500 09678", "mobile_form", {"step": "phone"}),
        ("0091-78500-09678", "mobile_form", {"step": "phone"}),
        ("9876543210", "mobile_country", {"step": "phone", "country": None}),
        ("9876 543 210", "mobile_country", {"step": "phone", "country": None}),
        ("٩٨٧٦٥٤٣٢١٠", "mobile_country", {"step": "phone", "country": None}),
        ("12345", "mobile_short", None),
        ("12345678901234567", "mobile_long", None),
        ("9876543210, 9876543211", "mobile_several", None),
        ("call me", "mobile", None),
        ("9.19877E+11", "lost_digits", None),
        ("-", "mobile", None),
    ],
)
def test_mobile_refused(text: str, code: str, step: fields.Step | None) -> None:
    found = problem("mobile", text)
    assert (found.code, found.step, found.level) == (code, step, Level.ERROR)


# --- dates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1990-11-25", "2000-02-29", "1900-01-01"])
def test_birthday_accepted(text: str) -> None:
    assert value("birth_date", text) == text


@pytest.mark.parametrize(
    ("text", "code", "step"),
    [
        ("2001-02-29", "date_impossible", None),
        ("1900-02-29", "date_impossible", None),
        ("1990-13-01", "date_impossible", None),
        ("31/02/1990", "date_impossible", None),
        (" 1990-11-25", "date_spaces", {"step": "trim"}),
        ("25/11/1990", "date_order", {"step": "date", "order": "dmy"}),
        ("11/25/1990", "date_order", {"step": "date", "order": "mdy"}),
        ("03/04/1990", "date_order", {"step": "date", "order": None}),
        ("25.11.1990 00:00:00", "date_order", {"step": "date", "order": "dmy"}),
        ("1990-11-25T00:00:00Z", "date_order", {"step": "date", "order": "ymd"}),
        ("1990/1/2", "date_order", {"step": "date", "order": "ymd"}),
        ("19901125", "date_order", {"step": "date", "order": "ymd"}),
        ("1990-11-25 14:30", "date_time", {"step": "date", "order": "ymd", "time": "drop"}),
        ("25 Nov 1990", "date_words", {"step": "date", "order": "words"}),
        ("33202", "date_serial", None),
        ("soon", "date", None),
        ("1990-W47-7", "date_words", None),
    ],
)
def test_date_refused_with_its_step(text: str, code: str, step: fields.Step | None) -> None:
    for name, type_ in (("birth_date", None), ("since", Type.DATE)):
        found = problem(name, text, type_)
        if code == "date_words" and step is None:
            assert found.step is None
        else:
            assert (found.code, found.step) == (code, step)


def test_a_proposed_date_step_mends() -> None:
    for text in ("25/11/1990", "11/25/1990", "1990.11.25", "25 Nov 1990", "25/11/90", "1990-11-25 14:30"):
        step = problem("birth_date", text).step
        assert step is not None
        assert steps.make(step)(text) == "1990-11-25"


def test_two_digit_years_have_no_century() -> None:
    assert problem("since", "25/11/90", Type.DATE).code == "date_century"
    assert problem("since", "25/11/90", Type.DATE).step is None
    step = problem("birth_date", "25/11/90").step
    assert step == {"step": "date", "order": "dmy", "latest_year": date.today().year}


def test_birthday_doubts() -> None:
    assert problem("birth_date", "1899-12-31").code == "birth_old"
    assert problem("birth_date", (date.today() + timedelta(days=1)).isoformat()).code == "birth_future"
    assert value("birth_date", date.today().isoformat())


# --- choices ---------------------------------------------------------------------------------------------


def test_gender() -> None:
    for text in ("male", "female", "other"):
        assert value("gender", text) == text
    for text, meant in (
        ("Male", "male"),
        ("M", "male"),
        ("FRAU", "female"),
        ("女", "female"),
        ("ж", "female"),
    ):
        assert problem("gender", text).step == {"step": "map", "map": {text: meant}}
    assert problem("gender", " male").step == {"step": "trim"}
    assert problem("gender", "unknown").step is None


@pytest.mark.parametrize("name", fields.OPT_INS)
def test_opt_ins(name: str) -> None:
    for text in "012":
        assert value(name, text) == text
    for text, meant in (("Yes", "1"), ("nein", "0"), ("TRUE", "1"), ("Unsubscribed", "0"), ("bounced", "2")):
        assert problem(name, text).step == {"step": "map", "map": {text: meant}}
    for text in ("x", "3", "maybe", "o"):
        assert problem(name, text).step is None


# --- custom types ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "text", "result"),
    [
        (Type.INTEGER, "0", 0),
        (Type.INTEGER, "-12", -12),
        (Type.INTEGER, "999999999999999", 999999999999999),
        (Type.INTEGER, "-999999999999999", -999999999999999),
        (Type.NUMBER, "12", 12),
        (Type.NUMBER, "12.50", 12.5),
        (Type.NUMBER, "-0.5", -0.5),
        (Type.BOOLEAN, "true", True),
        (Type.BOOLEAN, "false", False),
        (Type.DATE, "2024-02-29", "2024-02-29"),
        (Type.LIST, "a; b|c", ["a", "b", "c"]),
        (Type.LIST, '["a;b", "c"]', ["a;b", "c"]),
        (Type.LIST, "one", ["one"]),
    ],
)
def test_custom_value(type_: Type, text: str, result: object) -> None:
    found = value("x", text, type_)
    assert found == result
    assert type(found) is type(result)
    assert value("x", fields.text_of(found), type_) == result


@pytest.mark.parametrize(
    ("type_", "text", "code"),
    [
        (Type.INTEGER, "007", "integer"),
        (Type.INTEGER, "+7", "integer"),
        (Type.INTEGER, "-0", "integer"),
        (Type.INTEGER, "1.0", "integer"),
        (Type.INTEGER, "1e3", "integer"),
        (Type.INTEGER, "٣", "integer"),
        (Type.INTEGER, "1000000000000000", "integer_long"),
        (Type.NUMBER, "1,5", "number"),
        (Type.NUMBER, ".5", "number"),
        (Type.NUMBER, "1e3", "number"),
        (Type.NUMBER, "NaN", "number"),
        (Type.NUMBER, "0.1234567890123456", "number_long"),
        (Type.BOOLEAN, "True", "boolean"),
        (Type.BOOLEAN, "1", "boolean"),
        (Type.LIST, "[1]", "list"),
        (Type.LIST, "[", "list"),
        (Type.LIST, ";", "list_empty"),
        (Type.LIST, "x" * 1000, "text_long"),
        (Type.LIST, '["\\ud800"]', "text_surrogate"),
        (Type.JSON, "[]", "json"),
        (Type.JSON, '{"a": 1, "a": 2}', "json"),
        (Type.JSON, '{"a": NaN}', "json"),
        (Type.JSON, '{"a": 12345678901234567}', "json"),
        (Type.JSON, '{"a": 1e999}', "json"),
        (Type.JSON, '{"a": "\\u0000"}', "text_nul"),
        (Type.JSON, '{"a":' * 100_000, "json"),
    ],
)
def test_custom_refused(type_: Type, text: str, code: str) -> None:
    found = problem("x", text, type_)
    assert (found.code, found.level) == (code, Level.ERROR)


def test_json_object_is_kept_with_a_warning() -> None:
    parsed = fields.parse(fields.custom("x", Type.JSON), '{"a": [1, 2.5, "é", null]}')
    assert parsed.value == {"a": [1, 2.5, "é", None]}
    assert [found.code for found in parsed.problems] == ["json_segments"]


# --- names, types, texts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("x" * 49, None),
        ("x" * 50, "name_long"),
        ("é" * 49, None),
        (" ", "name_blank"),
        ("a\nb", "name_control"),
        ("email", "name_taken"),
        ("Email", "name_alike"),
        (" city", "name_spaces"),
        ("Größe in cm", None),
    ],
)
def test_attribute_name(name: str, code: str | None) -> None:
    found = fields.check_name(name)
    assert (found.code if found else None) == code


def test_type_of_what_the_server_holds() -> None:
    values = [True, 3, 2.5, ["a"], {"a": 1}, "2024-02-29", "2024-02-30", "x"]
    types = ["boolean", "integer", "number", "list", "json", "date", "text", "text"]
    assert [fields.type_of(found) for found in values] == types


def test_text_of_a_small_number_is_read_again() -> None:
    assert fields.text_of(1e-07) == "0.0000001"
    assert fields.text_of(None) == ""


def test_every_field_names_a_problem_in_a_sentence() -> None:
    for field in FIELDS.values():
        for text in ("\x00", "?", "x" * 2000, "#N/A", "12"):
            for found in fields.parse(field, text).problems:
                assert found.message[0].isupper() or found.message[0] == "“"
                assert found.message.endswith((".", "”."))


@given(
    st.one_of(
        st.text(max_size=120), st.from_regex(r"[ -~]{0,120}"), st.from_regex(r"[+#E]?[0-9Er:.+-]{1,16}")
    )
)
@settings(max_examples=500, deadline=None)
def test_plain_values_are_what_the_rule_returns(text: str) -> None:
    for field in (*FIELDS.values(), fields.custom("x")):
        if field.plain and field.plain.fullmatch(text):
            assert fields.parse(field, text) == fields.Parsed(text)
