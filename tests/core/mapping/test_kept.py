"""Recipes of a data folder: none replaces another, and a broken one hides none."""

from __future__ import annotations

import os
from pathlib import Path

from nv_desktop.core.mapping import ColumnMap, Mapping
from nv_desktop.core.mapping.kept import keep_recipe, kept_recipes


def mapping(*headers: str) -> Mapping:
    return Mapping([ColumnMap(place, header, None) for place, header in enumerate(headers)])


def test_recipes_with_names_alike_are_kept_apart(tmp_path: Path) -> None:
    """A file cannot be called “a/b”, and to Windows and macOS “List” and “list” are one."""
    names = ["a/b", "a_b", "a:b", "CON", "…"]
    for name in [*names, "a/b"]:
        keep_recipe(mapping("id"), name, tmp_path)
    assert sorted(each.name for each in kept_recipes(tmp_path)) == sorted(names)
    assert "con.json" not in {path.name.casefold() for path in tmp_path.iterdir()}


def test_the_latest_is_first_and_says_which_headers_it_fits(tmp_path: Path) -> None:
    for age, name, headers in ((30, "old", ("id", "mail")), (20, "new", ("id", "Phone"))):
        os.utime(keep_recipe(mapping(*headers), name, tmp_path), (age, age))
    (tmp_path / "broken.json").write_text("{")
    os.utime(keep_recipe(mapping("id", "name"), "old", tmp_path), (10, 10))  # replaced: the same file
    assert [each.name for each in kept_recipes(tmp_path)] == ["new", "old"]
    new, old = kept_recipes(tmp_path)
    assert new.fits(["phone", "ID"]) and not new.fits(["id"])
    assert old.fits(["name", "id"]) and not old.fits(["id", "mail"])
