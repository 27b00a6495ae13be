"""Durable work of numbers: keep the carrier's settings in line with ours."""

from backend.core import jobs
from backend.core.errors import VendorError
from backend.core.logging import log
from backend.numbers import service as numbers


@jobs.task("numbers.connect")
async def connect(phone_number: str, sid: str) -> None:
    """Tell the carrier where a number's texts go."""
    await numbers.connect(phone_number, sid)


@jobs.task("numbers.connect_all", is_tick=True)
async def connect_all(timestamp: int) -> None:
    """Mend numbers whose texts the carrier would send elsewhere."""
    try:
        mended = await numbers.connect_all()
    except VendorError as error:
        log.warning("numbers.carrier_unavailable", error=error.message)
        return
    if mended:
        log.info("numbers.mended", count=mended)
