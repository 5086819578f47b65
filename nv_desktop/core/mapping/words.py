"""The words that headers use for the fields of a profile, in the languages and products people export from.

Data only. A phrase is written as people write it; `names.key` makes `First-Name`, `firstName` and
`FIRST NAME` the same. Phrases are divided by `|`. Tables by certainty:
STRONG names one field and nothing else; WEAK is what is commonly meant, unless a STRONG one is there;
PROVEN counts only where the values bear it out.
"""

from __future__ import annotations

STRONG: dict[str, str] = {
    "userID": """
user id|userid|uid|user identifier|user key|user unique id|unique user id|notifyvisitors id|nv user id
identifiant utilisateur|id utilisateur|id usuario|usuario id|id de usuario|identificador de usuario
id do usuario|id utente|utente id|benutzer id|benutzerkennung|nutzer id|gebruikers id|gebruiker id
id użytkownika|identyfikator użytkownika|kullanıcı id|kullanıcı no|id пользователя|идентификатор пользователя
यूजर आईडी|उपयोगकर्ता आईडी|معرف المستخدم|رقم المستخدم|用户id|用户编号|用戶id|用戶編號|使用者id|ユーザーid
ユーザid
사용자 id|사용자 아이디|유저 id|id pengguna|pengguna id|id người dùng|mã người dùng|användar id|bruker id
bruger id
""",
    "email": """
email|e mail|mail|email address|mail address|email id|mail id|emailid|e mail addr|email addr|email adress
primary email|primary email address|main email|email primary|electronic mail
e mail adresse|mailadresse|adresse email|adresse mail|adresse e mail|courriel|adresse courriel|mél
adresse electronique|adresse de courriel|adresse de messagerie|correo|correo electronico|direccion de correo
direccion de correo electronico|direccion email|direccion de email|correo e|endereço de email
endereco de e mail
correio eletronico|indirizzo email|indirizzo e mail|indirizzo mail|posta elettronica
indirizzo di posta elettronica
e mailadres|emailadres|mailadres|adres email|adres e mail|adres mailowy|adres poczty elektronicznej
poczta elektroniczna
e posta|eposta|e posta adresi|eposta adresi|e postadress|epostadress|e post|epost|e postadresse|epostadresse
электронная почта|эл почта|эл почты|адрес электронной почты|емейл|имейл|мейл|e mail адрес|email адрес
почта email
ईमेल|ईमेल पता|ई मेल|ईमेल आईडी|البريد الإلكتروني|البريد الالكتروني|ايميل|الايميل|الإيميل|بريد الكتروني
عنوان البريد الإلكتروني
邮箱|邮箱地址|电子邮箱|电子邮件|电子邮件地址|邮件地址|邮件|郵箱|電子郵件|電郵|電子信箱|電郵地址|電子郵件地址
メール|メールアドレス|eメール|電子メール|emailアドレス|이메일|이메일 주소|메일|전자우편|메일주소|surel
alamat email|alamat surel
alamat e mail|địa chỉ email|thư điện tử|hộp thư|sähköposti|sähköpostiosoite|e mailova adresa|emailova adresa
adresa de email|adresa email|email cim|ímél|ηλεκτρονικό ταχυδρομείο|διεύθυνση email|електронна пошта|імейл
อีเมล|อีเมล์|ที่อยู่อีเมล|דואל|דואר אלקטרוני|אימייל|u em|e mail 1 value|email 1 value|email norm
correo email
""",
    "mobile": """
mobile|mobile number|mobile no|mobile num|mobile nr|mobile phone|mobile phone number|mobile phone no
mobilephone
mobile telephone|mobile telephone number|mob|mob no|mob number|mobno|cell|cell phone|cellphone|cell number
cell no
cellular|cellular phone|cell phone number|phone mobile|tel mobile|phone cell|mobile tel|msisdn|gsm
gsm number|gsm no
primary mobile|primary mobile number|phone number mobile|telephone mobile|mobile contact number
contact mobile number
registered mobile number|registered mobile|rmn|handy|handynummer|handynr|mobil|mobilnummer|mobilnr
mobiltelefon
mobilfunk|mobilfunknummer|mobiltelefonnummer|handy nummer|mobilrufnummer|telefon mobil|natel
portable|telephone portable|numero de portable|numero portable|tel portable|telephone mobile|numero de mobile
numero mobile|n portable|n de portable|movil|celular|telefono movil|telefono celular|numero de movil
numero de celular
numero celular|numero movil|nro celular|tel movil|tel celular|telefone celular|telemovel|numero de telemovel
telefone movel|n telemovel|cellulare|numero cellulare|numero di cellulare|telefono cellulare|cell numero
num cellulare
mobiel|mobiel nummer|mobiele nummer|mobiele telefoon|mobieltje|gsm nummer|telefoon mobiel|06 nummer
komórka|numer komórki|telefon komórkowy|tel komórkowy|nr komórki|numer telefonu komórkowego
nr tel komórkowego|komorkowy
cep telefonu|cep tel|cep no|cep telefonu numarası|cep numarası|mobil telefon|gsm no
мобильный|мобильный телефон|номер мобильного|сотовый|сотовый телефон|моб телефон|мобильный номер|моб тел
номер мобильного телефона|мобільний|мобільний телефон|мобилен|मोबाइल|मोबाइल नंबर|मोबाइल न|मोबाईल नंबर|मोबाईल
الجوال|رقم الجوال|الموبايل|رقم الموبايل|جوال|موبايل|الهاتف المحمول|رقم الهاتف المحمول|الهاتف الجوال
رقم المحمول|المحمول
手机|手机号|手机号码|移动电话|手機|手機號碼|手機號|行動電話|行动电话|流動電話|联系手机
携帯|携帯電話|携帯番号|携帯電話番号|携帯tel|モバイル|휴대폰|휴대전화|휴대폰번호|휴대폰 번호|휴대전화번호
휴대전화 번호|핸드폰|핸드폰 번호|핸드폰번호
no hp|nomor hp|nomor ponsel|no ponsel|ponsel|handphone|no handphone|nomor handphone|nomor telepon seluler
telepon seluler
di động|số di động|điện thoại di động|số điện thoại di động|sđt di động|mobiltelefonnummer|mobilnummer
matkapuhelin|matkapuhelinnumero|kännykkä|mobilni telefon|mobilní telefon|mobil telefon|mobilszám|telefon mobil
telefon mobilny|κινητό|κινητό τηλέφωνο|มือถือ|เบอร์มือถือ|โทรศัพท์มือถือ|נייד|טלפון נייד|מספר נייד|u mb
moe mobile
""",
    "first_name": """
first name|firstname|fname|f name|given name|givenname|given names|forename|forenames|christian name
firstnames
name first|u fn|first nm|vorname|vornamen|rufname|prenom|prénoms|prenoms|primer nombre|nombre de pila
primeiro nome|nome proprio|nome di battesimo|voornaam|voornamen|roepnaam|imię|imie|imiona|pierwsze imię
isminiz ilk|ilk ad|ilk isim|ön ad|önad|पहला नाम|प्रथम नाम|الاسم الأول|الاسم الاول|اسم أول|名字|given name 名
nama depan|nama awal|förnamn|fornamn|fornavn|etunimi|krestní jméno|křestní jméno|keresztnév|utónév|prenume
μικρό όνομα
ชื่อจริง|שם פרטי|ad ı first|keresztnev|vardas first|nombre s|nombres
""",
    "last_name": """
last name|lastname|lname|surname|sur name|family name|familyname|last names|second name family
name last|u ln
last nm|nachname|familienname|zuname|nom de famille|nom famille|apellido|apellidos|primer apellido|apellido s
sobrenome|apelido|último nome|ultimo nome|cognome|cognomi|achternaam|familienaam|nazwisko|soyad|soyadı
soyadi|soyisim
soy isim|soy ad|фамилия|прізвище|उपनाम|अंतिम नाम|कुलनाम|सरनेम|اسم العائلة|الاسم الأخير|الاسم الاخير|اللقب
الكنية
姓|성|họ|姓氏|nama belakang|nama keluarga|nama akhir|efternamn|efternavn|etternavn|sukunimi|příjmení|prijmeni
vezetéknév
nume de familie|επώνυμο|επίθετο|นามสกุล|שם משפחה|priezvisko|prezime|pavardė|uzvārds
""",
    "name": """
full name|fullname|complete name|name full|first and last name|first last name|first name last name
first name and last name
name and surname|name surname|your name|whole name|contact full name|u n|first & last name
vor und nachname|vorname nachname|vorname und nachname|vollständiger name|vollstaendiger name|name vorname
vorname name
nom complet|nom et prénom|nom prénom|prénom nom|prenom et nom|nom et prenoms|nom entier
nombre completo|nombre y apellido|nombre y apellidos|nombres y apellidos|apellidos y nombre|nombre apellidos
nombre apellido
nome completo|nome e sobrenome|nome cognome|nome e cognome|cognome e nome|cognome nome|nominativo
nome sobrenome
volledige naam|voor en achternaam|naam volledig|imię i nazwisko|imie nazwisko|imię nazwisko|nazwisko i imię
ad soyad|adı soyadı|adınız soyadınız|isim soyisim|ad ve soyad|ad soyadı|tam ad|tam isim|фио|ф и о|полное имя
имя и фамилия
имя фамилия|фамилия имя|фамилия имя отчество|фамилия и имя|पूरा नाम|الاسم الكامل|الاسم بالكامل|الاسم كامل
الاسم الثلاثي
姓名|全名|真实姓名|氏名|お名前|フルネーム|名前|성명|성함|고객명|회원명|전체 이름|nama lengkap|họ và tên
họ tên|tên đầy đủ|họ và tên đầy đủ
fullständigt namn|namn fullständigt|fulde navn|fullt navn|koko nimi|celé jméno|jméno a příjmení|teljes név
nume complet
nume și prenume|nume si prenume|ονοματεπώνυμο|ชื่อ นามสกุล|ชื่อนามสกุล|ชื่อและนามสกุล|שם מלא|піб|повне ім я
""",
    "birth_date": """
birth date|birthdate|birthday|date of birth|dob|date birth|bday|b day|born on|birth day date|birth dt
dateofbirth
birthday date|u bd|birth_date|geburtsdatum|geburtstag|geb datum|gebdatum|geb dat|gebursttag|geboren am
geburtsdat
date de naissance|date naissance|ddn|né le|née le|né e le|anniversaire date de naissance|jour de naissance
fecha de nacimiento|fecha nacimiento|fec nacimiento|f nacimiento|fecha de nac|fecha nac|cumpleaños
fecha de cumpleaños
data de nascimento|data nascimento|dt nascimento|dt nasc|data nasc|nascimento|data di nascita|data nascita
nato il|compleanno
geboortedatum|geboorte datum|geb datum|verjaardag|data urodzenia|urodziny|dzień urodzenia|doğum tarihi
dogum tarihi|doğum günü
d tarihi|дата рождения|день рождения|др|дата народження|день народження|जन्म तिथि|जन्मतिथि|जन्म तारीख
जन्म दिनांक|जन्मदिन
تاريخ الميلاد|تاريخ الولادة|عيد الميلاد|يوم الميلاد|出生日期|生日|出生年月日|出生年月|生年月日|誕生日
생년월일|생일
tanggal lahir|tgl lahir|tgl. lahir|hari lahir|ulang tahun|ngày sinh|ngày tháng năm sinh|sinh nhật
ngày sinh nhật
födelsedatum|fodelsedatum|födelsedag|fødselsdato|fødselsdag|foedselsdato|syntymäaika|syntymäpäivä
datum narození
születési dátum|születési idő|data nașterii|data nasterii|data de naștere|ημερομηνία γέννησης|γενέθλια
วันเกิด|วันเดือนปีเกิด|תאריך לידה|יום הולדת
""",
    "gender": """
gender|sex|gender m f|sex m f|gender code|sex code|u gd|geschlecht|sexe|sexo|género|gênero|sesso|geslacht
płeć|plec|cinsiyet|cinsiyeti
пол|стать|लिंग|الجنس|جنس|النوع الاجتماعي|性别|性別|성별|jenis kelamin|kelamin|giới tính|phái|kön|køn|kjønn
sukupuoli|pohlaví|pohlavie
gen m f|sex gender|gender sex|neme|sexul|φύλο|เพศ|מין|מגדר
""",
}

