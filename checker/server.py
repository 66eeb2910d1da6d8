"""Serves workers: the messages, and the processes that answer them.

`process.program` joins worker.py, this file and a last line that calls
`main`. A Python of its own runs them, as if they were one of the assignment's
main scripts; so nothing of this package is imported here but the worker, in a
line that is left out there. As in the main scripts, TensorFlow is imported
first. `main` knows two modes:

    fork    Each socket that comes through the standard input gets a worker in
            a fork. This process never runs a line of a solution.
    single  It is a worker itself, and its standard streams carry messages.

A message is JSON and the bytes of its arrays, all of them float32, whose
shapes the JSON lists. Nothing in it can run code.
"""

import ctypes
import io
import json
import math
import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
import types
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil

from checker.worker import Worker, describe, versions

# The largest message in bytes: its JSON, and its arrays.
MAX_JSON, MAX_ARRAYS = 2**20, 2**26
# A message begins with how many bytes its JSON and its arrays have.
SIZES = struct.Struct('>QQ')
# Seconds to wait for what was killed, but does not end.
PATIENCE = 20
# In mode single, what Python prints when it starts ends before this line.
READY = b'READY for questions\n'
# Settings for the import of TensorFlow that a student's script doesn't have.
SETTINGS = (
    'KERAS_BACKEND',
    'KERAS_HOME',
    'PYTHONDONTWRITEBYTECODE',
    'TF_CPP_MIN_LOG_LEVEL',
)

# Sources of the numbers below: prctl(2), unshare(2), mount(2),
# mount_setattr(2), capset(2).
PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 4, 36, 38
CLONE_NEWNS, CLONE_NEWIPC = 0x20000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID = 0x10000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 262144
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE = 442, -100, 0x8000
CAPABILITY_VERSION = 0x20080522
# What a worker sees of the system, beside Python.
SYSTEM = (
    '/bin',
    '/etc',
    '/lib',
    '/lib32',
    '/lib64',
    '/libx32',
    '/nix',
    '/opt',
    '/run/systemd/resolve',
    '/sbin',
    '/usr',
)
DEVICES = ('full', 'null', 'random', 'urandom', 'zero')


def send(stream, message, arrays=()):
    """Send a message: a dict for JSON and a list of arrays."""
    arrays = [np.asarray(array, '<f4') for array in arrays]
    shapes = [array.shape for array in arrays]
    text = json.dumps({**message, 'shapes': shapes}).encode()
    data = b''.join(array.tobytes() for array in arrays)
    stream.write(SIZES.pack(len(text), len(data)) + text + data)
    stream.flush()


def receive(stream):
    """Return the dict and the arrays of the next message.

    Raises:
        EOFError, OSError: If the other side has ended.
        Exception: Any other, if it is no message, or too large.
    """
    text_size, data_size = SIZES.unpack(read(stream, SIZES.size))
    if text_size > MAX_JSON or data_size > MAX_ARRAYS:
        raise ValueError(f'{text_size + data_size:,} bytes are too many')
    message = json.loads(read(stream, text_size))
    data = np.frombuffer(read(stream, data_size), '<f4').copy()
    shapes = message.pop('shapes')
    ends = np.cumsum([math.prod(shape) for shape in shapes], dtype='int64')
    return message, [
        part.reshape(shape)
        for shape, part in zip(shapes, np.split(data, ends))
    ]


def read(stream, size):
    """Return so many bytes, or raise EOFError if the stream ends before."""
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def end_below(process):
    """End all processes below one, which should adopt orphans."""
    give_up = time.monotonic() + PATIENCE
    with suppress(psutil.Error):
        while time.monotonic() < give_up:
            below = process.children(recursive=True)
            alive = [child for child in below if is_alive(child)]
            if not alive:
                break
            for child in alive:
                with suppress(psutil.Error):
                    child.kill()
            time.sleep(0.005)


