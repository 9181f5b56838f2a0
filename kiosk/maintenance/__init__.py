"""Maintenance: what keepers, technicians and administrators do at the machine, over the same screens as a visit.

One stay of one member of staff is a **shift**. It begins only while nobody is served, marks every screen, ends by itself, and
each act in it is in the audit chain. Nothing here can reach a visitor's data: there is none (the visit before was wiped), and
import-linter holds that identity, licences and journeys are not within reach.

    service.py     the handshake: asked for, entered, active, left
    door/          who may come in
    home.py        what may be done, by role
    table.py       the tasks, a row each; rights.py, rights.toml: who may do which
    leaving.py     what is still open when somebody goes
    shift.py       one stay: the questions of a visit with the staff's frame, clocks and record
    toolbox.py     what tasks may use
    frame.py       how the staff's screens look
"""
