"""Makes the sample files beside it: a clean list and one as a marketing team really has it.

Run `python resources/samples/make.py`. The seed and every date are fixed, so that the files come out the
same to the byte. The persons are invented, their addresses end in example.com.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

HERE = Path(__file__).resolve().parent
MADE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # xlsx knows no time zones
CLEAN_ROWS, MESSY_ROWS = 500, 5_000


def _words(block: str, sep: str | None = None) -> list[str]:
    return block.split(sep)


NAMES = [  # (first, last, how the address begins, gender)
    *(
        (first, last, f"{first}.{last}".lower(), gender)
        for gender, firsts in (
            (
                "female",
                _words("Asha Priya Ananya Sara Emma Lena Marie Julia Sofia Carmen Aylin Mei Linh Dewi Olga"),
            ),
            (
                "male",
                _words("Arjun Rahul Vikram Omar John Lukas Pierre Marco Diego Pedro Emre Wei Minh Budi Ivan"),
            ),
            ("other", _words("Alex Kiran Sam Robin")),
        )
        for first in firsts
        for last in _words("Sharma Patel Iyer Khan Smith Weber Dubois Rossi Garcia Silva Kaya Chen Petrov")
    ),
    ("आशा", "शर्मा", "asha.sharma", "female"),
    ("राहुल", "वर्मा", "rahul.verma", "male"),
    ("Zoë", "Müller", "zoe.mueller", "female"),
    ("José", "Núñez", "jose.nunez", "male"),
    ("Siân", "O’Brien", "sian.obrien", "female"),
    ("Łukasz", "Żółw", "lukasz.zolw", "male"),
    ("Çağla", "Yılmaz", "cagla.yilmaz", "female"),
    ("Анна", "Иванова", "anna.ivanova", "female"),
    ("محمد", "العلي", "mohammed.alali", "male"),
    ("小明", "王", "xiaoming.wang", "male"),
    ("さくら", "佐藤", "sakura.sato", "female"),
    ("민준", "김", "minjun.kim", "male"),
    ("Nguyễn", "Thị Hoa", "hoa.nguyen", "female"),
    ("தமிழ்", "செல்வன்", "tamil.selvan", "male"),
]
CITIES = _words(
    "Mumbai Delhi Bengaluru Chennai Pune Berlin Paris Madrid Lisboa İzmir Dubai Jakarta 東京 Москва"
)
PLANS = ("free", "silver", "gold")


class Maker:
    """One file's rows, from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - sample data, nothing secret

    def person(self, number: int) -> dict[str, Any]:
        first, last, start, gender = self.random.choice(NAMES)
        born = date(1950, 1, 1) + timedelta(days=self.random.randrange(20_000))
        return {
            "number": number,
            "first": first,
            "last": last,
            "email": f"{start}.{number}@example.com",
            "mobile": f"70{number * 7919 % 100_000_000:08d}",  # a different one for each number
            "born": born,
            "gender": gender,
            "city": self.random.choice(CITIES),
            "points": self.random.randrange(5_000),
            "spent": self.random.randrange(1, 2_000_000) / 100,
            "since": date(2018, 1, 1) + timedelta(days=self.random.randrange(2_900)),
        }

    def one(self, *choices: Any) -> Any:
        return self.random.choice(choices)


# --- the clean list --------------------------------------------------------------------------------------

CLEAN_HEADER = _words(
    "userID name first_name last_name email mobile birth_date gender email_opt_in sms_opt_in whatsapp_opt_in"
    " city plan points total_spent member_since"
)


def clean() -> list[list[str]]:
    maker = Maker(20260101)
    rows = []
    for number in range(1, CLEAN_ROWS + 1):
        who = maker.person(number)
        rows.append(
            [
                f"C-{number:05d}",
                f"{who['first']} {who['last']}",
                who["first"],
                who["last"],
                who["email"],
                f"+91{who['mobile']}",
                who["born"].isoformat(),
                who["gender"],
                *(maker.one("1", "1", "1", "0") for _ in range(3)),
                who["city"],
                maker.one(*PLANS),
                str(who["points"]),
                f"{who['spent']:.2f}",
                who["since"].isoformat(),
            ]
        )
    return rows


# --- the list as it really comes -------------------------------------------------------------------------

