"""What people change is told in words: the activity knows every subject that is written down."""

import re
from pathlib import Path

from backend.organizations.activity import SUBJECTS
from pages.words import Activity

RECORDED = re.compile(r'audit\.record\(\s*session,\s*\w+,\s*f?"[^":]*:(\w+):')
# Kept for a person or for the platform, in no organization's activity; the list of callers is the agent's own.
ELSEWHERE = {"session", "account", "password", "job", "call_whitelist"}


def test_every_subject_people_change_has_words_in_the_activity():
    written = {subject for path in Path("backend").rglob("*.py") for subject in RECORDED.findall(path.read_text())}
    assert len(written) > 15
    assert written - ELSEWHERE <= set(Activity.SUBJECTS)
    assert tuple(Activity.SUBJECTS) == SUBJECTS
    assert {phrase.partition(":")[0] for phrase in Activity.PHRASES} == set(SUBJECTS)
