"""Bring contacts in: `/contacts/import`, from the file to what became of each row."""

from typing import Any

import reflex as rx

from pages.components.button import button, button_class, link_button
from pages.components.choice import radio_cards, switch
from pages.components.combobox import combobox
from pages.components.feedback import banner, progress, skeleton, skeleton_fields
from pages.components.field import select_field
from pages.components.link import download_link, text_link
from pages.components.saving_field import saving_field
from pages.components.shell import page_shell
from pages.components.status import badge
from pages.components.surface import card, row_list
from pages.components.timestamp import time_ago
from pages.components.upload import upload
from pages.frame import frame
from pages.inbox.parts import words_of
from pages.words import Common, Contact, ContactImports
from state.contacts.importing import ImportState

_W = ContactImports
_TARGETS = [
    ("", _W.LEFT_OUT),
    ("name", _W.NAME),
    ("first_name", _W.FIRST_NAME),
    ("last_name", _W.LAST_NAME),
    ("phone_number", _W.PHONE_NUMBER),
    ("email", _W.EMAIL),
    ("company", _W.COMPANY),
    ("job_title", _W.JOB_TITLE),
    ("address", _W.ADDRESS),
    ("city", _W.CITY),
    ("region", _W.REGION),
    ("country", _W.COUNTRY_FIELD),
    ("notes", _W.NOTES),
    ("tags", _W.TAGS),
    ("sms_consent", _W.SMS_CONSENT),
]
_SELECT = (
    "h-9 w-full rounded-control border border-control bg-canvas px-2 text-14 text-ink pointer-coarse:h-11 "
    "pointer-coarse:text-16"
)
_FATES = {"created": _W.NEW, "updated": _W.CHANGED, "skipped": _W.SKIPPED, "failed": _W.FAILED}


def import_page() -> rx.Component:
    """Return the page."""
    job = ImportState.job
    return page_shell(
        rx.el.div(text_link(Contact.BACK, href="/contacts"), class_name="mb-4 text-13"),
        rx.cond(
            ~ImportState.is_loaded,
            _loading(),
            rx.cond(
                ~ImportState.can_edit,
                banner(_W.NOT_EDITOR, rounded=True),
                rx.match(
                    job["status"],
                    ("", _begin()),
                    ("uploaded", _settings()),
                    ("running", _running()),
                    _ended(),
                ),
            ),
        ),
        title=_W.TITLE,
        active="contacts",
        **frame(),
    )


def _loading() -> rx.Component:
    """Return the shape of the first step."""
    return rx.el.div(
        rx.el.span(Common.LOADING, class_name="sr-only"),
        skeleton("h-5 w-full max-w-120"),
        skeleton("h-20 w-full max-sm:h-32"),
        role="status",
        class_name="flex max-w-180 flex-col gap-6",
    )


def _begin() -> rx.Component:
    return rx.el.div(
        rx.el.p(_W.LEAD, class_name="text-14 text-muted"),
        upload(
            "/api/contacts/imports",
            accept=".csv,.tsv,.txt,text/csv",
            words=words_of(_W),
            on_taken=lambda job_id: rx.redirect("/contacts/import?id=" + job_id),
        ),
        rx.cond(
            ImportState.recent.length() > 0,
            rx.el.section(
                rx.el.h2(_W.RECENT, class_name="mb-2 text-14 font-semibold"),
                row_list(ImportState.recent, _recent),
            ),
            rx.fragment(),
        ),
        class_name="flex max-w-180 flex-col gap-6",
    )


