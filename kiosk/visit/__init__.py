"""One visit: who stands here (a random token, not a name), which item, what is known, and the guards around every question.

A step asks `await visit.ask(partial(screen, visit, ...))`. Help, leave, back, silence and hesitation are handled here, so that no
step can forget them: help shows the help screen and comes back; leave and a time-out end the visit; back raises `Backed` for the
journey's runner. What is asked is a function that builds the screen: whoever changes the mode sees the same question, built anew.

    visit.py        what a step may ask for
    asking.py       a question and its guards; the offer of 大字版
    listening.py    one showing of it: an answer, the work's end, a change, or silence
    above.py        what comes over it: help, languages, the idle warning
    patience.py     the clocks of a question
    stay.py         what a visit holds, and how it is said
    question.py     what is asked, and what was ticked and typed on it
    hesitation.py   the signs of somebody who does not know what to do next
    endings.py      how it ends, and how what is known is wiped
"""

from kiosk.visit.endings import Backed, Ending, VisitEnds, wipe_value
from kiosk.visit.visit import Visit

__all__ = ["Backed", "Ending", "Visit", "VisitEnds", "wipe_value"]
