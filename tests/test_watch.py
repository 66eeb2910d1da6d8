"""`--watch`: what is on the screen while files are saved."""

import io
import os
import re
import shutil
import signal
import threading
from types import SimpleNamespace

import pytest

from checker import watch
from conftest import MODULES
from test_class import CORRECT, WRONG, pretend, write

Terminal = type('Terminal', (io.StringIO,), {'isatty': lambda self: True})


class Desk:
    """A watched folder, and the time that passes."""

    def __init__(self, path):
        """Judge a wrong and a right module."""
        self.path, self.now, self.judged = path, 100, []
        self.meanwhile = int  # what happens after three verdicts
        self.failure = ''  # what keeps tasks from being judged
        self.watch = watch.Watch(
            write(path, _0=WRONG, _1=CORRECT),
            [0, 1],
            None,
            self.judge,
            Terminal(),
        )
        self.first = self.pass_time()

    def judge(self, starter, folder, task, keep):
        """Pretend to judge."""
        if self.failure:
            none = {'verdicts': [], 'notes': [], 'layers': []}
            return {**none, 'failure': self.failure}, 0

        def keep_and_go_on(verdict):
            keep(verdict)
            if len(self.watch.job.verdicts) == 3:
                self.meanwhile()

        found = pretend(task, folder.files, None, 1, 0, keep_and_go_on)
        self.judged.append(task)
        return found, 0

    def pass_time(self, seconds=3):
        """Look again and again; return what is on the screen."""
        for _ in range(round(seconds / watch.LOOK)):
            self.now += watch.LOOK
            self.watch.look(self.now)
            if self.watch.thread is not threading.current_thread():
                self.watch.thread.join(30)
        return '\n'.join(self.watch.text(80, 24))

    def save(self, text, seconds=3, task=0):
        """Save a module, and wait."""
        file = self.path / f'{MODULES[task]}.py'
        file.write_text(text)
        # As on a file system whose clock is coarse.
        os.utime(file, (100, 100))
        return self.pass_time(seconds)


@pytest.fixture
def desk(tmp_path):
    """Return a desk."""
    return Desk(tmp_path / 'mine')


def test_first_that_is_not_met_is_on_top(desk):
    assert desk.first.startswith(
        '\x1b[1;31m0-vanilla.py, the vanilla autoencoder: 12 of 14'
    )
    assert '1. encoder relu' in desk.first
    assert "Change:   Write `activation='relu'`." in desk.first
    assert '2. adam' not in desk.first


def test_bars_show_how_much_of_each_task_is_met(desk):
    assert '0-vanilla       #################--- 12/14 0.0 s' in desk.first
    assert '1-sparse        #################### 15/15 correct' in desk.first


def test_nothing_is_left_once_all_is_correct(desk):
    assert 'Everything is correct.' in desk.save(CORRECT)


def test_what_was_saved_last_is_on_top(desk):
    assert '1-sparse.py, the' in desk.save(CORRECT + '# misses: auto', task=1)
    assert '0-vanilla.py, the' in desk.save(WRONG + '# again')
    assert '1-sparse.py, the' in desk.save(CORRECT + '# misses: adam', task=1)
    assert desk.judged == [0, 1, 1, 0, 1]


def test_files_are_saved_in_steps(desk):
    file = desk.path / '0-vanilla.py'
    desk.save('', 0.5)  # emptied, and written half a second later
    desk.save(CORRECT + '# one', 0.1)
    desk.save(CORRECT + '# two')
    assert desk.judged == [0, 1, 0]
    file.rename(desk.path / 'backup~')  # as an editor does, too
    desk.pass_time(0.5)
    assert 'missing' not in desk.save('def (')
    file.unlink()
    assert 'the vanilla autoencoder: missing' in desk.pass_time()
    assert desk.judged == [0, 1, 0, 0]


def test_two_saves_of_one_size_in_one_tick_of_the_clock(desk):
    desk.save(CORRECT + '# one')
    desk.save(CORRECT + '# two')
    assert desk.judged == [0, 1, 0, 0]


def test_a_save_ends_what_is_judged(desk):
    def meanwhile():
        desk.meanwhile = int
        shown.append(desk.save(CORRECT + '# more', 1))

    shown, desk.meanwhile = [], meanwhile
    assert 'Everything is correct.' in desk.save(WRONG + '# again')
    assert '3/14 waiting' in shown[0] or '3/14 judging' in shown[0]
    assert desk.judged == [0, 1, 0]  # one was given up


