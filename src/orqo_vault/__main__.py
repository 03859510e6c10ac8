"""``python -m orqo_vault`` and the ``orqo-vault`` script."""

import sys

from orqo_vault.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
