"""The pictures that people look at before a page is done can be taken: their words and pages still exist."""

from tests.browser import screenshots, shots, shots_of_agents, shots_of_people


def test_every_picture_has_a_name_of_its_own():
    some = [
        *shots.doors(),
        *shots.inbox(lambda number: f"/inbox/{number}"),
        *shots.agents("/agents/1"),
        *shots_of_agents.work("/agents/1", lambda number: f"/inbox/{number}", lambda number: f"/contacts/{number}"),
        *shots_of_people.team(),
        *shots_of_people.assistant(),
    ]
    assert len({one.name for one in some}) == len(some) > 120
    assert screenshots.NAMED
