"""Settings of the stand-ins: where they keep their data, what address and which keys they answer to."""

from pathlib import Path

from pydantic import BaseModel, Field


class SandboxSettings(BaseModel, frozen=True):
    """Everything the stand-ins must be told; the keys are for loopback only and protect nothing."""

    database: Path = Path(":memory:")
    public_url: str = "http://127.0.0.1:3001"
    project: str = "sandbox-project"
    token: str = "sandbox-token"  # noqa: S105 - opens nothing but this stand-in
    signing_key: str = "sandbox-signing-key"
    openai_key: str = "sandbox-openai-key"
    deepgram_key: str = "sandbox-deepgram-key"
    elevenlabs_key: str = "sandbox-elevenlabs-key"
    postmark_token: str = "sandbox-postmark-token"  # noqa: S105 - likewise
    firecrawl_key: str = "sandbox-firecrawl-key"
    hubspot_token: str = "sandbox-hubspot-token"  # noqa: S105 - likewise
    rerank_key: str = "sandbox-rerank-key"
    calcom_key: str = "cal_sandbox"
    inbound_mail_url: str = ""
    """Where customers' emails are handed on, with the password in it; empty while nobody takes them."""
    status_delay_ms: int = Field(default=200, ge=0)
    """Between two delivery statuses of one text; real carriers take from a fraction of a second to minutes."""
    webhook_timeout_s: float = Field(default=15.0, gt=0)
    """The carrier's documented patience with a message webhook."""
    callback_retry_s: float = Field(default=1.0, ge=0)
    """Pause before the only retry of a status callback that found nobody listening."""
    chaos_seed: int = 7
    """Seed of every random choice made by faults, so that a run can be repeated."""
