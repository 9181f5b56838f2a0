"""Speech engines that the pack is made with. Build-time tools: each runs under a Python of its own, never on a kiosk."""
