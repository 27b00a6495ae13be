"""Measure search over 100,000 passages, for a tenant that owns all of them, a tenth and a hundredth.

Vectors are made, not embedded: unit vectors of 384 numbers around 800 centres that spread in 48 directions, as texts of
one business do. Their words follow Zipf's law. The floor of a search by meaning is the exact scan of the same tenant.
"""

import os
from collections.abc import Iterator
from itertools import product
from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray

from backend.core.ids import new_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.knowledge import embedding, queries, searching
from backend.knowledge import service as knowledge
from backend.knowledge.embedding import Vector
from backend.models.knowledge import LOCAL_DIMENSIONS
from tests.bench.knowledge_site import make_owner
from tests.bench.measure import Row, ms, percentile, timed

PASSAGES = 100_000
CENTRES, DIRECTIONS = 800, 48
WORDS_EACH = 60
QUESTIONS = 200
_SYLLABLES = ("ba", "cor", "del", "fen", "gil", "hum", "jas", "kel", "lom", "mir", "nat", "ost", "pru", "qui", "ras",
              "sel", "tun", "ulv", "vor", "wen", "yst", "zad", "bri", "cle", "dro", "flu", "gra")  # fmt: skip
SHARES = {"100 %": 1.0, "10 %": 0.1, "1 %": 0.01}
_INDEX = "knowledge_vectors_local"
_EVERY = 2**31 - 1
# Words that carry meaning, the commonest in about every fifth passage; what stands in all of them is not searched for.
_VOCABULARY = tuple(f"{first}{second}{third}" for first, second, third in product(*[_SYLLABLES] * 3))
_SHIFT = 50

_Floats = NDArray[np.float32]


class _Texts:
    """Makes vectors that lie near one another as texts do, and words to go with them."""

    def __init__(self) -> None:
        self._dice = np.random.default_rng(7)
        self._centres = self._dice.standard_normal((CENTRES, LOCAL_DIMENSIONS)).astype(np.float32)
        self._spread = self._dice.standard_normal((DIRECTIONS, LOCAL_DIMENSIONS)).astype(np.float32)
        share = 1 / (np.arange(len(_VOCABULARY)) + _SHIFT)
        self._share = np.cumsum(share / share.sum())

    def vectors(self, count: int) -> _Floats:
        near = self._dice.standard_normal((count, DIRECTIONS)).astype(np.float32) @ self._spread / DIRECTIONS**0.5
        found = self._centres[self._dice.integers(0, CENTRES, count)] + near
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)

    def words(self, count: int) -> str:
        places = np.searchsorted(self._share, self._dice.random(count))
        return " ".join(_VOCABULARY[min(place, len(_VOCABULARY) - 1)] for place in places)


async def rows() -> list[Row]:
    """Fill the table, then search it as each tenant."""
    texts = _Texts()
    owners = {name: await make_owner(f"bench{place}@search.example") for place, name in enumerate(SHARES)}
    everything = owners["100 %"].org_id
    with psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", ""), autocommit=True) as database:
        sources = {name: _source(database, owner.org_id) for name, owner in owners.items()}
        _fill(database, texts, everything, sources["100 %"])
        lines = await _searched("100 %", everything, texts)
        for name, share in list(SHARES.items())[1:]:
            database.execute(
                "update knowledge_chunks set org_id = %s, source_id = %s where id in"
                " (select id from knowledge_chunks where org_id = %s order by random() limit %s)",
                (owners[name].org_id, sources[name], everything, int(PASSAGES * share)),
            )
            _count(database)
        _tidy(database)
        for name in list(SHARES)[1:]:
            lines += await _searched(name, owners[name].org_id, texts)
    return lines


def _source(database: psycopg.Connection[tuple[object, ...]], org_id: UUID) -> UUID:
    made = new_id()
    database.execute(
        "insert into knowledge_sources (id, created_at, updated_at, org_id, kind, title, content, pairs, file_name,"
        " url, max_pages, crawl_depth, include_paths, exclude_paths, respects_robots, sync_period, sync_status,"
        " error_message, chunk_count) values (%s, now(), now(), %s, 'text', 'Bench', '', '[]', '', '', 1, 0, '[]',"
        " '[]', true, 'never', 'completed', '', 0)",
        (made, org_id),
    )
    return made


