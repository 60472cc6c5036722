"""What the bot decides, message by message, without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.decisions import STALE, decide, find_tap, tap_payload
from bots.scenes import (
    Button,
    Enter,
    HandOff,
    Heard,
    Miss,
    NoteAway,
    Say,
    Scene,
    Script,
    Silence,
    Step,
)

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
PRICES = Button(11, "Prices", answer="From 10 €.")
SALES = Button(12, "Sales", hand_off=True, team_id=5)
HOURS = Button(13, "Opening hours", next_flow_id=2)
WELCOME = Script(1, "Welcome", "welcome", "Hello {{first_name}}!", buttons=(PRICES, SALES, HOURS))
OPENING = Script(2, "Hours", "keyword", "Nine to six.", keywords=("hours", "horario"))
COMPLAINT = Script(
    3, "Complaint", "keyword", "We are sorry.", keywords=("complaint",), hand_off=True, team_id=7
)
AWAY = Script(4, "Away", "away", "Back {{opens_at}}.", hand_off=True)
ALL = (WELCOME, OPENING, COMPLAINT, AWAY)


def scene(text: str = "Hello", **fields: object) -> Scene:
    payload = str(fields.pop("payload", ""))
    sent_at = fields.pop("sent_at", AT)
    base = Scene(
        heard=Heard(text, sent_at, payload),  # type: ignore[arg-type]
        scripts=ALL,
        values={"first_name": "Diego", "opens_at": "Monday 09:00"},
    )
    return replace(base, **fields)  # type: ignore[arg-type]


def said(steps: list[Step]) -> list[str]:
    return [step.text for step in steps if isinstance(step, Say)]


def hand_off(steps: list[Step]) -> HandOff | None:
    return next((step for step in steps if isinstance(step, HandOff)), None)


def test_a_new_conversation_is_welcomed_by_name_with_the_quick_replies() -> None:
    assert decide(scene(), AT) == [Say(WELCOME, "Hello Diego!", WELCOME.buttons), Enter(WELCOME)]


def test_a_keyword_starts_its_flow_even_as_the_first_word() -> None:
    assert decide(scene("¿horarios?"), AT) == [Say(OPENING, "Nine to six."), Enter(OPENING)]


def test_a_flow_that_hands_off_says_its_words_and_names_its_team() -> None:
    steps = decide(scene("a complaint"), AT)
    assert said(steps) == ["We are sorry."]
    assert hand_off(steps) == HandOff("the flow “Complaint” ends with people", 7)


def test_a_tap_is_answered_and_its_next_flow_follows() -> None:
    tap = scene("Prices", payload=tap_payload(WELCOME, PRICES), current=WELCOME)
    assert decide(tap, AT) == [Say(WELCOME, "From 10 €."), Enter(WELCOME)]
    tap = scene("Opening hours", payload="flow:1:13", current=WELCOME)
    assert decide(tap, AT) == [Say(OPENING, "Nine to six."), Enter(OPENING)]


def test_a_tap_that_hands_off_tells_the_customer_and_names_the_team() -> None:
    steps = decide(scene("Sales", payload="flow:1:12", current=WELCOME), AT)
    assert said(steps) == ["Thank you. A colleague will answer you here shortly."]
    assert hand_off(steps) == HandOff("the customer chose “Sales”", 5)


def test_typing_a_title_or_its_number_is_as_good_as_a_tap() -> None:
    for text in ("prices", "Prices!", "1"):
        assert said(decide(scene(text, current=WELCOME), AT)) == ["From 10 €."]
    assert said(decide(scene("4", current=WELCOME), AT)) != ["From 10 €."]


def test_a_template_button_may_start_a_flow() -> None:
    assert decide(scene("Hours?", payload="flow:2"), AT) == [
        Say(OPENING, "Nine to six."),
        Enter(OPENING),
    ]


@pytest.mark.parametrize(
    "payload",
    ["flow:", "flow:x:1", "flow:1:999", "flow:999:1", "flow:１:1", "other", "flow:" + "9" * 400],
)
def test_a_payload_that_is_not_ours_is_read_as_the_words_on_the_button(payload: str) -> None:
    assert find_tap(scene("x", payload=payload)) == (None, None)
    assert decide(scene("Horario", payload=payload), AT)[0] == Say(OPENING, "Nine to six.")


def test_asking_for_a_person_hands_off_and_says_so() -> None:
    steps = decide(scene("quiero un humano", current=WELCOME, language="es"), AT)
    assert said(steps) == ["Gracias. Una persona de nuestro equipo le responderá aquí en breve."]
    assert hand_off(steps) == HandOff("the customer asked for a person", None)


def test_a_flow_may_claim_a_word_that_would_ask_for_a_person() -> None:
    travel = Script(9, "Travel", "keyword", "Visa or residence?", keywords=("travel agent",))
    steps = decide(scene("travel agent", scripts=(WELCOME, travel)), AT)
    assert said(steps) == ["Visa or residence?"]


def test_not_understood_once_asks_again_with_the_buttons_and_twice_hands_off() -> None:
    first = decide(scene("blue elephants", current=WELCOME), AT)
    assert isinstance(first[0], Say)
    assert first[0].buttons == WELCOME.buttons
    assert first[1:] == [Miss()]
    second = decide(scene("red elephants", current=WELCOME, misses=1), AT)
    assert hand_off(second) == HandOff("the bot did not understand twice", None)


def test_the_second_message_of_a_burst_is_no_failure_to_understand() -> None:
    assert decide(scene("and my oven", current=WELCOME, has_spoken_since=True), AT) == []


def test_outside_business_hours_the_away_message_comes_once_a_cooldown() -> None:
    steps = decide(scene(is_open=False), AT)
    assert said(steps) == ["Back Monday 09:00."]
    assert NoteAway(AWAY) in steps
    assert hand_off(steps) == HandOff("nobody is there")
    again = decide(scene(is_open=False, away_said={4: AT - timedelta(hours=11)}), AT)
    assert said(again) == []
    assert hand_off(again) is not None
    later = decide(scene(is_open=False, away_said={4: AT - timedelta(hours=12)}), AT)
    assert said(later) == ["Back Monday 09:00."]


def test_keywords_and_buttons_still_answer_at_night() -> None:
    assert said(decide(scene("horario", is_open=False), AT)) == ["Nine to six."]


def test_asking_for_a_person_at_night_is_told_when_somebody_will_be_there() -> None:
    steps = decide(scene("human please", is_open=False), AT)
    assert said(steps) == ["Back Monday 09:00."]
    assert hand_off(steps) is not None


def test_without_an_away_flow_the_night_is_like_the_day() -> None:
    assert said(decide(scene(is_open=False, scripts=(WELCOME,)), AT)) == ["Hello Diego!"]


def test_without_a_fitting_flow_people_have_the_floor_at_once_and_untold() -> None:
    assert decide(scene(scripts=()), AT) == [HandOff()]
    assert decide(scene("human", scripts=()), AT) == [HandOff()]
    assert decide(scene("blue elephants", scripts=(OPENING,)), AT) == [HandOff()]


def test_a_message_that_comes_late_is_left_to_people_in_silence() -> None:
    on_time = decide(scene(sent_at=AT - STALE), AT)
    assert said(on_time) == ["Hello Diego!"]
    late = decide(scene(sent_at=AT - STALE - timedelta(seconds=1)), AT)
    assert late == [HandOff("the message came too late for a bot")]


@pytest.mark.parametrize("silence", list(Silence))
def test_a_closed_window_or_a_blocked_contact_is_left_to_people_in_silence(
    silence: Silence,
) -> None:
    assert decide(scene(silence=silence), AT) == [HandOff(silence)]


def test_a_message_without_words_counts_as_not_understood() -> None:
    assert Miss() in decide(scene("", current=WELCOME), AT)


def test_a_hostile_name_neither_overflows_the_message_nor_fills_in_further() -> None:
    steps = decide(scene(values={"first_name": "{{opens_at}}" * 200, "opens_at": "now"}), AT)
    assert len(said(steps)[0]) <= 1024
    assert "now" not in said(steps)[0]


anything = st.builds(
    scene,
    st.text(max_size=30) | st.sampled_from(["human", "hours", "1", "Sales"]),
    payload=st.text(max_size=12) | st.sampled_from(["flow:1:12", "flow:2", "flow:1:11"]),
    sent_at=st.integers(0, 300).map(lambda seconds: AT - timedelta(seconds=seconds)),
    is_taken=st.booleans(),
    silence=st.none() | st.sampled_from(Silence),
    is_open=st.booleans(),
    current=st.none() | st.sampled_from(ALL),
    misses=st.integers(0, 3),
    scripts=st.sets(st.sampled_from(ALL)).map(tuple),
)


@given(anything)
def test_whatever_comes_the_bot_keeps_its_promises(given_scene: Scene) -> None:
    steps = decide(given_scene, AT)
    late = AT - given_scene.heard.sent_at > STALE
    if given_scene.is_taken:
        assert steps == []
    if given_scene.is_taken or given_scene.silence or late:
        assert said(steps) == []
    offs = [step for step in steps if isinstance(step, HandOff)]
    assert len(offs) <= 1
    assert not offs or steps[-1] is offs[0]  # nothing is said after giving the floor
    assert all(0 < len(text) <= 1024 for text in said(steps))
