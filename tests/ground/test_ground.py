"""Clock, ids, money, credentials, rates, moderation, settings: the ground, each alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.clock import Clock, iso
from emulator.credentials import bearer, masked
from emulator.errors import BadCredential
from emulator.ids import Ids, digest, spell
from emulator.moderation import classify
from emulator.money import usd_micros, usd_number, usd_text
from emulator.rates import Rates
from emulator.settings import BadSetting, Settings, knobs, read_settings, variable


def test_a_frozen_clock_stands_and_advances_by_command():
    clock = Clock()
    clock.freeze(1000.5)
    assert clock.now() == clock.now() == 1000.5
    clock.advance(60)
    assert (clock.now(), clock.seconds()) == (1060.5, 1060)
    clock.run()
    assert 1060.5 <= clock.now() < 1065
    with pytest.raises(ValueError, match="only advances"):
        clock.advance(-1)


def test_a_running_clock_jumps_and_goes_on():
    clock = Clock()
    before = clock.now()
    clock.advance(3600)
    assert 3600 <= clock.now() - before < 3605


def test_iso_has_milliseconds_and_utc():
    assert iso(0.25) == "1970-01-01T00:00:00.250Z"
    assert iso(1781883156) == "2026-06-19T15:32:36.000Z"


def test_the_same_seed_repeats_its_ids_and_kinds_count_apart():
    first, second = Ids("7"), Ids("7")
    assert [first.next("a"), first.next("b"), first.next("a")] == [second.next("a"), second.next("b"), second.next("a")]
    assert Ids("8").next("a") != Ids("7").next("a")
    assert len({first.next("a") for _ in range(1000)}) == 1000


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_digests_of_different_parts_differ(one, other):
    assert (digest(*one) == digest(*other)) == (one == other)


@given(st.integers(0, 10**12))
def test_money_goes_through_text_exactly(micros):
    assert usd_micros(usd_text(micros)) == micros
    assert round(usd_number(micros) * 1_000_000) == micros


@pytest.mark.parametrize("text", ["", "x", "0.0000001", "NaN", "Infinity", "1,5", "0x10"])
def test_what_is_not_an_amount_is_refused(text):
    with pytest.raises(ValueError, match=r"dollars|decimals"):
        usd_micros(text)


def test_negative_amounts_keep_their_sign():
    assert usd_text(-150_000) == "-0.150000"


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (None, "missing"),
        ("", "malformed"),
        ("Bearer", "malformed"),
        ("Basic x", "malformed"),
        ("Bearer nobody-knows-me", "unknown"),
    ],
)
def test_a_bad_credential_says_why_and_never_shows_the_key(header, reason):
    with pytest.raises(BadCredential) as caught:
        bearer(header, ("known",))
    assert caught.value.reason == reason
    assert "nobody-knows-me" not in caught.value.shown


def test_the_scheme_is_read_in_any_letter_case():
    assert bearer("bearer  known ", ("known",)) == "known"
    assert bearer("BEARER anything", ()) == "anything"


@given(st.text(st.characters(codec="ascii"), min_size=9, max_size=60))
def test_masked_keys_do_not_hold_the_key(key):
    assert key not in masked(key)


def test_rates_count_by_window_and_account():
    rates = Rates()
    assert [rates.use("a", 59.0), rates.use("a", 59.9), rates.use("b", 59.9)] == [1, 2, 1]
    assert rates.reset_at(59.9) == 60
    assert rates.use("a", 60.0) == 1
    assert rates.used("b", 60.0) == 0


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("a naked man", {"adult"}),
        ("[[ADULT]]", {"adult"}),
        ("a massacre, [[minors]]", {"minors", "violence"}),
        ("grotesque gorey snake", set()),
        ("", set()),
    ],
)
def test_prompts_are_classified_by_whole_words_and_marks(prompt, found):
    assert set(classify(prompt)) == found


def test_explicit_settings_win_over_the_environment():
    environment = {"EMULATOR_PORT": "9000", "EMULATOR_KEYS": "a, b,", "EMULATOR_ENFORCE_RATE": "yes"}
    found = read_settings({"port": 9001}, environment)
    assert (found.port, found.keys, found.enforce_rate) == (9001, ("a", "b"), True)
    assert read_settings({}, {}) == Settings()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("port", "many", "port must be a whole number, got 'many'"),
        ("port", "70000", "port must be from 0 to 65535, got 70000"),
        ("enforce_rate", "perhaps", "enforce_rate is a switch"),
        ("venice_usd", "lots", "venice_usd: not an amount"),
        ("images", "/nowhere/at/all", "is not a directory"),
        ("public_url", "example.com", "must begin with http"),
    ],
)
def test_a_bad_setting_refuses_and_says_what_is_expected(name, value, says):
    with pytest.raises(BadSetting, match=says):
        read_settings({}, {variable(name): value})


def test_every_setting_has_a_help_text():
    assert all(knob.metadata["help"].endswith(".") for knob in knobs())


def test_an_id_follows_from_seed_kind_and_count():
    ids = Ids("7")
    found = [ids.next("a"), ids.next("b", length=8), ids.next("a")]
    assert found == [
        spell(digest("7", "a", "0"), length=24),
        spell(digest("7", "b", "0"), length=8),
        spell(digest("7", "a", "1"), length=24),
    ]
