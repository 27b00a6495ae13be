"""Fill the demo workspace's directory: the patients of a dental practice, with what the practice keeps of them."""

from backend.contacts import service as contacts
from backend.core.principal import Principal
from backend.core.tenancy import unit_of_work
from backend.vocab import Channel, FieldKind

# Name, number, address, company, city, tags, insurance, last visit.
_PATIENTS = (
    ("Dana Ruiz", "0110", "dana@example.com", "Ruiz Carpentry", "Alameda", "Patient", "Delta Dental", "2026-09-14"),
    ("Marek Nowak", "0111", "marek@example.com", "", "Oakland", "Patient, VIP", "Cigna", "2026-10-02"),
    ("Priya Raman", "0112", "priya@example.com", "Bayline Studio", "Berkeley", "Patient", "MetLife", "2026-08-21"),
    ("Tom Hughes", "0113", "", "Hughes & Sons", "Oakland", "Lead", "", ""),
    ("Zoë Bauer", "0114", "zoe@example.com", "", "San Leandro", "Patient", "Delta Dental", "2026-10-30"),
    ("Kenji Mori", "0115", "kenji@example.com", "Mori Ceramics", "Emeryville", "Patient", "None", "2026-03-11"),
    ("Ida Larsen", "0116", "ida.larsen@example.com", "", "Alameda", "Patient", "Cigna", "2026-11-05"),
    ("Omar Haddad", "0117", "", "Haddad Bakery", "Oakland", "Lead", "", ""),
    ("Grace Okafor", "0118", "grace@example.com", "Okafor Legal", "Oakland", "Patient, VIP", "MetLife", "2026-10-19"),
    ("Luis Ortega", "0119", "luis@example.com", "", "Hayward", "Patient", "Delta Dental", "2025-12-08"),
    ("Hannah Weiss", "0120", "hannah.weiss@example.com", "", "Berkeley", "Patient", "None", "2026-06-17"),
    ("Samir Patel", "0121", "samir@example.com", "Patel Imports", "Fremont", "Lead", "", ""),
    ("Chloe Martin", "0122", "chloe.martin@example.com", "", "Alameda", "Patient", "Cigna", "2026-07-29"),
    ("Viktor Petrov", "0123", "", "", "Oakland", "Patient", "Delta Dental", "2026-02-03"),
    ("Noor Rahimi", "0124", "noor@example.com", "Rahimi Optics", "Walnut Creek", "Patient", "MetLife", "2026-09-27"),
    ("Harbor Lab Supply", "0125", "orders@labsupply.example", "Harbor Lab Supply", "Oakland", "Supplier", "", ""),
)  # fmt: skip


async def seed_contacts(principal: Principal) -> None:
    """Make the patients, their own fields, one who wants no texts and two who may be one person."""
    async with unit_of_work() as session:
        insurance = await contacts.add_field(
            session, principal, "Insurance", FieldKind.CHOICE, ["Delta Dental", "Cigna", "MetLife", "None"]
        )
        visit = await contacts.add_field(session, principal, "Last visit", FieldKind.DATE)
        made = []
        for name, digits, email, company, city, tags, insured, visited in _PATIENTS:
            given = {
                "name": name,
                "phone_number": f"+1415555{digits}",
                "email": email,
                "company": company,
                "city": city,
                "tags": tags.split(", "),
                "custom_fields": {insurance["key"]: insured, visit["key"]: visited},
            }
            made.append(await contacts.create(session, principal, given))
        await contacts.create(session, principal, {"name": "Dana Ruis", "email": "dana@example.com"})
        await contacts.record_choice(
            session, principal, made[9].id, Channel.SMS, is_opted_in=False, reason="Asked at the front desk"
        )
        await contacts.update(session, principal, made[15].id, {"is_whitelisted": True})
