"""What is typed by touch: its state, the keyboards' sizes and words, the engines beside the shell, the ink under the finger."""
