"""Steps mend what they can read for certain and leave the rest as it was; proposals say their proof."""

import subprocess
import sys

import pytest

from nv_desktop.core import fields, steps
from nv_desktop.core.errors import Rejected
from nv_desktop.core.fields import FIELDS, Type


@pytest.mark.parametrize(
    ("step", "pairs"),
    [
        ({"step": "trim"}, {" a ": "a", "\u00a0b\n": "b", "a b": "a b"}),
        ({"step": "case", "to": "lower"}, {"ÄB@X.DE": "äb@x.de"}),
        ({"step": "case", "to": "title"}, {"o'brien mary's": "O'Brien Mary's", "zoë-marie": "Zoë-Marie"}),
        ({"step": "map", "map": {"M": "male"}}, {"M": "male", " m ": "male", "x": "x", "mm": "mm"}),
        ({"step": "map", "map": {"F": "female", "f": "no"}}, {"F": "female", "f": "no", " F ": " F "}),
        ({"step": "replace", "find": ".", "with": ""}, {"a.b": "ab"}),
        ({"step": "replace", "find": r"(\d+)-x", "with": r"\1", "regex": True}, {"12-x": "12", "x": "x"}),
        ({"step": "split", "sep": " ", "part": 1}, {"Asha  Devi Rao": "Asha", "Asha": "Asha"}),
        ({"step": "split", "sep": " ", "part": -1}, {"Asha Devi Rao": "Rao"}),
        ({"step": "split", "sep": ",", "part": 2}, {"Rao, Asha": "Asha", "Rao": ""}),
        ({"step": "rest", "sep": " ", "part": 2}, {"Asha Devi Rao": "Devi Rao", "Asha": ""}),
        ({"step": "pad", "width": 6}, {"420": "000420", "a42": "a42", "1234567": "1234567"}),
        ({"step": "prefix", "text": "C-"}, {"1": "C-1"}),
        ({"step": "suffix", "text": "@x"}, {"1": "1@x"}),
        ({"step": "empty", "values": ["n/a", "-"]}, {"N/A": "", " - ": "", "na": "na"}),
        (
            {"step": "number", "decimal": ","},
            {"1.234,56 €": "1234.56", "1 234,5": "1234.5", "1.23.4": "1.23.4", "-7,0": "-7.0", "x": "x"},
        ),
        (
            {"step": "number", "decimal": "."},
            {"1,234.56": "1234.56", "₹ 1,23,456.50": "123456.50", "12,5": "12,5", "$5": "5", "Rs. 9": "9"},
        ),
        ({"step": "number", "decimal": None}, {"1,234": "1,234"}),
    ],
)
def test_step(step: fields.Step, pairs: dict[str, str]) -> None:
    function = steps.make(step)
    assert {text: function(text) for text in pairs} == pairs


@pytest.mark.parametrize(
    ("order", "pairs"),
    [
        ("dmy", {"25/11/1990": "1990-11-25", "1.2.1990": "1990-02-01", "31/02/1990": "31/02/1990"}),
        ("dmy", {"25-11-1990 00:00": "1990-11-25", "25/11/1990 14:30": "25/11/1990 14:30"}),
        ("dmy", {"25/11/90": "25/11/90", "25/11-1990": "25/11-1990", "1990-11-25": "1990-11-25"}),
        ("mdy", {"11/25/1990": "1990-11-25", "25/11/1990": "25/11/1990", "2/3/1990 12:00 AM": "1990-02-03"}),
        ("ymd", {"1990/1/2": "1990-01-02", "19900229": "19900229", "19900228": "1990-02-28"}),
        ("ymd", {"1990-11-25T00:00:00.000Z": "1990-11-25", "2000-02-29 00:00:00+05:30": "2000-02-29"}),
        (
            "words",
            {"25 Nov 1990": "1990-11-25", "November 25th, 1990": "1990-11-25", "25 Foo 1990": "25 Foo 1990"},
        ),
        (
            "words",
            {
                "25. März 1990": "1990-03-25",
                "25 de marzo de 1990": "1990-03-25",
                "25 août 1990": "1990-08-25",
            },
        ),
        (
            "words",
            {"1990年11月5日": "1990-11-05", "25 नवंबर 1990": "1990-11-25", "25 Kasım 1990": "1990-11-25"},
        ),
        ("serial1900", {"33202": "1990-11-25", "61": "1900-03-01", "60": "60", "33202.5": "33202.5"}),
        ("serial1904", {"31740": "1990-11-25"}),
        (None, {"25/11/1990": "25/11/1990"}),
    ],
)
def test_dates(order: str | None, pairs: dict[str, str]) -> None:
    function = steps.make({"step": "date", "order": order})
    assert {text: function(text) for text in pairs} == pairs