def _fill(database: psycopg.Connection[tuple[object, ...]], texts: _Texts, org_id: UUID, source_id: UUID) -> None:
    [(index,)] = database.execute("select indexdef from pg_indexes where indexname = %s", (_INDEX,)).fetchall()
    database.execute(f"drop index {_INDEX}")
    columns = (
        "id, created_at, updated_at, org_id, source_id, is_live, chunk_index, content, token_count, embedding_local"
    )
    with database.cursor().copy(f"copy knowledge_chunks ({columns}) from stdin") as copy:
        for place, vector in enumerate(_in_parts(texts)):
            copy.write_row(
                (new_id(), "now", "now", org_id, source_id, True, place, texts.words(WORDS_EACH), 80, _spelled(vector))
            )
    database.execute("set maintenance_work_mem = '2GB'")
    database.execute(str(index))
    _count(database)
    _tidy(database)


def _tidy(database: psycopg.Connection[tuple[object, ...]]) -> None:
    # As the server does by itself a minute later.
    for table in ("knowledge_chunks", "knowledge_vectors"):
        database.execute(f"vacuum analyze {table}")


def _count(database: psycopg.Connection[tuple[object, ...]]) -> None:
    # How many there are decides whether a tenant is searched exactly.
    database.execute(
        "update knowledge_sources set chunk_count ="
        " (select count(*) from knowledge_chunks where source_id = knowledge_sources.id)"
    )


def _in_parts(texts: _Texts, size: int = 5_000) -> Iterator[_Floats]:
    for _ in range(PASSAGES // size):
        yield from texts.vectors(size)


def _spelled(vector: _Floats) -> str:
    return "[" + ",".join(f"{number:.5f}" for number in vector) + "]"


async def _searched(name: str, org_id: UUID, texts: _Texts) -> list[Row]:
    space = embedding.space()
    vectors = [Vector(space, tuple(float(number) for number in one)) for one in texts.vectors(QUESTIONS)]
    asked = [(texts.words(5), vector) for vector in vectors]
    with org_scope(org_id):

        async def near(vector: Vector, exact_below: int = queries.EXACT_BELOW) -> list[UUID]:
            async with unit_of_work() as session:
                found = await queries.nearest(
                    session, None, space.column, vector.spelled, searching.CANDIDATES, exact_below=exact_below
                )
            return [chunk_id for chunk_id, _ in found][:10]

        recall = []
        for vector in vectors:
            truth = set(await near(vector, _EVERY))
            recall.append(len(truth & set(await near(vector))) / len(truth))
        by_meaning = [(await timed(lambda one=one: near(one), 1, warm_up=0))[0] for one in vectors]
        scan = [(await timed(lambda one=one: near(one, _EVERY), 1, warm_up=0))[0] for one in vectors[:50]]

        async def both(words: str, vector: Vector) -> object:
            async with unit_of_work() as session:
                return await knowledge.search(session, words, None, vector=vector)

        hybrid = [(await timed(lambda one=one: both(*one), 1, warm_up=0))[0] for one in asked]
    floor = ms(scan, 0.5, 0.95)
    how = "exact scan" if PASSAGES * SHARES[name] < queries.EXACT_BELOW else "HNSW, iterative"
    return [
        Row(
            f"knowledge by meaning, a tenant of {name} of {PASSAGES:,} passages ({how})",
            "recall@10 ≥ 0.95, p95 ≤ 15 ms",
            f"recall@10 {sum(recall) / len(recall):.3f}, {ms(by_meaning, 0.5, 0.95)}",
            floor,
            "exact scan of the tenant",
        ),
        Row(
            f"knowledge, hybrid, a tenant of {name}",
            "p95 ≤ 30 ms",
            f"{ms(hybrid, 0.5, 0.95)}, worst {percentile(hybrid, 1) * 1000:.0f} ms",
            floor,
            "exact scan of the tenant",
        ),
    ]
