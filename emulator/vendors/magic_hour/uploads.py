"""Uploads: places handed out by signed URL, files taken by PUT as they come.

Whether a file is a picture shows when an edit uses it, as with the vendor's storage (inferred).
"""

from emulator.call import Admitted, Answer, Call
from emulator.clock import iso
from emulator.errors import BodyTooLarge, LinkRefused, Unprocessable
from emulator.vendor import operation
from emulator.vendors.magic_hour.auth import payer
from emulator.vendors.magic_hour.examples import example_upload
from emulator.vendors.magic_hour.models import extensions, most_upload_bytes, url_seconds
from emulator.world import World

FOLDER = "api-assets"  # observed: SDKs know an uploaded file's path by this beginning


@operation("videoAssets.generatePresignedUrl")
async def upload_urls(call: Call, admitted: Admitted, world: World) -> Answer:
    """POST /v1/files/upload-urls: a signed URL and a path for each file."""
    items = []
    for index, item in enumerate(admitted.fields["items"]):
        kind, extension = item["type"], item["extension"]
        possible = extensions(kind)
        if extension not in possible:
            article = "a" if kind == "video" else "an"
            listed = ", ".join(possible)
            raise Unprocessable(
                message=f"'{extension}' is {article} invalid {kind} extension. Possible extensions are '{listed}'"
            )
        path = (
            example_upload(call, payer(admitted).holder, index)
            or f"{FOLDER}/{world.ids.next('upload')}/{kind}.{extension}"
        )
        expires_at = world.clock.seconds() + url_seconds()
        query = world.sign(f"/{path}", method="PUT", expires_at=expires_at)
        items.append({"upload_url": f"{call.origin}/{path}?{query}", "expires_at": iso(expires_at), "file_path": path})
    return Answer(json={"items": items})


@operation("files.upload")
async def upload(call: Call, admitted: Admitted, world: World) -> Answer:
    """PUT to a handed-out URL: the body is the file, whatever its Content-Type says."""
    path = f"{FOLDER}/{call.path['id']}/{call.path['name']}"
    query = admitted.query
    verdict = world.verify(f"/{path}", method="PUT", expires=str(query["expires"]), signature=query["signature"])
    if verdict != "ok":
        raise LinkRefused(reason=verdict)
    data, limit = bytearray(), most_upload_bytes()
    async for chunk in call.chunks():
        data += chunk
        if len(data) > limit:
            raise BodyTooLarge(limit=limit)
    media_type = call.headers.get("content-type", "application/octet-stream")
    world.files.put(world.namespace, path, bytes(data), media_type, file_name=call.path["name"])
    return Answer(media_type="")
