"""Translate texts over the API."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.api.auth import principal
from backend.api.functions.body import BadParameter, Body
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.translation import service as translation

router = APIRouter(prefix="/functions/v1")
Caller = Annotated[Principal, Depends(principal)]


@router.post("/translate-text")
async def translate_text(request: Request, who: Caller) -> JSONResponse:
    """Translate texts, and keep the translations beside the messages or lines they are of."""
    body = await Body.of(request)
    texts = body.texts("texts", "text", most=translation.MOST_LINES)
    if any("\x00" in text for text in texts):
        raise BadParameter("texts holds a null character.", field="texts")
    language = body.text("targetLang", "target_lang", longest=16)
    cache = body.text("cacheType", "cache_type", is_required=False, longest=16)
    cache_ids = [parse_id(one, "cacheIds") for one in body.texts("cacheIds", "cache_ids", most=len(texts))]
    return body.reply(
        {"translations": await translation.translate_texts(who, texts, language, cache=cache, cache_ids=cache_ids)}
    )
