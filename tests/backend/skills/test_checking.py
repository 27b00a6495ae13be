"""Settings are checked against the skill's schema, and each refusal names its field."""

import pytest

from backend.core.errors import Invalid
from backend.skills import checking, wording
from backend.skills.catalogue import ALL, BY_SLUG

REVIEW = BY_SLUG["review_request"]


@pytest.mark.parametrize("skill", ALL, ids=lambda skill: skill.slug)
def test_every_skill_begins_with_settings_that_fit_its_schema_and_needs_people_for_the_rest(skill):
    blank = checking.config(skill, {}, is_complete=False)
    assert set(blank) == set(skill.properties)
    if skill.required:
        with pytest.raises(Invalid):
            checking.config(skill, {}, is_complete=True)


@pytest.mark.parametrize(
    ("slug", "given", "field"),
    [
        ("review_request", {"message_template": "Hi {{customer}}"}, "message_template"),
        ("review_request", {"message_template": "{{appointment.date}}"}, "message_template"),
        ("review_request", {"message_template": 5}, "message_template"),
        ("review_request", {"message_template": "x" * 1001}, "message_template"),
        ("review_request", {"review_url": "javascript:alert(1)"}, "review_url"),
        ("review_request", {"review_url": "https://user:pw@x.example/"}, "review_url"),
        ("review_request", {"lookback_days": 0}, "lookback_days"),
        ("review_request", {"lookback_days": True}, "lookback_days"),
        ("review_request", {"only_opted_in": "yes"}, "only_opted_in"),
        ("review_request", {"surprise": 1}, "surprise"),
        ("competitor_monitoring", {"urls": ["https://x.example/"] * 3 + ["nothing"]}, "urls"),
        ("competitor_monitoring", {"urls": [f"https://x.example/{n}" for n in range(11)]}, "urls"),
        ("competitor_monitoring", {"check_for": "everything"}, "check_for"),
        ("social_media_monitoring", {"platforms": ["x"]}, "platforms"),
        ("social_media_monitoring", {"keywords": "one"}, "keywords"),
    ],
)
def test_what_cannot_be_set_is_refused_at_its_field(slug, given, field):
    with pytest.raises(Invalid) as refused:
        checking.config(BY_SLUG[slug], given, is_complete=False)
    assert refused.value.field == field


def test_the_names_of_the_reference_product_fill_as_its_own_do():
    words = wording.filled(
        "{{contact_name}} of {{ organization_name }}", {"contact.name": "Mia", "business.name": "ND"}
    )
    assert words == "Mia of ND Reply STOP to opt out."


def test_a_name_that_is_not_known_leaves_no_gap_and_a_value_is_no_template():
    assert wording.filled("Hi {{contact.first_name}}, hello.", {}) == "Hi, hello. Reply STOP to opt out."
    values = {"contact.name": "{{business.name}}\n\nx", "business.name": "secret"}
    assert wording.filled("{{contact.name}} Text STOP to leave", values) == "{{business.name}} x Text STOP to leave"


def test_a_business_that_is_called_stop_tells_how_to_leave_all_the_same():
    values = {"business.name": "Pit Stop"}
    assert wording.filled("Thanks from {{business.name}}!", values) == "Thanks from Pit Stop! Reply STOP to opt out."
    assert wording.filled("We work non-stop.", {}) == "We work non-stop. Reply STOP to opt out."
    assert wording.filled("Hi. Reply with stop to leave.", {}) == "Hi. Reply with stop to leave."
