"""`--watch`: judges a folder's modules again whenever one is saved.

The files themselves are compared, several times a second. For a few files of
a few kilobytes that costs next to nothing, and it works on every file system,
however coarse its clock is.
"""

import os
import shutil
import signal
import threading
import time
from contextlib import suppress

from checker.assignment import MODULES
from checker.files import printable, reason, take
from checker.folder import FILES, Folder
from checker.report import (
    GREEN,
    Layout,
    bold,
    colored,
    describe,
    task_lines,
)
from checker.requirements import table

# Seconds between two looks at the files; how long they have to stay as they
# are, as editors save in steps; and how long if one is empty or not there.
LOOK, STEADY, GONE = 0.1, 0.2, 1
# Seconds until something that could not be judged is tried again, and until
# what cleans up is not waited for any more.
RETRY, PATIENT = 5, 10
HOME, CLEAR_LINE, CLEAR_BELOW = '\x1b[H', '\x1b[K', '\x1b[J'
# The alternate screen, without a cursor.
ENTER, LEAVE = '\x1b[?1049h\x1b[?25l', '\x1b[?25h\x1b[?1049l'


class Abandoned(BaseException):
    """A module was saved again while it was judged."""


class Job:
    """One task that is being judged, which can be given up.

    Args:
        task: Integer.
        workers: What starts the worker.

    Attributes:
        verdicts: List of those that are known.
    """

    def __init__(self, task, workers):
        """Start nothing yet."""
        self.task, self.workers = task, workers
        self.verdicts, self.worker, self.given_up = [], None, False

    def start(self, limit):
        """Return a new worker, as a `Starter` does."""
        self.worker = self.workers.start(limit)
        if self.given_up:
            self.worker.close()
        return self.worker

    def keep(self, verdict):
        """Keep a verdict, unless this was given up."""
        if self.given_up:
            raise Abandoned
        self.verdicts.append(verdict)

    def give_up(self):
        """End the worker, and whatever waits for it."""
        self.given_up = True
        if self.worker:
            self.worker.close()


