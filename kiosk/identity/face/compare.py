"""Two image files on the bench: `kiosk face match A B`. The only place where a distance is told."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

from kiosk.identity.face import engine, judge, picture
from kiosk.identity.face.limits import Outcome, PhotoSource
from kiosk.identity.face.policy import FacePolicy, face_policy


class Comparison(TypedDict):
    """As `--json` prints it. `distance` is None unless both files hold exactly one face."""

    decision: str
    distance: float | None


def compare_files(
    first: Path,
    second: Path,
    *,
    source: PhotoSource = PhotoSource.PHOTOGRAPH,
    policy: FacePolicy | None = None,
    models: engine.Engine | None = None,
) -> Comparison:
    """Compare the faces of two files: match, unsure, no_match, no_face or many_faces.

    Raise OSError when a file cannot be opened, ValueError naming the file when it is no usable picture, and
    EngineMissing when there is no engine.
    """
    policy = policy or face_policy()
    photos = [_read(path, policy.picture.max_pixels) for path in (first, second)]
    models = models or engine.make(policy.engine)
    found = [judge.enrol(models, photo, policy.picture) for photo in photos]
    problems = [each for each in found if isinstance(each, Outcome)]
    if problems:
        return Comparison(decision=problems[0].value, distance=None)
    one, other = (each for each in found if not isinstance(each, Outcome))
    distance = models.distance(one, other)
    return Comparison(decision=policy.thresholds[source].judge(distance).value, distance=round(distance, 4))


def _read(path: Path, max_pixels: int) -> picture.Rgb:
    try:
        return picture.decode(path, max_pixels=max_pixels)
    except picture.PictureUnreadable as error:
        raise ValueError(f"{path}: {error}") from error
