"""Gates F2 and F3: of thousands of generated cells in every format, none is missing and none is another
value than what stands in the file, unless that is said at the cell."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.acceptance.cells import TEXTS, TYPED, WRITERS, Cell, grid
from tests.acceptance.conftest import Nv

WIDTH = 10


def _wrong(cell: Cell, text: str, sent: object, flags: list[dict[str, str]]) -> str | None:
    """What is wrong with how a cell was read (`text`) and what of it would be sent, or None."""
    if cell.must_flag and not flags:
        return "not flagged"
    if text not in cell.texts and not any(flag["level"] == "error" for flag in flags):
        return "another text"
    if any(flag["level"] == "error" for flag in flags):
        return None if sent is None else "sent in spite of an error"
    as_sent = sent if isinstance(sent, str) else json.dumps(sent)
    return None if as_sent == text.strip() or (sent is None and not text.strip()) else "another value is sent"


def _judge(nv: Nv, kind: str, count: int, seed: int) -> int:
    rows = [(f"u{n:06}", cells) for n, cells in enumerate(grid(count, WIDTH, seed, typed=kind != "csv"))]
    header = ["userID", *(f"note {n}" for n in range(WIDTH))]
    answer = nv.check(WRITERS[kind](nv.folder / f"cells.{kind}", header, rows))
    assert answer.code in (0, 1), answer.err
    assert [row["userID"] for row in answer.rows.values()] == [user for user, _ in rows], "a row is missing"
    wrong: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    for (_, cells), row in zip(rows, answer.rows.values(), strict=True):
        for name, cell in zip(header[1:], cells, strict=True):
            flags = [p for p in row["problems"] if p["column"] == name]
            text = row["cells"][name]
            said = _wrong(cell, text, row["attributes"].get(name), flags)
            if said:
                wrong[cell.kind, said] += 1
                examples[cell.kind, said] = (
                    f"{cell.stored!r} -> {text!r}, {row['attributes'].get(name)!r}, {flags}"
                )
    assert not wrong, "\n".join(f"{key} {count}: {examples[key]}" for key, count in wrong.items())
    return len(rows) * WIDTH


@pytest.mark.gate("F3", seconds=60, tries=10_000)
@pytest.mark.parametrize("kind", WRITERS)
def test_generated_cells_are_exact_or_flagged(nv: Nv, kind: str) -> None:
    assert len(TEXTS) + len(TYPED) >= 40
    assert _judge(nv, kind, 10_000, seed=20261) >= 10_000


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.gate("F3 long", seconds=400, tries=100_000)
@pytest.mark.parametrize("kind", ["csv", "xlsx", "xls", "ods"])
def test_a_hundred_thousand_generated_cells_are_exact_or_flagged(nv: Nv, kind: str) -> None:
    assert _judge(nv, kind, 100_000, seed=77) >= 100_000