WEAK: dict[str, str] = {
    "userID": """
client ref|client reference|cust ref|player id|cod cliente|cod do cliente|numero d adherent|n adherent
unique customer id|customer unique id|customer id|cust id|customerid|customer number|customer no
customer nr|customer num
customer code
customer key|cust no|cust code
external id|external user id|external customer id|external identifier|unique external id|unique id
unique identifier
client id|client number|client no|client code|member id|member number|member no|membership id
membership number
membership no|subscriber id|subscriber key|contact key|contact id|contact number id|person id|profile id
crm id
buyer id|shopper id|lead id|identity|record id contact|customer identifier|customer reference number
customer ref
kunden id|kundennummer|kunden nr|kundennr|kd nr|kdnr|kundenkennung|mitgliedsnummer|mitglieds nr|mitglied id
mitglieds id
id client|identifiant client|numero client|n client|numero de client|code client|identifiant|ref client
id du client
id cliente|codigo de cliente|codigo cliente|numero de cliente|numero cliente|id de cliente|cliente id
n cliente|no cliente|nr cliente|id do cliente
codigo do cliente|numero do cliente|codice cliente|numero socio|klantnummer|klant id|klantcode|klant nr
lidnummer|id klienta
numer klienta|nr klienta|kod klienta|müşteri no|müşteri numarası|müşteri id|müşteri kodu|üye no|üye numarası
id клиента
номер клиента|код клиента|идентификатор клиента|ид клиента|ग्राहक आईडी|ग्राहक संख्या|ग्राहक क्रमांक
معرف العميل|رقم العميل
رقم العضوية|客户id|客户编号|客户号|会员编号|会员号|会员id|会员卡号|客戶編號|會員編號|客戶id|會員id|顾客编号
顧客id|顧客番号|会員番号|会員id|お客様番号
고객 id|고객번호|고객 번호|회원번호|회원 번호|회원 id|회원 아이디|고객 아이디|id pelanggan|kode pelanggan
nomor pelanggan|id member|no member
mã khách hàng|mã số khách hàng|id khách hàng|mã kh|mã thành viên|kundnummer|kund id|kundnr|kunde id|kundenr
asiakasnumero|asiakas id
zákaznické číslo|číslo zákazníka|id zákazníka|ügyfélszám|ügyfél id|id clienta|cod client|κωδικός πελάτη
รหัสลูกค้า|รหัสสมาชิก
מספר לקוח|מזהה לקוח|guest id|patient id|student id|registration id customer
""",
    "mobile": """
phone|phone number|phone no|phone num|phone nr|phonenumber|telephone|telephone number|telephone no|tel
tel no|tel number|ph no|ph number
phone num|contact number|contact no|contact phone|contact phone number|contact num|phone e164|phone e 164
primary phone|primary phone number
telefon|telefonnummer|telefon nr|telefonnr|tel nr|rufnummer|numero de telephone|telephone numero
n de telephone
n telephone|num tel|tel n|numero de tel|telefono|numero de telefono|numero telefono|numero telefonico
nro telefono|nro de telefono
telefone|numero de telefone|numero do telefone|numero di telefono|recapito telefonico|telefoon
telefoonnummer|tel nummer
numer telefonu|nr telefonu|nr tel|telefon numarası|tel numarası|telefon no|телефон|номер телефона|тел
контактный телефон|номер тел
फ़ोन|फोन|फ़ोन नंबर|फोन नंबर|दूरभाष|संपर्क नंबर|الهاتف|رقم الهاتف|هاتف|رقم التليفون|التليفون|رقم التواصل
电话|电话号码|联系电话|電話|電話號碼|聯絡電話|联系方式电话|電話番号|お電話番号|tel番号|전화번호|전화|연락처
연락처 번호
telepon|no telepon|nomor telepon|no telp|no tlp|nomor telp|telp|no tel|no telpon|số điện thoại|điện thoại
sđt|sdt|số đt|so dien thoai
telefonnummer|telefon nummer|puhelin|puhelinnumero|telefonní číslo|telefonszám|număr de telefon|numar telefon
τηλέφωνο|αριθμός τηλεφώνου|เบอร์โทร|เบอร์โทรศัพท์|โทรศัพท์|หมายเลขโทรศัพท์|טלפון|מספר טלפון|номер телефону
""",
    "email": "email 1|e mail 1|billing email|billing email address|login email|user email id",
    "first_name": "billing first name",
    "last_name": "billing last name",
}

