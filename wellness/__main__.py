"""`python -m wellness`: the same as the command `wellness`."""

from wellness.cli import main

main()
