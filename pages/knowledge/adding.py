"""The dialog that teaches something new or changes it: a website, a text, questions with answers, or a file."""

import reflex as rx

from pages.components.button import button, button_class
from pages.components.choice import checkbox, segmented, switch
from pages.components.dialog import dialog, dialog_close
from pages.components.field import error_text, select_field, text_area, text_field
from pages.components.upload import upload
from pages.inbox.parts import words_of
from pages.words import Common, Knowledge, KnowledgeFiles
from state.knowledge.adding import PASTE_LIMIT, SourceState

_FORM = "source-form"


def source_dialog() -> rx.Component:
    """Return the dialog."""
    is_new = SourceState.source_id == ""
    is_file = SourceState.form == "file"
    return dialog(
        rx.el.div(
            rx.cond(is_new, rx.fragment(_choice(), _for_whom()), rx.fragment()),
            rx.cond(is_file & is_new, _file(), _form()),
            class_name="flex flex-col gap-4 pt-1",
        ),
        title=rx.cond(is_new, Knowledge.ADD_TITLE, Knowledge.EDIT_TITLE),
        open=SourceState.is_open,
        on_open_change=SourceState.set_open,
        size="lg",
        footer=[
            dialog_close(Common.CANCEL, class_name=button_class()),
            rx.cond(
                is_file & is_new,
                rx.fragment(),
                button(rx.cond(is_new, Knowledge.ADD_VERB, Common.SAVE), variant="primary", type="submit", form=_FORM),
            ),
        ],
    )


def _choice() -> rx.Component:
    return segmented(
        "source-form-kind",
        Knowledge.KIND,
        [
            ("address", Knowledge.ADDRESS),
            ("text", Knowledge.TEXT),
            ("pairs", Knowledge.PAIRS),
            ("file", Knowledge.FILE),
        ],
        value=SourceState.form,
        on_change=SourceState.choose_form,
        hide_label=True,
    )


def _for_whom() -> rx.Component:
    return select_field(
        "source-agent",
        Knowledge.FOR,
        SourceState.agents,
        before=[("", Knowledge.EVERY_AGENT)],
        value=SourceState.agent_id,
        on_change=SourceState.choose_agent,
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.match(
            SourceState.form,
            ("address", _address()),
            ("pairs", rx.fragment(_title(Knowledge.PAIRS_TITLE_PLACEHOLDER), _pairs())),
            rx.fragment(_title(Knowledge.NAME_PLACEHOLDER), _text()),
        ),
        id=_FORM,
        on_submit=SourceState.save,
        key=SourceState.form,
        class_name="flex flex-col gap-4",
    )


def _title(placeholder: str, hint: str = "") -> rx.Component:
    return text_field(
        "title",
        Knowledge.NAME,
        placeholder=placeholder,
        default_value=SourceState.title,
        error=SourceState.errors["title"],
        hint=hint,
        max_length=120,
        auto_complete="off",
    )


def _text() -> rx.Component:
    return text_area(
        "content",
        Knowledge.CONTENT,
        rows=12,
        hint=Knowledge.CONTENT_HINT,
        default_value=SourceState.content,
        error=SourceState.errors["content"],
        max_length=PASTE_LIMIT,
    )


def _pairs() -> rx.Component:
    def pair(one: rx.Var[dict[str, str]], place: rx.Var[int]) -> rx.Component:
        number = place.to_string()
        return rx.el.fieldset(
            rx.el.legend(f"{Knowledge.QUESTION} ", place + 1, class_name="sr-only"),
            rx.el.label(
                rx.el.span(f"{Knowledge.QUESTION} ", place + 1, class_name="text-13 font-medium text-ink"),
                rx.el.input(
                    name="question-" + number,
                    default_value=one["question"],
                    max_length=500,
                    auto_complete="off",
                    class_name=_LINE,
                ),
                class_name="flex flex-col gap-1.5",
            ),
            rx.el.label(
                rx.el.span(Knowledge.ANSWER, class_name="text-13 font-medium text-ink"),
                rx.el.textarea(
                    name="answer-" + number,
                    default_value=one["answer"],
                    max_length=5000,
                    rows=3,
                    class_name=f"{_LINE} h-auto! resize-y py-2",
                ),
                class_name="flex flex-col gap-1.5",
            ),
            class_name="flex flex-col gap-3 rounded-card border border-line p-3",
        )

    return rx.fragment(
        rx.el.p(Knowledge.PAIRS_HINT, class_name="text-13 text-muted"),
        rx.foreach(SourceState.pairs, pair),
        error_text("pairs", SourceState.errors["pairs"]),
        rx.el.div(button(Knowledge.ADD_PAIR, icon="plus", size="sm", on_click=SourceState.add_pair)),
    )


