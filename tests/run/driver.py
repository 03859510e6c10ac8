"""python driver.py WAY KILL_AFTER COMMAND…: runs a command as ``run`` would, without a project around it."""

import os
import sys

from orqo_vault.redaction import patterns
from orqo_vault.run.execute import CannotStartError, replace_process
from orqo_vault.run.masking import Masking
from orqo_vault.run.status import leave
from orqo_vault.run.streams import streams_to_mask
from orqo_vault.run.supervise import supervise
from orqo_vault.secret import SecretValue

SECRET = "correct-horse-battery"
MASK_OF = {"supervise": "never", "piped": "auto", "inner terminal": "always"}

if __name__ == "__main__":
    way, kill_after, *command = sys.argv[1:]
    try:
        if way == "exec":
            replace_process(command, os.environ)
        streams = streams_to_mask(MASK_OF[way])
        masking = Masking(patterns([SecretValue(SECRET)]), streams) if any(streams) else None
        status = supervise(command, os.environ, masking=masking, kill_after=float(kill_after) if kill_after else None)
    except CannotStartError as error:
        sys.exit(error.exit_code)
    leave(status)
