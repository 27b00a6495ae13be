"""A look that reads only what was written to sees exactly what a look at every row would."""

from dataclasses import replace

import psycopg
import pytest

from backend.core.db import conninfo
from tests.tenancy.witness import Witness


@pytest.mark.parametrize(
    "change",
    [
        "insert into teams (id, org_id, name, created_at, updated_at)"
        " select gen_random_uuid(), org_id, 'Mallory', now(), now() from teams",
        "update tags set colour = 'green'",
        "delete from test_suites",  # and with them, their cases, which nobody named
        "truncate contact_import_rows",
    ],
)
async def test_a_committed_change_is_seen_and_one_taken_back_is_none(world, change):
    before = await world.everything_now(), await world.ours_now()
    with psycopg.connect(conninfo()) as connection:
        connection.execute(change)
        connection.rollback()
        assert (await world.everything_now(), await world.ours_now()) == before
        connection.execute(change)
        # A transaction that began before a look and ends after it is seen by the next.
        assert (await world.everything_now(), await world.ours_now()) == before
    after = await world.everything_now(), await world.ours_now()
    anew = replace(world, witness=Witness())
    assert after == (await anew.everything_now(), await anew.ours_now())
    assert after[0] != before[0]
    assert after[1] != before[1]