def test_dates_drop_time_and_know_the_century_only_when_told() -> None:
    assert steps.make({"step": "date", "order": "dmy", "time": "drop"})("25/11/1990 14:30") == "1990-11-25"
    function = steps.make({"step": "date", "order": "dmy", "latest_year": 2026})
    assert [function(f"01/02/{year}") for year in ("26", "27", "99")] == [
        "2026-02-01",
        "1927-02-01",
        "1999-02-01",
    ]


@pytest.mark.parametrize(
    ("country", "pairs"),
    [
        (
            "IN",
            {"98765 43210": "+919876543210", "09876543210": "+919876543210", "919876543210": "+919876543210"},
        ),
        ("IN", {"98765": "98765", "98765 43210 x12": "98765 43210 x12", "1-800-FLOWERS": "1-800-FLOWERS"}),
        ("IN", {"0049 151 23456789": "+4915123456789", "+44 7400 123456": "+447400123456"}),
        ("IN", {"٩٨٧٦٥٤٣٢١٠": "+919876543210", "9876543210.0": "+919876543210", "": ""}),
        ("DE", {"0151 23456789": "+4915123456789", "(0151) 2345-6789": "+4915123456789"}),
        ("IT", {"347 1234567": "+393471234567"}),
        ("IN", {"98765432101": "98765432101", "98765 43210/11": "98765 43210/11"}),
        ("IN", {"447911123456": "447911123456", "+91 98765 432101": "+91 98765 432101"}),
        ("IN", {"022 2345 6789": "+912223456789", "1800 123 4567": "+9118001234567"}),
        ("US", {"(415) 555-2671": "+14155552671", "555-2671": "555-2671"}),
    ],
)
def test_phones(country: str, pairs: dict[str, str]) -> None:
    function = steps.make({"step": "phone", "country": country})
    assert {text: function(text) for text in pairs} == pairs


def test_phones_without_a_country_take_only_what_says_it() -> None:
    function = steps.make({"step": "phone"})
    assert function("00 91 98765-43210") == "+919876543210"
    assert function("+91 (98765) 43210") == "+919876543210"
    assert function("9876543210") == "9876543210"
    assert steps.make({"step": "phone", "country": None})("+91 98765 43210") == "+91 98765 43210"


def test_number_plans_are_loaded_only_when_needed() -> None:
    code = (
        "import sys; from nv_desktop.core import steps, mapping; steps.make({'step': 'trim'});"
        " steps.make({'step': 'phone', 'country': 'IN'}); sys.exit('phonenumbers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ({"step": "map", "map": {"M": "male", "F": "female"}}, "Write M, F as male, female"),
        ({"step": "phone", "country": "DE"}, "Add the country code of Germany (+49)"),
        ({"step": "date", "order": "dmy"}, "Read as day-month-year: 25/11/1990 → 1990-11-25"),
        ({"step": "empty", "values": ["-"]}, "Take - as empty"),
        ({"step": "trim"}, "Remove blanks at both ends"),
        ({"step": "date", "order": None}, "Say in which order the dates are written"),
    ],
)
def test_sentence(step: fields.Step, sentence: str) -> None:
    assert steps.describe(step) == sentence


@pytest.mark.parametrize(
    "step",
    [
        None,
        {},
        {"step": "dance"},
        {"step": ["trim"]},
        {"step": "trim", "hard": True},
        {"step": "case"},
        {"step": "case", "to": "loud"},
        {"step": "map", "map": {"a": 1}},
        {"step": "date", "order": "ydm"},
        {"step": "phone", "country": "XX"},
        {"step": "phone", "country": "in"},
        {"step": "replace", "find": "", "with": "x"},
        {"step": "replace", "find": "(", "with": "", "regex": True},
        {"step": "split", "sep": " ", "part": 0},
        {"step": "split", "sep": " ", "part": True},
        {"step": "pad", "width": 0},
        {"step": "empty", "values": []},
        {"step": "number", "decimal": ";"},
    ],
)
def test_a_bad_step_is_rejected_with_a_sentence(step: object) -> None:
    with pytest.raises(Rejected) as caught:
        steps.make(step)  # type: ignore[arg-type]
    assert caught.value.message.endswith(".")
    assert caught.value.remedy.endswith(".")


@pytest.mark.parametrize(
    "find",
    [
        r"(a+)+$", r"(a*)*b", r"(a+?)+$", r"(a{2,})*$", r"(\w+\s?)*$", r"(\w+\s*)+:", r"^([a-z]+|\d)+$",
        r"((a+)?)+$", r"(?:(?:a+))*!", r"(?:x(a+)+y)?",
    ],
)  # fmt: skip
def test_a_pattern_that_may_never_end_is_rejected(find: str) -> None:
    with pytest.raises(Rejected, match="repeats a part that repeats itself"):
        steps.make({"step": "replace", "find": find, "with": "", "regex": True})


