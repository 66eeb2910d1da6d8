"""`--watch`: what is on the screen while files are saved."""

import io
import os
import shutil
import threading

import pytest

from checker import watch
from conftest import MODULES
from test_class import RIGHT, WRONG, pretend, write

Terminal = type('Terminal', (io.StringIO,), {'isatty': lambda self: True})


class Desk:
    """A watched folder, and the time that passes."""

    def __init__(self, path):
        """Judge a wrong and a right module."""
        self.path, self.now, self.judged = path, 100, []
        self.meanwhile = int  # what happens after three verdicts
        self.watch = watch.Watch(
            write(path, _0=WRONG, _1=RIGHT), [0, 1], self.judge, Terminal()
        )
        self.first = self.pass_time()

    def judge(self, folder, task, keep):
        """Pretend to judge."""

        def keep_and_go_on(verdict):
            keep(verdict)
            if len(self.watch.verdicts) == 3:
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
        """Save a module, at a time that differs from the last, and wait."""
        file = self.path / f'{MODULES[task]}.py'
        file.write_text(text)
        os.utime(file, (self.now, self.now + task))
        return self.pass_time(seconds)


@pytest.fixture
def desk(tmp_path):
    """Return a desk."""
    return Desk(tmp_path / 'mine')


def test_first_that_is_not_met_is_on_top(desk):
    assert desk.first.startswith(
        '\x1b[1;31m0-vanilla.py, the vanilla autoencoder: 12 of 14'
    )
    assert '1. encoder relu' in desk.first and '2. adam' not in desk.first
    assert "Change:   Write `activation='relu'`." in desk.first
    assert '0-vanilla        #################--- 12/14 0.0 s' in desk.first
    assert '1-sparse         #################### 15/15 right' in desk.first
    assert 'All is right.' in desk.save(RIGHT)
    # What was saved last is on top.
    assert '1-sparse.py, the' in desk.save(RIGHT + '# misses: auto', task=1)
    assert '0-vanilla.py, the' in desk.save(WRONG)
    assert '1-sparse.py, the' in desk.save(RIGHT + '# misses: adam', task=1)
    assert desk.judged == [0, 1, 0, 1, 0, 1]


def test_files_are_saved_in_steps(desk):
    file = desk.path / '0-vanilla.py'
    desk.save('', 0.5)  # emptied, and written half a second later
    desk.save(RIGHT + '# one', 0.1)
    desk.save(RIGHT + '# two')
    assert desk.judged == [0, 1, 0]
    file.rename(desk.path / 'backup~')  # as an editor does, too
    desk.pass_time(0.5)
    assert 'missing' not in desk.save('def (')
    file.unlink()
    assert 'the vanilla autoencoder: missing' in desk.pass_time()
    assert desk.judged == [0, 1, 0, 0]


def test_a_save_ends_what_is_judged(desk):
    def meanwhile():
        desk.meanwhile = int
        shown.append(desk.save(RIGHT + '# more', 1))

    shown, desk.meanwhile = [], meanwhile
    assert 'All is right.' in desk.save(WRONG + '# again')
    assert '3/14 waiting' in shown[0] or '3/14 judging' in shown[0]
    assert desk.judged == [0, 1, 0]  # one was given up


def test_other_files_and_a_folder_that_vanishes(desk):
    for name, judged in (
        ('2-convolutional.py', 1),
        ('.#helper.py', 1),
        ('helper.py', 2),
    ):
        (desk.path / name).write_text('x = 1')
        desk.pass_time()
        assert desk.judged == [0, 1] * judged
    shutil.move(desk.path, f'{desk.path}2')
    assert desk.pass_time().startswith('The folder cannot be read: No such')
    shutil.move(f'{desk.path}2', desk.path)
    assert desk.pass_time() == desk.first


@pytest.mark.parametrize('size', [(40, 12), (80, 24), (200, 60)])
def test_nothing_is_scrolled_away(desk, size, monkeypatch):
    monkeypatch.setattr(
        shutil, 'get_terminal_size', lambda: os.terminal_size(size)
    )
    desk.watch.show()
    desk.watch.show()  # nothing new
    first, *rest, last = desk.watch.stream.getvalue().split('\n')
    assert len(rest) < size[1] - 1 and 'Ctrl-C' in rest[-1]
    assert 'vanilla' in first and watch.CLEAR not in ''.join(rest)
