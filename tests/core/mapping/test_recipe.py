"""A recipe gives the same mapping for the next file; a bad one is refused with a sentence."""

import csv
import json
import stat
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Level, Type
from nv_desktop.core.mapping import Recipe, compile, guess, signature

SAMPLES = Path(__file__).resolve().parents[3] / "resources" / "samples"
HEADER = ["Customer ID", "Email", "Phone", "Spent"]
ROWS = [["1", "a@b.com", "98765 43210", "1.50"]] * 3


def test_a_saved_recipe_gives_the_mapping_again(tmp_path: Path) -> None:
    mapping = guess(HEADER, ROWS)
    mapping.columns[2].steps.append({"step": "phone", "country": "IN"})
    mapping.duplicates = "last"
    path = tmp_path / "weekly.json"
    Recipe.of(mapping, "Weekly").save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
    again = Recipe.load(path).apply(HEADER, guess(HEADER, []))
    assert again.duplicates == "last"
    assert [(c.target, c.type, c.steps, c.empty) for c in again.columns] == [
        (c.target, c.type, c.steps, c.empty) for c in mapping.columns
    ]


def test_headers_are_matched_without_case_and_blanks_and_by_place_when_repeated() -> None:
    recipe = Recipe.from_json(
        {
            "nv_recipe": 1,
            "columns": [["note", {"target": "a"}], ["note", {"target": "b"}], ["ID", {"target": "userID"}]],
        }
    )
    header = ["id", "Note", "other", " NOTE "]
    mapping = recipe.apply(header, guess(header, []))
    assert [column.target for column in mapping.columns] == ["userID", "a", "other", "b"]
    assert Recipe.from_json(recipe.to_json()).columns == recipe.columns


def test_what_the_recipe_does_not_name_stays_as_guessed() -> None:
    recipe = Recipe.from_json({"nv_recipe": 1, "columns": {"Phone": {"steps": [{"step": "phone"}]}}})
    mapping = recipe.apply(HEADER, guess(HEADER, ROWS))
    assert [column.target for column in mapping.columns] == ["userID", "email", "mobile", "Spent"]
    assert mapping.columns[2].steps == [{"step": "phone"}]
    assert mapping.columns[3].type is Type.NUMBER


def test_a_field_that_the_recipe_gives_away_is_not_guessed_twice() -> None:
    recipe = Recipe.from_json({"nv_recipe": 1, "columns": {"Phone": {"target": "userID"}}})
    mapping = recipe.apply(HEADER, guess(HEADER, ROWS))
    assert [column.target for column in mapping.columns] == [None, "email", "userID", "Spent"]
    assert mapping.problems() == []


def test_others_nowhere() -> None:
    recipe = Recipe.from_json(
        {
            "nv_recipe": 1,
            "others": "nowhere",
            "columns": {"Email": [{"target": "userID"}, {"target": "email"}]},
        }
    )
    mapping = recipe.apply(HEADER, guess(HEADER, ROWS))
    assert [column.target for column in mapping.columns] == [None, "userID", "email", None, None]


def test_a_column_that_the_file_lacks_is_told() -> None:
    recipe = Recipe.from_json({"nv_recipe": 1, "columns": {"Gone": {"target": "city"}}})
    (problem,) = recipe.apply(HEADER, guess(HEADER, ROWS)).problems()
    assert (problem.code, problem.level) == ("recipe_column", Level.WARNING)


def test_signature_knows_the_same_headers_again() -> None:
    assert signature(["A", "b "]) == signature(["B", "a"])
    assert signature(["A", "A"]) != signature(["A"])
    assert Recipe.of(guess(HEADER, ROWS)).signature == signature(HEADER)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "{",
        '{"nv_recipe": 2}',
        '{"nv_recipe": 1, "colums": {}}',
        '{"nv_recipe": 1, "columns": 3}',
        '{"nv_recipe": 1, "columns": {"A": 3}}',
        '{"nv_recipe": 1, "columns": {"A": []}}',
        '{"nv_recipe": 1, "columns": {"A": {"target": 3}}}',
        '{"nv_recipe": 1, "columns": {"A": {"traget": "x"}}}',
        '{"nv_recipe": 1, "columns": {"A": {"type": "money"}}}',
        '{"nv_recipe": 1, "columns": {"A": {"type": []}}}',
        '{"nv_recipe": 1, "columns": {"A": {"empty": "maybe"}}}',
        '{"nv_recipe": 1, "columns": {"A": {"steps": {}}}}',
        '{"nv_recipe": 1, "columns": {"A": {"steps": [{"step": "dance"}]}}}',
        '{"nv_recipe": 1, "columns": {"A": {"steps": [{"step": "phone", "country": "Germany"}]}}}',
        '{"nv_recipe": 1, "columns": {"A": {"target": "a"}, "A": {"target": "b"}}}',
        '{"nv_recipe": 1, "duplicates": "all"}',
        '{"nv_recipe": 1, "others": "some"}',
        "[" * 100_000,
    ],
)
def test_a_bad_recipe_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFile) as caught:
        Recipe.load(path)
    assert caught.value.message.endswith(".")
    assert caught.value.remedy.endswith(".")


def test_a_pattern_that_may_never_end_is_named_with_its_column(tmp_path: Path) -> None:
    """It would hold up the check, or the window at its samples, without a word about which step it is."""
    step = {"step": "replace", "find": "(a+)+$", "with": "", "regex": True}
    path = tmp_path / "endless.json"
    path.write_text(json.dumps({"nv_recipe": 1, "columns": {"City": {"steps": [step]}}}), encoding="utf-8")
    with pytest.raises(BadFile, match=r"“City”: “\(a\+\)\+\$” is not a pattern that can be used"):
        Recipe.load(path)


def test_a_missing_recipe_is_a_bad_file(tmp_path: Path) -> None:
    with pytest.raises(BadFile):
        Recipe.load(tmp_path / "none.json")


# --- the samples -----------------------------------------------------------------------------------------


def _levels(name: str, recipe: Recipe | None) -> Counter[int]:
    with (SAMPLES / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file))
    mapping = guess(header, rows[:100])
    if recipe:
        mapping = recipe.apply(header, mapping)
    assert mapping.problems() == []
    converter = compile(mapping, header)
    return Counter(int(converter.convert(row).level) for row in rows)


def test_the_clean_sample_is_clean() -> None:
    assert _levels("clean", None) == {0: 500}


def test_the_messy_sample_is_mended_by_its_recipe() -> None:
    before = _levels("messy", None)
    after = _levels("messy", Recipe.load(SAMPLES / "messy.recipe.json"))
    assert before[3] > 3000
    assert sum(after.values()) == 5000
    assert sum(before.values()) - before[3] > 1500  # a file that sends nothing would show nothing
    assert 30 <= after[3] <= 80


def test_the_samples_come_out_the_same(tmp_path: Path) -> None:
    script = tmp_path / "make.py"
    script.write_bytes((SAMPLES / "make.py").read_bytes())
    subprocess.run([sys.executable, str(script)], check=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in SAMPLES.iterdir() if path.is_file()}
    assert {name for name in made if made[name] != kept.get(name)} == set()
    assert sum(len(content) for content in made.values()) < 1_500_000
    assert json.loads(made["messy.recipe.json"])["nv_recipe"] == 1
