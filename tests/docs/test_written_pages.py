"""What people wrote about the program holds: links lead somewhere, commands and options exist, nothing is left out."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers import registry
from drivers.conformance.check import Level
from drivers.skeleton import writer
from kiosk.__main__ import COMMANDS, parser
from kiosk.binding import settings_in_place
from kiosk.settings.profile import load_profile
from kiosk.settings.site import load_site

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])
COMMAND_LINE = (ROOT / "docs" / "command-line.md").read_text("utf-8")


def _commands(top: argparse.ArgumentParser, name: str = "kiosk") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    inner = [action for action in top._actions if isinstance(action, argparse._SubParsersAction)]
    if not inner:
        yield name, top
    for action in inner:
        for word, each in action.choices.items():
            yield from _commands(each, f"{name} {word}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text) + re.findall(r'(?:src|href)="([^"#]+)"', text)
    for target in targets:
        if not re.match(r"https?:|mailto:", target):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize(
    ("name", "one"), list(_commands(parser())), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_command_is_described_with_every_option(name: str, one: argparse.ArgumentParser) -> None:
    sections = {
        match[1]: match[2]
        for match in re.finditer(
            r"^## `(kiosk [a-z ]+)`[^\n]*\n(.*?)(?=^## |\Z)", COMMAND_LINE, re.MULTILINE | re.DOTALL
        )
    }
    assert name in sections
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", sections[name]))
    options = {word for action in one._actions for word in action.option_strings if word.startswith("--")} - {"--help"}
    assert told == options


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_readme_names_every_command_and_every_driver(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    for command in COMMANDS:
        assert f"`kiosk {command}" in text, command
    for driver in registry.manifests():
        assert f"`{driver}`" in text, driver


def test_the_two_readmes_lead_to_each_other() -> None:
    assert "README.zh.md" in (ROOT / "README.md").read_text("utf-8")
    assert "README.md" in (ROOT / "README.zh.md").read_text("utf-8")


def test_every_decision_has_its_number_once_and_says_why() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [page.name[:3] for page in decisions] == [f"{number:03d}" for number in range(1, len(decisions) + 1)]
    for page in decisions:
        text = page.read_text("utf-8")
        assert text.startswith(f"# {page.name[:3]} ")
        assert "**Decided.**" in text
        assert "**Weighed.**" in text


def test_code_refers_to_pages_that_exist() -> None:
    """Pages of other projects are those that a driver names among its sources."""
    elsewhere = " ".join(source for each in registry.manifests().values() for source in each.sources)
    for file in [*ROOT.glob("kiosk/**/*.py"), *ROOT.glob("drivers/**/*.py")]:
        for page in re.findall(r"docs/[a-z0-9/-]+\.md", file.read_text("utf-8")):
            assert (ROOT / page).exists() or page in elsewhere, f"{file.relative_to(ROOT)}: {page}"


def test_the_profile_and_the_site_of_the_installation_page_can_be_used(tmp_path: Path) -> None:
    """A production kiosk would start with them: no stand-in, every setting as its driver takes it."""
    page = (ROOT / "docs" / "install.md").read_text("utf-8")
    profile_text, site_text = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "profile.toml").write_text(profile_text, "utf-8")
    (tmp_path / "site.toml").write_text(site_text, "utf-8")
    profile = load_profile(tmp_path / "profile.toml")
    assert profile.production
    for device in profile.devices.values():
        registry.make(device.driver, settings_in_place(device), production=True)
    assert load_site(tmp_path / "site.toml").keys.kiosk_key == tmp_path / "kiosk.key"


def test_the_drivers_are_listed_by_the_drawn_page_and_nowhere_by_hand() -> None:
    """A table that somebody keeps by hand lags behind; the hardware page leads to the one that is drawn."""
    hardware = (ROOT / "docs" / "hardware.md").read_text("utf-8")
    assert "(driver-list.md)" in hardware
    assert not re.findall(r"^\| `(\w+)` \| `(\w+)` \|", hardware, re.MULTILINE)
    drawn = (ROOT / "docs" / "driver-list.md").read_text("utf-8")
    rows = re.findall(r"^\| \[`(\w+)`\]\(#\w+\) \| `(\w+)` \|", drawn, re.MULTILINE)
    assert dict(rows) == {each.id: str(each.device_class) for each in registry.manifests().values()}


def test_the_page_on_drivers_is_of_the_kit_as_it_is() -> None:
    """Its levels, its classes with a skeleton, its files of a new package, and the commands in it are those of the program."""
    page = (ROOT / "docs" / "drivers.md").read_text("utf-8")
    assert re.findall(r"^\| (\w+) [铜银金白]", page, re.MULTILINE) == [str(level) for level in Level]
    sentence = page.partition("Classes with a skeleton:")[2].partition(".")[0]
    assert set(re.findall(r"`(\w+)`", sentence)) == {str(each) for each in writer.classes()}
    every = dict(_commands(parser()))
    for line in re.findall(r"^    (?:sudo .*/bin/)?(kiosk [^#\n]*)", page, re.MULTILINE):
        (name,) = (name for name in every if f"{line} ".startswith(f"{name} "))
        options = {word for action in every[name]._actions for word in action.option_strings}
        assert set(re.findall(r"--[a-z-]+", line)) <= options, line


def test_the_files_of_a_new_package_are_those_that_the_page_names(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "drivers.md").read_text("utf-8")
    written = set(writer.write("maker_model", writer.classes()[0], tmp_path / "maker_model"))
    code = {file for file in written if file.startswith("src/")} - {"src/maker_model/__init__.py"}
    named = {Path(file).name for file in re.findall(r"`((?:src/maker_model/)?[a-z_]+\.(?:py|manifest\.toml))`", page)}
    assert {Path(file).name for file in code} <= named