LONE_ID = """
id|identifier|record id|kennung|identifiant unique|identificador|آي دي|الرقم التعريفي|आईडी|アイディ|아이디
hs object id
"""
"""Headers that say no more than “ID”: the userID where nothing says it better."""

OTHER_THINGS = """
order date|order status|order total|order number|order no|quantity|qty|sku|product|product id|product name
unit price|line total|line item|invoice date|invoice number|invoice no|transaction date|transaction type
payment status|payment method|shipping method|ticket subject|ticket status|bestelldatum|bestellnummer|menge
artikelnummer|rechnungsnummer|rechnungsdatum|date de commande|quantité|référence produit|fecha de pedido
cantidad|producto|data do pedido|quantidade|produto|data ordine|quantità|prodotto
"""
"""Where two of these stand beside a bare “ID”, it is the number of an order or a product, not of a person."""

NAME = "name|naam|nama|navn|namn|nimi|név|नाम|الاسم|اسم|names|nm"
"""A person's name: the whole one, unless first and last names stand beside it."""

NAME_OR_FIRST = """
nombre|nome|имя|adı|adi|isim|이름|tên|jméno|jmeno|meno|όνομα|ชื่อ|ім я|ime|שם|nombre cliente|tên khách hàng
名
"""
"""The whole name; the first name where the last name has a column of its own."""

