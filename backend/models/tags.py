"""Words a team puts on contacts and conversations to find them again."""

from sqlalchemy import Index, text

from backend.models.base import TenantRow


class Tag(TenantRow, table=True):
    """A tag with its colour; names differ in more than case."""

    __tablename__ = "tags"
    __table_args__ = (Index("tags_org_name", "org_id", text("lower(name)"), unique=True),)

    name: str
    colour: str
