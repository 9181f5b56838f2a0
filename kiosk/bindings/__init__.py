"""What replaces a device of the profile on this very machine: a signed file a device, in state_folder/bindings.

A profile describes a model and is the same on a hundred machines; which reader a technician plugged into this one last Tuesday, and
that it passed its test, is known here only.

    binding.py    one binding, signed and verified
    store.py      the files: the one in force, and the one before it
    whole.py      writing a file wholly or not at all
    in_force.py   what a start makes of them: the profile with the bindings over it, and what was refused
"""
