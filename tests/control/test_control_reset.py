"""Reset: a world that repeats itself."""


def live(room):
    """A little life; everything that has an id or a time."""
    room.control("POST", "clock", action="freeze", at=1_781_883_156)
    room.control("PATCH", room.account(), credits=100, tier="pro")
    upload = room.post("/v1/files/upload-urls", json={"items": [{"type": "image", "extension": "png"}]}).json()
    project = room.start(image_count=4)
    room.control("POST", f"jobs/{project}/fail", images=[0])
    room.control("POST", "clock", action="advance", seconds=10)
    entries = room.control("GET", f"{room.account()}/entries")
    return upload, room.project(project), entries, room.control("GET", "accounts")


def test_a_reset_world_repeats_itself_exactly(room):
    first = live(room)
    room.control("POST", "reset", 204)
    assert room.control("GET", "accounts") == {"accounts": []}
    room.control("POST", "reset", 204)
    assert live(room) == first


def test_a_reset_forgets_everything_and_nothing_of_others(room, neighbour):
    others = live(neighbour)
    _, project, _, _ = live(room)
    room.control("POST", "webhooks", 201, url="http://127.0.0.1:9/hooks", secret="s")
    room.control("POST", "reset", 204)
    assert not room.control("GET", "clock")["frozen"]
    assert room.control("GET", "jobs")["jobs"] == []
    assert room.control("GET", "webhooks")["webhooks"] == []
    assert room.get("/v1/image-projects/" + project["id"]).status_code == 404
    assert room.get(project["downloads"][0]["url"]).status_code in (403, 404)
    assert room.control("GET", room.account())["plan"] == "business"
    assert neighbour.control("GET", "clock")["frozen"]
    assert neighbour.control("GET", f"{neighbour.account()}/entries") == others[2]


def test_a_reset_throws_away_what_is_under_way(room):
    room.control("POST", "clock", action="freeze")
    for _ in range(4):
        room.start(image_count=16)
    room.control("POST", "reset", 204)
    project = room.start(image_count=4)
    room.control("POST", f"jobs/{project}/finish")
    assert len(room.project(project)["downloads"]) == 4
    assert [amount for _, amount in room.entries()[1:]] == [-40]
