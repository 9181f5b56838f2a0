"""How alike is alike, how often and how long: `kiosk/policies/face.toml`, read strictly."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from pydantic import Field, model_validator

from kiosk.identity.face.limits import EngineName, PhotoSource, PictureLimits, Thresholds
from kiosk.settings.reading import Model, read


class WorkerLimits(Model):
    """Supervision of the worker; seconds."""

    start_seconds: float = Field(gt=0)
    answer_seconds: float = Field(gt=0)
    ping_seconds: float = Field(gt=0)
    starts: int = Field(ge=1)
    starts_within_seconds: float = Field(gt=0)


class FacePolicy(Model):
    """`face.toml`; the file says where each figure comes from."""

    engine: EngineName
    tries: int = Field(ge=1, le=5)
    seconds_per_try: float = Field(gt=0)
    search_seconds: float = Field(gt=0, le=120)
    search_seconds_elder: float = Field(gt=0, le=120)
    agreeing_frames: int = Field(ge=2, le=10)
    agreement_gap_seconds: float = Field(gt=0)
    hint_frames: int = Field(ge=1)
    thresholds: dict[PhotoSource, Thresholds]
    picture: PictureLimits
    worker: WorkerLimits

    @model_validator(mode="after")
    def _whole(self) -> FacePolicy:
        absent = [source.value for source in PhotoSource if source not in self.thresholds]
        if absent:
            raise ValueError(f"thresholds 缺少 {'、'.join(absent)}:请补上这一节")
        if self.seconds_per_try > self.search_seconds:
            raise ValueError("seconds_per_try 不能大于 search_seconds")
        if self.search_seconds_elder < self.search_seconds:
            raise ValueError("search_seconds_elder 不能小于 search_seconds:大字版要给人更多时间")
        return self


def load(path: Path) -> FacePolicy:
    """Read a policy file. Raise kiosk.settings.reading.Mistake naming file, key and cure."""
    return read(path, FacePolicy)


def face_policy(file: Path | None = None) -> FacePolicy:
    """Return the policy of a site's own file, or the one that ships. Raise Mistake naming file, key and cure."""
    if file is not None:
        return load(file)
    return _shipped()


@cache
def _shipped() -> FacePolicy:
    with as_file(files("kiosk.policies").joinpath("face.toml")) as path:
        return load(path)
