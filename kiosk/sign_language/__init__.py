"""Sign language beside the screen: filmed clips by what a screen says, or an interpreter who is there now (decision 021)."""
