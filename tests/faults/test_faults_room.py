"""Faults alone: how they are written, and whom they strike."""

from concurrent.futures import ThreadPoolExecutor

import hypothesis.strategies as st
import pytest
from hypothesis import given

from emulator.faults import (
    BadScript,
    ContentType,
    Corrupt,
    CutStream,
    Disconnect,
    Empty,
    Facts,
    Faults,
    JobFails,
    Latency,
    Match,
    Plan,
    Rule,
    SlowUpload,
    Status,
    Truncate,
    WebhookFault,
    marks,
    parse,
    spell,
)

FACTS = Facts(vendor="venice", operation="editImage", key="k")


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("429 retry-after=2", Status(status=429, retry_after=2)),
        ("503", Status(status=503)),
        ("500 after charge", Status(status=500, after=True)),
        ("429 insufficient_quota no-retry", Status(status=429, code="insufficient_quota", no_retry=True)),
        ("latency 0.5", Latency(first=0.5)),
        ("latency 0.1..0.3 before-body", Latency(first=0.1, second=0.3, spread="even", where="body")),
        ("latency normal(0.2,0.05)", Latency(first=0.2, second=0.05, spread="normal")),
        ("latency lognormal(0.2, 0.5) chunk", Latency(first=0.2, second=0.5, spread="lognormal", where="chunk")),
        ("disconnect", Disconnect()),
        ("reset after 4 KB", Disconnect(after=4096, reset=True)),
        ("Disconnect after 100 bytes", Disconnect(after=100)),
        ("truncate", Truncate(share=0.5)),
        ("truncate 0.25", Truncate(share=0.25)),
        ("corrupt", Corrupt()),
        ("content-type text/html", ContentType(media_type="text/html")),
        ("empty", Empty()),
        ("cut-stream", CutStream(after=1)),
        ("job-error", JobFails()),
        ("job-error face_not_detected images=0,2", JobFails(code="face_not_detected", images=(0, 2))),
        ("job-error images=3", JobFails(images=(3,))),
        ("webhook lost", WebhookFault(how="lost")),
        ("webhook late 2", WebhookFault(how="late", seconds=2.0)),
        ("slow-upload 64 KB/s", SlowUpload(rate=65536)),
    ],
)
def test_a_fault_is_read_as_it_is_meant_and_written_back(script, fault):
    assert parse(script) == (fault,)
    assert parse(spell((fault,))) == (fault,)


def test_ok_is_no_fault_and_several_stand_in_a_row():
    assert parse("ok") == () and spell(()) == "ok"
    assert parse(" latency 0.2 ;  503 ") == (Latency(first=0.2), Status(status=503))


@pytest.mark.parametrize(
    "script",
    ["", "503;", "200", "99", "latency", "latency 61", "latency 0.3..0.1", "truncate 1", "reset after", "429 x y",
     "slow-upload 0/s", "slow-upload 5", "boom", "webhook", "job-error images=", "content-type html"],
)  # fmt: skip
def test_what_is_no_fault_is_refused_with_the_words_that_are_known(script):
    with pytest.raises(BadScript) as refused:
        parse(script)
    assert "expected" in str(refused.value) or "faults are written as" in str(refused.value)


@given(st.text(max_size=60))
def test_any_text_is_a_fault_or_refused(script):
    try:
        found = parse(script)
    except BadScript:
        return
    assert parse(spell(found)) == found


def test_marks_of_a_prompt_are_found_and_others_left_alone():
    assert marks("make it red [emulator: 503] and [emulator:latency 0.1]") == (Status(status=503), Latency(first=0.1))
    assert marks("make it [red] [emulator: nonsense]") == ()


def take(faults, facts=FACTS, stage="arrived", now=0.0, clock=0.0):
    strike = faults.take(facts, stage=stage, now=now, clock=clock)
    return None if strike is None else spell(strike.faults)


def rule(script="503", **how):
    match = how.pop("match", Match())
    return Rule(match=match, faults=parse(script), **how)


def test_a_plan_goes_step_by_step_and_then_lets_all_pass():
    faults = Faults("seed")
    plan = faults.add(Plan(match=Match(operation="editImage"), steps=(parse("503"), (), parse("reset"))))
    assert take(faults, Facts(vendor="venice", operation="other")) is None
    assert [take(faults) for _ in range(4)] == ["503", "ok", "reset", None]
    assert (plan.seen, plan.left) == (3, 0)


def test_plans_come_before_rules_and_older_orders_before_newer():
    faults = Faults("seed")
    faults.add(rule("500", times=1))
    faults.add(rule("502"))
    faults.add(Plan(match=Match(), steps=(parse("429"),)))
    assert [take(faults) for _ in range(3)] == ["429", "500", "502"]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"times": 2}, "xx......"),
        ({"skip": 3}, "...xxxxx"),
        ({"skip": 2, "times": 1}, "..x....."),
        ({"every": 3}, "x..x..x."),
        ({"every": 2, "skip": 1, "times": 2}, ".x.x...."),
    ],
)
def test_a_rule_counts(how, expected):
    faults = Faults("seed")
    faults.add(rule(**how))
    assert "".join("x" if take(faults) else "." for _ in expected) == expected


def test_a_quota_strikes_what_is_beyond_it_in_each_window_of_the_worlds_time():
    faults = Faults("seed")
    faults.add(rule("429", quota=(2, 60.0)))
    found = ["x" if take(faults, clock=moment) else "." for moment in (0, 10, 20, 59, 60, 61, 62, 121)]
    assert "".join(found) == "..xx..x."


def test_chance_is_the_seeds():
    def struck(seed):
        faults = Faults(seed)
        faults.add(rule(chance=0.3))
        return [take(faults) is not None for _ in range(1000)]

    assert struck("a") == struck("a") != struck("b")
    assert 240 < sum(struck("a")) < 360


def test_orders_by_prompt_or_model_strike_once_the_body_was_read():
    faults = Faults("seed")
    faults.add(rule(match=Match(prompt="red", model="m")))
    read = Facts(vendor="venice", operation="editImage", prompt="make it red", model="m")
    assert take(faults, read) is None
    assert take(faults, Facts(vendor="venice", operation="editImage", prompt="blue", model="m"), stage="read") is None
    assert take(faults, read, stage="read") == "503"


def test_an_order_goes_by_itself_when_its_time_is_over():
    faults = Faults("seed")
    one = faults.add(rule(), expires=10.0)
    assert take(faults, now=9.9) == "503" and take(faults, now=10.0) is None
    assert faults.get(one.id, 10.0) is None and faults.all(10.0) == ()


def test_ids_repeat_from_the_seed_and_orders_can_be_taken_back():
    first, second = (Faults("s").add(rule()) for _ in range(2))
    assert first.id == second.id
    faults = Faults("s")
    one, other = faults.add(rule()), faults.add(rule("500"))
    assert faults.remove(one.id) and not faults.remove(one.id)
    assert take(faults) == "500"
    faults.clear()
    assert take(faults) is None and faults.get(other.id, 0.0) is None


def test_each_step_is_taken_once_however_many_ask():
    faults = Faults("seed")
    plan = faults.add(Plan(match=Match(), steps=tuple(parse(str(status)) for status in range(400, 420))))
    with ThreadPoolExecutor(50) as pool:
        found = [one for one in pool.map(lambda _: take(faults), range(50)) if one]
    assert sorted(found) == [str(status) for status in range(400, 420)] and plan.left == 0
