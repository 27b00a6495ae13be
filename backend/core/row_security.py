"""Write the row-level security of a table: who may see which rows, enforced by PostgreSQL even on the owner."""

from backend.core.db import APP_ROLE, PLATFORM_ROLE

CURRENT_ORG = "nullif(current_setting('app.org_id', true), '')::uuid"


def guard(table: str, org_column: str | None = "org_id") -> str:
    """Return the SQL that guards `table`: an organization sees its own rows, the platform sees all.

    With `org_column` None the table belongs to the platform alone and organizations see nothing of it.
    """
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY platform ON {table} TO {PLATFORM_ROLE} USING (true) WITH CHECK (true)",
    ]
    if org_column:
        statements.append(
            f"CREATE POLICY organization ON {table} TO {APP_ROLE} "
            f"USING ({org_column} = {CURRENT_ORG}) WITH CHECK ({org_column} = {CURRENT_ORG})"
        )
    return ";\n".join(statements) + ";"