NAME_OR_LAST = "nom|nume"
"""The whole name; the last name where the first name has a column of its own."""

FIRST = "first|vor|ad"
LAST = "last|nach"
"""Said so shortly, these are names only where the other half of the name stands in the file."""

PROVEN: dict[str, str] = {
    "email": "почта|пошта",
    "mobile": "ph|hp",
    "gender": "genre|genere|género|m f|m f o|anrede geschlecht|kelamin l p",
    "email_opt_in": "marketing emails|promotional emails|promo emails"
    "|email subscription|e mail subscription|email marketing|email permission status"
    "|email marketing status",
    "sms_opt_in": "sms subscription|sms marketing|sms marketing status|sms permission status",
    "whatsapp_opt_in": "whatsapp subscription|whatsapp marketing|whatsapp marketing status",
}

CHANNELS: dict[str, str] = {
    "email_opt_in": "email|mail|e mail|correo|correo electronico|courriel|e posta|eposta"
    "|электронная почта|email рассылка"
    "|邮件|电子邮件|邮箱|電子郵件|メール|이메일|البريد الإلكتروني|البريد|ईमेल|sähköposti|e post|epost",
    "sms_opt_in": "sms|text|text message|text messages|смс|短信|簡訊|ショートメール|문자"
    "|الرسائل القصيرة|एसएमएस|tin nhắn",
    "whatsapp_opt_in": "whatsapp|whats app|wa|wapp|व्हाट्सएप|व्हाट्सऐप|واتساب|واتس اب|ватсап|왓츠앱",
}
CONSENT = """
opt in|optin|opted in|opt ins|opt|consent|consented|consent given|has consent|permission|permitted
subscribed|subscriber|subscribe
is subscribed|marketing consent|marketing opt in|marketing optin|marketing permission|marketing subscribed
marketing allowed
marketing accepted|marketing agreement|allowed|allow|agreed|agreement|accepted|accept|accepts|approval
approved|reachable|reachability
opt in 1 0|communication consent|notification consent|notifications consent|notifications opt in
marketing emails consent
einwilligung|zustimmung|erlaubnis|werbeeinwilligung|werbeerlaubnis|erlaubt|einverständnis|angemeldet
consentement|accord|abonné|autorisation|autorisé|inscrit|consentimiento|autorización|autorizado|acepta
permiso|suscrito|aceptado
consentimento|autorização|autorizado|aceita|aceite|permissão|inscrito|consenso|consenso marketing
autorizzazione|accetta|iscritto
toestemming|toegestaan|akkoord|aangemeld|zgoda|zgoda na|zgoda marketingowa|izni|izin|onay|onayı|izinli
согласие|согласие на|подписка
подписан|разрешение|सहमति|अनुमति|موافقة|الموافقة|الموافقة على|اشتراك|موافق|同意|订阅|訂閱|许可|許可|受信許可
配信許可|受信同意|配信希望
수신동의|수신 동의|동의|수신여부|수신 여부|persetujuan|setuju|đồng ý|đồng ý nhận|samtycke|samtykke|suostumus
souhlas|hozzájárulás|acord
accepts marketing|accept marketing|accepts newsletter|marketing accept
"""
CONSENTING = "subscriber|abonné|inscrit|inscrito|iscritto|suscrito|angemeldet|aangemeld"
"""Words of consent that in front of a channel may be a person: a subscriber e-mail is an address."""
CONSENT_VERBS = """
accepts|accept|allow|allows|receive|receives|wants|want|agrees to|agree to|consent to|consents to
opted in to|opt in to|subscribed to
can receive|may receive|accepts marketing|ok to|happy to receive|would like to receive|acepta|acepta recibir
aceita|aceita receber
accetta|accepte|accepter|souhaite recevoir|recevoir|möchte|darf|msg|permission to|permission for
"""
"""What stands before a channel: `Accepts SMS`, `Receive WhatsApp messages`."""

