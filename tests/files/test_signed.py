"""Temporary URLs: what was changed is refused, and each refusal says why."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.files.signed import check, sign

SECRET = b"a secret"
PATH = "/media/abc.png"


def signed(method="GET", expires_at=1000, path=PATH, secret=SECRET):
    return dict(parse_qsl(sign(path, expires_at=expires_at, method=method, secret=secret), strict_parsing=True))


def verdict(values, *, path=PATH, method="GET", now=999.9, secret=SECRET):
    return check(
        path,
        method=method,
        expires=values.get("expires", ""),
        signature=values.get("signature", ""),
        secret=secret,
        now=now,
    )


def test_a_url_is_good_until_the_second_of_its_expiry():
    assert verdict(signed(), now=999.999) == "ok"
    assert verdict(signed(), now=1000.0) == "expired"


def test_a_get_url_answers_head_too():
    assert verdict(signed(), method="HEAD") == "ok"


@pytest.mark.parametrize(
    ("signed_for", "used_with"), [("PUT", "GET"), ("PUT", "HEAD"), ("GET", "PUT"), ("GET", "POST")]
)
def test_another_method_is_told_from_tampering(signed_for, used_with):
    assert verdict(signed(signed_for), method=used_with) == "wrong_method"
    assert verdict(signed(signed_for), method=used_with, now=5000.0) == "wrong_method"


def test_the_same_url_comes_from_the_same_secret():
    assert signed() == signed()
    assert verdict(signed(), secret=b"another secret") == "tampered"


@pytest.mark.parametrize(
    "change",
    [
        {"expires": "1001"},
        {"expires": "01000"},
        {"expires": "+1000"},
        {"expires": " 1000"},
        {"expires": "\uff11\uff10\uff10\uff10"},
        {"expires": "later"},
        {"expires": ""},
        {"signature": ""},
        {"signature": "0" * 64},
        {"signature": "é"},
        {"signature": "\ud800"},
    ],
)
def test_a_changed_time_or_signature_is_tampering(change):
    assert verdict({**signed(), **change}) == "tampered"


def test_an_upper_case_signature_is_another_text():
    values = signed()
    assert verdict({**values, "signature": values["signature"].upper()}) == "tampered"


def test_a_url_is_good_for_its_own_path_alone():
    for path in ("/media/abc.png/", "/media/ABC.png", "/media/", ""):
        assert verdict(signed(), path=path) == "tampered"


@given(path=st.text(), other=st.text(), expires_at=st.integers(0, 2**40), now=st.floats(0, 2**40))
def test_only_the_signed_path_and_time_pass(path, other, expires_at, now):
    values = signed(path=path, expires_at=expires_at)
    assert verdict(values, path=path, now=now) == ("ok" if now < expires_at else "expired")
    if other != path:
        assert verdict(values, path=other, now=now) == "tampered"
