"""One frame against one enrolled face. What comes out is an outcome; the distance stays here."""

from __future__ import annotations

from kiosk.identity.face import picture
from kiosk.identity.face.engine import Descriptor, Engine
from kiosk.identity.face.limits import Outcome, PictureLimits, Thresholds


def enrol(engine: Engine, photo: picture.Rgb, limits: PictureLimits) -> Descriptor | Outcome:
    """Return the description of the one face in a photograph, or NO_FACE or MANY_FACES."""
    if min(photo.shape[:2]) < limits.enlarge_below_px:
        photo = picture.enlarge(photo, limits.enlarge)
    boxes = engine.find(photo, height=limits.photo_detect_height_px)
    if len(boxes) == 1:
        return engine.describe(photo, boxes[0])
    return Outcome.MANY_FACES if boxes else Outcome.NO_FACE


def look(
    engine: Engine, frame: picture.Rgb, enrolled: Descriptor, thresholds: Thresholds, limits: PictureLimits
) -> Outcome:
    """Judge one frame. A face is compared only when it is the only one, near, lit and sharp enough."""
    boxes = engine.find(frame, height=limits.detect_height_px)
    if len(boxes) > 1:
        return Outcome.MANY_FACES
    if not boxes:
        return _why_none(engine, frame, limits)
    (box,) = boxes
    if box.height < limits.min_face_px:
        return Outcome.TOO_FAR
    face = frame[box.top : box.bottom, box.left : box.right]
    if picture.brightness(face) < limits.darkest:
        return Outcome.TOO_DARK
    if picture.sharpness(face) < limits.least_sharpness:
        return Outcome.BLURRY
    seen = engine.describe(frame, box)
    outcome = thresholds.judge(engine.distance(seen, enrolled))
    seen.fill(0.0)
    return outcome


def _why_none(engine: Engine, frame: picture.Rgb, limits: PictureLimits) -> Outcome:
    if picture.brightness(frame) < limits.darkest:
        return Outcome.TOO_DARK
    if engine.find(frame, height=limits.detect_height_px, far=True):
        return Outcome.TOO_FAR
    return Outcome.NO_FACE
