"""Chinese punctuation beside Chinese, for the window and the command line alike."""

from __future__ import annotations

import pytest

from kiosk.locales.marks import chinese_marks


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("好,请稍等", "好，请稍等"),
        ("网络摄像头(MJPEG)", "网络摄像头（MJPEG）"),
        ("串口(SDT 协议),请接好", "串口（SDT 协议），请接好"),
        ("阅读器(USB,SDT 协议)", "阅读器（USB，SDT 协议）"),
        ("一叠(1,000 张)", "一叠（1,000 张）"),
        ("(WLT)格式", "（WLT）格式"),
        ("in English (as it is), 9:00", "in English (as it is), 9:00"),
    ],
)
def test_marks_follow_their_neighbours(typed: str, written: str) -> None:
    assert chinese_marks(typed) == written
