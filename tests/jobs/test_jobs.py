"""A job's way through the world: commands, work, failures, restarts."""

from contextlib import closing

import pytest

from emulator.database import Database
from emulator.errors import AlreadySettled, NotFound
from emulator.files import FileStore
from emulator.ids import Ids
from emulator.jobs import IMMEDIATE, MANUAL, Failure, Jobs, Refund, timed

BAD = Failure(code="bad_image", message="The upload is not an image")
WORSE = Failure(code="no_face", message="There is no face")


def statuses(job, *moments):
    return [job.status(now) for now in moments]


def kinds(events):
    return [event.kind for event in events]


def test_a_job_is_read_as_it_was_entered(jobs, create):
    job = create(namespace="ns", progression=timed(0.1, 0.4), charge=None, at=12.25)
    assert jobs.get("ns", job.id) == job
    assert (job.namespace, job.owner, job.type, job.created) == ("ns", "key-1", "AI_IMAGE_EDITOR", 12.25)
    assert job.request["style"] == {"prompt": "Give it a hat"}
    assert (job.images, job.price, job.charge, job.progression) == (4, 200, None, timed(0.1, 0.4))
    assert (len(job.id), job.id[0]) == (25, "c")


def test_a_timed_job_gets_on_by_the_clock(jobs, create, pictures):
    job = create(progression=timed(1.0, 2.0), at=100.0)
    assert jobs.deliver(job, images=pictures()) is True
    job = jobs.get("", job.id)
    assert statuses(job, 100.0, 100.9, 101.0, 102.9, 103.0) == [
        "queued",
        "queued",
        "rendering",
        "rendering",
        "complete",
    ]
    assert job.downloads(102.9) == ()
    assert job.downloads(103.0) == tuple(f"{job.id}-{i}.png" for i in range(4))


def test_a_job_whose_time_has_come_renders_until_its_work_is_there(jobs, create, pictures):
    job = create(progression=IMMEDIATE)
    assert statuses(job, 0.0, 1e9) == ["rendering", "rendering"]
    jobs.deliver(job, images=pictures())
    assert jobs.get("", job.id).status(0.0) == "complete"


def test_a_manual_job_waits_for_its_steps(jobs, create, pictures):
    job = create(progression=MANUAL)
    jobs.deliver(job, images=pictures())
    assert jobs.get("", job.id).status(1e9) == "queued"
    assert jobs.step("", job.id, now=1.0).status(1.0) == "rendering"
    assert jobs.step("", job.id, now=1.0).status(1.0) == "complete"
    with pytest.raises(AlreadySettled) as caught:
        jobs.step("", job.id, now=1.0)
    assert caught.value.status == "complete"


def test_a_step_hurries_a_timed_job(jobs, create):
    job = create(progression=timed(10.0, 10.0))
    job = jobs.step("", job.id, now=1.0)
    assert statuses(job, 1.0, 19.0) == ["rendering", "rendering"]


@pytest.mark.parametrize("progression", [MANUAL, timed(5.0, 5.0)])
def test_finishing_a_job_shows_its_pictures_at_once(jobs, create, pictures, progression):
    job = create(progression=progression)
    assert jobs.finish("", job.id, now=0.0).status(0.0) == "rendering", "the work is still under way"
    jobs.deliver(job, images=pictures())
    assert jobs.get("", job.id).status(0.0) == "complete"


def test_a_failed_job_gives_everything_back(jobs, create, pictures, files):
    job = create(progression=MANUAL)
    failed = jobs.fail("", job.id, BAD, now=1.0)
    assert failed.status(1.0) == "error"
    assert failed.error(1.0) == BAD
    assert failed.refunds(1.0) == (Refund(part="whole", amount=200),)
    assert failed.charged(1.0) == 0
    assert jobs.deliver(job, images=pictures()) is False
    assert not any(files.has("", f"{job.id}-{i}.png") for i in range(4))


def test_work_that_fails_shows_when_the_time_has_come(jobs, create):
    job = create(progression=timed(1.0, 1.0), images=1)
    assert jobs.deliver(job, images={}, failures={0: BAD}) is True
    job = jobs.get("", job.id)
    assert statuses(job, 0.5, 1.5, 2.0) == ["queued", "rendering", "error"]
    assert (job.error(1.5), job.error(2.0)) == (None, BAD)
    assert (job.charged(1.5), job.charged(2.0)) == (200, 0)


def test_a_batch_of_which_some_fail_gives_their_shares_back(jobs, create, pictures, files):
    job = create(progression=MANUAL, price=203)
    failing = jobs.fail("", job.id, BAD, now=1.0, images=[1, 3])
    assert failing.status(1.0) == "queued"
    assert failing.refunds(1.0) == ()
    jobs.deliver(job, images=pictures())
    done = jobs.finish("", job.id, now=2.0)
    assert done.status(2.0) == "complete"
    assert done.error(2.0) is None
    assert done.downloads(2.0) == (f"{job.id}-0.png", f"{job.id}-2.png")
    assert not files.has("", f"{job.id}-1.png")
    assert done.refunds(2.0) == (Refund(part="image:1", amount=51), Refund(part="image:3", amount=51))
    assert done.charged(2.0) == 101


