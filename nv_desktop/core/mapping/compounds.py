"""Headers put together from parts that each language combines as it likes: `nr tel. kom.`, `เบอร์โทรมือถือ`.

Data, and the patterns made of it: one core word, with any of the words around it on either side.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

MOBILE = """
mobile|mob|cep telefonu|cep telefon|cep tel|cell|cellular|cellphone|handphone|gsm|handy|mobil|mobilfunk
mobiltelefon|mobilrufnummer|natel|portable|movil|celular|telemovel|cellulare|mobiel|mobiele|komórka
komórkowy|komórkowego|komórki|мобильный|мобильного|мобильныи|моб|сотовый|сотового|мобільний|мобільного
мобилен|мобилния|मोबाइल|मोबाईल|جوال|موبايل|محمول|متحرك|خلوي|نقال|همراه|موبایل|موبائل|נייד|סלולרי|มือถือ
手机|手機|移动电话|行動電話|携帯|携帯電話|휴대폰|휴대전화|핸드폰|모바일|seluler|ponsel|bimbit|di động
mobilní|mobilný|mobilni|mobitel|κινητό|κινητού|matkapuhelin|matkapuhelimen|kännykkä|mobilus|mobiliojo
mobilais|mobiil|মোবাইল|மொபைல்|మొబైల్|મોબાઇલ
"""
PHONE = """
phone|telephone|tel|telefon|téléphone|teléfono|telefono|telefone|telefoon|telefonu|telefonszám
telefonnummer|telefoonnummer|telefonnumarası|rufnummer|телефон|телефона|телефону|тел|फोन|फ़ोन|هاتف|تلفون
تليفون|تلفن|电话|電話|전화|전화번호|telepon|telpon|telp|tlp|điện thoại|đt|sdt|sđt|puhelin|puhelinnumero
τηλέφωνο|τηλεφώνου|טלפון|โทรศัพท์|โทร|ফোন|ఫోన్
"""
NUMBER = """
number|num|no|nr|nbr|nummer|numer|numero|número|numéro|numara|numarası|номер|номера|संख्या|नंबर|नम्बर|क्रमांक
رقم|شماره|号码|号|號碼|號|番号|번호|nomor|số|αριθμός|מספר|หมายเลข|เบอร์|číslo|szám|száma|număr|numar
numărul|numeris|numurs|नं|nº|n
"""
EMAIL = """
email|e mail|mail|courriel|correo|correo electrónico|correio eletrônico|correio eletrónico|e posta
eposta|электронная почта|эл почта|эл почты|электронной почты|имейл|емейл|имэйл|эл пошта|електронна пошта
ईमेल|ई मेल|بريد إلكتروني|البريد الإلكتروني|بريد الكتروني|ايميل|إيميل|ایمیل|邮箱|邮件|电子邮件|电子邮箱
電子郵件|電子信箱|電郵|信箱|電子郵件信箱|メール|eメール|電子メール|이메일|메일|전자우편|surel
thư điện tử|sähköposti|sähköpostin|e post|epost|e pošta|el paštas|e pasts|อีเมล|อีเมล์|אימייל|מייל
דואר אלקטרוני|דואל|ηλεκτρονικού ταχυδρομείου|ইমেইল|மின்னஞ்சல்|ఇమెయిల్|ઇમેઇલ
"""
ADDRESS = """
address|addr|adresse|adress|adres|adresi|adresa|adresă|dirección|endereço|indirizzo|adreça|адрес|адреса
पता|عنوان|آدرس|地址|位址|アドレス|주소|alamat|địa chỉ|osoite|osoitteen|διεύθυνση|ที่อยู่|כתובת|cím|címe
adresas|adrese|id
"""
CUSTOMER = """
customer|cust|client|member|membership|kunde|kunden|kund|cliente|klant|klanten|klient|klienta|müşteri
üye|клиент|клиента|покупателя|клієнта|ग्राहक|सदस्य|عميل|العميل|العضو|عضو|مشتری|客户|会员|会員|顾客|客戶
會員|顧客|お客様|고객|회원|pelanggan|anggota|khách hàng|kh|thành viên|ลูกค้า|สมาชิก|asiakas|asiakkaan
zákazníka|zákaznické|ügyfél|πελάτη|לקוח|medlem|medlems|mitglied|mitglieds|socio|sócio|miembro|membre
adhérent|membro|lid|kupca|klijenta|stranke
"""
IDENTITY = """
id|number|num|no|nr|code|nummer|numer|numero|número|numéro|numara|numarası|номер|код|ид|идентификатор
संख्या|नंबर|क्रमांक|आईडी|कोड|رقم|معرف|كود|شناسه|编号|号|号码|編號|番号|번호|코드|nomor|kode|mã|mã số|số|รหัส
หมายเลข|tunnus|číslo|szám|azonosító|cod|codul|código|codice|kod|kodu|kood|αριθμός|κωδικός|מספר|מזהה|nº|n
identifiant|identifier|identifikator|kennung
"""


def patterns(keys: Callable[[str], Iterator[str]]) -> tuple[re.Pattern[str], ...]:
    """What a joined header must match in full to be a mobile, a phone, an e-mail, a customer's number.

    `keys`: the words of a block as headers are compared.
    """

    def any_of(*blocks: str) -> str:
        found = {word for block in blocks for word in keys(block)}
        return "(?:" + "|".join(map(re.escape, sorted(found, key=len, reverse=True))) + ")"

    few = "{0,4}"  # some words are made of others, so a long row of them could be divided in many ways
    beside, number, address = any_of(PHONE, NUMBER), any_of(NUMBER), any_of(ADDRESS)
    customer, identity = any_of(CUSTOMER), any_of(IDENTITY)
    return (
        re.compile(f"{beside}{few}{any_of(MOBILE)}{beside}{few}"),
        re.compile(f"{number}{few}{any_of(PHONE)}{number}{few}"),
        re.compile(f"{address}{few}{any_of(EMAIL)}{address}{few}"),
        re.compile(f"{customer}{identity}{{1,4}}|{identity}{{1,4}}{customer}"),
    )
