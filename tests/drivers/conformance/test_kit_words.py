"""What the kit says: a person reads Chinese, and a defect is found by its place in the log, never by its text."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from drivers import registry
from drivers.conformance import suite
from drivers.conformance.bench import captured_stderr
from drivers.conformance.check import Verdict
from drivers.conformance.defects import in_log
from drivers.conformance.hands import NoHands
from drivers.conformance.report import beside
from drivers.conformance.spoken import spoken
from drivers.conformance.titles import prompts

OWN_WORDS = re.compile(r"Done and passed|\d+ x \d+, \d+ dpi")
"""What a device said of itself, and a size: shown as they are."""

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_no_english_of_the_bundled_reports_and_standings_is_left() -> None:
    told = set()
    for driver_id in registry.manifests():
        if registry.folder(driver_id).joinpath(f"{driver_id}.report.json").is_file():
            told |= {each["words"] for each in json.loads(beside(driver_id, emulated=True).read_bytes())["outcomes"]}
    told |= {
        "hardware: no report",
        "emulator: the report is older than the driver's files",
        "present",
        "withdraw",
        "unplug",
        "replug",
    }
    assert len(told) > 30
    assert [each for each in told if each and not CHINESE.search(spoken(each)) and not OWN_WORDS.fullmatch(each)] == []


@pytest.mark.parametrize(
    ("words", "chinese"),
    [
        ("new host after 0.21 s", "0.21 秒后新进程就绪"),
        ("page ejected", "纸页已送出"),
        ("deadline: ", "命令在时限内没有完成"),
        ("link_silent: no sound answer to ID", "(no sound answer to ID)"),
        ("the device is not ready after 10 s (gone, port_absent)", "设备没有接上"),
        (
            "ended with internal: D: TypeError; the driver raised TypeError in D at driver.py:42 > frames.py:7",
            ";驱动在 D 里出错:TypeError,见 driver.py:42 > frames.py:7",
        ),
        ("emulator: does not conform (something needed a hand)", "模拟设备:不符合(有要动手的没有测)"),
        ("what another package says", "what another package says"),
    ],
)
def test_values_stand_in_the_chinese_words_and_codes_are_told_by_their_cause(words: str, chinese: str) -> None:
    assert chinese in spoken(words)


LOG = """other: drivers.host: defect in open(): KeyError
reader: drivers.host: defect in open(): TypeError
reader:   File "/x/drivers/host_worker.py", line 107, in _open
reader:     capabilities = driver.open()
reader:   File "/y/maker/driver.py", line 42, in open
reader:     return parse("999999199003071242")
reader:   File "/y/maker/frames.py", line 7, in parse
other:   File "/y/else/driver.py", line 3, in open
"""


def test_a_defect_is_told_by_type_and_places_of_its_own_device_alone() -> None:
    assert in_log(LOG, "reader") == "the driver raised TypeError in open() at driver.py:42 > frames.py:7"
    assert in_log(LOG, "camera") == ""
    returned = (
        'reader: drivers.host: defect in status(): TypeError\nreader:   File "/x/host_worker.py", line 9, in _tell\n'
    )
    assert in_log(LOG + returned, "reader") == "the driver raised TypeError in status() at what it returned"


def test_a_port_that_is_not_there_is_waited_for_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(suite, "BACK_SECONDS", 1.0)
    manifest, settings = registry.manifests()["serial_scanner"], {"port": str(tmp_path / "no-such-port")}
    nobody = NoHands(manifest.device_class, settings, prompts(manifest.device_class))
    with captured_stderr() as log:
        report = asyncio.run(suite.run(manifest, settings, nobody, log))
    verdicts = {each.id: each.verdict for each in report.outcomes}
    assert [each for each, verdict in verdicts.items() if verdict is Verdict.FAILED] == ["common.opens"]
    assert verdicts["common.settings"] is Verdict.PASSED
    assert {verdicts[each] for each in ("common.work", "common.unplugged_idle")} == {Verdict.SKIPPED}
    (why,) = {each.words for each in report.outcomes if each.verdict is Verdict.SKIPPED}
    assert why.startswith("the device did not open, so this was not tried: the device is not ready after 1 s")
    assert not report.conforms
