"""The window: draws the screen it is told to draw, answers with what was touched.

A screen is laid out by plain functions into `marks.Part`s (template.py, blocks/), which `painter.py` puts on the glass with
Kivy and `tree.py` publishes for screen readers and tests. Only painter, textures, window, fingers and shell know Kivy.
"""