MESSY_HEADER = _words(
    "Customer ID|Full name|E-Mail|Phone|Date of birth|Gender|Email opt-in|SMS opt-in|WhatsApp opt-in|City"
    "|PIN code|Segment|Points|Total spent|Last order|Comment",
    "|",
)
ERROR = "#N/A"  # becomes a real error cell in the workbook

_GENDER_WRITTEN = {
    "female": ("female", "Female", "F", "f", "FEMALE", "Frau"),
    "male": ("male", "Male", "M", "m", "MALE", "Herr"),
    "other": ("other", "Other", "diverse"),
}


def _phone(maker: Maker, mobile: str) -> str:
    return str(
        maker.one(
            mobile,
            mobile,
            f"{mobile[:5]} {mobile[5:]}",
            f"0{mobile}",
            f"91{mobile}",
            f"+91{mobile}",
            f"+91 {mobile[:5]} {mobile[5:]}",
            f"0091-{mobile[:5]}-{mobile[5:]}",
            f"(+91) {mobile[:5]}-{mobile[5:]}",
        )
    )


def _amount(value: float) -> str:
    return f"{value:,.2f}"


def messy_row(maker: Maker, number: int) -> list[str]:
    """Every third customer comes from the web shop's export, which writes as the API wants it."""
    who = maker.person(number)
    row = _typed_row(maker, number, who)
    if number % 3 == 0:
        phone, born = f"+91{who['mobile']}", who["born"].isoformat()
        row[1:6] = [f"{who['first']} {who['last']}", who["email"], phone, born, who["gender"]]
        row[6:10] = [*(maker.one("1", "1", "0") for _ in range(3)), who["city"]]
    return row


