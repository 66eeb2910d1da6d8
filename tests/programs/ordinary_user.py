"""Run a command as an ordinary user, who may enter no user namespace.

python ordinary_user.py 0 COMMAND ...   no namespace can be entered
python ordinary_user.py 9 COMMAND ...   nine can
"""

import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
USER = 1000

number, *command = sys.argv[1:]
user, group = os.getuid(), os.getgid()
if ctypes.CDLL(None).unshare(CLONE_NEWUSER):
    raise SystemExit('No user namespace can be entered here.')
for name, text in (
    ('setgroups', 'deny'),
    ('uid_map', f'{USER} {user} 1'),
    ('gid_map', f'{USER} {group} 1'),
    ('/proc/sys/user/max_user_namespaces', number),
):
    Path('/proc/self', name).write_text(text)
os.execvp(command[0], command)