@pytest.mark.parametrize(
    "find",
    [
        r"(a+)+", r"(?:\d+-)*\d+$", r"(,\s*\w+)*$", r"(?:[A-Z][a-z]+ )+x", r"(\b\w+\b\s*)+$", r"(\d{1,3})+$",
        r"^[^<]*<([^<>]+)>$", r"(a++)+$", r"(?>a+)+$", r"(a)?(?(1)b+|c)$", r"((?:ab)+c)+$", r"(?x) a + # all",
    ],
)  # fmt: skip
def test_a_pattern_that_comes_to_an_end_is_taken(find: str) -> None:
    read = steps.make({"step": "replace", "find": find, "with": "", "regex": True})
    assert read("a1" * 400 + "!?")


def test_each_kind_of_step_has_a_label_and_can_be_made() -> None:
    for name, kind in steps.STEPS.items():
        assert kind.label
        assert name in ("trim",) or kind.options


def test_what_steps_ask() -> None:
    assert steps.asks({"step": "phone", "country": None}) == "country"
    assert steps.asks({"step": "date", "order": None}) == "order"
    assert steps.asks({"step": "phone"}) is None


def test_compose_stops_at_empty() -> None:
    function = steps.compose([{"step": "empty", "values": ["-"]}, {"step": "prefix", "text": "C-"}])
    assert (function("-"), function("1")) == ("", "C-1")


# --- proposals -------------------------------------------------------------------------------------------


def test_one_value_map_for_all_meanings_known() -> None:
    counts = [("M", 700), ("F", 500), ("n/a", 2), ("male", 9), ("Qwx", 1), (" female", 3)]
    trim, empty, values = steps.propose(FIELDS["gender"], counts)
    assert trim.step == {"step": "trim"}
    assert (empty.step, empty.rows) == ({"step": "empty", "values": ["n/a"]}, 2)
    assert (values.step, values.rows) == ({"step": "map", "map": {"M": "male", "F": "female"}}, 1200)
    assert values.proof == "1,200 rows with 2 values."


def test_h_and_m_may_be_man_and_woman_or_not() -> None:
    assert steps.propose(FIELDS["gender"], [("H", 5), ("M", 5)]) == []
    (offer,) = steps.propose(FIELDS["gender"], [("H", 5), ("F", 5)])
    assert offer.step["map"] == {"H": "male", "F": "female"}


def test_date_order_is_proven_in_numbers() -> None:
    (offer,) = steps.propose(FIELDS["birth_date"], [("25/11/1990", 212), ("03/04/1990", 30)])
    assert offer.step == {"step": "date", "order": "dmy"}
    assert offer.proof == "212 rows can only be day-month, 0 only month-day, 30 either."
    assert (offer.rows, offer.asks) == (242, None)


def test_date_order_is_asked_where_nothing_decides() -> None:
    for counts in ([("03/04/1990", 30)], [("25/11/1990", 2), ("11/25/1990", 3)]):
        (offer,) = steps.propose(FIELDS["birth_date"], counts)
        assert offer.asks == "order"
        assert offer.step["order"] is None
        assert {order for order, _ in offer.choices} == {"dmy", "mdy"}


def test_phone_country_is_asked_and_only_ranked() -> None:
    (offer,) = steps.propose(
        FIELDS["mobile"], [("98765 43210", 5), ("9812345678", 3), ("+91 98765-43210", 1)]
    )
    assert (offer.step, offer.asks, offer.rows) == ({"step": "phone", "country": None}, "country", 8)
    assert offer.choices[0][0] == "IN"
    (formed,) = steps.propose(FIELDS["mobile"], [("+91 98765-43210", 4)])
    assert (formed.step, formed.rows) == ({"step": "phone"}, 4)


def test_decimal_sign_is_proven_or_asked() -> None:
    field = fields.custom("spent", Type.NUMBER)
    (proven,) = steps.propose(field, [("1.234,56", 3), ("1.234", 1), ("5,5", 1)])
    assert proven.step == {"step": "number", "decimal": ","}
    (asked,) = steps.propose(field, [("1,234", 3)])
    assert asked.asks == "decimal"


def test_misspelt_domains_are_offered() -> None:
    (offer,) = steps.propose(FIELDS["email"], [("a@gmial.com", 2), ("b@gmial.com", 1), ("c@gmail.com", 9)])
    assert (offer.step["find"], offer.rows) == ("@gmial.com", 3)


def test_nothing_is_proposed_for_a_clean_column() -> None:
    assert steps.propose(FIELDS["gender"], [("male", 5), ("", 3)]) == []
    assert steps.propose(FIELDS["email"], [("nobody", 5)]) == []
