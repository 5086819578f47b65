from __future__ import annotations

import pytest

from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Level

WESTERN = ["userID,name,city", "1,José Müller,Málaga", "2,François Noël,Zürich", "3,Bjørn Ærø,København"]
CENTRAL = ["userID,name,city", "1,Łukasz Żółć,Kraków", "2,Jiří Dvořák,Plzeň", "3,Győző Szűcs,Pécs"]
CYRILLIC = ["userID,name,city", "1,Иван Петров,Москва", "2,Ольга Смирнова,Санкт-Петербург", "3,Юрий,Тверь"]
GREEK = ["userID,name,city", "1,Γιώργος Παπαδόπουλος,Αθήνα", "2,Ελένη,Θεσσαλονίκη", "3,Νίκος,Πάτρα"]
TURKISH = ["userID,name,city", "1,Şükrü Yılmaz,İstanbul", "2,Çağla Öztürk,Eskişehir", "3,Gülşah,Muğla"]
HEBREW = ["userID,name,city", "1,דוד כהן,תל אביב", "2,שרה לוי,ירושלים", "3,יוסף,חיפה"]
ARABIC = ["userID,name,city", "1,محمد علي,القاهرة", "2,فاطمة حسن,بيروت", "3,خالد,دمشق"]
JAPANESE = ["userID,name,city", "1,山田太郎,東京都", "2,佐藤花子,大阪市", "3,鈴木一郎,名古屋"]
KOREAN = ["userID,name,city", "1,김철수,서울특별시", "2,이영희,부산광역시", "3,박지성,수원"]
SIMPLIFIED = ["userID,name,city", "1,王小明,北京市", "2,李丽华,上海市", "3,张伟,广州"]
TRADITIONAL = ["userID,name,city", "1,王小明,臺北市", "2,陳麗華,高雄市", "3,張偉,臺中"]
THAI = ["userID,name,city", "1,สมชาย ใจดี,กรุงเทพ", "2,สมหญิง,เชียงใหม่", "3,ประยุทธ์,ภูเก็ต"]
HINDI = ["userID,name,city", "1,प्रिया शर्मा,दिल्ली", "2,राहुल,मुंबई", "3,अनिल,पुणे"]

# (encoding, whose names, the code page of the computer that such a file comes from)
CASES = [
    ("utf-8", HINDI, "utf-8"),
    ("utf-8-sig", WESTERN, "cp1252"),
    ("utf-16", JAPANESE, "utf-8"),
    ("utf-16-le", WESTERN, "utf-8"),
    ("utf-16-be", CYRILLIC, "utf-8"),
    ("utf-32", KOREAN, "utf-8"),
    ("utf-32-le", GREEK, "utf-8"),
    ("utf-32-be", WESTERN, "utf-8"),
    ("cp1252", WESTERN, "cp1252"),
    ("iso8859_15", WESTERN, "utf-8"),
    ("cp1250", CENTRAL, "cp1250"),
    ("iso8859_2", CENTRAL, "utf-8"),
    ("cp1251", CYRILLIC, "cp1251"),
    ("koi8_r", CYRILLIC, "utf-8"),
    ("cp866", CYRILLIC, "utf-8"),
    ("cp1253", GREEK, "cp1253"),
    ("cp1254", TURKISH, "cp1254"),
    ("cp1255", HEBREW, "cp1255"),
    ("cp1256", ARABIC, "cp1256"),
    ("cp874", THAI, "cp874"),
    ("shift_jis", JAPANESE, "utf-8"),
    ("euc_jp", JAPANESE, "utf-8"),
    ("iso2022_jp", JAPANESE, "utf-8"),
    ("cp949", KOREAN, "utf-8"),
    ("gb18030", SIMPLIFIED, "utf-8"),
    ("big5", TRADITIONAL, "utf-8"),
    ("mac_roman", WESTERN, "utf-8"),
    ("cp850", WESTERN, "cp1252"),
]


@pytest.mark.gate("F8", seconds=60)
@pytest.mark.parametrize(("encoding", "lines", "code_page"), CASES)
def test_right_or_asked(encoding: str, lines: list[str], code_page: str, read) -> None:
    opened, found = read("\r\n".join(lines).encode(encoding), code_page=code_page)
    right = [row.cells for row in found] == [line.split(",") for line in lines[1:]]
    asked = [note for note in opened.notes if note.code == "encoding_guessed"]
    assert right or asked
    assert not any("\ufffd" in cell for row in found for cell in row.cells)
    if encoding.startswith("utf"):
        assert right and not asked
    for note in asked:
        assert note.step is not None and opened.options.encoding in note.step["candidates"]


@pytest.mark.gate("F8", seconds=60)
@pytest.mark.parametrize(("encoding", "lines"), [(encoding, lines) for encoding, lines, _ in CASES])
def test_the_encoding_that_a_person_chooses(encoding: str, lines: list[str], read) -> None:
    opened, found = read("\n".join(lines).encode(encoding), encoding=encoding)
    assert [row.cells for row in found] == [line.split(",") for line in lines[1:]]
    assert not opened.notes


