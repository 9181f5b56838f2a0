"""What turns keys and strokes into characters: engines in processes of their own, beside the shell that shows the keyboard.

An engine lives as long as the screen that is typed on. It answers each question by itself and remembers nothing between two, so
that its death costs a suggestion, and its end is the end of everything it was told.
"""
