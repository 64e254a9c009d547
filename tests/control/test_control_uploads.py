"""Uploads at their limits: too late, too large, in another world."""

import httpx


def place(room):
    answer = room.post("/v1/files/upload-urls", json={"items": [{"type": "image", "extension": "png"}]})
    return answer.json()["items"][0]


def test_an_upload_url_expires_by_the_worlds_clock(frozen):
    spot = place(frozen)
    frozen.control("POST", "clock", action="advance", seconds=86_401)
    answer = httpx.put(spot["upload_url"], content=b"x")
    assert (answer.status_code, answer.json()) == (403, {"message": "This URL has expired; ask for a new one"})


def test_an_upload_over_the_limit_is_refused_while_it_is_read(room):
    spot = place(room)
    answer = httpx.put(spot["upload_url"], content=bytes(104_857_601), timeout=60)
    assert (answer.status_code, answer.json()) == (413, {"message": "The body is larger than 104857600 bytes"})
    assert room.edit(assets={"image_file_paths": [spot["file_path"]]}).status_code == 422


def test_worlds_under_one_key_share_neither_jobs_nor_files_nor_money(room, neighbour):
    spot = place(room)
    assert httpx.put(spot["upload_url"], content=b"no picture").status_code == 200
    project = room.start()
    assert room.get(f"/v1/image-projects/{project}").status_code == 200
    assert neighbour.get(f"/v1/image-projects/{project}").status_code == 404
    assert neighbour.delete(f"/v1/image-projects/{project}").status_code == 404
    assert neighbour.edit(assets={"image_file_paths": [spot["file_path"]]}).status_code == 422
    elsewhere = spot["upload_url"].replace(f"/_ns/{room.name}/", f"/_ns/{neighbour.name}/")
    assert httpx.put(elsewhere, content=b"x").status_code == 403
    assert neighbour.control("GET", "jobs")["jobs"] == []
    assert [kind for kind, _ in neighbour.entries()] == ["grant"]
