"""The words that stand around the name of a field in a header: whose it is, how it is filled, small words.

Data only, written as in `words`: phrases divided by `|`.
"""

from __future__ import annotations

OWNERS_BEFORE = """
customer|customers|cust|client|clients|contact|contacts|user|users|member|members|subscriber|subscribers
lead|person|people|profile|shopper|buyer|guest|patient|student|consumer|crm|attr|attribute|attributes
traits|trait|properties|property|field|custom|your|my|the|primary|main|we|moe|nv|notifyvisitors
applicant|attendee|participant|registrant|donor|passenger|traveller|traveler|tenant|cardholder
account holder|person account|registered|wp|hs|mc|enter|please|input|standard|personal data
"""
"""In English these stand in front; behind they may be the thing itself: an e-mail client, a mobile user."""

OWNERS_AFTER = "field|value|attribute|c|info|information|details"

OWNERS = """
kunde|kunden|kundin|kundens|kund|kontakt|kontakts|kontaktes|empfänger|mitglied|mitglieds|mitgliedes
abonnent|abonnenten|käufer|teilnehmer|cliente|clientes|contacto|contato|usuario|utilizador|miembro|socio
membro|sócio|assinante|utente|contatto|abonné|abonnée|adhérent|membre|utilisateur|acheteur|klant|klanten
lid|gebruiker|abonnee|klienta|klient|klienci|klientki|kontaktu|użytkownika|müşteri|müşterinin|müşterisi
üye|üyenin|kullanıcı|kullanıcının|клиент|клиента|клиенту|контакт|контакта|покупатель|покупателя
пользователя|абонента|клієнт|клієнта|покупця|ग्राहक|सदस्य|العميل|عميل|للعميل|الزبون|العضو|المشترك|مشتری
صارف|pelanggan|anggota|khách hàng|kh|thành viên|ลูกค้า|สมาชิก|客户|会员|会員|顾客|用户|客戶|會員|顧客
お客様|고객|회원|用戶|asiakas|asiakkaan|jäsen|jäsenen|medlem|medlems|zákazník|zákazníka|ügyfél|vásárló
clientului|πελάτη|πελάτης|לקוח|הלקוח|kupac|kupca|klijent|klijenta|stranke|kliento|kliendi
"""
"""In other languages they stand on either side."""

USERS = """
user|users|usuario|utente|utilizador|utilisateur|gebruiker|użytkownika|benutzer|nutzer|kullanıcı
kullanıcının|пользователя|用户|用戶
"""
"""Whose name may be the name to log in with."""

COMPOUND_OWNERS = """
kunden|kunde|kund|klanten|klant|kontakt|mitglieds|mitglieder|asiakas|客户|会员|会員|顾客|用户|客戶|會員
顧客|お客様|고객|회원|用戶|ลูกค้า|สมาชิก|お客様の|顧客の|会員の
"""
"""Written as one word with what they own: Kundenname, 客户邮箱, ชื่อลูกค้า."""

AFTER_NEEDS_OF = "customer|client|contact|member|subscriber|user"
PROGRAMS = "email|mail|mobile|phone|cell|sms|whatsapp"
"""`email of customer`, `Nom du client`, `Nom client`: but an `email client` is a program."""

OF = """
of|the|a|an|de|del|da|do|dos|das|di|du|des|der|die|den|le|la|les|el|los|las|l|d|dell|della|il|lo|for
para|per|pour|för|für|na|em|von|vom|zum|zur|am|och|und|van|het|का|की|के|से|của|dari|til
"""

HINTS = """
dd|mm|yyyy|yy|ddmmyyyy|mmddyyyy|yyyymmdd|mmdd|ddmm|jjjj|tt|jj|aaaa|gg|aa|åååå|гггг|дд|мм|e164|164|e|iso
8601|iso8601|required|optional|mandatory|pflichtfeld|pflicht|obligatoire|obligatorio|obrigatório
obbligatorio|requis|requerido|facultatif|opcional|facoltativo|verplicht|vereist|optioneel|wymagane
wymagany|opcjonalne|zorunlu|обязательно|обязательное|обязательный|обов|язково|अनिवार्य|مطلوب|إلزامي
اختياري|必填|必須|必须|选填|任意|필수|선택|wajib|opsional|bắt|buộc|obligatoriskt|obligatorisk|valfritt
pakollinen|povinné|povinný|kötelező|obligatoriu|υποχρεωτικό|จำเป็น|חובה|yes|no|y|n|ja|nein|nee|nej|oui
non|si|sí|sim|não|tak|nie|evet|hayır|да|нет|0|1|2|true|false|h|k|standard|text|string|date|format|number
with|country|code|incl|inkl|including|mit|landesvorwahl|vorwahl|indicatif|ländervorwahl|dial|intl
international|unique|m|f|w|d|o|v|x|l|p|к|м|ж|male|female|other|or|and|män|man|kvinna|kvinne|numeric
boolean|bool|int|integer|varchar|char|single|line|default|eg|example|auto|primary|main|principal
principale|男|女|남|여
"""
"""What may stand in brackets without changing what the column is."""

HINT_PHRASES = """
with country code|incl country code|including country code|with country prefix|with isd code|with isd
without country code|w country code|mit landesvorwahl|mit ländervorwahl|avec indicatif|con prefijo
con codigo de pais|com ddi|com ddd|con prefisso|dd mm yyyy|mm dd yyyy|yyyy mm dd|yyyymmdd|ddmmyyyy
dd mm yy|mm dd yy|tt mm jjjj|jj mm aaaa|dd mm aaaa|gg mm aaaa|gg aa yyyy|yes no|y n|true false|0 1|1 0
ja nein|oui non|required|optional|mandatory|m f|male female
"""
"""The same at the end, without brackets."""
