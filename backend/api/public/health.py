"""Tell load balancers and operators how this installation is."""

from typing import Any

from fastapi import APIRouter, Response

from backend.core import health

router = APIRouter(prefix="/api", tags=["health"])


@router.get("/health")
async def get_health(response: Response) -> dict[str, Any]:
    """Return "ok" with status 200, or what is wrong with status 503."""
    found = await health.look()
    if not found.is_well:
        response.status_code = 503
    return {
        "status": "ok" if found.is_well else "unwell",
        "database": "ok" if found.database else "unreachable",
        "migrations": "ok" if found.migrations_at == found.migrations_head else "behind",
        "queue_lag_s": found.queue_lag_s,
    }
