from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nv_desktop.core.sheet import Opened, Options, Row, inspect, rows

CORPORA = Path(__file__).resolve().parents[3].parent / "shared" / "corpora"


@pytest.fixture
def corpus() -> Callable[[str], Path]:
    def find(name: str) -> Path:
        folder = CORPORA / name
        if not folder.is_dir():
            pytest.skip(f"the corpus {name} is not beside the project")
        return folder

    return find


Read = Callable[..., tuple[Opened, list[Row]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Opens a file, or bytes written to one, and reads every row."""

    def run(
        source: Path | bytes | str, name: str = "people.csv", code_page: str = "utf-8", **options: object
    ) -> tuple[Opened, list[Row]]:
        if not isinstance(source, Path):
            path = tmp_path / name
            path.write_bytes(source.encode() if isinstance(source, str) else source)
            source = path
        opened = inspect(source, Options(**options), code_page=code_page)  # type: ignore[arg-type]
        return opened, list(rows(opened))

    return run
