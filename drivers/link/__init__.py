"""How two processes of one machine talk: typed messages over a socket pair, pages and frames as sealed memfds."""
