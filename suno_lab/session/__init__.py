"""What a user holds: the session, and the jobs, tasks and clips that come out of it."""

from __future__ import annotations

from suno_lab.session.clip import Clip
from suno_lab.session.job import Job
from suno_lab.session.session import SunoSession
from suno_lab.session.task import Task

__all__ = ["Clip", "Job", "SunoSession", "Task"]
