"""Drivers that are bad on purpose, one defect each: the conformance kit must notice."""