def is_alive(process):
    """Tell whether a process still runs."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def call(name, *arguments):
    """Call a function of the C library with integers and bytes.

    Raises:
        OSError: If it returns anything but 0.
    """
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    given = [
        ctypes.c_long(value) if isinstance(value, int) else value
        for value in arguments
    ]
    if function(*given):
        error = ctypes.get_errno()
        raise OSError(error, f'{name}: {os.strerror(error)}')


def adopt_orphans():
    """Become the parent of what descendants leave behind, so it is found."""
    if sys.platform == 'linux':
        call('prctl', PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def keep_private():
    """Let no process of the same user read this one's memory or trace it.

    Forks inherit this; for root and before Linux, it changes nothing.
    """
    if sys.platform == 'linux':
        call('prctl', PR_SET_DUMPABLE, 0, 0, 0, 0)


def enter_namespaces():
    """Separate this process and its future children from the system's.

    Its children get process numbers and mounts of their own, and the first of
    them ends all others when it ends.

    Raises:
        OSError: If the system does not allow that.
    """
    user, group = os.geteuid(), os.getegid()
    # Otherwise the files below would not be this user's.
    call('prctl', PR_SET_DUMPABLE, 1, 0, 0, 0)
    call('unshare', CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC)
    Path('/proc/self/setgroups').write_text('deny')
    Path('/proc/self/uid_map').write_text(f'{user} {user} 1')
    Path('/proc/self/gid_map').write_text(f'{group} {group} 1')


def build_root(root, hidden):
    """Build a root folder with Python and the system, and nothing else.

    Args:
        root: String, an empty folder to mount it on.
        hidden: List of strings, folders that are not to be seen.

    Raises:
        OSError: If the system does not allow that.
    """
    call('mount', None, b'/', None, MS_REC | MS_PRIVATE, None)
    mount_memory(root)
    for path in SYSTEM:
        show(path, root)
    hide(hidden, root)  # before, as Python may be below the repository
    for path in python_folders(hidden):
        show(path, root)
        show(os.path.realpath(path), root)
    hide(hidden[:1], root)
    show_devices(root)
    for path in (
        '/dev/shm',
        '/tmp',
        tempfile.gettempdir(),
        os.path.expanduser('~'),
        os.environ['KERAS_HOME'],
    ):
        if os.path.isabs(path):
            make_writable(path, root)
    os.mkdir(f'{root}/proc')
    call(
        'mount',
        b'proc',
        f'{root}/proc'.encode(),
        b'proc',
        MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
        None,
    )


def make_writable(path, root):
    """Make a folder below a root, to which a worker can write.

    Where it is in a folder of the system, such as a home in /opt, it is an
    empty one in memory, unless Python is in it.
    """
    os.makedirs(root + path, exist_ok=True)
    folders = (os.path.realpath(folder) for folder in python_folders([]))
    has_python = any(Path(path) in Path(one).parents for one in folders)
    if not os.access(root + path, os.W_OK) and not has_python:
        mount_memory(root + path)


def show_devices(root):
    """Make the devices that any program may need visible below a root."""
    for name in DEVICES:
        show(f'/dev/{name}', root)
    for name, target in (
        ('fd', ''),
        ('stdin', '/0'),
        ('stdout', '/1'),
        ('stderr', '/2'),
    ):
        os.symlink(f'/proc/self/fd{target}', f'{root}/dev/{name}')


def python_folders(hidden):
    """Return the folders that Python may import from, or start from."""
    libraries = os.environ.get('LD_LIBRARY_PATH', '').split(':')
    folders = [sys.base_prefix, sys.prefix, *sys.path, *libraries]
    return [
        path
        for path in folders
        if os.path.isabs(path) and os.path.realpath(path) not in hidden
    ]


def mount_memory(path):
    """Mount an empty file system in memory on a folder."""
    call(
        'mount',
        b'tmpfs',
        path.encode(),
        b'tmpfs',
        MS_NOSUID | MS_NODEV,
        b'mode=755',
    )


def show(path, root):
    """Make a path of the system visible below a root, to be read only."""
    inside = root + path
    if os.path.lexists(inside) or not os.path.exists(path):
        return
    os.makedirs(os.path.dirname(inside), exist_ok=True)
    if os.path.islink(path):
        os.symlink(os.readlink(path), inside)
        return
    if os.path.isdir(path):
        os.mkdir(inside)
    else:
        Path(inside).touch()
    call('mount', path.encode(), inside.encode(), None, MS_BIND | MS_REC, None)
    # Linux before 5.12 cannot; what the user may write, a worker may then.
    with suppress(OSError):
        call(
            'syscall',
            MOUNT_SETATTR,
            AT_FDCWD,
            inside.encode(),
            AT_RECURSIVE,
            struct.pack('QQQQ', MS_RDONLY, 0, 0, 0),
            32,
        )


def hide(folders, root):
    """Cover folders below a root where they are visible."""
    for folder in folders:
        if os.path.isdir(root + folder):
            mount_memory(root + folder)


def enter_root(root, folder):
    """Copy a solution into a root, and give up all ways out of there."""
    shutil.copytree(folder, root + folder, dirs_exist_ok=True)
    os.chroot(root)
    os.chdir('/')
    call('prctl', PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    header = struct.pack('II', CAPABILITY_VERSION, 0)
    call('capset', header, bytes(24))


def can_isolate(root, hidden):
    """Try in a process of its own whether workers can have their own root."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    try:
        enter_namespaces()
        grandchild = os.fork()
        if not grandchild:
            build_root(root, hidden)
            enter_root(root, os.environ['KERAS_HOME'])
            os._exit(0)
        os._exit(int(os.waitpid(grandchild, 0)[1] != 0))
    finally:
        os._exit(1)


def look_like_script(path):
    """Give this process the names of the script that imports a module."""
    script = f'{Path(path).name[0]}-main.py'
    sys.argv[:] = [f'./{script}']
    if hasattr(sys, 'orig_argv'):
        sys.orig_argv[1:] = sys.argv
    main_module = types.ModuleType('__main__')
    main_module.__file__ = str(Path(path).with_name(script))
    sys.modules['__main__'] = main_module
    for name in SETTINGS:
        os.environ.pop(name, None)


