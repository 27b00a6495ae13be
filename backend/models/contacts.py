"""People outside the organization whom it talks with, what it keeps about them, and how they were brought in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field

from backend.models.base import TenantRow, document, moment

_LISTED = "deleted_at is null and not is_visitor"


def _list_index(name: str, column: str) -> Index:
    return Index(name, "org_id", column, "id", postgresql_where=text(_LISTED))


class Contact(TenantRow, table=True):
    """A person the business knows; a number the business has never named has an empty name.

    `name` is always first and last name together. The database derives `search`, `sort_name` and `sort_company`. A
    contact that was merged stays as an alias: its number leads to `merged_into_id`.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        Index(
            "contacts_org_phone_key",
            "org_id",
            "phone_number",
            unique=True,
            postgresql_where=text("phone_number is not null"),
        ),
        _list_index("contacts_by_name", "sort_name"),
        _list_index("contacts_by_company", "sort_company"),
        _list_index("contacts_by_created", "created_at"),
        _list_index("contacts_by_updated", "updated_at"),
        Index("contacts_by_country", "org_id", "country", "sort_name", "id", postgresql_where=text(_LISTED)),
        Index("contacts_whitelisted", "org_id", "sort_name", "id", postgresql_where=text("is_whitelisted")),
        Index("contacts_blocked", "org_id", "sort_name", "id", postgresql_where=text("blocked_at is not null")),
        Index("contacts_email", "org_id", text("lower(email)"), postgresql_where=text("email is not null")),
        Index(
            "contacts_phone_tail",
            "org_id",
            text("right(phone_number, 8)"),
            postgresql_where=text("phone_number is not null"),
        ),
        Index("contacts_deleted", "deleted_at", postgresql_where=text("deleted_at is not null")),
        Index("contacts_merged", "merged_into_id", postgresql_where=text("merged_into_id is not null")),
        Index("contacts_search", "search", postgresql_using="gin"),
    )

    name: str = ""
    first_name: str = ""
    last_name: str = ""
    phone_number: str | None = Field(default=None)
    email: str | None = None
    company: str = ""
    job_title: str = ""
    address: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    # Somebody who wrote in a web chat and has not said how to reach them.
    is_visitor: bool = False
    notes: str = ""
    custom_fields: dict[str, Any] = document(dict)
    api_metadata: dict[str, Any] = document(dict)
    is_whitelisted: bool = False
    forward_to: str = ""
    blocked_at: datetime | None = moment()
    blocked_reason: str = ""
    deleted_at: datetime | None = moment()
    merged_into_id: UUID | None = Field(default=None, foreign_key="contacts.id", ondelete="CASCADE")
    sort_name: str = Field(default="", sa_column=Column(String(collation="C"), nullable=False, server_default=""))
    sort_company: str = Field(default="", sa_column=Column(String(collation="C"), nullable=False, server_default=""))
    search: Any = Field(default=None, sa_column=Column(TSVECTOR, nullable=True))


class ContactTag(TenantRow, table=True):
    """A tag on a contact."""

    __tablename__ = "contact_tags"
    __table_args__ = (UniqueConstraint("contact_id", "tag_id"), Index("contact_tags_tag", "tag_id", "contact_id"))

    contact_id: UUID = Field(foreign_key="contacts.id", ondelete="CASCADE")
    tag_id: UUID = Field(foreign_key="tags.id", ondelete="CASCADE")


class ContactField(TenantRow, table=True):
    """A field a business invented for its contacts; `key` names the value in `Contact.custom_fields`."""

    __tablename__ = "contact_fields"
    __table_args__ = (UniqueConstraint("org_id", "key"),)

    key: str
    label: str
    kind: str
    choices: list[str] = document(list)
    position: int = 0


class ContactImport(TenantRow, table=True):
    """A file of contacts being read: what it is, how its columns are understood, and how far it came."""

    __tablename__ = "contact_imports"
    __table_args__ = (Index("contact_imports_org", "org_id", "id"),)

    created_by_user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    created_by: str = ""
    filename: str
    size_bytes: int
    encoding: str = "utf-8"
    delimiter: str = ","
    has_header: bool = True
    mapping: list[str] = document(list)
    policy: str = "skip"
    country: str = ""
    tag_ids: list[str] = document(list)
    status: str = "uploaded"
    total_rows: int = 0
    done_rows: int = 0
    created_count: int = 0
    updated_count: int = 0
    skipped_count: int = 0
    failed_count: int = 0
    error_message: str = ""
    started_at: datetime | None = moment()
    finished_at: datetime | None = moment()


class ContactImportRow(TenantRow, table=True):
    """A row of a file that could not be taken: its number in the file, the field and the reason, and its cells."""

    __tablename__ = "contact_import_rows"
    __table_args__ = (UniqueConstraint("import_id", "row_number"),)

    import_id: UUID = Field(foreign_key="contact_imports.id", ondelete="CASCADE")
    row_number: int
    field: str = ""
    message: str
    cells: list[str] = document(list)


class Erasure(TenantRow, table=True):
    """A person who was erased: who asked, when, and how much of what is gone. It says nothing of the person."""

    __tablename__ = "erasures"
    __table_args__ = (Index("erasures_org", "org_id", "id"),)

    contact_id: UUID
    requested_by_user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    requested_by: str = ""
    reason: str = ""
    status: str = "running"
    counts: dict[str, int] = document(dict)
    pending_files: list[str] = document(list)
    finished_at: datetime | None = moment()
