"""stand-in"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    data: bytes
    media_type: str
    expires_at: float

    def read(self):
        return self.data


class FileStore:
    def __init__(self):
        self.f = {}

    def put(self, namespace, name, data, media_type, *, expires_at=None, file_name=None):
        self.f[namespace, name] = StoredFile(data=data, media_type=media_type, expires_at=expires_at)

    def get(self, namespace, name):
        return self.f.get((namespace, name))

    def close(self):
        pass
