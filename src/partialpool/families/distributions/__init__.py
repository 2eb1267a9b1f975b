"""One file for each family. The registry finds a family by the name of its file; nothing else lists them."""