def test_the_last_picture_that_fails_ends_the_job(jobs, create):
    job = create(progression=timed(50.0, 50.0), images=4)
    jobs.fail("", job.id, BAD, now=1.0, images=[2, 1])
    jobs.fail("", job.id, WORSE, now=1.0, images=[1, 3])
    job = jobs.fail("", job.id, WORSE, now=1.0, images=[0])
    assert job.status(1.0) == "error"
    assert job.failures == {0: WORSE, 1: BAD, 2: BAD, 3: WORSE}, "the first failure of a picture stands"
    assert job.error(1.0) == WORSE
    assert job.refunds(1.0) == (Refund(part="whole", amount=200),)


def test_a_picture_that_fails_after_its_delivery_is_taken_away(jobs, create, pictures, files):
    job = create(progression=MANUAL)
    jobs.deliver(job, images=pictures())
    assert files.get("", f"{job.id}-2.png").read() == b"picture 2"
    assert jobs.fail("", job.id, BAD, now=1.0, images=[2]).results.keys() == {0, 1, 3}
    assert not files.has("", f"{job.id}-2.png")


@pytest.mark.parametrize("images", [[4], [-1], []])
def test_a_picture_that_the_batch_does_not_have_cannot_fail(jobs, create, images):
    job = create(progression=MANUAL)
    with pytest.raises(ValueError, match="from 0 to 3"):
        jobs.fail("", job.id, BAD, now=1.0, images=images)
    assert jobs.get("", job.id) == job


def test_a_canceled_job_gives_everything_back_and_takes_no_work(jobs, create, pictures, files):
    job = create(progression=MANUAL)
    assert jobs.cancel("", job.id, now=1.0).status(1.0) == "canceled"
    assert jobs.deliver(job, images=pictures()) is False
    assert not files.has("", f"{job.id}-0.png")
    assert jobs.get("", job.id).charged(1.0) == 0
    assert jobs.unfinished() == ()


def test_what_is_over_takes_no_command(jobs, create):
    job = create(progression=MANUAL)
    jobs.fail("", job.id, BAD, now=1.0)
    for command in (jobs.step, jobs.finish, jobs.cancel):
        with pytest.raises(AlreadySettled) as caught:
            command("", job.id, now=2.0)
        assert caught.value.status == "error"
    with pytest.raises(AlreadySettled):
        jobs.fail("", job.id, WORSE, now=2.0, images=[0])


def test_work_is_delivered_once(jobs, create, pictures):
    job = create()
    assert jobs.deliver(job, images=pictures()) is True
    assert jobs.deliver(job, images={}, failures=dict.fromkeys(range(4), BAD)) is False
    assert jobs.get("", job.id).status(0.0) == "complete"


def test_a_batch_that_is_not_whole_is_refused(jobs, create, pictures):
    job = create()
    for images, failures in ((pictures(3), {}), (pictures(5), {}), (pictures(4), {0: BAD})):
        with pytest.raises(ValueError, match="a job of 4 images"):
            jobs.deliver(job, images=images, failures=failures)
    assert jobs.unfinished() == (job,)


def test_another_owner_and_another_world_do_not_see_a_job(jobs, create):
    job = create(namespace="a")
    assert jobs.get("a", job.id, owner="key-1") == job
    for namespace, owner in (("a", "key-2"), ("", "key-1"), ("b", None)):
        with pytest.raises(NotFound):
            jobs.get(namespace, job.id, owner=owner)
        with pytest.raises(NotFound):
            jobs.delete(namespace, job.id, owner=owner)
    assert jobs.newest("a", limit=9) == (job,)
    assert jobs.newest("b", limit=9) == ()


def test_a_deleted_job_is_gone_with_its_files_and_a_second_time_unknown(jobs, create, pictures, files):
    job = create()
    jobs.deliver(job, images=pictures())
    jobs.delete("", job.id, owner="key-1")
    for ask in (jobs.get, jobs.delete):
        with pytest.raises(NotFound):
            ask("", job.id)
    with pytest.raises(NotFound):
        jobs.step("", job.id, now=1.0)
    assert not files.has("", f"{job.id}-0.png")
    assert jobs.settle("", 1.0) == ()
    assert create().id != job.id, "a deleted job's id does not come again"


def test_a_job_that_is_deleted_under_way_takes_no_work(jobs, create, pictures, files):
    job = create()
    jobs.delete("", job.id)
    assert jobs.deliver(job, images=pictures()) is False
    assert jobs.take(job, "worker") is False
    assert not files.has("", f"{job.id}-0.png")


def test_jobs_are_listed_newest_first(jobs, create):
    made = [create(at=float(i)) for i in range(5)]
    assert jobs.newest("", limit=2) == (made[4], made[3])
    assert jobs.newest("", limit=9, offset=3) == (made[1], made[0])


