"""Mapping: columns of a file to fields of a profile; guessed, chosen, kept as a recipe, and applied."""

from nv_desktop.core.mapping.convert import Converted, Converter, compile
from nv_desktop.core.mapping.guess import guess
from nv_desktop.core.mapping.model import ColumnMap, Mapping, default_steps, use_email_as_id, with_country
from nv_desktop.core.mapping.recipe import Recipe, signature

__all__ = [
    "ColumnMap",
    "Converted",
    "Converter",
    "Mapping",
    "Recipe",
    "compile",
    "default_steps",
    "guess",
    "signature",
    "use_email_as_id",
    "with_country",
]
