"""The embedded platform: the interface of `kiosk.gateways.interface`, served over HTTP for demo and tests.

Everything in it is invented: the people, the city, the authority. `python -m kiosk.sandbox --folder DIR` starts it.
"""
