"""Settings of the organization: its facts, and the voices it had copied."""

import reflex as rx

from pages.components.combobox import combobox
from pages.components.feedback import banner, skeleton_fields
from pages.components.field import select_field
from pages.components.saving_field import saving_field
from pages.components.surface import settings_group
from pages.settings.layout import settings_section
from pages.settings.voices import copied_voices
from pages.words import Settings
from state.settings.organization import OrganizationState


def organization_page() -> rx.Component:
    """Return `/settings/organization`."""
    return settings_section(
        "organization",
        OrganizationState,
        settings_group(
            rx.cond(
                OrganizationState.is_loaded & ~OrganizationState.is_owner,
                banner(Settings.OWNERS_ONLY, rounded=True),
                rx.fragment(),
            ),
            rx.cond(OrganizationState.is_loaded, _facts(), skeleton_fields(3)),
            title=Settings.ORGANIZATION,
            lead=Settings.ORGANIZATION_LEAD,
        ),
        copied_voices(),
    )


def _facts() -> rx.Component:
    locked = ~OrganizationState.is_owner
    return rx.fragment(
        saving_field(
            "name",
            Settings.ORGANIZATION_NAME,
            value=OrganizationState.name,
            on_save=lambda text: OrganizationState.save("name", text),
            error=OrganizationState.errors["name"],
            save_state=rx.cond(OrganizationState.saved == "name", "saved", ""),
            max_length=80,
            disabled=locked,
            auto_complete="organization",
        ),
        combobox(
            "country",
            Settings.COUNTRY,
            OrganizationState.countries,
            value=OrganizationState.country,
            on_change=lambda code: OrganizationState.save("country", code),
            on_query=OrganizationState.find_countries,
            error=OrganizationState.errors["country"],
            clearable=False,
            disabled=locked,
        ),
        combobox(
            "timezone",
            Settings.TIMEZONE,
            OrganizationState.zones,
            value=OrganizationState.timezone,
            on_change=lambda zone: OrganizationState.save("timezone", zone),
            on_query=OrganizationState.find_zones,
            error=OrganizationState.errors["timezone"],
            clearable=False,
            disabled=locked,
        ),
        select_field(
            "calls_kept_days",
            Settings.CALLS_KEPT,
            list(Settings.CALLS_KEPT_FOR),
            value=OrganizationState.calls_kept_days,
            on_change=lambda days: OrganizationState.save("calls_kept_days", days),
            hint=Settings.CALLS_KEPT_HINT,
            error=OrganizationState.errors["calls_kept_days"],
            disabled=locked,
        ),
    )
