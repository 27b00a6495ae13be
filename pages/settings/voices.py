"""The voices that callers agreed to have copied: a group of the Organization section."""

import reflex as rx

from pages.components.button import icon_button
from pages.components.dialog import confirm_dialog
from pages.components.feedback import empty_state, error_state, skeleton_rows
from pages.components.link import text_link
from pages.components.status import badge
from pages.components.surface import row_list, settings_group, vacancy
from pages.components.timestamp import time_ago
from pages.words import Settings
from state.settings.voices import VoiceCard, VoiceCopiesState


def copied_voices() -> rx.Component:
    """Return the group with its dialog."""
    return rx.fragment(
        settings_group(
            rx.cond(
                VoiceCopiesState.has_failed,
                error_state(
                    what=Settings.VOICES_FAILED,
                    safe=Settings.FAILED_SAFE,
                    reference=VoiceCopiesState.reference,
                    on_retry=VoiceCopiesState.load,
                    inset=True,
                ),
                rx.cond(
                    VoiceCopiesState.is_loaded,
                    rx.cond(
                        VoiceCopiesState.rows.length() > 0,
                        row_list(VoiceCopiesState.rows, _voice),
                        vacancy(
                            empty_state(
                                title=Settings.NO_VOICES, body=Settings.NO_VOICES_BODY, icon="audio_lines", inset=True
                            )
                        ),
                    ),
                    skeleton_rows(1, row="h-17"),
                ),
            ),
            title=Settings.VOICES,
            lead=Settings.VOICES_LEAD,
        ),
        confirm_dialog(
            title=Settings.REMOVE_VOICE_TITLE,
            verb=Settings.REMOVE_VOICE,
            loss=rx.cond(
                VoiceCopiesState.doomed_users != "",
                f"{Settings.REMOVE_VOICE_LOSS} {Settings.VOICE_USED_BY} {VoiceCopiesState.doomed_users}.",
                Settings.REMOVE_VOICE_LOSS,
            ),
            on_confirm=VoiceCopiesState.remove,
            open=VoiceCopiesState.doomed_id != "",
            on_open_change=VoiceCopiesState.keep,
        ),
    )


def _voice(row: rx.Var[VoiceCard]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.span(row["name"], class_name="min-w-0 truncate text-14 font-medium"),
                rx.match(
                    row["status"],
                    ("ready", badge(Settings.VOICE_READY, tone="success", icon="check")),
                    ("failed", badge(Settings.VOICE_FAILED, tone="danger", icon="triangle_alert")),
                    ("removing", badge(Settings.VOICE_REMOVING)),
                    badge(Settings.VOICE_SUBMITTING),
                ),
                class_name="flex min-w-0 flex-wrap items-center gap-2",
            ),
            rx.el.p(
                f"{Settings.VOICE_AGREED} ",
                time_ago(row["agreed_at"]),
                rx.cond(
                    row["call"] != "",
                    rx.fragment(" · ", text_link(Settings.VOICE_CALL, href=row["call"])),
                    rx.fragment(),
                ),
                class_name="mt-0.5 text-13 text-muted",
            ),
            rx.el.p(f"“{row['asked']}” “{row['agreed']}”", class_name="mt-0.5 text-13 text-pretty text-muted"),
            rx.cond(
                row["used_by"] != "",
                rx.el.p(f"{Settings.VOICE_USED_BY} {row['used_by']}", class_name="mt-0.5 text-13 text-muted"),
                rx.fragment(),
            ),
            rx.cond(
                row["failure"] != "",
                rx.el.p(row["failure"], class_name="mt-1 text-13 text-pretty text-danger-ink"),
                rx.fragment(),
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            VoiceCopiesState.is_owner & (row["status"] != "removing"),
            icon_button(
                "trash_2",
                label=rx.Var.create(f"{Settings.REMOVE_VOICE}: ") + row["name"].to(str),
                size="sm",
                on_click=VoiceCopiesState.ask_remove(row["id"]),
            ),
            rx.fragment(),
        ),
        key=row["id"],
        class_name="flex items-start gap-3 px-4 py-3",
    )
