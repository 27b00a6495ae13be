"""Shape the platform's mail."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mail:
    """What a mail says: a subject, paragraphs, and at most one code and one link to follow."""

    subject: str
    paragraphs: tuple[str, ...]
    code: str = ""
    link: str = ""
    link_words: str = ""
    last: str = ""

    @property
    def safe_subject(self) -> str:
        """The subject on one line, so that nothing a person typed can add a header."""
        return " ".join(self.subject.split())[:200]
