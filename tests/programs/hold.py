"""Hold a folder until it is killed."""

import sys
import time
from pathlib import Path

from common import program

program.lock_output_folder(Path(sys.argv[1]))
print('held', flush=True)
time.sleep(600)
