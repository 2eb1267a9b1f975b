"""One file per op: its kernel beside the small record of its arguments."""
