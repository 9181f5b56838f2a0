"""Cameras: pictures as sealed memfds."""
