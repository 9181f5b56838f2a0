"""A site may bring policies of its own; a mistake in one is told with file, key and cure before anybody stands there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from kiosk.identity.face.policy import face_policy
from kiosk.policies import ByMode, visit_policy
from kiosk.settings.reading import Mistake
from kiosk.settings.site import load_site

SHIPPED = files("kiosk.policies").joinpath("visit.toml").read_text("utf-8")
FACE = files("kiosk.policies").joinpath("face.toml").read_text("utf-8")


def site_in(folder: Path, policies: str) -> Path:
    text = files("kiosk.demo").joinpath("site.toml").read_text("utf-8")
    text = text.replace("{{kiosk_id}}", "DEMO-0001").replace("{{platform_url}}", "http://127.0.0.1:1")
    site = folder / "site.toml"
    site.write_text(f"{text}\n[policies]\n{policies}\n", "utf-8")
    return site


def test_a_site_s_own_policies_are_read_beside_its_file(tmp_path: Path) -> None:
    (tmp_path / "patient.toml").write_text(
        SHIPPED.replace("standard = 45.0, elder = 90.0", "standard = 120.0, elder = 240.0", 1)
    )
    (tmp_path / "strict.toml").write_text(FACE.replace("tries = 3", "tries = 2"))
    site = load_site(site_in(tmp_path, 'visit = "patient.toml"\nface = "strict.toml"'))
    assert visit_policy(site.policies.visit).idle.warn_after.elder == 240
    assert face_policy(site.policies.face).tries == 2


def test_elder_mode_has_more_time_everywhere() -> None:
    def by_mode(value: object, path: str = "") -> Iterator[tuple[str, ByMode]]:
        if isinstance(value, ByMode):
            yield path, value
        elif isinstance(value, msgspec.Struct):
            for name in value.__struct_fields__:
                yield from by_mode(getattr(value, name), f"{path}.{name}")

    found = dict(by_mode(visit_policy()))
    assert len(found) >= 5
    assert {path: each for path, each in found.items() if each.elder < 2 * each.standard} == {}
    assert face_policy().search_seconds_elder >= 2 * face_policy().search_seconds


def test_without_its_own_the_shipped_ones_hold(tmp_path: Path) -> None:
    site = load_site(site_in(tmp_path, ""))
    assert visit_policy(site.policies.visit) == visit_policy()
    assert face_policy(site.policies.face) == face_policy()


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("countdown = { standard = 30.0", "countdown = { standard = 5.0", "idle.countdown.standard"),
        ("extensions = 20", "extensions = 3", "idle.extensions"),
        ("left_reminder = 20.0", 'left_reminder = "soon"', "card.left_reminder"),
        ("left_task = 180.0", "", "card"),
        ("job = 90.0", "jobs = 90.0", "print"),
        ("elder = 90.0 }", "elder = -1.0 }", "idle.warn_after.elder"),
        ("[settle]", "[settle", "TOML"),
    ],
)
def test_a_mistake_names_file_key_and_cure(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert old in SHIPPED
    (tmp_path / "own.toml").write_text(SHIPPED.replace(old, new, 1))
    with pytest.raises(Mistake) as mistake:
        visit_policy(tmp_path / "own.toml")
    (line,) = mistake.value.lines
    assert "own.toml" in line
    assert key in line
    assert "→" in line


def test_kiosk_check_tells_the_mistakes_of_both_policies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from kiosk.__main__ import main

    (tmp_path / "strict.toml").write_text(FACE.replace("tries = 3", "tries = 0"))
    site = site_in(tmp_path, 'visit = "nowhere.toml"\nface = "strict.toml"')
    assert main(["check", "--site", str(site), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)["mistakes"]
    assert any("nowhere.toml" in line and "→" in line for line in told), told
    assert any("strict.toml: tries" in line and "→" in line for line in told), told
