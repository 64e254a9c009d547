"""A project as the vendor shows it, in answers and in webhooks alike."""

from emulator.clock import iso
from emulator.jobs import Job
from emulator.vendors.magic_hour.models import url_seconds
from emulator.world import World


def shown(job: Job, world: World, *, origin: str) -> dict[str, object]:
    """A project as GET and the webhooks show it."""
    now = world.clock.now()
    expires_at = world.clock.seconds() + url_seconds()
    failure = job.error(now)
    return {
        "id": job.id,
        "name": job.request["name"],
        "status": job.status(now),
        "image_count": job.images,
        "type": job.type,
        "created_at": iso(job.created),
        "enabled": True,
        "total_frame_cost": job.charged(now),
        "credits_charged": job.charged(now),
        "downloads": [
            {"url": world.link(origin, name, expires_at=expires_at), "expires_at": iso(expires_at)}
            for name in job.downloads(now)
        ],
        "error": None if failure is None else {"message": failure.message, "code": failure.code},
    }
