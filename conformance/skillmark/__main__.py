"""``python -m skillmark`` is the command ``skillmark``."""

from skillmark.cli import main

if __name__ == "__main__":
    main()
