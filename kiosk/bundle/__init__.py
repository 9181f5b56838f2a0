"""The diagnostic bundle: what somebody far away needs to know of this machine, in one signed file, without personal data.

    contents.py   what goes in, by allow-list: each field is named here, and nothing else leaves
    sealed.py     the file: a zip with a signed manifest of digests and the certificates; and its verification
    stick.py      USB sticks that are there: mounted, removable, writable; writing wholly or not at all

Never in it: keys, the site's secret, the staff's roster, drafts, pages, settings of drivers, free text of any log.
"""
