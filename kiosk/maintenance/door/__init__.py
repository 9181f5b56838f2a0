"""The door of maintenance: who may come in, by two things that one person has or knows.

enter.py       what is asked, screen by screen, until somebody may come in
judging.py     what is judged alike at the door and inside
signing.py     whoever is inside signs: the PIN once more
screens.py     how it is asked
known.py       the files that a door reads each time
card.py        a card laid on a reader becomes a token; chip.py: a chip proves itself, or is only named
roster.py      who is on the staff: codes and verifiers, no names, no numbers
verifier.py    PINs, as scrypt keeps them
time_codes.py  codes by telephone, for this machine, one person, one role, some minutes
lockout.py     wrong tries and what they cost; memory.py: that it is not forgotten
key.py         the service key in the case
personnel.py   the administrator's task: who is on the staff
door.toml      all figures, with their sources
"""
