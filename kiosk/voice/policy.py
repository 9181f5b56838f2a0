"""How loud, how fast and when: themes/voice.toml, or the file that a site names in its place (`[policies] voice`)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

import themes
from kiosk.settings.reading import Mistake
from kiosk.voice.settings import VoiceSettings


def voice_settings(path: Path | None = None) -> VoiceSettings:
    """Read the settings: this file, else the one that ships. Raise Mistake naming file and key."""
    where = path or Path(themes.__path__[0]) / "voice.toml"
    try:
        return msgspec.convert(tomllib.loads(where.read_text("utf-8")), VoiceSettings)
    except OSError as error:
        raise Mistake([f"{where}: 打不开（{error.strerror}）→ 检查文件名和权限"]) from error
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise Mistake([f"{where}: {error} → 对照 themes/voice.toml 改正"]) from error
