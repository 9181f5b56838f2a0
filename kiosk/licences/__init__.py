"""E-licences: their types as data, their identifiers, and the check of the issuer's sealed file."""
