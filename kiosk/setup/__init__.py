"""The set-up of a new machine: from a panel, some cables and a code to files that `kiosk run` serves visitors with.

folder.py      where everything lies, and how it is written: whole or not at all
answers.py     what somebody has answered so far; the same file for the screen, for `--answers`, and for the next machine
display.py     how large the panel is, as X and the monitor say
network.py     interfaces, NetworkManager, and how far the platform is
detection.py   what is plugged in, which driver would serve it, and whether it does
enrolling.py   the key of this machine, and the code that makes it a kiosk
written.py     the files that come out
export.py      all of it in one signed archive
checking.py    does it work? files, platform, devices
frame.py, sitting.py   how a screen of the set-up looks, and how it asks
steps/         one file a step: its screens, and what comes of the answers
walk.py        the table of steps, back and forth, taken up again where it was left
headless.py    the same without a screen
app.py         the window around it
"""
