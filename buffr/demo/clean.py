"""`make clean` removes the demo's folder with its database."""

from pathlib import Path

from buffr.demo.household import clear

if __name__ == "__main__":
    clear(Path(".demo"))
