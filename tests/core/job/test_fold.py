"""IDs that a person could take for the same fold to the same; others do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nv_desktop.core.job.fold import difference, fold_email, fold_id, key, keys

ALIKE = [
    ("Abc", "aBC", "upper and lower case"),
    ("a b", "ab", "blanks"),
    (" ab", "ab", "blanks"),
    ("a\u00a0b", "a b", "blanks"),
    ("e\u0301a", "\u00e9a", "the way its letters are stored"),
    ("ａｂ１", "ab1", "the way its letters are stored"),
    ("a\u200bb", "ab", "an invisible character"),
    ("a\ufeffb", "ab", "an invisible character"),
    ("a\u00adb", "ab", "an invisible character"),
    ("сat", "cat", "letters that look the same"),  # Cyrillic es
    ("РАУ", "PAY", "case, blanks or letters that look the same"),
    ("Ηello", "Hello", "case, blanks or letters that look the same"),  # Greek eta
    ("A‑1", "A-1", "letters that look the same"),
    ("STRASSE", "straße", "upper and lower case"),
    ("ΣΑΣ", "σας", "upper and lower case"),
]


@pytest.mark.gate("F5", seconds=60)
@pytest.mark.parametrize(("one", "other", "words"), ALIKE)
def test_look_alikes_fold_to_the_same(one: str, other: str, words: str) -> None:
    assert fold_id(one) == fold_id(other)
    assert difference(one, other) == words


@pytest.mark.parametrize(
    ("one", "other"), [("ab", "ac"), ("0", "O"), ("1", "l"), ("é", "e"), ("a-1", "a_1"), ("n", "v")]
)
def test_others_do_not(one: str, other: str) -> None:
    assert fold_id(one) != fold_id(other)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_case_and_blanks_never_matter(text: str) -> None:
    folded = fold_id(text)
    assert fold_id(f" {text} ") == folded
    assert fold_id(text.casefold()) == folded


def test_an_address_is_the_same_in_any_case() -> None:
    assert fold_email("Ann@Example.COM") == fold_email("ann@example.com")
    assert fold_email("Ünal@x.de") == fold_email("ÜNAL@x.de")
    assert fold_email("ann@example.com") != fold_email("an.n@example.com")


@given(st.lists(st.text(st.sampled_from("aB \t\r\n\x1cßé@"), max_size=4), max_size=6), st.booleans())
def test_keys_of_many_texts_are_those_of_each(texts: list[str], ids: bool) -> None:
    fold = fold_id if ids else fold_email
    assert keys(texts, fold) == [key(fold(text)) if text else None for text in texts]
