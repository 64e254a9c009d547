"""The journal through the control door."""


def test_the_journal_tells_what_was_asked_and_why_it_was_refused(room):
    room.post("/v1/ai-image-editor", json={"style": {}})
    room.get("/v1/image-projects/nobody")
    found = room.control("GET", "requests")
    first, second = found["requests"]
    assert (first["vendor"], first["operation"], first["status"]) == ("magic-hour", "aiImageEditor.createImage", 400)
    assert first["refusal"] == "ContractBroken"
    assert set(first["violations"]) == {
        'body:style.prompt: required ("prompt" is a required property)',
        'body:assets: required ("assets" is a required property)',
    }
    assert first["bytes_in"] == len(b'{"style":{}}')
    assert (second["refusal"], second["status"]) == ("NotFound", 404)
    assert room.key not in str(found)
    assert (found["cap"], found["dropped"]) == (1000, 0)


def test_worlds_do_not_see_each_others_requests(room, neighbour):
    room.get("/v1/image-projects/nobody")
    assert neighbour.control("GET", "requests")["requests"] == []


def test_looking_in_does_not_shift_the_ids_of_the_vendors(room):
    before = room.get("/v1/image-projects/nobody").headers["x-request-id"]
    room.control("POST", "reset", 204)
    for _ in range(3):
        room.control("GET", "clock")
    assert room.get("/v1/image-projects/nobody").headers["x-request-id"] == before
    room.control("POST", "reset", 204)
    assert room.control("GET", "requests")["requests"] == []
