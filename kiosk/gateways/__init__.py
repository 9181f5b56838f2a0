"""Typed ports to government systems, one file a port, and the one HTTP adapter (`http.HttpPlatform`) that serves them all.

The interface that a platform must serve is described in `interface`.
"""
