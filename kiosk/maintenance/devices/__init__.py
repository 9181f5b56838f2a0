"""The devices of this machine, for a technician with fifteen minutes.

tree.py        buses and devices with their live state; what no driver serves, and which buses nobody could ask
page.py        one device: live values, where it is plugged in, what can be done with it
words.py       a device, its values and its place, as they are read
live.py        a screen that amends itself
checks.py      the one-tap test: what can honestly be found out in a minute
trial.py       the test on the screen, and into the logbook
faults.py      the last faults: meaning, cure, how long each lasted
output.py      the last lines that a device's driver said, and more of them for a limited time
"""
