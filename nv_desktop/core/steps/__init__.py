"""Steps: what a person decides once for a column (a value map, a date order, a country), text -> text."""

from nv_desktop.core.steps.propose import Proposal, propose
from nv_desktop.core.steps.table import STEPS, Function, asks, check, compose, describe, make

__all__ = [
    "STEPS",
    "Function",
    "Proposal",
    "asks",
    "check",
    "compose",
    "describe",
    "make",
    "propose",
]
