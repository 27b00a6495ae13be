"""Understand the columns of a file: which field of a contact each one is, by its name and by what stands in it."""

import re
from collections.abc import Sequence

from backend.contacts.fields import key_of
from backend.models.contacts import ContactField

CUSTOM = "custom_fields."
TARGETS = (
    "name", "first_name", "last_name", "phone_number", "email", "company", "job_title", "address", "city", "region",
    "country", "notes", "tags", "sms_consent",
)  # fmt: skip
# What the columns of address books, CRMs and spreadsheets are called, in the languages customers write.
_CALLED = {
    "name": "name full_name fullname contact contact_name display_name nombre nom nome kunde customer",
    "first_name": "first_name firstname first given_name vorname nombre_de_pila prenom nome_proprio fname",
    "last_name": "last_name lastname last surname family_name nachname apellido apellidos nom_de_famille sobrenome",
    "phone_number": (
        "phone phone_number phonenumber mobile mobile_phone cell cell_phone telephone tel number telefon handy"
        " telefonnummer mobilnummer telefono movil celular portable numero telefone phone_1_value primary_phone"
        " mobile_number contact_number whatsapp"
    ),
    "email": "email e_mail email_address mail e_mail_address correo correo_electronico courriel e_mail_1_value",
    "company": "company organization organisation business account firma unternehmen empresa entreprise societe",
    "job_title": "job_title title position role job beruf puesto cargo poste",
    "address": "address street street_address address_1 adresse strasse direccion endereco rue",
    "city": "city town ort stadt ciudad cidade ville",
    "region": "region state province county bundesland estado provincia",
    "country": "country country_code land pais pays",
    "notes": "notes note comments comment description notizen notas remarques",
    "tags": ("tags labels groups group_membership categories etiquetas schlagworte gruppe gruppen grupo grupos groupe"),
    "sms_consent": "sms_consent consent opt_in opted_in subscribed sms_opt_in marketing_consent",
}
_BY_NAME = {name: target for target, names in _CALLED.items() for name in names.split()}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d\s().\-/]{7,24}")


def has_names(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first row names the columns rather than being a person."""
    if not rows:
        return False
    first = [cell for cell in rows[0] if cell]
    if any(_EMAIL.fullmatch(cell) or _PHONE.fullmatch(cell) for cell in first):
        return False
    if any(key_of(cell) in _BY_NAME for cell in first):
        return True
    # Names stand over what looks otherwise: a number or an address under a word.
    return any(_kind(row[place]) for row in rows[1:] for place, cell in enumerate(rows[0]) if cell and place < len(row))


def guess(rows: Sequence[Sequence[str]], is_named: bool, fields: Sequence[ContactField]) -> list[str]:
    """Return for each column the field it most likely is, "" for one to be left out; no field twice."""
    width = max((len(row) for row in rows), default=0)
    names = list(rows[0]) if is_named and rows else []
    body = rows[1:] if is_named else rows
    own = {key_of(field.label): CUSTOM + field.key for field in fields} | {f.key: CUSTOM + f.key for f in fields}
    mapping: list[str] = []
    for place in range(width):
        name = key_of(names[place]) if place < len(names) and names[place] else ""
        target = own.get(name) or _BY_NAME.get(name, "")
        if not target and not is_named:
            target = _kind_of(body, place)
        mapping.append(target if target not in mapping else "")
    for place in range(width):
        # A column whose name says nothing may still be full of addresses or numbers.
        if not mapping[place] and (target := _kind_of(body, place)) and target not in mapping:
            mapping[place] = target
    if not is_named and "name" not in mapping:
        words = [place for place in range(width) if not mapping[place]]
        if words:
            mapping[words[0]] = "name"
    return mapping


def _kind_of(body: Sequence[Sequence[str]], place: int) -> str:
    cells = [row[place] for row in body if place < len(row) and row[place]]
    kinds = [_kind(cell) for cell in cells]
    return next((kind for kind in ("email", "phone_number") if cells and kinds.count(kind) >= len(cells) / 2), "")


def _kind(cell: str) -> str:
    if _EMAIL.fullmatch(cell):
        return "email"
    return "phone_number" if _PHONE.fullmatch(cell) and sum(map(str.isdigit, cell)) >= 7 else ""