def _typed_row(maker: Maker, number: int, who: dict[str, Any]) -> list[str]:
    name = f"{who['first']} {who['last']}"
    yes_no = ("Yes", "Yes", "yes", "Y", "TRUE", "1", "No", "no", "N", "0")
    return [
        f"{number:07d}",
        maker.one(name, name, name, f"{name} ", f" {name}", name.upper()),
        maker.one(*[who["email"]] * 5, f"{who['email']} ", who["email"].title()),
        _phone(maker, who["mobile"]) if maker.random.random() > 0.04 else maker.one("", "-", "n/a"),
        who["born"].strftime(maker.one("%d/%m/%Y", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d")),
        maker.one(*_GENDER_WRITTEN[who["gender"]]),
        *(maker.one(*yes_no) for _ in range(3)),
        maker.one(who["city"], who["city"], f"{who['city']}  "),
        f"{number * 37 % 100_000:06d}",
        maker.one("new", "regular", "regular", "vip", "", ERROR)
        if number % 40 == 0
        else maker.one("new", "vip"),
        str(who["points"]),
        _amount(who["spent"]),
        who["since"].strftime("%d/%m/%Y"),
        maker.one("", "", "", "", "called, wants news", "=SUM(A1)", "line one\nline two", "“quoted”; 100 %"),
    ]


def messy() -> list[list[str]]:
    maker = Maker(20260102)
    rows = [messy_row(maker, number) for number in range(1, MESSY_ROWS - 60 + 1)]
    for place in maker.random.sample(range(len(rows)), 30):  # the same row twice
        rows.append(list(rows[place]))
    for place in maker.random.sample(range(len(rows)), 30):  # the same customer again, with other points
        again = list(rows[place])
        again[12] = str(int(again[12]) + 100)
        rows.append(again)
    for change in (_spoil_ids, _spoil_contacts, _spoil_dates, _spoil_amounts):
        change(maker, rows)
    return rows


def _places(maker: Maker, rows: list[list[str]], count: int) -> list[list[str]]:
    return [rows[place] for place in maker.random.sample(range(100, MESSY_ROWS - 200), count)]


def _spoil_ids(maker: Maker, rows: list[list[str]]) -> None:
    for row in _places(maker, rows, 3):
        row[0] = ""
    for row in _places(maker, rows, 2):
        row[0] = "1.23457E+15"
    for row in _places(maker, rows, 2):
        row[0] += " "


def _spoil_contacts(maker: Maker, rows: list[list[str]]) -> None:
    wrong = ("asha.example.com", "rahul@@example.com", "no mail", "kim@example", "a b@example.com")
    for row in _places(maker, rows, 15):
        row[2] = maker.one(*wrong)
    for row in _places(maker, rows, 10):
        row[2] = row[2].strip().replace("@example.com", "@gmial.com")
    for row in _places(maker, rows, 15):
        row[3] = maker.one("98765", "call office", "9.19877E+11", "70000 00001 / 70000 00002")
    for row in _places(maker, rows, 6):  # one address for several people
        row[2] = "family@example.com"


def _spoil_dates(maker: Maker, rows: list[list[str]]) -> None:
    for row in _places(maker, rows, 10):
        row[4] = maker.one("31/02/1990", "00/00/0000", "33202", "25/11/90")


def _spoil_amounts(maker: Maker, rows: list[list[str]]) -> None:
    for row in _places(maker, rows, 5):
        row[13] = ERROR
    for row in _places(maker, rows, 5):
        row[13] = "about 300"


def recipe() -> dict[str, Any]:
    """What a person decides about the messy list: it makes nearly all of its rows ready to be sent."""
    trim = {"step": "trim"}
    empty = {"step": "empty", "values": ["-", "n/a"]}
    gender = {
        "m": "male",
        "herr": "male",
        "male": "male",
        "f": "female",
        "frau": "female",
        "female": "female",
    }
    gender |= {"other": "other", "diverse": "other"}
    opt_in = {"step": "map", "map": {"yes": "1", "y": "1", "true": "1", "no": "0", "n": "0"}}
    dates = {"step": "date", "order": "dmy"}
    columns: dict[str, dict[str, Any]] = {
        "Customer ID": {"target": "userID"},
        "Full name": {"target": "name", "steps": [trim]},
        "E-Mail": {"target": "email", "steps": [trim, {"step": "case", "to": "lower"}]},
        "Phone": {"target": "mobile", "steps": [trim, empty, {"step": "phone", "country": "IN"}]},
        "Date of birth": {"target": "birth_date", "steps": [trim, dates]},
        "Gender": {"target": "gender", "steps": [trim, {"step": "map", "map": gender}]},
        "Email opt-in": {"target": "email_opt_in", "steps": [trim, opt_in]},
        "SMS opt-in": {"target": "sms_opt_in", "steps": [trim, opt_in]},
        "WhatsApp opt-in": {"target": "whatsapp_opt_in", "steps": [trim, opt_in]},
        "City": {"target": "city", "type": "text", "steps": [trim]},
        "PIN code": {"target": "pin_code", "type": "text", "steps": [trim]},
        "Segment": {
            "target": "segment",
            "type": "text",
            "steps": [trim, {"step": "empty", "values": [ERROR]}],
        },
        "Points": {"target": "points", "type": "integer", "steps": [trim]},
        "Total spent": {
            "target": "total_spent",
            "type": "number",
            "steps": [trim, {"step": "number", "decimal": "."}],
        },
        "Last order": {"target": "last_order", "type": "date", "steps": [trim, dates]},
        "Comment": {"target": None},
    }
    return {"nv_recipe": 1, "name": "Messy sample", "columns": columns, "duplicates": "last"}


# --- writing ---------------------------------------------------------------------------------------------


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]], encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *rows])


def write_xlsx(
    path: Path, header: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[str]
) -> None:
    """Every cell a text, except the numeric columns and the error cells."""
    options = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": MADE, "title": path.stem})
        sheet = book.add_worksheet("Customers")
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for column, text in enumerate(header):
            sheet.write_string(0, column, text, bold)
        for line, row in enumerate(rows, start=1):
            for column, text in enumerate(row):
                if text == ERROR:
                    sheet.write_formula(line, column, "=NA()", None, ERROR)
                elif text and header[column] in numeric and text.isdecimal():
                    sheet.write_number(line, column, int(text))
                elif text:
                    sheet.write_string(line, column, text)


def main() -> None:
    tidy, real = clean(), messy()
    write_csv(HERE / "clean.csv", CLEAN_HEADER, tidy, "utf-8")
    write_xlsx(HERE / "clean.xlsx", CLEAN_HEADER, tidy, ("points",))
    write_csv(HERE / "messy.csv", MESSY_HEADER, real, "utf-8-sig")
    write_xlsx(HERE / "messy.xlsx", MESSY_HEADER, real, ("Points",))
    text = json.dumps(recipe(), ensure_ascii=False, indent=1) + "\n"
    (HERE / "messy.recipe.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
