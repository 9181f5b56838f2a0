"""Replacing a device by one of another make, at the screen: unplug, plug in, recognise, test, sign, and back if it fails.

task.py        the way through it, and the way back
sight.py       what is plugged in, as it comes and goes
candidates.py  which drivers could serve it; firmware that is known to be bad (blocked.toml)
asking.py      the settings that a person must choose (asked.toml)
address.py     a device on the network, by its address (services.toml)
trying.py      opening it once, to see who it says it is
testing.py     the conformance kit with the technician's hands; conformity.py: its port
limits.py      what the test must show (limits.toml)
first_service.py  which replaced devices have not served yet
standing.py    what the next member of staff must know of the bindings
binding.py     the report, the signature, the binding; back to the one before
screens.py     how all of it looks
"""
