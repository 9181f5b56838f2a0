"""The look: tokens in millimetres, colours, timings."""
