"""What customers mean is heard, and little else: measured with the local model on six topics and what people say."""

import pytest

from backend.alerts import definitions, meaning

TOPICS = {
    "leave": ("I want to cancel my subscription", "Please close my account", "I am leaving you for somebody else"),
    "legal": ("I will take legal action against you", "You will hear from my lawyer"),
    "quote": ("I would like a quote for a larger order", "What would fifty of these cost us?"),
    "unhappy": ("I am very unhappy with the treatment I got", "The staff was rude to me"),
    "refund": ("I want my money back", "Please refund my last payment"),
    "pain": ("I am in strong pain and need help now", "My tooth hurts terribly"),
}
SAID = {
    "leave": (
        "How do I get out of my contract?",
        "Please end my membership, I don't want to pay any longer",
        "I'm done with you, cancel everything",
        "we have decided to move to another provider next month",
        "can you terminate my plan",
    ),
    "legal": (
        "My attorney will contact you",
        "I'm going to sue you if this isn't fixed",
        "See you in court!",
        "I have already spoken with a solicitor about this",
    ),
    "quote": (
        "Could you send us a price for 200 units?",
        "We are a company of 80 people and need a bulk offer",
        "How much would it be for our whole office?",
        "do you offer volume discounts, we need about a hundred",
    ),
    "unhappy": (
        "Your receptionist was so impolite today",
        "That was the worst visit of my life",
        "I'm really disappointed by how I was treated",
        "Nobody listened to me and I felt ignored",
    ),
    "refund": (
        "I expect to be reimbursed",
        "Can I get a refund for the visit on Monday?",
        "Give me back what I paid",
        "you charged me twice, return the money",
    ),
    "pain": (
        "My jaw is killing me, can someone see me today?",
        "it hurts so much I can't sleep",
        "I have an awful toothache since last night",
        "Broken tooth, bleeding, please help",
    ),
    "nothing": (
        "What time do you open on Sunday?",
        "Thanks, see you tomorrow!",
        "Where can I park?",
        "Do you take Delta Dental?",
        "Can I move my appointment to Friday?",
        "Is the building accessible by wheelchair?",
        "My name is Dana",
        "ok",
        "yes please",
        "I'll be ten minutes late",
        "How long does a cleaning take?",
        "Which documents shall I bring?",
        "Do you treat children?",
        "Great job, thank you so much",
        "What is your address?",
        "Can I pay by card?",
        "I would like to book a check-up",
        "Did you get my form?",
        "Happy new year!",
        "Who am I talking to?",
    ),
}


async def test_the_usual_likeness_hears_what_is_meant_and_little_else():
    texts = [one for phrases in TOPICS.values() for one in phrases]
    parts = {said: meaning.parts(said) for messages in SAID.values() for said in messages}
    vectors = await meaning.vectors_of([*texts, *(part for each in parts.values() for part in each)])
    scores: dict[bool, list[float]] = {True: [], False: []}
    for topic, phrases in TOPICS.items():
        for about, messages in SAID.items():
            for said in messages:
                alike = meaning.likeness(
                    parts[said], [vectors[one] for one in parts[said]], phrases, [vectors[one] for one in phrases]
                )
                scores[about == topic].append(alike.score)
    heard, wrongly = (
        sum(one >= definitions.USUAL for one in scores[meant]) / len(scores[meant]) for meant in (True, False)
    )
    assert heard >= 0.78
    assert wrongly <= 0.03


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Close it.", ["Close it."]),
        ("Good day. I want out!\nNow", ["Good day. I want out! Now", "Good day.", "I want out!"]),
        ("ok", ["ok"]),
        ("   ", []),
        ("a b. " * 50, None),
    ],
)
def test_a_message_is_compared_as_a_whole_and_by_its_sentences(message, expected):
    found = meaning.parts(message)
    assert len(found) <= meaning.MOST_PARTS
    assert all(len(one) <= meaning.LONGEST for one in found)
    if expected is not None:
        assert found == expected
