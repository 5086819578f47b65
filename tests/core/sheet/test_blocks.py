"""Many records at once say exactly what they say one by one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from nv_desktop.core.errors import AppError
from nv_desktop.core.sheet import Hazard, Opened, Options, blocks, delimited, inspect, rows

PIECES = (
    "a", "b c", "1", "", "", "é", " ", ",", ",", ",", "\n", "\n", "\n", "\r\n", "\r", '"', '"x"', '"x,y"',
    '"x\ny"', '"x\r\ny"', '""', "'", "\x00", "\u2028", "\x0b", ";",
)  # fmt: skip
Told = list[tuple[int, int | None, tuple[str, ...], tuple[Hazard, ...]]]


def one_by_one(opened: Opened) -> Told:
    return [(row.number, row.line, tuple(row.cells), tuple(row.hazards)) for row in rows(opened)]


def at_once(opened: Opened) -> Told:
    told: Told = []
    width = len(opened.header)
    for block in blocks(opened):
        assert len(block.cells) == len(block.numbers) * width
        assert block.lines is None or len(block.lines) == len(block.numbers)
        for place, number in enumerate(block.numbers):
            line = None if block.lines is None else block.lines[place]
            cells = tuple(block.cells[place * width : (place + 1) * width])
            told.append((number, line, cells, tuple((c, p) for at, c, p in block.hazards if at == place)))
    return told


@pytest.mark.parametrize("seed", range(120))
def test_text_is_the_same_wherever_it_is_cut(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    tame = rng.random() < 0.5  # mostly whole records, so that some pieces are plain
    body = "".join(
        rng.choice(("a,b,c\n", "1,2,3\n", ",,\n", "d,e\n", '"f,g",h,i\n', "j,k,l\r\n", "\n"))
        if tame and rng.random() < 0.97
        else rng.choice(PIECES)
        for _ in range(rng.randint(1, 120))
    )
    path = tmp_path / "people.csv"
    path.write_bytes(f"userID,name,city\nu1,x,y\n{body}".encode())
    quote = rng.choice(('"', ""))
    opened = inspect(path, Options(header_row=1, delimiter=",", quote=quote, encoding="utf-8"))
    told = one_by_one(opened)
    for size in (1, 7, 40, 200):
        monkeypatch.setattr(delimited, "_PIECE", size)
        assert at_once(opened) == told


def test_most_records_of_an_ordinary_file_are_never_looked_at_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "people.csv"
    lines = [f'u{number},"Lane {number}, Berlin",x' for number in range(30_000)]
    path.write_text("userID,address,city\n" + "\n".join(lines), encoding="utf-8")
    opened = inspect(path)
    monkeypatch.setattr(delimited, "Row", None)
    assert sum(len(block.numbers) for block in blocks(opened)) == 30_000


@pytest.mark.parametrize("name", ["csv-spectrum", "naughty-strings", "workbooks"])
def test_every_file_of_the_corpora_is_the_same(corpus, name: str) -> None:
    seen = 0
    for path in sorted(corpus(name).rglob("*"))[:300]:
        if not path.is_file() or path.stat().st_size > 1_000_000:
            continue
        try:
            opened = inspect(path, code_page="cp1252")
            told = one_by_one(opened)
        except AppError:
            continue
        assert at_once(opened) == told
        seen += 1
    assert seen
