"""`--watch`: judges a folder's modules again whenever one is saved."""

import os
import shutil
import signal
import threading
import time
from contextlib import suppress

from checker.assignment import MODULES
from checker.folder import FILES, Folder, printable
from checker.report import bold, colored, task_lines

# Seconds between two looks at the files; how long a file has to stay as it
# is, as editors save in steps; and how long one that is empty or not there.
LOOK, STEADY, GONE = 0.1, 0.2, 1
CLEAR = '\x1b[H'
# The alternate screen, without a cursor.
ENTER, LEAVE = '\x1b[?1049h\x1b[?25l', '\x1b[?25h\x1b[?1049l'


class Watch:
    """What a watched folder looks like, and what is known of it.

    Args:
        path: Path, the folder.
        tasks: List of integers.
        judge: Function of a `Folder`, a task and a function that gets each
            verdict; it returns the result, and the seconds that it took.
        stream: Where it shows what it knows.
    """

    def __init__(self, path, tasks, judge, stream):
        """Start with nothing known."""
        self.path, self.tasks, self.judge = path, tasks, judge
        self.stream, self.tty = stream, colored(stream)
        self.folder = Folder(path, [], printable(path.resolve().name))
        self.seen, self.judged = {}, {}  # task: its files' stamps
        self.waiting, self.focus, self.saved = [], -1, ''
        self.current, self.verdicts, self.thread = None, [], None
        self.shown = None

    def look(self, now):
        """Find out what was saved, and have it judged."""
        files = {}
        with suppress(OSError):
            for file in os.scandir(self.path):
                # Not what editors write.
                if file.name.endswith('.py') and file.name[0] not in '.#~':
                    with suppress(OSError):
                        stat = file.stat()
                        files[file.name] = (
                            stat.st_mtime_ns,
                            stat.st_size,
                            stat.st_ino,
                        )
        own = [files.pop(name, None) for name in FILES]
        for task in self.tasks:
            stamp = own[task], files
            if self.seen.get(task, ('',))[0] != stamp:
                self.seen[task] = stamp, now
            # An editor may have emptied it, or moved it away, to save it.
            steady = STEADY if own[task] and own[task][1] else GONE
            if (
                stamp == self.judged.get(task)
                or self.judged
                and (now - self.seen[task][1] < steady)
            ):
                continue
            if task in self.judged:
                self.focus, self.saved = task, time.strftime(' at %H:%M:%S')
            self.judged[task] = stamp
            if task not in self.waiting:
                self.waiting.append(task)
        if self.waiting and (not self.thread or not self.thread.is_alive()):
            self.current, self.verdicts = self.waiting.pop(0), []
            self.thread = threading.Thread(target=self.run, daemon=True)
            self.thread.start()

    def run(self):
        """Judge one task."""
        task = self.current
        folder = Folder(self.path, [task], self.folder.name)

        def keep(verdict):
            if task in self.waiting:
                raise SystemExit  # the judge's handlers leave it alone
            self.verdicts.append(verdict)

        with suppress(SystemExit):
            if task not in folder.results:  # else it is missing
                folder.add(task, *self.judge(folder, task, keep))
            self.folder.results[task] = folder.results[task]
            self.folder.notes = folder.notes
        self.current = None

    def text(self, columns, lines):
        """Return the lines to show on a screen of a size."""
        current = self.current  # it may end meanwhile
        wrong = [
            task
            for task in self.tasks
            if self.folder.cell(task)[2] not in ('right', 'not judged')
        ]
        focus = min([*wrong, current], key=lambda task: task != self.focus)
        top = [*self.folder.notes]
        if focus is None and not self.waiting:
            top.append(bold('All is right.', 32, self.tty))
        elif focus is not None and focus == current:
            top += [
                f'{FILES[focus]}: judging what was saved{self.saved}',
                *task_lines(
                    {
                        'task': focus,
                        'missing': False,
                        'notes': [],
                        'layers': [],
                        'verdicts': self.verdicts,
                    },
                    columns,
                    most=1,
                )[1:],
            ]
        elif focus is not None:
            top += task_lines(
                self.folder.results[focus], columns, self.tty, most=1
            )
        below = [
            '',
            *map(self.bar, self.tasks),
            '',
            f'Watching {self.folder.name}. Ctrl-C ends it.',
        ]
        top = '\n'.join(top).split('\n')[: max(lines - len(below) - 1, 2)]
        return [*top, *below][: lines - 1]

    def bar(self, task):
        """Return the line of a task, with a bar of how many are met."""
        met, total, word = self.folder.cell(task)
        result, took = self.folder.results.get(task), ''
        if task == self.current:
            met, word = sum(v['met'] for v in self.verdicts), 'judging'
        elif task in self.waiting:
            word = 'waiting'
        elif result and not result['missing']:
            took = f' {result["seconds"]:.1f} s'
        done = 20 * met // total
        return (
            f'{MODULES[task]:16} {"#" * done}{"-" * (20 - done)} '
            f'{met:2}/{total} {word * (word != "wrong")}'.rstrip()
            + took
        )

    def show(self):
        """Write what is known, if it is news."""
        size = shutil.get_terminal_size() if self.tty else (79, 50)
        text = self.text(*size)
        if (
            (self.saved, size, text) == self.shown
            or not self.tty
            and (self.current is not None or self.waiting)
        ):
            return
        self.shown = self.saved, size, text
        self.stream.write(
            CLEAR
            + ''.join(
                (line if '\x1b' in line else line[: size[0]]) + '\x1b[K\n'
                for line in text
            )
            + '\x1b[J'
            if self.tty
            else '\n'.join([*text, '', ''])
        )
        self.stream.flush()


def watch(watched):
    """Show a `Watch` until Ctrl-C, or until the terminal is closed."""
    for name in {'SIGTERM', 'SIGHUP'} & {*dir(signal)}:
        signal.signal(getattr(signal, name), signal.default_int_handler)
    stream = watched.stream
    if watched.tty:
        os.system('')  # so that Windows knows these codes
        stream.write(ENTER)
    try:
        while True:
            watched.look(time.monotonic())
            watched.show()
            time.sleep(LOOK)
    finally:
        if watched.tty:
            bars = '\n'.join(map(watched.bar, watched.tasks))
            stream.write(f'{LEAVE}{bars}\n')
            stream.flush()
