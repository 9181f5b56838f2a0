"""Readers of ISO/IEC 7816 cards behind PC/SC: social-security cards, staff cards."""
