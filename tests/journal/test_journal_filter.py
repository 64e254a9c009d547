"""Filters: each criterion lets the right records through and says why it does not let others."""

import pytest

from emulator.journal import Journal, Record, Wanted


@pytest.fixture
def record():
    draft = Record(
        method="POST",
        path="/api/v1/image/edit",
        vendor="venice",
        operation="editImage",
        holder="test********-key",
        prompt="make it red",
        model="m",
        refusal="ContractBroken",
        status=404,
    )
    journal = Journal()
    journal.add(Record(method="GET", path="/"))
    journal.add(draft)
    return draft


@pytest.mark.parametrize(
    ("fits", "misses", "reason"),
    [
        ({"vendor": "venice"}, {"vendor": "openai"}, "vendor is 'venice', not 'openai'"),
        ({"operation": "editImage"}, {"operation": "x"}, "operation is 'editImage', not 'x'"),
        ({"method": "post"}, {"method": "get"}, "method is 'POST', not 'GET'"),
        ({"path": "image/edit"}, {"path": "/v1/images"}, "path is '/api/v1/image/edit', without '/v1/images'"),
        ({"status": "404"}, {"status": "400"}, "status is 404, not 400"),
        ({"status": "4xx"}, {"status": "2xx"}, "status is 404, not 2xx"),
        ({"key": "test-with-a-long-key"}, {"key": "other"}, "key is 'test********-key', not '********'"),
        ({"prompt": "red"}, {"prompt": "blue"}, "prompt is 'make it red', without 'blue'"),
        ({"model": "m"}, {"model": "n"}, "model is 'm', not 'n'"),
        ({"refusal": "ContractBroken"}, {"refusal": "NotFound"}, "refusal is 'ContractBroken', not 'NotFound'"),
        ({"after": 1}, {"after": 2}, "number is 2, not after 2"),
    ],
)
def test_a_criterion_lets_through_what_fits_and_says_what_does_not(record, fits, misses, reason):
    assert Wanted(**fits).misses(record) == ()
    assert Wanted(**misses).misses(record) == (reason,)


def test_several_criteria_are_all_told(record):
    assert len(Wanted(vendor="openai", model="n", status="2xx").misses(record)) == 3
