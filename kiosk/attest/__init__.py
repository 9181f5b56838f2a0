"""What runs on this machine, attested: digests of runtime, drivers, catalogue, profile, policies and bindings, signed by its key.

    measure.py     the files and values, as digests
    statement.py   the signed statement: made, verified, compared with another

It shows which file differs from which: a changed driver, an item that somebody edited, a binding of last Tuesday. It does not
show that the program that measured was itself unchanged: that takes a measured boot (TPM), and is the machine maker's part
(decision 029).
"""
