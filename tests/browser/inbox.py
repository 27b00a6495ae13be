"""Find what a person sees and presses in the inbox, by the names a screen reader would say."""

from playwright.sync_api import Locator, Page, expect

from pages.words import InboxComposer, InboxList, InboxThread, InboxTimeline


def national(number: str) -> str:
    """Return a North American number as the inbox shows it to Americans: (415) 556-0200."""
    return f"({number[2:5]}) {number[5:8]}-{number[8:]}"


class Inbox:
    """The inbox in one tab."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.list = page.get_by_role("list", name=InboxList.LIST)
        self.timeline = page.get_by_role("region", name=InboxTimeline.TIMELINE)
        self.field = page.get_by_role("textbox", name=InboxComposer.REPLY, exact=True)
        self.send_button = page.get_by_role("button", name=InboxComposer.SEND, exact=True)
        self.mode = page.get_by_role("button", name=f"{InboxThread.WHO_ANSWERS}:")
        # Below 768 px the same action stands in a line of its own; only one of the two is ever drawn.
        self.take_over = page.get_by_role("button", name=InboxThread.TAKE_OVER, exact=True)
        self.hand_back = page.get_by_role("button", name=InboxThread.HAND_BACK, exact=True)

    def visit(self, conversation: str = "") -> "Inbox":
        """Open the inbox, at a conversation if one is named, and wait until it is drawn."""
        self.page.goto(f"/inbox/{conversation}".rstrip("/"))
        expect(
            self.field if conversation else self.list.or_(self.page.get_by_text(InboxList.NEW_TITLE))
        ).to_be_visible()
        return self

    def row(self, customer: str) -> Locator:
        """Return a customer's row in the list."""
        return self.list.get_by_role("link").filter(has_text=national(customer))

    def open(self, customer: str) -> None:
        """Open a customer's conversation from the list."""
        self.row(customer).click()
        expect(self.page.get_by_role("heading", level=2, name=national(customer))).to_be_visible()
        expect(self.field).to_be_visible()

    def rename(self, name: str) -> None:
        """Give the open conversation's contact a name."""
        self.page.get_by_role("button", name=InboxThread.RENAME).click()
        self.page.get_by_role("textbox", name=InboxThread.NAME, exact=True).fill(name)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("heading", level=2, name=name)).to_be_visible()

    def said(self, words: str) -> Locator:
        """Return the message with these words in the open conversation."""
        return self.timeline.get_by_role("article").filter(has_text=words)

    def event(self, words: str) -> Locator:
        """Return what happened, as the open conversation notes it between messages."""
        return self.timeline.locator("p").filter(has_text=words)

    def reply(self, words: str) -> None:
        """Type a reply and press Enter."""
        self.field.click()
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")

    @property
    def conversation(self) -> str:
        """The id of the open conversation, from the address."""
        return self.page.url.partition("/inbox/")[2].partition("?")[0]
