"""Tell apart the people who share an appointment: each has a seat of it."""

from alembic import op

revision = "1420"
down_revision = "1410"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The previous release writes appointments without seats.
    op.execute("""
ALTER TABLE bookings ADD COLUMN seat_uid VARCHAR NOT NULL DEFAULT '';
ALTER TABLE bookings DROP CONSTRAINT bookings_org_id_uid_key, ADD UNIQUE (org_id, uid, seat_uid);
""")


def downgrade() -> None:
    # One of those who share an appointment stays.
    op.execute("""
DELETE FROM bookings one USING bookings other
    WHERE one.org_id = other.org_id AND one.uid = other.uid AND one.id > other.id;
ALTER TABLE bookings DROP CONSTRAINT bookings_org_id_uid_seat_uid_key, ADD UNIQUE (org_id, uid);
ALTER TABLE bookings DROP COLUMN seat_uid;
""")