def test_the_code_page_comes_first(read) -> None:
    opened, found = read("\n".join(CYRILLIC).encode("cp1251"), code_page="cp1251")
    assert opened.options.encoding == "cp1251"
    assert found[0].cells == CYRILLIC[1].split(",")


@pytest.mark.parametrize("padding", [0, 1_048_570, 1_048_571, 2_097_140])
def test_one_wrong_byte_in_utf8(padding: int, read) -> None:
    before = b"userID,name\n" + b"".join(b"%07d,aaaa\n" % i for i in range(padding // 13)) + b"x,\xc3\xa9\n"
    content = before + b"9,Jos\xe9\n10,\xc3\xa9t\xc3\xa9\n"
    opened, found = read(content)
    assert opened.options.encoding == "utf-8"
    assert [note.code for note in opened.notes] == ["wrong_bytes"]
    marked = [row for row in found if row.hazards]
    assert [row.cells for row in marked] == [["9", "Jos\\xE9"]]
    column, problem = marked[0].hazards[0]
    assert (column, problem.code, problem.level) == (1, "wrong_byte", Level.ERROR)
    assert f"byte {len(before) + 6:,} of the file" in problem.message
    assert found[-1].cells == ["10", "été"]


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("gbk", ["王伟", "李娜", "张三"]),
        ("gb2312", ["王伟", "李娜"]),
        ("big5", ["王偉", "陳怡君"]),
        ("cp932", ["田中", "さくら", "髙橋"]),
        ("euc_jp", ["田中", "カタカナ", "さくら"]),
        ("euc_kr", ["김민수", "이영희"]),
        ("iso8859_9", ["Yılmaz", "Şahin"]),
    ],
)
def test_a_short_list_of_names_is_read_right(encoding: str, names: list[str], read) -> None:
    lines = ["userID,name", *(f"u{number},{name}" for number, name in enumerate(names))]
    opened, found = read("\n".join(lines).encode(encoding))
    assert [row.cells[1] for row in found] == names
    assert [note.code for note in opened.notes] == ["encoding_guessed"]


def test_names_that_fit_two_encodings_are_read_in_that_of_the_computer(read) -> None:
    content = "userID,name\nu1,歐陽\n"
    for encoding in ("big5", "euc_jp", "gbk"):
        _, found = read(content.encode(encoding), code_page=encoding)
        assert found[0].cells[1] == "歐陽"


def test_a_few_odd_bytes_are_no_utf16(read) -> None:
    opened, found = read(b"userID,note\nu1,a\xed\xa0\x80b\n")
    assert (opened.header, len(found)) == (["userID", "note"], 1)
    assert [note.code for note in opened.notes] == ["encoding_guessed"]


def test_half_utf8_half_windows(read) -> None:
    content = b"userID,name\n" + "1,Zoë\n2,José\n3,Ünal\n".encode() + "4,Jos\u00e9\n".encode("cp1252")
    _, found = read(content)
    assert [row.cells[1] for row in found] == ["Zoë", "José", "Ünal", "Jos\\xE9"]
    assert [bool(row.hazards) for row in found] == [False, False, False, True]


def test_bytes_that_windows_1252_does_not_have(read) -> None:
    opened, found = read(b"userID,name\n1,Jos\xe9\n2,a\x81b\n", encoding="cp1252")
    assert found[1].cells == ["2", "a\\x81b"]
    assert "0x81" in found[1].hazards[0][1].message
    assert not opened.clean


def test_utf16_cut_in_the_middle_of_a_character(read) -> None:
    content = "userID,name\n1,é\n2,ü".encode("utf-16") + b"\x41"
    _, found = read(content)
    assert found[0].cells == ["1", "é"]
    assert found[1].hazards[0][1].code == "wrong_byte"
    assert found[1].cells == ["2", "ü\\x41"]


def test_a_backslash_in_the_text_is_no_wrong_byte(read) -> None:
    _, found = read("userID,name\n1,a\\xE9b\n")
    assert found[0].cells == ["1", "a\\xE9b"]
    assert not found[0].hazards


def test_an_unknown_encoding(read) -> None:
    with pytest.raises(BadFile, match="no encoding"):
        read("userID,name\n1,a\n", encoding="nonsense")
    with pytest.raises(BadFile, match="no encoding"):
        read("userID,name\n1,a\n", encoding="zip")


def test_a_file_that_changed_after_the_first_look(tmp_path) -> None:
    from nv_desktop.core.sheet import inspect, rows

    path = tmp_path / "people.csv"
    path.write_bytes(b"userID,name\n1,a\n")
    opened = inspect(path)
    path.write_bytes(b"userID,name\n1,\xff\n")
    with pytest.raises(BadFile, match="has changed"):
        list(rows(opened))


@pytest.mark.timeout(20)
def test_long_lines_beside_one_that_is_not_ascii_take_no_time(read) -> None:
    """A cell of hundreds of thousands of letters is no reason to look at each of its places anew."""
    long = "x" * 900_000
    opened, found = read(f"userID,name\n1,{long}\n2,José\n3,{long}é\n".encode())
    assert [len(row.cells[1]) for row in found] == [900_000, 4, 900_001]
    assert opened.options.encoding == "utf-8"