def _recent(job: rx.Var[dict[str, Any]]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            text_link(job["filename"], href="/contacts/import?id=" + job["id"].to(str)),
            rx.el.p(
                rx.el.span(
                    rx.cond(job["status"] == "uploaded", job["total_rows"].to(int), job["done_rows"].to(int)),
                    class_name="tabular",
                ),
                f" {_W.ROWS} · ",
                job["by"],
                " · ",
                time_ago(job["at"].to(str)),
                class_name="truncate text-13 text-muted",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.match(
            job["status"],
            ("done", badge(_W.DONE, tone="success")),
            ("running", badge(rx.Var.create(_W.RUNNING.partition("{")[0]), tone="info")),
            ("failed", badge(_W.FAILED, tone="danger")),
            ("cancelled", badge(_W.CANCELLED)),
            ("uploaded", badge(_W.WAITING)),
            rx.fragment(),
        ),
        class_name="flex min-h-14 items-center gap-3 px-4 py-2",
    )


def _settings() -> rx.Component:
    job = ImportState.job
    counted = ImportState.counts["created"] + ImportState.counts["updated"]
    takes = rx.cond(ImportState.is_checking, job["total_rows"].to(int), counted)
    return rx.el.div(
        rx.cond(ImportState.error != "", banner(ImportState.error, tone="danger", rounded=True), rx.fragment()),
        card(
            rx.el.p(
                job["filename"],
                " · ",
                rx.el.span(job["total_rows"].to(int).to_string(), class_name="tabular"),
                f" {_W.ROWS}",
                class_name="mb-4 text-14 break-words text-muted",
            ),
            rx.el.div(
                select_field(
                    "delimiter",
                    _W.DELIMITER,
                    [(",", _W.COMMA), (";", _W.SEMICOLON), ("\t", _W.TAB), ("|", _W.BAR)],
                    value=job["delimiter"].to(str),
                    on_change=lambda value: ImportState.change("delimiter", value),
                ),
                select_field(
                    "encoding",
                    _W.ENCODING,
                    [
                        ("utf-8", "UTF-8"),
                        ("utf-8-sig", "UTF-8 (BOM)"),
                        ("utf-16", "UTF-16"),
                        ("utf-16-le", "UTF-16 LE"),
                        ("utf-16-be", "UTF-16 BE"),
                        ("cp1252", "Windows-1252"),
                    ],
                    value=job["encoding"].to(str),
                    on_change=lambda value: ImportState.change("encoding", value),
                ),
                combobox(
                    "country",
                    _W.COUNTRY,
                    ImportState.countries,
                    value=job["country"].to(str),
                    on_query=ImportState.find_countries,
                    on_change=lambda value: ImportState.change("country", value),
                    clearable=False,
                ),
                class_name="grid gap-4 sm:grid-cols-3",
            ),
            rx.el.div(
                switch("header", _W.HEADER, checked=job["has_header"].to(bool), on_change=ImportState.set_header),
                class_name="mt-3 max-w-100",
            ),
            title=_W.LAYOUT,
        ),
        card(
            rx.el.p(_W.COLUMNS_LEAD, class_name="mb-3 text-13 text-muted"),
            rx.cond(
                ImportState.columns.length() > 0,
                rx.el.ul(rx.foreach(ImportState.columns, _column), class_name="divide-y divide-line"),
                skeleton_fields(3),
            ),
            title=_W.COLUMNS,
        ),
        card(
            radio_cards(
                "policy",
                _W.POLICY,
                [
                    ("skip", _W.SKIP, _W.SKIP_HINT, ""),
                    ("update", _W.UPDATE, _W.UPDATE_HINT, ""),
                    ("create", _W.CREATE, _W.CREATE_HINT, ""),
                ],
                value=job["policy"].to(str),
                on_change=lambda value: ImportState.change("policy", value),
                columns="md:grid-cols-3",
                hide_label=True,
            ),
            rx.el.div(
                saving_field(
                    "tag-all", _W.TAG_ALL, value="", on_save=ImportState.tag_all, hint=_W.TAG_ALL_HINT, max_length=200
                ),
                class_name="mt-4 max-w-100",
            ),
            title=_W.POLICY,
        ),
        _preview(),
        rx.el.div(
            button(
                rx.Var.create(_W.START.partition("{")[0]) + takes.to_string() + _W.START.partition("}")[2],
                variant="primary",
                disabled=(ImportState.columns.length() == 0) | (takes == 0),
                on_click=ImportState.start,
            ),
            button(_W.CANCEL, on_click=ImportState.cancel),
            class_name="flex gap-2",
        ),
        class_name="flex max-w-240 flex-col gap-6",
    )


def _column(column: rx.Var[dict[str, Any]]) -> rx.Component:
    place, header = column["place"].to(int), column["header"].to(str)
    called = rx.cond(header != "", header, rx.Var.create(_W.COLUMN.partition("{")[0]) + (place + 1).to_string())
    control = "field-column-" + place.to_string()
    return rx.el.li(
        rx.el.div(
            rx.el.label(called, html_for=control, class_name="block truncate text-14 font-medium"),
            rx.el.p(column["sample"], class_name="truncate text-13 text-muted"),
            class_name="min-w-0",
        ),
        rx.el.select(
            *(rx.el.option(words, value=value) for value, words in _TARGETS),
            rx.foreach(
                ImportState.own_fields,
                lambda field: rx.el.option(field["label"], value="custom_fields." + field["key"].to(str)),
            ),
            id=control,
            value=column["target"].to(str),
            on_change=lambda value: ImportState.map_column(place, value),
            class_name=_SELECT,
        ),
        class_name="grid items-center gap-2 py-2 sm:grid-cols-[1fr_16rem] sm:gap-6",
    )


def _tone(fate: Any) -> rx.Component:
    return rx.match(
        fate,
        ("created", badge(_W.NEW, tone="success")),
        ("updated", badge(_W.CHANGED, tone="info")),
        ("failed", badge(_W.FAILED, tone="danger")),
        badge(_W.SKIPPED),
    )


def _preview() -> rx.Component:
    return card(
        rx.cond(
            ImportState.is_checking,
            rx.el.div(
                progress(_W.CHECKING, value=ImportState.checked, total=ImportState.job["total_rows"].to(int)),
                class_name="mb-3 max-w-120",
            ),
            rx.fragment(),
        ),
        _counts(),
        rx.el.div(
            rx.el.table(
                rx.el.caption(_W.PREVIEW, class_name="sr-only"),
                rx.el.tbody(rx.foreach(ImportState.preview, _preview_row)),
                class_name="w-full text-13",
            ),
            tab_index=0,
            role="region",
            aria_label=_W.PREVIEW,
            class_name="mt-3 overflow-x-auto",
        ),
        title=_W.PREVIEW,
    )


def _counts() -> rx.Component:
    return rx.el.ul(
        *(
            rx.el.li(
                rx.el.span(ImportState.counts[key].to_string(), class_name="tabular font-semibold text-ink"),
                f" {words}",
            )
            for key, words in _FATES.items()
        ),
        class_name="flex flex-wrap gap-x-5 gap-y-1 text-14 text-muted",
    )


def _preview_row(row: rx.Var[dict[str, Any]]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row["number"].to(int), scope="row", class_name="tabular py-2 pr-4 text-right font-normal text-faint"),
        rx.el.td(_tone(row["fate"]), class_name="py-2 pr-4"),
        rx.foreach(row["cells"].to(list[str]), lambda cell: rx.el.td(cell, class_name="max-w-48 truncate py-2 pr-4")),
        rx.el.td(row["problem"], class_name="min-w-60 py-2 text-danger-ink"),
        class_name="border-b border-line align-top last:border-0",
    )


