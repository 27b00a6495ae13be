"""Have texts put in order of how well they answer a question, by a service that speaks Cohere's API (`/v2/rerank`)."""

from collections.abc import Sequence

import httpx

from backend.core.config import settings
from backend.core.errors import VendorError
from backend.vendors import http

VENDOR = "Reranking"


def is_configured() -> bool:
    """Tell whether there is a key."""
    return bool(settings().rerank_api_key.get_secret_value())


async def order(question: str, texts: Sequence[str], within_s: float) -> list[tuple[int, float]]:
    """Return (place in `texts`, relevance from 0 to 1), best first. Raises `VendorError`."""
    ours = settings()
    wanted = {"model": ours.rerank_model, "query": question, "documents": list(texts), "top_n": len(texts)}
    try:
        async with httpx.AsyncClient(
            base_url=ours.rerank_base_url, timeout=within_s, verify=http.vendor_certificates()
        ) as client:
            response = await client.post(
                "/v2/rerank",
                json=wanted,
                headers={"Authorization": f"Bearer {ours.rerank_api_key.get_secret_value()}"},
            )
        if not response.is_success:
            raise VendorError(f"The reranking service answered {response.status_code}.", vendor=VENDOR)
        found = [(int(one["index"]), float(one["relevance_score"])) for one in response.json()["results"]]
    except httpx.HTTPError as error:
        raise VendorError(
            f"The reranking service could not be reached ({type(error).__name__}).", vendor=VENDOR, is_retryable=True
        ) from None
    except (ValueError, KeyError, TypeError):
        raise VendorError("The reranking service answered in a form we cannot read.", vendor=VENDOR) from None
    known = {place: relevance for place, relevance in found if 0 <= place < len(texts)}
    return sorted(known.items(), key=lambda one: -one[1])
