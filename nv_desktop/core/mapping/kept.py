"""The recipes of a data folder: a file each, found by name and by the headers that they fit."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from nv_desktop.core.errors import BadFile
from nv_desktop.core.files import file_name
from nv_desktop.core.mapping.model import Mapping
from nv_desktop.core.mapping.recipe import Recipe, signature


@dataclass(frozen=True, slots=True)
class Kept:
    """A recipe of the folder, and when it was saved."""

    recipe: Recipe
    path: Path
    at: datetime

    @property
    def name(self) -> str:
        return self.recipe.name

    def fits(self, header: Sequence[str]) -> bool:
        """Whether it was made for a file with these headers, in any order."""
        return self.recipe.signature == signature(header)


def kept_recipes(folder: Path) -> list[Kept]:
    """All of them, the latest saved first. A broken file is left out: it is named when it is chosen."""
    found = []
    for path in folder.glob("*.json"):
        with suppress(BadFile, OSError):
            found.append(Kept(Recipe.load(path), path, datetime.fromtimestamp(path.stat().st_mtime)))
    return sorted(found, key=lambda kept: kept.at, reverse=True)


def keep_recipe(mapping: Mapping, name: str, folder: Path) -> Path:
    """Keep the mapping under this name; one of the same name is replaced, and no other. Raises BadFile."""
    places = {kept.name: kept.path for kept in kept_recipes(folder)}
    path = places.get(name) or _free_place(folder, file_name(name))
    Recipe.of(mapping, name).save(path)
    return path


def _free_place(folder: Path, name: str) -> Path:
    """`a/b` and `a_b`, or `List` and `list`, are two recipes, and one name of a file to some systems."""
    places = (folder / f"{name}{f' ({number})' if number else ''}.json" for number in count())
    return next(place for place in places if not place.exists())
