"""The face match: a living face against the photograph of the document, in a process of its own, on this machine only.

policy     how alike is alike, how often and how long: kiosk/policies/face.toml
limits     the part of the policy that the worker needs, as plain values
engine     finds faces and describes them (face_recognition; another engine fits the same protocol)
picture    image files and frames as arrays; brightness and sharpness of a face
judge      one frame against one enrolled face: an outcome, never a score
messages   what core and worker say to each other
worker     the child process: `python -m kiosk.identity.face.worker`
match      the core's side of it: enrol, look, forget; a worker that dies or hangs is replaced
search     many outcomes, one decision: a state machine without input or output
compare    two files on the bench
"""
