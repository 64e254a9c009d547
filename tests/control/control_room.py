"""A client of one namespace, held to the documents."""

import httpx

from promises import hold

EDITOR = "/v1/ai-image-editor"
PROJECTS = "/v1/image-projects/"


class Room(httpx.Client):
    """A client of one namespace: the vendors' doors with the key, and the control door."""

    def __init__(self, base_url, name, key):
        self.name, self.key = name, key
        super().__init__(
            base_url=f"{base_url}/_ns/{name}",
            headers={"Authorization": f"Bearer {key}"},
            event_hooks={"response": [hold(base_url)]},
            timeout=60,
        )

    def control(self, method, path, status=200, **body):
        """A call of the control door: its JSON, once the status is as expected."""
        answer = self.request(method, f"/_emulator/{path}", **({"json": body} if body else {}))
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def edit(self, **fields):
        """A Magic Hour edit, whatever comes of it."""
        body = {
            "style": {"prompt": "winter"},
            "assets": {"image_file_paths": ["https://example.com/a.png"]},
            "resolution": "640px",
        }
        return self.post(EDITOR, json={**body, **fields})

    def start(self, **fields):
        """A Magic Hour edit; its id."""
        answer = self.edit(**fields)
        assert answer.status_code == 200, answer.text
        return answer.json()["id"]

    def project(self, project):
        """The project as Magic Hour shows it."""
        return self.get(PROJECTS + project).json()

    def account(self, vendor="magic-hour"):
        """The path of this client's account."""
        return f"accounts/{vendor}/{self.key}"

    def entries(self, vendor="magic-hour"):
        """Kind and amount of this client's entries, oldest first."""
        found = self.control("GET", f"{self.account(vendor)}/entries?limit=500")["entries"]
        return [(one["kind"], one["amount"]) for one in reversed(found)]
