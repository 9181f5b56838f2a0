"""What can be on the screen: frozen values and their answers. No Kivy, no I/O. The shell decides how they look."""
