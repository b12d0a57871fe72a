"""Jobs and their list."""

from ui.jobs import Job, JobList, JobState


def make() -> tuple[JobList, list[tuple[str, str]]]:
    told: list[tuple[str, str]] = []
    return JobList(lambda job: told.append((job.title, job.state))), told


def test_a_job_tells_start_progress_and_end() -> None:
    jobs, told = make()
    job = jobs.start("Send", "reading")
    assert (job.is_running, job.detail, job.progress) == (True, "reading", None)
    job.report("half", 0.5)
    assert (job.detail, job.progress) == ("half", 0.5)
    job.end(JobState.DONE, "2 stored")
    assert (job.is_running, job.outcome, job.progress) == (False, "2 stored", 1.0)
    assert told == [("Send", "running"), ("Send", "running"), ("Send", "done")]


def test_an_ended_job_does_not_change_any_more() -> None:
    jobs, told = make()
    job = jobs.start("Echo")
    job.end(JobState.FAILED, "refused")
    job.report("late")
    job.end(JobState.DONE, "later")
    assert (job.state, job.outcome, job.detail) == (JobState.FAILED, "refused", "")
    assert len(told) == 2


def test_cancel_asks_and_only_while_the_job_runs() -> None:
    jobs, _ = make()
    asked: list[int] = []
    job = jobs.start("Send")
    job.on_cancel = lambda: asked.append(1)
    job.cancel()
    assert job.is_running
    job.end(JobState.CANCELLED, "cancelled")
    job.cancel()
    assert asked == [1]


def test_running_jobs_are_kept_and_old_ones_go() -> None:
    jobs, _ = make()
    running = jobs.start("Listen")
    ended: list[Job] = []
    for number in range(JobList.KEPT + 50):
        job = jobs.start(f"Echo {number}")
        job.end(JobState.DONE, "")
        ended.append(job)
    assert jobs.running == (running,)
    assert jobs.get(running.id) is running
    assert jobs.get(ended[0].id) is None
    assert jobs.get(ended[-1].id) is ended[-1]
    assert len(jobs) <= JobList.KEPT + 2
    assert len({job.id for job in jobs}) == len(jobs)
