"""The template on a panel that stands: title and sentence above, content below, the actions above the bar."""

from __future__ import annotations

from kiosk.screens.parts import Hero
from kiosk.screens.screen import Screen
from kiosk.shell import content as shared
from kiosk.shell import flow, frame
from kiosk.shell.buttons import actions_height, place_actions
from kiosk.shell.content import Body
from kiosk.shell.kit import Kit, Piece
from kiosk.shell.marks import Box, Part


def lay(screen: Screen, kit: Kit, room: Box) -> Body:
    """Lay out what stands between header and bar."""
    column = Box(kit.length.margin, room.y, room.w - 2 * kit.length.margin, room.h)
    head, content, comfort = _pieces(screen, kit, column.w)
    beside = _beside(screen, kit, head, content, column)
    actions_h = actions_height(screen.actions, kit, column.w, beside=beside)
    hero = bool(head) and head[0].bleed
    top = room.y + (0 if hero else kit.length.gap if screen.step else kit.length.space)
    bottom = room.bottom - kit.length.gap - (actions_h + kit.length.space if actions_h else 0)
    whole = Box(column.x, top, column.w, bottom - top)

    if shared.types(screen) and shared.keeps_low(screen, kit):
        # The keys alone must be in reach: a full field passes on to the next, an empty one erases the one before.
        head, content = [*head, *content[:-1]], content[-1:]
    elif shared.types(screen):
        content = [flow.joined(content)]
    head, content, comfort = _settle(screen, kit, whole.h, head, content, comfort)
    body_top, head_parts = _place_head(head, [*content, *comfort], kit, whole)
    if shared.keeps_low(screen, kit):
        low = max(body_top, kit.height - kit.reach)
        # What is too high for the band that is in reach stands higher, rather than on something else.
        if shared.may_stand(content, kit, Box(whole.x, low, whole.w, bottom - low)):
            body_top = low
    area = Box(whole.x, body_top, whole.w, bottom - body_top)
    content_parts, pages = shared.place(content, comfort, kit, area, shared.lead(screen))
    actions_box = Box(column.x, room.bottom - kit.length.gap - actions_h, column.w, actions_h)
    actions = place_actions(screen.actions, kit, actions_box, beside=beside)
    return Body((*head_parts, *content_parts), tuple(actions), pages)


def _settle(
    screen: Screen, kit: Kit, height: int, head: list[Piece], content: list[Piece], comfort: list[Piece]
) -> tuple[list[Piece], list[Piece], list[Piece]]:
    """What gives way where there is little room, so that nothing has to be turned for it: first what is spoken, then the
    drawing of a result (the title says the same). A head that leaves no room for the content is turned with it."""

    if _centred(screen):
        if flow.fits([*head, *content], height - kit.length.space, kit.most_choices):
            step = head[: 1 if screen.step else 0]
            return step, [*head[len(step) :], *content], comfort
        drawing = 1 if screen.step else 0
        head = head[:drawing] + head[drawing + 1 :]
    below = Box(0, 0, kit.width - 2 * kit.length.margin, height - flow.least(head) - kit.length.space)
    if not shared.may_stand(content, kit, below):
        return [], [*head, *content], comfort
    return head, content, comfort


def _centred(screen: Screen) -> bool:
    return shared.is_result(shared.first_block(screen))


def _pieces(screen: Screen, kit: Kit, width: int) -> tuple[list[Piece], list[Piece], list[Piece]]:
    """What stands above the content and stays when pages are turned; the content; what is spoken."""
    hero, centred = isinstance(shared.first_block(screen), Hero), _centred(screen)
    head: list[Piece] = []
    if hero:
        head.extend(shared.of_blocks(screen, kit, width, (0,)))
    if screen.step:
        head.append(frame.step(screen.step, kit, width))
    if centred:
        head.extend(shared.smaller(piece, kit) for piece in shared.of_blocks(screen, kit, width, (0,)))
    small = hero or shared.types(screen)
    in_row = kit.two_columns and not small and not centred
    head.extend(
        frame.titles_in_row(screen, kit, width)
        if in_row
        else frame.titles(screen, kit, width, small=small, centred=centred)
    )
    content = shared.of_blocks(screen, kit, width, range(1 if hero or centred else 0, len(screen.blocks)))
    return head, content, shared.caption(screen, kit, width)


def _beside(screen: Screen, kit: Kit, head: list[Piece], content: list[Piece], column: Box) -> bool | None:
    """Elder mode stands actions one above the other, unless the content would have to be turned for it."""
    if kit.side_by_side or len(screen.actions) < 2:
        return None
    needed = flow.least(content) + 2 * kit.length.space
    below = column.bottom - actions_height(screen.actions, kit, column.w) - kit.length.gap
    if shared.keeps_low(screen, kit):
        return needed > below - (kit.height - kit.reach)
    return needed + flow.least(head) + kit.length.gap > below - column.y


def _place_head(head: list[Piece], below: list[Piece], kit: Kit, box: Box) -> tuple[int, list[Part]]:
    """Place the head; where it bends (the idle field, a result's drawing) it takes what the content leaves."""
    wanted = sum(piece.best + piece.before for piece in below)
    rigid = all(piece.most == piece.least for piece in head)
    height = flow.least(head) if rigid else max(flow.least(head), box.h - wanted)
    if not head:
        return box.y, []
    heights = flow.share_out(head, height)
    used = sum(heights) + sum(piece.before for piece in head[1:])
    parts = flow.place(head, Box(box.x, box.y, box.w, used), lead=0.0, panel_width=kit.width)
    return box.y + used + (below[0].before if below else 0), parts