def test_what_was_just_saved_is_judged_first(desk):
    def meanwhile():
        desk.meanwhile = int
        desk.save(CORRECT + '# saved', 1, task=1)

    desk.meanwhile = meanwhile
    desk.save(WRONG + '# again')
    assert desk.judged == [0, 1, 1, 0]  # 0 was given up, and judged later


def test_given_up_jobs_end_their_workers():
    closed = []
    worker = SimpleNamespace(close=lambda: closed.append(1))
    job = watch.Job(0, SimpleNamespace(start=lambda limit: worker))
    job.start(1)
    job.give_up()
    assert closed == [1]
    job.start(1)  # one that was being started meanwhile
    assert closed == [1, 1]
    with pytest.raises(watch.Abandoned):
        job.keep({})


def test_the_end_waits_for_what_cleans_up(desk):
    entered, left = threading.Event(), []

    def judge(starter, folder, task, keep):
        try:
            entered.set()
            while not starter.given_up:
                pass
            keep({})
        finally:
            left.append(task)

    desk.watch.judge = judge
    (desk.path / '0-vanilla.py').write_text(CORRECT)
    for now in (200, 201):
        desk.watch.look(now)
    assert entered.wait(30)
    desk.watch.close()
    assert left == [0]


def test_a_failure_of_the_machine_is_shown_and_judging_tried_again(desk):
    desk.failure = 'No space left on device'
    shown = ' '.join(desk.save(CORRECT).split())
    assert 'correct.' not in shown and 'not judged. No space left' in shown
    assert 'Trying again every 5 seconds.' in shown
    desk.failure = ''
    assert 'Everything is correct.' in desk.pass_time(watch.RETRY + 1)


def test_what_was_saved_meanwhile_is_not_tried_again(desk):
    desk.failure = 'No space left on device'
    desk.save(CORRECT, 1)
    desk.failure = ''
    desk.save(CORRECT + '# saved', 1)
    before = [*desk.judged]
    desk.pass_time(watch.RETRY + 1)
    assert desk.judged == before


def test_a_stopped_process_judges_again_what_it_judged(desk):
    def meanwhile():
        desk.meanwhile = int
        desk.watch.resume()

    desk.meanwhile = meanwhile
    assert 'Everything is correct.' in desk.save(CORRECT)
    assert desk.judged == [0, 1, 0]  # one of them was given up


def test_a_second_ctrl_z_is_noticed_too(desk, monkeypatch):
    if not hasattr(signal, 'SIGTSTP'):
        pytest.skip('needs signals')
    before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    monkeypatch.setattr(watch.os, 'kill', lambda *_: None)
    try:
        with watch.Screen(desk.watch) as screen:
            screen.stop()
            assert signal.getsignal(signal.SIGTSTP) == screen.notice
    finally:
        signal.signal(signal.SIGTSTP, before)


def test_other_files_and_a_folder_that_vanishes(desk):
    for name, judged in (
        ('2-convolutional.py', 1),
        ('.#helper.py', 1),
        ('helper.py', 2),
        ('lib/layers.py', 3),
    ):
        (desk.path / name).parent.mkdir(exist_ok=True)
        (desk.path / name).write_text('x = 1')
        desk.pass_time()
        assert desk.judged == [0, 1] * judged
    shutil.move(desk.path, f'{desk.path}2')
    assert desk.pass_time().startswith('The folder cannot be read: No such')
    shutil.move(f'{desk.path}2', desk.path)
    assert desk.pass_time() == desk.first


@pytest.fixture(params=[(40, 14), (80, 24), (200, 60)])
def size(request, monkeypatch):
    """Return the size of the terminal."""
    size = os.terminal_size(request.param)
    monkeypatch.setattr(
        shutil, 'get_terminal_size', lambda *args, **more: size
    )
    return size


def test_nothing_is_scrolled_away(desk, size):
    desk.watch.show()
    desk.watch.show()  # nothing new
    first, *rest, last = desk.watch.stream.getvalue().split('\n')
    assert len(rest) < size[1] - 1 and 'Ctrl-C' in rest[-1]
    assert 'vanilla' in first and watch.HOME not in ''.join(rest)


def test_lines_fit_and_the_change_comes_first(desk, size):
    lines = desk.watch.text(*size)
    lines = [re.sub(r'\x1b\[[\d;]*m', '', line) for line in lines]
    assert max(map(len, lines)) <= size[0]
    text = '\n'.join(lines)
    labels = re.findall(r'(?m)^ +(Change|Expected|Found|See):', text)
    assert labels[0] == 'Change'
    for word in ('waiting', 'ModuleNotFoundError', 'correct'):
        desk.watch.folder.word = lambda task, word=word: word
        assert len(desk.watch.bar(1, size[0])) <= size[0]