_LINE = (
    "h-9 w-full rounded-control border border-control bg-canvas px-3 text-14 text-ink placeholder:text-faint "
    "focus-visible:outline-2 focus-visible:outline-ring pointer-coarse:h-11 pointer-coarse:text-16"
)


def _file() -> rx.Component:
    return upload(
        "/api/knowledge/files",
        accept=".pdf,.docx,.html,.htm,.md,.markdown,.csv,.tsv,.txt",
        words=words_of(KnowledgeFiles),
        on_taken=lambda _: SourceState.taken(),
        query={"agent": SourceState.agent_id},
    )


def _address() -> rx.Component:
    is_page = SourceState.site_kind == "page"
    return rx.fragment(
        text_field(
            "url",
            Knowledge.URL,
            placeholder=Knowledge.URL_PLACEHOLDER,
            default_value=SourceState.site["url"],
            error=SourceState.errors["url"],
            max_length=2048,
            auto_complete="off",
            input_mode="url",
        ),
        rx.el.div(
            segmented(
                "site-kind",
                Knowledge.WHICH,
                [("page", Knowledge.PAGE), ("site", Knowledge.SITE), ("sitemap", Knowledge.SITEMAP)],
                value=SourceState.site_kind,
                on_change=SourceState.choose_site_kind,
            ),
            rx.el.p(
                rx.match(SourceState.site_kind, *Knowledge.WHICH_HINTS.items(), ""),
                class_name="mt-1.5 text-13 text-muted",
            ),
        ),
        rx.cond(
            is_page,
            rx.fragment(),
            rx.el.div(
                text_field(
                    "max_pages",
                    Knowledge.MAX_PAGES,
                    type="number",
                    default_value=SourceState.site["max_pages"],
                    error=SourceState.errors["max_pages"],
                    custom_attrs={"min": 1, "max": 500},
                ),
                rx.cond(
                    SourceState.site_kind == "site",
                    text_field(
                        "crawl_depth",
                        Knowledge.DEPTH,
                        type="number",
                        default_value=SourceState.site["crawl_depth"],
                        error=SourceState.errors["crawl_depth"],
                        custom_attrs={"min": 1, "max": 5},
                    ),
                    rx.fragment(),
                ),
                class_name="grid gap-4 sm:grid-cols-2",
            ),
        ),
        select_field(
            "sync_period", Knowledge.SYNC_PERIOD, Knowledge.PERIODS, default_value=SourceState.site["sync_period"]
        ),
        button(
            Knowledge.MORE_OPTIONS,
            variant="ghost",
            size="sm",
            icon="settings_2",
            on_click=SourceState.set_more_open,
            aria_expanded=SourceState.is_more_open,
            class_name="self-start",
        ),
        rx.cond(SourceState.is_more_open, _more(is_page), rx.fragment()),
    )


def _more(is_page: rx.Var[bool]) -> rx.Component:
    return rx.fragment(
        _title("", Knowledge.NAME_HINT),
        rx.cond(
            is_page,
            rx.fragment(),
            rx.el.div(
                text_area(
                    "include_paths",
                    Knowledge.INCLUDE,
                    rows=3,
                    hint=Knowledge.INCLUDE_HINT,
                    default_value=SourceState.site["include_paths"],
                    error=SourceState.errors["include_paths"],
                ),
                text_area(
                    "exclude_paths",
                    Knowledge.EXCLUDE,
                    rows=3,
                    default_value=SourceState.site["exclude_paths"],
                    error=SourceState.errors["exclude_paths"],
                ),
                class_name="grid gap-4 sm:grid-cols-2",
            ),
        ),
        switch(
            "respects-robots",
            Knowledge.ROBOTS,
            checked=SourceState.respects_robots,
            on_change=SourceState.set_robots,
            hint=Knowledge.ROBOTS_HINT,
        ),
        text_area(
            "login_headers",
            Knowledge.HEADERS,
            rows=2,
            hint=Knowledge.HEADERS_HINT,
            placeholder=Knowledge.HEADERS_PLACEHOLDER,
            error=SourceState.errors["login_headers"],
            auto_complete="off",
            spell_check=False,
        ),
        rx.cond(
            SourceState.site["header_names"] != "",
            rx.el.div(
                rx.el.p(
                    f"{Knowledge.HEADERS_KEPT} ", SourceState.site["header_names"], class_name="text-13 text-muted"
                ),
                checkbox("forget_headers", Knowledge.HEADERS_FORGET),
            ),
            rx.fragment(),
        ),
    )