class Watch:
    """What a watched folder contains, and what is known of it.

    Args:
        path: Path, the folder.
        tasks: List of integers.
        workers: What starts workers.
        judge: Function of what starts a worker, a `Folder`, a task, and a
            function that gets each verdict; it returns the result, and the
            seconds that it took.
        stream: Where it shows what it knows.
    """

    def __init__(self, path, tasks, workers, judge, stream):
        """Start with nothing known."""
        self.path, self.tasks = path, tasks
        self.workers, self.judge = workers, judge
        self.stream, self.tty = stream, colored(stream)
        self.folder = Folder(path, [], printable(path.resolve().name))
        self.contents, self.since = None, 0
        self.judged = {}  # task: the files that it was judged on
        self.retry_at = {}  # task: when it is tried again
        self.waiting, self.job, self.thread = [], None, None
        self.focus, self.saved_at = None, ''
        self.shown = None

    def look(self, now):
        """Find out what was saved, and have it judged.

        Args:
            now: Float, seconds since any moment.
        """
        contents = self.read()
        if contents != self.contents:
            self.contents, self.since = contents, now
        first = not self.judged
        if first or now - self.since >= self.patience():
            self.queue(self.changed(), first)
        for task, moment in [*self.retry_at.items()]:
            if now >= moment and task not in self.waiting:
                self.waiting.append(task)
                del self.retry_at[task]
        if self.waiting and not self.is_busy():
            self.job = Job(self.waiting.pop(0), self.workers)
            self.thread = threading.Thread(
                target=self.run, args=(self.job, now), daemon=True
            )
            self.thread.start()

    def read(self):
        """Return the Python files of the folder, by their names."""
        try:
            return take(self.path).files
        except OSError as error:
            self.folder.notes = [
                f'The folder cannot be read: {reason(error)}.'
            ]
            return {}

    def inputs(self, task):
        """Return the files that a task is judged on: its own, and others."""
        helpers = {
            name: data
            for name, data in self.contents.items()
            if name not in FILES
        }
        return self.contents.get(FILES[task]), helpers

    def patience(self):
        """Return how many seconds the files have to stay as they are.

        An editor may have emptied a file, or moved it away, to save it.
        """
        for task, (before, _) in self.judged.items():
            if before and not self.contents.get(FILES[task]):
                return GONE
        return STEADY

    def changed(self):
        """Return the tasks to judge again; what was saved comes first."""
        saved, others = [], []
        for task in self.tasks:
            before, now = self.judged.get(task), self.inputs(task)
            if before is None or before[0] != now[0]:
                saved.append(task)
            elif before != now:
                others.append(task)
        return saved + others

    def queue(self, tasks, first):
        """Let tasks be judged before those that wait already.

        Args:
            tasks: List of integers.
            first: Whether nothing was judged before.
        """
        if not tasks:
            return
        for task in tasks:
            self.judged[task] = self.inputs(task)
            self.retry_at.pop(task, None)
        later = [task for task in self.waiting if task not in tasks]
        if self.is_busy():
            self.job.give_up()
            if self.job.task not in tasks + later:
                later.insert(0, self.job.task)
        self.waiting = tasks + later
        if not first:
            self.focus = tasks[0]
            self.saved_at = time.strftime(' at %H:%M:%S')

    def is_busy(self):
        """Tell whether a task is being judged."""
        return self.thread is not None and self.thread.is_alive()

    def run(self, job, now):
        """Judge one task."""
        folder = Folder(self.path, [job.task], self.folder.name)
        with suppress(Abandoned):
            if job.task not in folder.results:  # else it is missing
                found = self.judge(job, folder, job.task, job.keep)
                folder.add(job.task, *found)
            result = folder.results[job.task]
            if not job.given_up:
                self.folder.results[job.task] = result
                self.folder.notes = folder.notes
                if result['failure']:
                    self.retry_at[job.task] = now + RETRY
        self.job = None

    def resume(self):
        """Judge again what was judged when the process was stopped.

        Its time went on meanwhile.
        """
        job = self.job
        if job:
            job.give_up()
            self.waiting.insert(0, job.task)
        self.shown = None

    def close(self):
        """Give up what is being judged, and wait until it has cleaned up."""
        if self.job:
            self.job.give_up()
        if self.thread:
            self.thread.join(PATIENT)

    def text(self, columns, lines):
        """Return the lines to show on a screen of a size."""
        below = [
            '',
            *(self.bar(task, columns) for task in self.tasks),
            '',
            f'Watching {self.folder.name}. Press Ctrl-C to end.',
        ]
        top = '\n'.join(self.top(columns)).split('\n')
        room = max(lines - len(below) - 1, 2)
        return [*top[:room], *below][: lines - 1]

    def top(self, columns):
        """Return what comes first: what to change, or that all is correct."""
        job = self.job  # it may end meanwhile
        task = self.in_focus(job)
        notes = [*self.folder.notes]
        if task is None:
            if self.folder_is_correct():
                notes.append(bold('Everything is correct.', GREEN, self.tty))
            return notes
        if job and job.task == task:
            return notes + self.judging(job, columns)
        lines = self.first_fault(self.folder.results[task], columns)
        if task in self.retry_at:
            lines.append(f'  Trying again every {RETRY} seconds.')
        return notes + lines

    def in_focus(self, job):
        """Return the task to show: the last that was saved, if it is wrong.

        Otherwise, this is the first that is not correct, or None.
        """
        wrong = [
            task
            for task in self.tasks
            if task in self.folder.results
            and self.folder.word(task) != 'correct'
        ]
        if job and (job.task == self.focus or not wrong):
            return job.task
        if self.focus in wrong:
            return self.focus
        return wrong[0] if wrong else None

    def folder_is_correct(self):
        """Tell whether all tasks were judged on what is there, and correct."""
        return not self.waiting and all(
            self.folder.word(task) == 'correct' for task in self.tasks
        )

    def judging(self, job, columns):
        """Return the lines on a task while it is judged."""
        result = {
            'task': job.task,
            'missing': False,
            'failure': '',
            'notes': [],
            'layers': [],
            'verdicts': [*job.verdicts],
        }
        lines = self.first_fault(result, columns) if job.verdicts else ['']
        lines[0] = f'{FILES[job.task]}: judging'
        if self.saved_at:
            lines[0] += f' what was saved{self.saved_at}'
        return lines

    def first_fault(self, result, columns):
        """Return the lines on the first fault of a task, and no other."""
        task = describe(result)
        layout = Layout(columns, self.tty, on_screen=True)
        shown = type(task)(
            task.heading,
            task.is_correct,
            task.faults[:1],
            notes=task.notes if result['missing'] else [],
        )
        return task_lines(shown, layout)

    def bar(self, task, columns):
        """Return the line of a task, with a bar of how many are met."""
        met, total = self.folder.met(task), len(table(task))
        word, took, job = self.folder.word(task), '', self.job
        if job and job.task == task:
            met, word = sum(v['met'] for v in job.verdicts), 'judging'
        elif task in self.waiting:
            word = 'waiting'
        elif word == 'wrong':
            word = ''
        if columns >= 60 and word in ('', 'correct'):
            took = f'{self.folder.results[task]["seconds"]:.1f} s'
        length = 20 if columns >= 60 else 6
        done = length * met // total
        bar = '#' * done + '-' * (length - done)
        text = f'{MODULES[task]:15} {bar} {met:2}/{total} {word}'.rstrip()
        return f'{text} {took}'.rstrip()[:columns]

    def show(self):
        """Write what is known, if it is news."""
        size = (79, 50)
        if self.tty:
            size = shutil.get_terminal_size()
        elif self.job or self.waiting:
            return
        text = self.text(*size)
        if (self.saved_at, size, text) == self.shown:
            return
        self.shown = self.saved_at, size, text
        if not self.tty:
            self.stream.write('\n'.join([*text, '', '']))
        else:
            lines = [fitting(line, size[0]) for line in text]
            self.stream.write(
                HOME
                + ''.join(f'{line}{CLEAR_LINE}\n' for line in lines)
                + CLEAR_BELOW
            )
        self.stream.flush()


