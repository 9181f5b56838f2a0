"""The diagnostic bundle: what somebody far away needs to know of this machine, in one signed file, without personal data.

    contents.py   what goes in, by allow-list: each field is named here, and nothing else leaves
    devices.py    devices by typed fields, as they are now or as the logbook saw them last
    constants.py  sentences of the program, read from its source: what is logged at a place, how a fault's detail is made
    machine.py    the computer: versions, room on the disk
    sealed.py     the file: a zip with a signed manifest of digests and the certificates; and its verification
    stick.py      onto a USB stick: wholly or not at all

Never in it: keys, the site's secret, the staff's roster, drafts, pages, settings of drivers, free text of any log or device.
"""
