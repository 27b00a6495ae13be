"""Read every setting of the platform once, typed, from the environment and `.env`.

Each setting has a default that works on a laptop without keys: an absent vendor key points that vendor's base URL at
the local sandbox. Production refuses such an address unless `ALLOW_SANDBOX` says otherwise (DESIGN law 7).
"""

from functools import lru_cache
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.core.errors import Misconfigured

SANDBOX_PROJECT = "sandbox-project"
SANDBOX_TOKEN = "sandbox-token"  # noqa: S105 - opens nothing but the local stand-in
SANDBOX_SIGNING_KEY = "sandbox-signing-key"
SANDBOX_MAIL_DOMAIN, SANDBOX_MAIL_SECRET = "mail.magpipe.example", "sandbox-mail-secret"


class Settings(BaseSettings):
    """Settings of one installation; names in the environment are the field names in upper case."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore")

    # Where it runs
    environment: Literal["development", "test", "production"] = "development"
    data_dir: Path = Path(".data")
    host: str = "127.0.0.1"
    port: int = Field(3000, ge=1, le=65535)
    public_url: str = ""
    trusted_proxies: int = Field(0, ge=0, le=10)
    sandbox_port: int = Field(3001, ge=1, le=65535)
    allow_sandbox: bool = False
    # What agents may reach and knowledge be read from inside the network, against the rule: origins separated by commas
    private_origins: str = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"
    otel_exporter_otlp_endpoint: str = ""

    # The chat widget on our own pages: its key, of an organization of this installation
    support_widget_key: str = ""

    # Data
    database_url: str = ""
    database_pool_size: int = Field(10, ge=1, le=200)
    redis_url: str = ""

    # Secrets of this installation; made and kept in the data folder when empty
    secret_key: SecretStr = SecretStr("")
    encryption_keys: SecretStr = SecretStr("")

    # Telephony
    signalwire_space_url: str = ""
    signalwire_project_id: str = ""
    signalwire_api_token: SecretStr = SecretStr("")
    signalwire_signing_key: SecretStr = SecretStr("")

    # Voice: LiveKit carries calls where its SIP address is known, else the carrier streams them to our own endpoint
    livekit_url: str = ""
    livekit_api_key: str = ""
    livekit_api_secret: SecretStr = SecretStr("")
    livekit_sip_domain: str = ""
    # Where LiveKit rings telephones by: the carrier's SIP address, and our login there
    livekit_trunk_host: str = ""
    livekit_trunk_user: str = ""
    livekit_trunk_password: SecretStr = SecretStr("")
    # The folder, under one path for it and for us, into which LiveKit's egress service records calls in rooms
    livekit_egress_dir: str = ""
    voice_stream_url: str = ""
    voice_port: int = Field(3002, ge=1, le=65535)
    # Calls one voice process holds at once; with none, no such process is run
    voice_capacity: int = Field(10, ge=0, le=200)
    voice_drain_s: int = Field(60, ge=0, le=3600)

    # Language models
    openai_api_key: SecretStr = SecretStr("")
    openai_base_url: str = ""
    chat_model: str = "gpt-4.1-mini"
    fallback_chat_model: str = "gpt-4o-mini"
    # Another server that speaks OpenAI's API, which thinks in calls where the first fails; it has the model above
    fallback_openai_base_url: str = ""
    fallback_openai_api_key: SecretStr = SecretStr("")
    embedding_model: str = "text-embedding-3-small"

    # Calls: what hears callers and what speaks to them
    deepgram_api_key: SecretStr = SecretStr("")
    deepgram_base_url: str = ""
    deepgram_model: str = "nova-3"
    elevenlabs_api_key: SecretStr = SecretStr("")
    elevenlabs_base_url: str = ""
    elevenlabs_model: str = "eleven_flash_v2_5"

    # Web pages read in a browser; without a key our own reader fetches them, which runs no scripts
    firecrawl_api_key: SecretStr = SecretStr("")
    firecrawl_base_url: str = "https://api.firecrawl.dev"

    # Notes about customers; the token is each organization's own. Without an address the stand-in, but for production
    hubspot_base_url: str = ""
    # What is searched for keywords, without a key
    reddit_base_url: str = "https://www.reddit.com"
    hacker_news_base_url: str = "https://hn.algolia.com"

    # Pages that scripts draw, seen in a Chromium of this machine: where it can be confined, always, or never
    render_pages: Literal["auto", "on", "off"] = "auto"

    # Passages put in order once more by a service that speaks Cohere's API; without a key they stay as they were found
    rerank_api_key: SecretStr = SecretStr("")
    rerank_base_url: str = "https://api.cohere.com"
    rerank_model: str = "rerank-v3.5"

    # Calendars: each organization connects its own account; its key is kept with it
    calcom_base_url: str = ""

    # Email
    postmark_server_token: SecretStr = SecretStr("")
    postmark_base_url: str = ""
    email_from: str = "Magpipe <hello@magpipe.example>"
    # Where agents get their mailboxes, and the password the mail service shows when it brings what came
    inbound_email_domain: str = ""
    postmark_webhook_secret: SecretStr = SecretStr("")

    @model_validator(mode="after")
    def _fill_and_check(self) -> Self:
        sandbox = f"http://127.0.0.1:{self.sandbox_port}"
        # On this machine the carrier's stand-in reaches the voice process itself; elsewhere it comes by the address of
        # the rest, and a proxy passes it on. http becomes ws, https becomes wss.
        voice = self.public_url.rstrip("/") or f"http://127.0.0.1:{self.voice_port}"
        self.voice_stream_url = self.voice_stream_url or f"ws{voice.removeprefix('http')}/voice/stream"
        self.public_url = (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")
        if not self.signalwire_api_token.get_secret_value():
            self.signalwire_space_url = self.signalwire_space_url or sandbox
            self.signalwire_project_id = self.signalwire_project_id or SANDBOX_PROJECT
            self.signalwire_api_token = SecretStr(SANDBOX_TOKEN)
            self.signalwire_signing_key = SecretStr(
                self.signalwire_signing_key.get_secret_value() or SANDBOX_SIGNING_KEY
            )
        if "://" not in self.signalwire_space_url:
            self.signalwire_space_url = f"https://{self.signalwire_space_url}"
        if not self.openai_api_key.get_secret_value():
            self.openai_base_url = self.openai_base_url or f"{sandbox}/v1"
            self.openai_api_key = SecretStr("sandbox-openai-key")
        self.openai_base_url = self.openai_base_url or "https://api.openai.com/v1"
        if not self.postmark_server_token.get_secret_value():
            self.postmark_base_url = self.postmark_base_url or sandbox
            self.postmark_server_token = SecretStr("sandbox-postmark-token")
            self.inbound_email_domain = self.inbound_email_domain or SANDBOX_MAIL_DOMAIN
            self.postmark_webhook_secret = SecretStr(
                self.postmark_webhook_secret.get_secret_value() or SANDBOX_MAIL_SECRET
            )
        self.postmark_base_url = self.postmark_base_url or "https://api.postmarkapp.com"
        self.inbound_email_domain = self.inbound_email_domain.strip().lower()
        if not self.hubspot_base_url:
            self.hubspot_base_url = "https://api.hubapi.com" if self.environment == "production" else sandbox
        if not self.calcom_base_url:
            self.calcom_base_url = "https://api.cal.com" if self.environment == "production" else sandbox
        self._fill_speech(sandbox)
        if self.environment == "production" and self.sandboxed_vendors and not self.allow_sandbox:
            raise Misconfigured(
                f"In production these vendors have no key: {', '.join(self.sandboxed_vendors)}. "
                "Set their keys in the environment, or ALLOW_SANDBOX=true to run with stand-ins.",
                field="ALLOW_SANDBOX",
            )
        return self

    def _fill_speech(self, sandbox: str) -> None:
        """Point the vendors of speech at the stand-ins, but for production: there, without a key, nobody calls."""
        is_rehearsal = self.environment != "production" or self.allow_sandbox
        if is_rehearsal and not self.deepgram_api_key.get_secret_value():
            self.deepgram_base_url = self.deepgram_base_url or f"{sandbox}/v1"
            self.deepgram_api_key = SecretStr("sandbox-deepgram-key")
        if is_rehearsal and not self.elevenlabs_api_key.get_secret_value():
            self.elevenlabs_base_url = self.elevenlabs_base_url or f"{sandbox}/v1"
            self.elevenlabs_api_key = SecretStr("sandbox-elevenlabs-key")
        self.deepgram_base_url = self.deepgram_base_url or "https://api.deepgram.com/v1"
        self.elevenlabs_base_url = self.elevenlabs_base_url or "https://api.elevenlabs.io/v1"

    @property
    def origins(self) -> frozenset[str]:
        """The origins our own pages have; a browser's request from any other is refused."""
        parts = urlsplit(self.public_url)
        public = f"{parts.scheme}://{parts.netloc}".lower()
        return frozenset({public, f"http://localhost:{self.port}", f"http://127.0.0.1:{self.port}"})

    @property
    def voice_browser_url(self) -> str:
        """Where people's browsers reach the voice process: beside the carrier's streams."""
        return f"{self.voice_stream_url.removesuffix('/stream')}/browser"

    @property
    def voice_person_url(self) -> str:
        """Where the carrier brings the telephone of somebody who takes a caller."""
        return f"{self.voice_stream_url.removesuffix('/stream')}/person"

    @property
    def reachable_private_origins(self) -> frozenset[str]:
        """Origins (`scheme://host[:port]`) that people's addresses may name although they are inside the network."""
        given = [one.strip().rstrip("/").casefold() for one in self.private_origins.split(",")]
        if self.environment == "development" and self.sandboxed_vendors:
            # On a laptop the stand-ins are the world that people try things on.
            given.append(self.sandbox_url)
        return frozenset(one for one in given if one)

    @property
    def sandbox_url(self) -> str:
        """Address of the local vendor stand-ins."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def sandboxed_vendors(self) -> list[str]:
        """Names of the vendors whose base URL is the sandbox."""
        addresses = {
            "SignalWire": self.signalwire_space_url,
            "OpenAI": self.openai_base_url,
            "Deepgram": self.deepgram_base_url,
            "ElevenLabs": self.elevenlabs_base_url,
            "Postmark": self.postmark_base_url,
            "Firecrawl": self.firecrawl_base_url,
            "HubSpot": self.hubspot_base_url,
            "Reranking": self.rerank_base_url,
            "Cal.com": self.calcom_base_url,
        }
        return [name for name, address in addresses.items() if address.startswith(self.sandbox_url)]

    @property
    def uses_local_embeddings(self) -> bool:
        """Whether text is embedded on this machine (no OpenAI key) rather than by the model service."""
        return "OpenAI" in self.sandboxed_vendors

    @property
    def media_dir(self) -> Path:
        """Private folder for message media; never served without an authorised route."""
        return self.data_dir / "media"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read on first use. Raises `Misconfigured` or pydantic's ValidationError."""
    return Settings()