def fitting(line, columns):
    """Return as much of a line as there are columns for.

    What is in color was filled to the columns before.
    """
    return line if '\x1b' in line else line[:columns]


class Screen:
    """The alternate screen of a terminal, left while the process is stopped.

    Args:
        watched: A `Watch`.
    """

    def __init__(self, watched):
        """Keep what to show."""
        self.watched, self.is_to_stop = watched, False

    def __enter__(self):
        """Enter it, and leave it at Ctrl-Z."""
        os.system('')  # so that Windows knows these codes
        self.write(ENTER)
        self.catch_stop()
        return self

    def __exit__(self, *_):
        """Leave it, and the state of each task behind."""
        bars = [self.watched.bar(task, 79) for task in self.watched.tasks]
        self.write('\n'.join([LEAVE + bars[0], *bars[1:], '']))

    def catch_stop(self):
        """Notice Ctrl-Z, unless whatever started this ignores it."""
        number = getattr(signal, 'SIGTSTP', None)
        if number and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, self.notice)

    def notice(self, number, frame):
        """Keep in mind that the process is to stop."""
        self.is_to_stop = True

    def stop(self):
        """Leave the screen, stop, and enter it again after `fg`."""
        self.is_to_stop = False
        self.write(LEAVE)
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)  # it goes on here after `fg`
        self.catch_stop()
        self.write(ENTER)
        self.watched.resume()

    def write(self, text):
        """Write to a terminal at once, and to nothing else."""
        if self.watched.tty:
            self.watched.stream.write(text)
            self.watched.stream.flush()


def watch(watched):
    """Show a `Watch` until a signal ends it."""
    with Screen(watched) as screen:
        while True:
            started = time.monotonic()
            watched.look(started)
            watched.show()
            if screen.is_to_stop:
                screen.stop()
            # A folder that takes long to read is read less often.
            took = time.monotonic() - started
            time.sleep(max(LOOK, 4 * took))