def _running() -> rx.Component:
    job = ImportState.job
    return rx.el.div(
        progress(
            rx.Var.create(_W.RUNNING.partition("{")[0]) + job["filename"].to(str),
            value=job["done_rows"].to(int),
            total=job["total_rows"].to(int),
        ),
        rx.el.p(_W.LEAVE, class_name="text-13 text-muted"),
        _tally(),
        rx.el.div(button(_W.STOP, on_click=ImportState.cancel)),
        class_name="flex max-w-180 flex-col gap-4",
    )


def _tally() -> rx.Component:
    job = ImportState.job
    return rx.el.ul(
        *(
            rx.el.li(rx.el.span(job[key].to(int).to_string(), class_name="tabular font-semibold text-ink"), f" {words}")
            for key, words in _FATES.items()
        ),
        class_name="flex flex-wrap gap-x-5 gap-y-1 text-14 text-muted",
    )


def _ended() -> rx.Component:
    job = ImportState.job
    return rx.el.div(
        rx.match(
            job["status"],
            ("done", banner(_W.DONE, tone="success", rounded=True)),
            ("failed", banner(_W.BROKEN, ". ", job["error"], " ", _W.KEPT, tone="danger", rounded=True)),
            banner(_W.CANCELLED, ". ", _W.KEPT, rounded=True),
        ),
        rx.el.p(job["filename"], class_name="text-14 break-words text-muted"),
        _tally(),
        rx.el.div(
            link_button(_W.SEE, href="/contacts?sort=-created_at", variant="primary"),
            rx.cond(
                job["failed"].to(int) > 0,
                download_link(
                    _W.ERRORS,
                    href="/api/contacts/imports/" + job["id"].to(str) + "/errors",
                    class_name=button_class(link=True),
                ),
                rx.fragment(),
            ),
            link_button(_W.AGAIN, href="/contacts/import"),
            class_name="flex flex-wrap gap-2",
        ),
        class_name="flex max-w-180 flex-col gap-4",
    )
