"""Lists of names in the encodings that programs of the world write: read right without being told."""

from __future__ import annotations

import pytest

from nv_desktop.core.sheet.encoding import facts_of
from tests.acceptance.conftest import Nv

NAMES: dict[str, tuple[str, str]] = {  # whose names: encodings, names
    "German": ("cp1252 mac_roman cp850", "Jürgen Müller|Köln|Große Straße|Weiß|Änne"),
    "Portuguese": ("cp1252 mac_roman cp850", "José|São Paulo|Conceição|Goiânia|João Guimarães"),
    "of many": ("cp1252 mac_roman cp850", "Jürgen|José|São|Zoë|Ångström|François|Muñoz|Søren"),
    "French": ("cp1252 mac_roman", "Hélène Lefèvre|François|l’Oréal|Noël"),
    "Danish": ("cp1252 mac_roman", "Søren Kjær|Århus"),
    "Spanish": ("cp1252 mac_roman", "Muñoz|España|Martínez Ibáñez"),
    "Polish": ("cp1250 iso8859_2 cp852", "Łukasz Żak|Święta Góra|Wałęsa"),
    "Czech": ("cp1250 iso8859_2", "Šárka Dvořáková|Jiří Němec"),
    "Hungarian": ("cp1250 iso8859_2", "Győr|Erdős Pál|Őri"),
    "Romanian": ("cp1250", "Măria Ionescu|Ploieşti|Braşov"),
    "Turkish": ("cp1254", "Şule Işık|Gökhan Çağ|İzmir"),
    "Russian": ("cp1251 koi8_r cp866 mac_cyrillic iso8859_5", "Иван Петров|Мария Сидорова|МОСКВА"),
    "Ukrainian": ("cp1251", "Київ|Юлія"),
    "Greek": ("cp1253", "Γιώργος Παπαδόπουλος|Αθήνα"),
    "Hebrew": ("cp1255", "משה כהן|תל אביב"),
    "Arabic": ("cp1256", "محمد علي|فاطمة"),
    "Lithuanian": ("cp1257", "Žemaitė|ąžuolas|Šiauliai"),
    "Japanese": ("shift_jis", "太郎 山田|花子さん|東京都港区"),
    "Chinese": ("gb18030", "张伟|王小明|北京市"),
    "Taiwanese": ("big5", "陳大文|李小明"),
    "Korean": ("euc_kr", "홍길동|김철수"),
    "a lone name": ("cp1252", "José"),
    "prices": ("cp1252", "1,50 €|2,00 €"),
}
CASES = [(whose, encoding) for whose, (encodings, _) in NAMES.items() for encoding in encodings.split()]


@pytest.mark.gate("F8", seconds=60)
@pytest.mark.parametrize(("whose", "encoding"), CASES)
def test_names_are_read_right(whose: str, encoding: str, nv: Nv) -> None:
    lines = "".join(f"u{n};{name}\r\n" for n, name in enumerate(NAMES[whose][1].split("|")))
    content = f"userID;name\r\n{lines}".encode(encoding)
    path = nv.text("f.csv", content)
    for code_page in (None, "cp1252", encoding):
        facts = facts_of(path, None, code_page)
        assert content.decode(facts.encoding) == content.decode(encoding), code_page
        assert [note.code for note in facts.notes] == ["encoding_guessed"]


def test_a_guessed_encoding_is_said(nv: Nv) -> None:
    answer = nv.check(nv.text("f.csv", "userID,city\n1,São Paulo\n", "cp1252"))
    assert answer.cells("city") == ["São Paulo"]
    assert "cp1252" in answer.err and answer.err.count("\n") == 1 and answer.code == 0
    assert nv.check(nv.text("f.csv", "userID,city\n1,São Paulo\n")).err == ""


@pytest.mark.gate("F8", seconds=60)
def test_the_encoding_that_is_given_counts(nv: Nv) -> None:
    file = nv.text("f.csv", "userID,city\n1,Győr\n2,Łódź\n", "iso8859_2")
    answer = nv.check(file, "--encoding", "latin2")
    assert answer.cells("city") == ["Győr", "Łódź"] and answer.err == ""
    wrong = nv.check(file, "--encoding", "utf-8")
    assert (wrong.code, wrong.told["send"]) == (1, 0)
    assert wrong.codes(2) == {"wrong_byte"} and "\ufffd" not in str(wrong.rows)


def test_a_text_file_under_a_workbook_s_name_is_read_and_said(nv: Nv) -> None:
    answer = nv.check(nv.text("list.xlsx", "userID,city\n1,Pune\n"))
    assert answer.code == 0 and ".xlsx" in answer.err and answer.err.count("\n") == 1
