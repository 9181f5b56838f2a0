"""Paper: the issuer's file as rendered and overlaid pages, the code that proves them, and our own slips.

`issued` takes the issuer's file in, `preview` shows it masked, `overlay` makes the pages for the printer; `code` and
`verify` are the two ends of the verification code; `slip` makes receipts. All numbers and texts are in the TOML files here.
"""
