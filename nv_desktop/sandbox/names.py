"""Names, places and telephone ranges of the invented people, a row for each country."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """Names stand apart by `|`; `native:latin` gives the spelling an e-mail address uses.

    `phones` are (prefix, digits that follow): ranges reserved for fiction where the country has one
    (Ofcom, NANP 555-01XX, ARCEP, BNetzA), otherwise plausible ones. The sandbox calls nobody.
    """

    code: str
    female: str
    male: str
    family: str
    cities: str
    phones: tuple[tuple[str, int], ...]
    family_first: bool = False


_US_AREAS = ("202", "212", "303", "305", "312", "404", "415", "503", "512", "617", "702", "713", "808")

COUNTRIES: tuple[Country, ...] = (
    Country(
        "IN",
        "Priya|Aanya|प्रिया:priya|Kavya|Ananya|दीपिका:dipika|Meera|Nandini",
        "Arjun|Rohan|Vikram|अर्जुन:arjun|Aditya|राहुल:rahul|Ishaan|Kabir",
        "Sharma|Patel|Iyer|Reddy|शर्मा:sharma|Nair|Gupta|वर्मा:varma|Banerjee|Kulkarni",
        "Mumbai|Pune|Chennai|Jaipur|Kolkata|Bengaluru",
        (("+9198765", 5), ("+9170000", 5)),
    ),
    Country(
        "BR",
        "Ana|Beatriz|Júlia|Letícia|Conceição",
        "João|Rafael|Thiago|Antônio|Gustavo",
        "da Silva|Gonçalves|Araújo|dos Santos|Magalhães|Oliveira",
        "São Paulo|Recife|Curitiba|Belém",
        (("+55119555", 5),),
    ),
    Country(
        "US",
        "Emily|Grace|Hannah|Olivia|Zoe",
        "James|Mason|Ethan|Noah|Tyler",
        "O'Connor|Johnson|Smith-Jones|Garcia|Lee|Washington",
        "Austin|Boston|Chicago|Denver|Portland",
        tuple((f"+1{area}55501", 2) for area in _US_AREAS),
    ),
    Country(
        "GB",
        "Charlotte|Isla|Freya|Poppy|Niamh",
        "Oliver|Harry|Alfie|Callum|Rhys",
        "Ashworth|MacDonald|Featherstone|Ap Rhys|Clarke",
        "London|Leeds|Cardiff|Glasgow",
        (("+442079460", 3), ("+441614960", 3)),
    ),
    Country(
        "FR",
        "Chloé|Zoë|Élodie|Anaïs|Françoise",
        "Étienne|Loïc|Hugo|Jean-Luc|Rémi",
        "Lefèvre|d'Aubigné|Moreau|Garçon|Bénézet",
        "Paris|Lyon|Nîmes|Besançon",
        (("+3319900", 4),),
    ),
    Country(
        "DE",
        "Jürgen-Marie|Käthe|Sophie|Lena|Greta",
        "Jürgen|Björn|Lukas|Florian|Matthäus",
        "Müller|Groß|von der Heide|Schäfer|Köhler",
        "Köln|Düsseldorf|Berlin|München",
        (("+491713920", 3), ("+4917604069", 3)),
    ),
    Country(
        "MX",
        "Sofía|María José|Ximena|Valentina|Inés",
        "José|Ángel|Iñaki|Raúl|Sebastián",
        "Hernández López|Núñez|Ibáñez|Muñoz|Peña",
        "Mérida|León|Querétaro|Tijuana",
        (("+52555501", 4),),
    ),
    Country(
        "AE",
        "فاطمة:fatima|مريم:maryam|ليلى:layla|نور:nour",
        "محمد:mohammed|أحمد:ahmed|خالد:khalid|يوسف:yousef",
        "الهاشمي:alhashimi|المنصوري:almansoori|النجار:alnajjar|حداد:haddad",
        "دبي|أبو ظبي|الشارقة",
        (("+97150555", 4),),
    ),
    Country(
        "CN",
        "李娜:lina|王芳:wangfang|秀英:xiuying|梦琪:mengqi",
        "伟:wei|建国:jianguo|浩然:haoran|子轩:zixuan",
        "王:wang|李:li|张:zhang|欧阳:ouyang",
        "上海|北京|成都",
        (("+861380013", 4),),
        family_first=True,
    ),
    Country(
        "JP",
        "さくら:sakura|陽菜:hina|美咲:misaki|結衣:yui",
        "翔太:shota|大翔:hiroto|蓮:ren|健一:kenichi",
        "佐藤:sato|鈴木:suzuki|高橋:takahashi|渡邉:watanabe",
        "東京|大阪|札幌",
        (("+819012345", 3),),
        family_first=True,
    ),
    Country(
        "KZ",
        "Анна:anna|Ольга:olga|Айгерим:aigerim|Наталья:natalya",
        "Дмитрий:dmitry|Сергей:sergey|Нұрлан:nurlan|Алексей:alexey",
        "Иванов:ivanov|Кузнецов:kuznetsov|Әлиев:aliev|Щербаков:scherbakov",
        "Алматы|Астана|Шымкент",
        (("+7701555", 4),),
    ),
    Country(
        "KR",
        "서연:seoyeon|지우:jiwoo|하은:haeun",
        "민준:minjun|도윤:doyun|주원:juwon",
        "김:kim|이:lee|박:park|최:choi",
        "서울|부산",
        (("+82105555", 4),),
        family_first=True,
    ),
    Country(
        "TR",
        "Ayşe|Çiğdem|Zeynep|Şule",
        "İbrahim|Işık|Oğuz|Ömer",
        "Yılmaz|Çelik|Öztürk|Şahin",
        "İstanbul|İzmir|Eskişehir",
        (("+90532555", 4),),
    ),
    Country(
        "NG",
        "Chiamaka|Adaeze|Yétúndé|Folasade",
        "Chukwuemeka|Olúwaṣeun|Ibrahim|Tunde",
        "Okafor|Adébáyọ̀|Balogun|Eze",
        "Lagos|Ibadan|Abuja",
        (("+234803555", 4),),
    ),
    Country(
        "GR",
        "Ελένη:eleni|Σοφία:sofia|Κατερίνα:katerina",
        "Γιώργος:giorgos|Νίκος:nikos|Δημήτρης:dimitris",
        "Παπαδόπουλος:papadopoulos|Αντωνίου:antoniou|Οικονόμου:oikonomou",
        "Αθήνα|Θεσσαλονίκη",
        (("+306975555", 3),),
    ),
    Country(
        "IE",
        "Siobhán|Aoife|Róisín|Caoimhe",
        "Seán|Pádraig|Oisín|Eoghan",
        "Ó Briain|Ní Dhomhnaill|Murphy|O'Sullivan",
        "Dublin|Cork|Galway",
        (("+35385555", 4),),
    ),
)
