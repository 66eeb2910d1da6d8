"""`--watch`: judges a folder's modules again whenever one is saved."""
import os
import shutil
import signal
import threading
import time

from checker.assignment import MODULES, table
from checker.folder import Folder, printable, short
from checker.report import bold, colored, task_lines

# Seconds between two looks at the files; how long a file has to stay as it
# is, as editors save in steps; and how long one that is empty or not there.
LOOK, STEADY, GONE = 0.1, 0.2, 1
CLEAR, LINE_END, REST = '\x1b[H', '\x1b[K\n', '\x1b[J'
# The alternate screen, without a cursor.
ENTER, LEAVE = '\x1b[?1049h\x1b[?25l', '\x1b[?25h\x1b[?1049l'


class SavedAgain(BaseException):
    """The file was saved while it was judged: no error, so no handler's."""


class Watch:
    """What a watched folder looks like, and what is known of it.

    Args:
        path: Path, the folder.
        tasks: List of integers.
        judge: Function of a `Folder`, a task and a function that gets each
            verdict; it returns the seconds that it took, and the result.
        stream: Where it shows what it knows.
    """

    def __init__(self, path, tasks, judge, stream):
        """Start with nothing known."""
        self.path, self.tasks, self.judge = path, tasks, judge
        self.stream, self.tty = stream, colored(stream)
        self.name = printable(path.resolve().name)
        self.folder = Folder(path, [], self.name)
        self.seen, self.judged = {}, {}  # task: its files' stamps
        self.waiting, self.focus, self.saved = [], None, ''
        self.current, self.verdicts, self.thread = None, [], None
        self.shown = None

    def stamps(self):
        """Return for each task what changes when its files are saved."""
        def stamp(file):
            try:
                found = os.stat(file)
                return found.st_mtime_ns, found.st_size, found.st_ino
            except OSError:
                return None

        try:
            names = [name for name in sorted(os.listdir(self.path))
                     if name[0] not in '.#~']  # not what editors write
        except OSError:
            names = []
        modules = [f'{name}.py' for name in MODULES]
        others = [(name, stamp(self.path / name)) for name in names
                  if name.endswith('.py') and name not in modules]
        return {task: (stamp(self.path / modules[task]), others)
                for task in self.tasks}

    def look(self, now):
        """Find out what was saved, and have it judged."""
        for task, stamp in self.stamps().items():
            if self.seen.get(task, ('',))[0] != stamp:
                self.seen[task] = stamp, now
            since, there = self.seen[task][1], stamp[0] and stamp[0][1]
            if stamp == self.judged.get(task) or now - since < (
                    STEADY if there else GONE) and self.judged:
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
        task, files = self.current, Folder(self.path, self.tasks, self.name)

        def keep(verdict):
            if task in self.waiting:
                raise SavedAgain
            self.verdicts.append(verdict)

        try:
            seconds, found = 0, files.result(task)  # it is missing
            if not found:
                seconds, found = self.judge(files, task, keep)
            self.folder.results = [
                r for r in self.folder.results if r['task'] != task]
            self.folder.add(task, found, seconds)
            self.folder.notes = files.notes
        except SavedAgain:
            pass
        finally:
            self.current = None

    def text(self, columns, lines):
        """Return the lines to show on a screen of a size."""
        focus, wrong = self.focus, [
            task for task in self.tasks
            if self.folder.cell(task)[2] not in ('right', 'not judged')]
        if focus is None or focus not in [*wrong, self.current]:
            focus = next(iter(wrong), self.current)
        top = list(self.folder.notes)
        result = self.folder.result(focus) if focus is not None else None
        if focus is not None and focus == self.current:
            top += [f'{MODULES[focus]}.py: judging what was saved{self.saved}']
            top += task_lines({'task': focus, 'missing': False, 'notes': [],
                               'layers': [], 'verdicts': self.verdicts},
                              columns, most=1)[1:] if self.verdicts else []
        elif result:
            top += task_lines(result, columns, self.tty,
                              most=None if result['missing'] else 1)
        elif not self.current and not self.waiting:
            top += [bold('All is right.', 32, self.tty)]
        below = ['', *map(self.bar, self.tasks), '',
                 f'Watching {self.name}. Ctrl-C ends it.']
        top = '\n'.join(top).split('\n')[:max(lines - len(below) - 1, 2)]
        return [*top, *below][:lines - 1]

    def bar(self, task):
        """Return the line of a task, with a bar of how many are met."""
        met, total, word = self.folder.cell(task)
        result = self.folder.result(task)
        took = f' {result["seconds"]:.1f} s' if result and (
            not result['missing']) else ''
        if task == self.current:
            met, total = sum(v['met'] for v in self.verdicts), len(
                table(task))
            word, took = 'judging', ''
        elif task in self.waiting:
            word, took = 'waiting', ''
        elif word == 'wrong':
            word = ''
        done = 20 * met // total
        return (f'{MODULES[task]:16} {"#" * done}{"-" * (20 - done)} '
                f'{met:2}/{total} {word}'.rstrip() + took)

    def show(self):
        """Write what is known, if it is news."""
        size = shutil.get_terminal_size()
        if not self.tty:
            known = {task: short(self.folder.cell(task))
                     for task in self.tasks if self.folder.result(task)}
            if self.current is None and known and self.shown != (
                    known, self.saved):
                self.shown = known, self.saved
                print(*self.text(79, 50), '', sep='\n', file=self.stream,
                      flush=True)
            return
        text = [line if '\x1b' in line else line[:size.columns]
                for line in self.text(size.columns, size.lines)]
        if (size, text) != self.shown:
            self.shown = size, text
            self.stream.write(CLEAR + ''.join(
                line + LINE_END for line in text) + REST)
            self.stream.flush()


def watch(watched):
    """Show a `Watch` until Ctrl-C, or until the terminal is closed."""
    def end(*_):
        raise KeyboardInterrupt

    for name in ('SIGTERM', 'SIGHUP'):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), end)
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
