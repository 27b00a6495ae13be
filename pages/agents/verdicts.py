"""Draw how a case or a check ended: an icon and a word, never a colour alone."""

import reflex as rx

from pages.components.icon import icon
from pages.components.status import badge
from pages.words import AgentProving, AgentRound

_STATUSES = AgentProving.STATUSES


def status_icon(status: rx.Var[str]) -> rx.Component:
    """Return the icon of how a case ended, named for screen readers."""
    return rx.match(
        status,
        ("passed", icon("circle_check", label=_STATUSES["passed"], class_name="text-success-ink")),
        ("failed", icon("circle_x", label=_STATUSES["failed"], class_name="text-danger-ink")),
        ("error", icon("triangle_alert", label=_STATUSES["error"], class_name="text-warning-ink")),
        ("running", icon("loader_circle", label=_STATUSES["running"], class_name="animate-spin text-info-ink")),
        ("queued", icon("clock", label=_STATUSES["queued"], class_name="text-muted")),
        ("cancelled", icon("ban", label=_STATUSES["cancelled"], class_name="text-muted")),
        icon("circle_dashed", label=_STATUSES[""], class_name="text-faint"),
    )


def status_badge(status: rx.Var[str]) -> rx.Component:
    """Return how a case ended, in a word."""
    return rx.match(
        status,
        ("passed", badge(_STATUSES["passed"], tone="success", icon="check")),
        ("failed", badge(_STATUSES["failed"], tone="danger", icon="x")),
        ("error", badge(_STATUSES["error"], tone="warning", icon="triangle_alert")),
        ("running", badge(_STATUSES["running"], tone="info")),
        ("queued", badge(_STATUSES["queued"])),
        ("cancelled", badge(_STATUSES["cancelled"])),
        rx.fragment(),
    )


def verdict_icon(verdict: rx.Var[str]) -> rx.Component:
    """Return the icon of how a check ended, named for screen readers."""
    words = AgentRound.VERDICTS
    return rx.match(
        verdict,
        ("pass", icon("circle_check", label=words["pass"], class_name="mt-0.5 text-success-ink")),
        ("fail", icon("circle_x", label=words["fail"], class_name="mt-0.5 text-danger-ink")),
        icon("circle_help", label=words["maybe"], class_name="mt-0.5 text-warning-ink"),
    )