OPEN: dict[str, str] = {
    "user name|username|login|login name|benutzername|nom d utilisateur|nombre de usuario"
    "|nome de usuario|nome utente|gebruikersnaam"
    "|nazwa użytkownika|kullanıcı adı|имя пользователя|उपयोगकर्ता नाम|اسم المستخدم|用户名|ユーザー名"
    "|사용자 이름|사용자명|nama pengguna"
    "|tên người dùng|tên đăng nhập|screen name|handle|nickname|nick name|profile name|display name"
    "|account name|user login": ("It may be a name to log in with, or a person's."),
    "opt in|optin|opted in|subscribed|is subscribed|consent|marketing consent|accepts marketing"
    "|marketing opt in|newsletter|subscription"
    "|newsletter opt in|marketing permission|gdpr consent|permission|einwilligung|zustimmung"
    "|subscriber status": ("It does not say for which channel: e-mail, SMS or WhatsApp."),
    "sms|whatsapp|whats app|text|wa|email opt": ("It may be a number or a permission."),
    "whatsapp number|whatsapp no|whatsapp phone|wa number|whatsapp mobile|whatsapp mobile number|no wa"
    "|nomor wa|no whatsapp|nomor whatsapp"
    "|numero whatsapp|numero de whatsapp|sms number|sms phone": (
        "It may be the mobile number or another one."
    ),
    "mail opt|sms opt|contact|contact info|contact details|kontakt|contacto"
    "|contato": "It has more than one reading.",
    "mobile user|mobile client|email client|mail client|mobile contact"
    "|mobile app user|cell value|cell content": "It is not said what it holds.",
    "customer name id|name id|contact name id": "It may be a name or an ID.",
    "field name|attribute name|property name|trait name": "It may be the name of something else.",
    "consent text|consent texts|permission text|opt in text|agreement text|marketing consent text"
    "|consent message": "It may be a permission, or the words that were agreed to.",
}
