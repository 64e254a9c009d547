"""The register of jobs: creates them, takes commands and results, tells once what happened.

Whatever changes a job reads it and writes it in one transaction, under the database's write lock: of two
commands, results or announcements that come at once, in threads or processes, one is first and the other
sees it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from emulator.database import Cursor, Database
from emulator.errors import AlreadySettled, NotFound
from emulator.files import FileStore
from emulator.ids import Ids, digest, spell
from emulator.jobs.job import OVER, Event, Failure, Job
from emulator.jobs.progression import FINISHED, Progression
from emulator.jobs.rows import INSERT, NEWEST, ONE, OPEN, SAME, SCHEMA, UNFINISHED, UNSETTLED, read_job, write_failures


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A finished picture. `file_name` is what its download is called, and says by its ending what it is."""

    data: bytes
    media_type: str
    file_name: str


class Jobs:
    """All jobs of all worlds; safe between threads, and between processes that share a file.

    Takes the seed of `ids` alone: a job's id follows from it and from the job's number in its world.
    A job that does not exist, was deleted, or belongs to another owner is NotFound; a command to a job
    that is over is AlreadySettled. `now` and `at` are Unix seconds of the world's clock.
    """

    def __init__(self, database: Database, files: FileStore, ids: Ids) -> None:
        self._database = database
        self._files = files
        self._seed = ids.seed
        database.install("jobs", SCHEMA)

    def create(
        self,
        namespace: str,
        owner: str,
        *,
        type: str,  # noqa: A002  # the vendor's word for it
        request: Mapping[str, object],
        progression: Progression,
        images: int,
        price: int,
        charge: str | None,
        at: float,
        worker: str | None = None,
    ) -> Job:
        """Enter a job. `worker` has taken its work already (see `take`).

        Charge and job belong in one transaction of the database, or a crash between them loses money.
        """
        with self._database.transaction() as cursor:
            last = cursor.execute("SELECT max(number) FROM jobs WHERE namespace = ?", (namespace,)).fetchone()[0]
            number = (last or 0) + 1
            # Observed: the vendor's ids are cuids, a "c" and 24 letters and digits.
            job_id = "c" + spell(digest(self._seed, "job", namespace, str(number)), length=24)
            cursor.execute(
                INSERT,
                (
                    namespace,
                    number,
                    job_id,
                    owner,
                    type,
                    at,
                    json.dumps(request),
                    progression.kind,
                    progression.queued,
                    progression.rendering,
                    images,
                    price,
                    charge,
                    worker,
                ),
            )
            return self.get(namespace, job_id)

    def get(self, namespace: str, job_id: str, *, owner: str | None = None) -> Job:
        """The job; with `owner`, only if it is theirs. Raises NotFound."""
        rows = self._database.read(ONE, (namespace, job_id))
        if not rows or (owner is not None and rows[0][2] != owner):
            raise NotFound(what=f"job {job_id}")
        return read_job(rows[0])

    def newest(self, namespace: str, *, limit: int, offset: int = 0) -> tuple[Job, ...]:
        """The world's jobs, newest first."""
        return tuple(map(read_job, self._database.read(NEWEST, (namespace, limit, offset))))

    def delete(self, namespace: str, job_id: str, *, owner: str | None = None) -> None:
        """Forget a job and its result files, whatever its status; it sends no events any more, and what
        it has cost stays charged (inferred). Raises NotFound.
        """
        with self._database.transaction() as cursor:
            job = self.get(namespace, job_id, owner=owner)
            cursor.execute("UPDATE jobs SET deleted = 1 WHERE id = ?", (job_id,))
        self._delete_files(job, job.results.values())

    def drop(self, namespace: str) -> None:
        """Forget all jobs of a world; their files go with the world's."""
        with self._database.transaction() as cursor:
            cursor.execute("DELETE FROM jobs WHERE namespace = ?", (namespace,))

    # Commands.

    def step(self, namespace: str, job_id: str, *, now: float) -> Job:
        """One stage further: from the queue to rendering, from rendering to the end."""
        with self._database.transaction() as cursor:
            job = self._under_way(namespace, job_id, now)
            return self._force(cursor, job, min(job.stage(now) + 1, FINISHED))

    def finish(self, namespace: str, job_id: str, *, now: float) -> Job:
        """To the end now; a job whose work is still being done is over as soon as that is delivered."""
        with self._database.transaction() as cursor:
            return self._force(cursor, self._under_way(namespace, job_id, now), FINISHED)

    def fail(
        self, namespace: str, job_id: str, failure: Failure, *, now: float, images: Iterable[int] | None = None
    ) -> Job:
        """Let the job fail now; with `images` (indices), only those pictures of the batch.

        The rest of a batch goes its way; when the last picture has failed, the job is over.
        Raises ValueError for an index that the batch does not have.
        """
        with self._database.transaction() as cursor:
            job = self._under_way(namespace, job_id, now)
            chosen = range(job.images) if images is None else _indices(job, images)
            failures = {**dict.fromkeys(chosen, failure), **job.failures}
            useless = [job.results[index] for index in chosen if index in job.results]
            results = {index: name for index, name in job.results.items() if index not in failures}
            cursor.execute(
                "UPDATE jobs SET failures = ?, results = ? WHERE id = ?",
                (write_failures(failures), json.dumps(results), job_id),
            )
            job = self._force(cursor, job, FINISHED if len(failures) == job.images else job.steps)
        self._delete_files(job, useless)
        return job

    def cancel(self, namespace: str, job_id: str, *, now: float) -> Job:
        """Stop the job; what its work still delivers is thrown away."""
        with self._database.transaction() as cursor:
            self._under_way(namespace, job_id, now)
            cursor.execute("UPDATE jobs SET canceled = 1 WHERE id = ?", (job_id,))
            return self.get(namespace, job_id)

    # The work.

    def take(self, job: Job, worker: str) -> bool:
        """Take the work of a job; True for one worker only, until it is released."""
        with self._database.transaction() as cursor:
            cursor.execute(
                "UPDATE jobs SET worker = ? WHERE serial = ? AND worker IS NULL"
                " AND settled IS NULL AND NOT deleted AND NOT canceled AND NOT delivered",
                (worker, job.serial),
            )
            return cursor.rowcount == 1

    def release(self, worker: str | None = None) -> None:
        """Give back what a worker had taken and not delivered, because it is gone; without a name, all of
        it: called at start, before anybody works.
        """
        with self._database.transaction() as cursor:
            cursor.execute(
                "UPDATE jobs SET worker = NULL WHERE NOT delivered AND worker = coalesce(?, worker)", (worker,)
            )

    def unfinished(self) -> tuple[Job, ...]:
        """Jobs of all worlds that still wait for their work: what a restart does again, or lets fail."""
        return tuple(job for job in map(read_job, self._database.read(UNFINISHED)) if job.waits)

    def unsettled(self) -> tuple[Job, ...]:
        """Jobs of all worlds whose end was not told yet, whether their work is done or not."""
        return tuple(map(read_job, self._database.read(UNSETTLED)))

    def deliver(
        self, job: Job, *, images: Mapping[int, Rendered], failures: Mapping[int, Failure] | None = None
    ) -> bool:
        """Bring the work back: pictures and failures by index, each index once.

        Kept and True where the job still waits for it; else thrown away and False (it failed by command,
        was canceled, deleted, dropped with its world, or delivered before). A picture that failed by
        command meanwhile stays failed. When the end shows is a matter of the clock. Raises ValueError
        for a batch that is not whole, OSError where the pictures cannot be stored.
        """
        broken = failures or {}
        if sorted([*images, *broken]) != list(range(job.images)):
            raise ValueError(f"a job of {job.images} images got {sorted(images)} and failures {sorted(broken)}")
        # The files are written under the lock: the names come again when the world is run again, and a
        # late worker must not write over the pictures of the world that came after.
        with self._database.transaction() as cursor:
            rows = self._database.read(SAME, (job.serial,))
            if not rows or not (standing := read_job(rows[0])).waits:
                return False
            lost = {**broken, **standing.failures}
            results = {index: self._store(job, index, one) for index, one in images.items() if index not in lost}
            cursor.execute(
                "UPDATE jobs SET results = ?, failures = ?, delivered = 1 WHERE serial = ?",
                (json.dumps(results), write_failures(lost), job.serial),
            )
            return True

    # What happened.

    def due(self, namespace: str, now: float) -> bool:
        """Whether `settle` has something to tell; writes nothing."""
        return any(read_job(row).events(now) for row in self._database.read(OPEN, (namespace,)))

    def settle(self, namespace: str, now: float, *, job_id: str | None = None) -> tuple[Event, ...]:
        """Events that are due, of all the world's jobs or of one, oldest job first: each is told exactly
        once, to one caller, however many threads and processes ask.

        Once its end is told, a job's status stays as it is. Call it before a status is shown, so that what
        a client has seen cannot change; and in one transaction with what follows from it (refunds,
        webhooks to be sent), so that a crash loses neither or both.
        """
        query, parameters = (OPEN, (namespace,)) if job_id is None else (ONE, (namespace, job_id))
        if not any(read_job(row).events(now) for row in self._database.read(query, parameters)):
            return ()
        told = []
        with self._database.transaction() as cursor:
            for row in self._database.read(query, parameters):
                job = read_job(row)
                kinds, status = job.events(now), job.status(now)
                if not kinds:
                    continue
                settled = status if status in OVER else None
                cursor.execute(
                    "UPDATE jobs SET started = started OR ?, settled = ? WHERE id = ?",
                    ("started" in kinds, settled, job.id),
                )
                after = self.get(namespace, job.id)
                told += [Event(kind=kind, job=after, at=now) for kind in kinds]
        return tuple(told)

    def _under_way(self, namespace: str, job_id: str, now: float) -> Job:
        job = self.get(namespace, job_id)
        if job.over(now):
            raise AlreadySettled(what=f"job {job_id}", status=job.status(now))
        return job

    def _force(self, cursor: Cursor, job: Job, stage: int) -> Job:
        cursor.execute("UPDATE jobs SET steps = max(steps, ?) WHERE id = ?", (stage, job.id))
        return self.get(job.namespace, job.id)

    def _store(self, job: Job, index: int, rendered: Rendered) -> str:
        name = f"{job.id}-{index}{PurePath(rendered.file_name).suffix}"
        self._files.put(job.namespace, name, rendered.data, rendered.media_type, file_name=rendered.file_name)
        return name

    def _delete_files(self, job: Job, names: Iterable[str]) -> None:
        for name in names:
            self._files.delete(job.namespace, name)


def _indices(job: Job, images: Iterable[int]) -> list[int]:
    chosen = sorted(set(images))
    if not chosen or chosen[0] < 0 or chosen[-1] >= job.images:
        raise ValueError(f"images are numbered from 0 to {job.images - 1}, got {chosen}")
    return chosen