def serve(stream, root=None):
    """Answer questions until there are no more.

    Args:
        stream: A binary file for messages in both directions.
        root: String, the root folder to enter with the module that the first
            question names, or None to stay here.
    """
    worker = Worker()
    send(stream, {'isolated': root is not None})
    question, arrays = receive(stream)
    if root is not None:
        enter_root(root, os.path.dirname(question['path']))
    look_like_script(question['path'])
    while True:
        answer = worker.answer(question, arrays)
        try:
            send(stream, *answer)
        except Exception as error:  # what it gives is no array
            send(stream, {'error': describe(error, worker.path)})
        question, arrays = receive(stream)


def serve_and_exit(stream, root=None):
    """Serve in this process, which ends then, whatever a module has done."""
    try:
        serve(stream, root)
    finally:
        # Threads of the module, or what it does at exit, do not matter.
        os._exit(0)


def keep_worker(connection, root, hidden):
    """Start a worker as the only child, and stay to adopt its orphans.

    Args:
        connection: The socket to serve.
        root: String, the folder to build the worker's root on, or None.
        hidden: List of strings, folders that it must not see.
    """
    stream = connection.makefile('rwb')
    try:
        os.setsid()
        adopt_orphans()
        if root is not None:
            enter_namespaces()
        if not os.fork():
            os.setsid()  # a signal to its group is not for its parent
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            if root is not None:
                build_root(root, hidden)
            serve_and_exit(stream, root)
    except OSError as error:
        send(stream, {'failure': str(error)})
        os._exit(1)
    stream.close()
    connection.close()
    while True:
        signal.pause()


def fork_workers(control, stream, root, hidden):
    """Fork a worker for each socket that arrives, until there are no more.

    Each answer names the process that has the worker as its child.
    """
    # The kernel collects what has ended.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        _, descriptors, _, _ = socket.recv_fds(
            control, 1, 1, socket.MSG_CMSG_CLOEXEC
        )
        if not descriptors:
            return
        with socket.socket(fileno=descriptors[0]) as connection:
            try:
                keeper = os.fork()
            except OSError as error:
                send(stream, {'failure': str(error)})
                continue
            if not keeper:
                os.close(control.fileno())
                keep_worker(connection, root, hidden)
            send(stream, {'keeper': keeper})


def close_standard_streams():
    """Let what a module prints, or waits for, be nothing."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nothing, descriptor)
    os.close(nothing)


def import_tensorflow():
    """Return the versions of TensorFlow and Keras, or what went wrong."""
    try:
        return versions()
    except BaseException as error:
        return {'error': f'{type(error).__name__}: {error}'}


def clean_up(folder):
    """End all that was started here, and remove the folder of all workers."""
    end_below(psutil.Process())
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def clean_up_after(parent, folder):
    """Wait until the process that judges has ended, and clean up."""
    with suppress(psutil.Error):
        psutil.Process(parent).wait()
    clean_up(folder)


def main_single(parent, folder):
    """Be a worker; all that is left is removed when its parent has ended."""
    stream = io.BufferedRWPair(io.FileIO(os.dup(0)), io.FileIO(os.dup(1), 'w'))
    close_standard_streams()
    threading.Thread(
        target=clean_up_after, args=(parent, folder), daemon=True
    ).start()
    found = import_tensorflow()
    stream.write(b'\n' + READY)
    send(stream, found)
    try:
        serve(stream)
    except EOFError:
        clean_up(folder)
    finally:
        os._exit(0)


def main_fork(folder, hidden):
    """Fork workers; all that is left is removed when nobody asks any more."""
    control = socket.socket(fileno=os.dup(0))
    stream = control.makefile('rwb')
    close_standard_streams()
    with suppress(OSError):  # memory that runs out costs a worker
        Path('/proc/self/oom_score_adj').write_text('1000')
    keep_private()
    root = os.path.join(folder, 'root')
    if not can_isolate(root, hidden):
        root = None
    send(stream, import_tensorflow())
    fork_workers(control, stream, root, hidden)
    clean_up(folder)


def main(mode, parent, folder, hidden):
    """Run what the last line of the program says.

    Args:
        mode: String, 'fork' or 'single'.
        parent: Integer, the number of the process that judges.
        folder: String, the folder of all workers, with an empty folder `root`
            in it.
        hidden: List of strings, folders that no worker must see: first that
            of this package.
    """
    os.remove(sys.argv[0])
    unwanted = (os.path.realpath(folder), *hidden)
    sys.path[:] = [
        path for path in sys.path if os.path.realpath(path) not in unwanted
    ]
    adopt_orphans()
    if mode == 'fork':
        main_fork(folder, hidden)
    else:
        main_single(parent, folder)
