"""People outside the organization whom it talks with."""

from sqlalchemy import Index, text
from sqlmodel import Field

from backend.models.base import TenantRow


class Contact(TenantRow, table=True):
    """A person the business knows; a number the business has never named has an empty name."""

    __tablename__ = "contacts"
    __table_args__ = (
        Index(
            "contacts_org_phone_key",
            "org_id",
            "phone_number",
            unique=True,
            postgresql_where=text("phone_number is not null"),
        ),
    )

    name: str = ""
    phone_number: str | None = Field(default=None)
    email: str | None = None
    company: str = ""
    notes: str = ""