def test_events_are_told_once_and_in_order(jobs, create, pictures):
    job = create(progression=timed(1.0, 1.0))
    jobs.deliver(job, images=pictures())
    assert jobs.due("", 0.5) is False
    assert jobs.settle("", 0.5) == ()
    assert jobs.due("", 1.5) is True
    (started,) = jobs.settle("", 1.5)
    assert (started.kind, started.at, started.job.status(1.5)) == ("started", 1.5, "rendering")
    assert jobs.settle("", 1.6) == ()
    (completed,) = jobs.settle("", 2.0)
    assert (completed.kind, completed.job.status(2.0)) == ("completed", "complete")
    assert jobs.settle("", 3.0) == ()
    assert jobs.due("", 3.0) is False


def test_a_job_that_ends_before_anybody_looked_has_started_too(jobs, create, pictures):
    done, failed, canceled, waiting = create(), create(), create(progression=MANUAL), create(progression=MANUAL)
    jobs.deliver(done, images=pictures())
    jobs.deliver(failed, images={}, failures=dict.fromkeys(range(4), BAD))
    jobs.cancel("", canceled.id, now=0.5)
    assert [(event.kind, event.job.id) for event in jobs.settle("", 1.0)] == [
        ("started", done.id),
        ("completed", done.id),
        ("started", failed.id),
        ("errored", failed.id),
        ("canceled", canceled.id),
    ]
    assert jobs.get("", waiting.id).settled is None


def test_one_job_can_be_settled_alone(jobs, create, pictures):
    first, second = create(), create()
    for job in (first, second):
        jobs.deliver(job, images=pictures())
    assert kinds(jobs.settle("", 1.0, job_id=second.id)) == ["started", "completed"]
    assert {event.job.id for event in jobs.settle("", 1.0)} == {first.id}
    assert jobs.settle("other", 1.0, job_id=second.id) == ()


def test_a_status_that_was_announced_stays_though_the_clock_is_set_back(jobs, create, pictures):
    job = create(progression=timed(1.0, 1.0))
    jobs.deliver(job, images=pictures())
    jobs.settle("", 5.0)
    assert jobs.get("", job.id).status(0.0) == "complete"
    with pytest.raises(AlreadySettled):
        jobs.fail("", job.id, BAD, now=0.0)


def test_a_worker_takes_a_job_once(jobs, create, pictures):
    job = create()
    assert jobs.take(job, "w1") is True
    assert jobs.take(job, "w2") is False
    jobs.release("w2")
    assert jobs.take(job, "w2") is False
    jobs.release("w1")
    assert jobs.take(job, "w2") is True
    jobs.deliver(job, images=pictures())
    jobs.release()
    assert jobs.take(job, "w3") is False, "its work is done"
    assert jobs.take(create(worker="w1"), "w2") is False


def test_a_restart_finds_what_was_under_way(tmp_path, pictures):
    def opened():
        database = Database(tmp_path / "kept.db")
        return database, Jobs(database, FileStore(folder=tmp_path / "kept.files"), Ids("seed"))

    def enter(jobs, **more):
        return jobs.create(
            "ns",
            "key",
            type="AI_IMAGE_EDITOR",
            request={"name": "ä"},
            images=1,
            price=50,
            charge="c1",
            at=1.0,
            progression=timed(0.1, 0.2),
            **more,
        )

    database, jobs = opened()
    with closing(database):
        done, under_way = enter(jobs), enter(jobs, worker="w1")
        jobs.deliver(done, images=pictures(1))
    database, jobs = opened()
    with closing(database):
        assert jobs.unfinished() == (under_way,)
        jobs.release()
        assert jobs.take(under_way, "w1") is True
        jobs.deliver(under_way, images={}, failures={0: BAD})
        assert kinds(jobs.settle("ns", 9.0)) == ["started", "completed", "started", "errored"]
        assert jobs._files.get("ns", jobs.get("ns", done.id).downloads(9.0)[0]).read() == b"picture 0"
        assert enter(jobs).id not in (done.id, under_way.id)


def test_a_dropped_world_repeats_its_ids_and_takes_no_late_work(jobs, create, pictures, files):
    late = create()
    jobs.drop("")
    again = create()
    assert again.id == late.id
    assert jobs.deliver(late, images=pictures()) is False
    assert not files.has("", f"{late.id}-0.png")
    assert jobs.take(late, "worker") is False
    assert jobs.unfinished() == (again,)


@pytest.mark.parametrize(("price", "images"), [(200, 4), (1, 16), (0, 9), (1001, 9), (50, 1)])
def test_the_shares_of_a_batch_add_up_to_its_price(create, price, images):
    job = create(price=price, images=images)
    shares = [job.share(index) for index in range(images)]
    assert sum(shares) == price
    assert max(shares) - min(shares) <= 1


def test_durations_are_not_negative():
    with pytest.raises(ValueError, match="not negative"):
        timed(-1.0, 0.0)
