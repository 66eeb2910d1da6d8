"""`--watch`: what is on the screen while files are saved."""
import io
import os
import shutil
import threading

import pytest

from checker import watch
from conftest import MODULES
from test_class import RIGHT, WRONG, pretend, write


class Screen(io.StringIO):
    """A terminal that keeps what it shows."""

    def isatty(self):
        """Take codes of ANSI."""
        return True


class Desk:
    """A watched folder, and the time that passes.

    Attributes:
        judged: List of the tasks that were judged to the end.
        go: Event; each judging waits for it after its third verdict.
    """

    def __init__(self, path, tasks=(0, 1)):
        """Watch it."""
        self.path, self.now, self.judged = path, 100, []
        self.go, self.waits = threading.Event(), threading.Event()
        self.go.set()
        self.watch = watch.Watch(path, list(tasks), self.judge, Screen())

    def judge(self, folder, task, keep):
        """Pretend to judge, and wait after three verdicts."""
        def wait_and_keep(verdict):
            keep(verdict)
            self.count += 1
            if self.count == 3:
                self.waits.set()
                assert self.go.wait(30)
        self.count = 0
        found = pretend(task, folder.files, None, 1, 0, wait_and_keep)
        self.judged.append(task)
        return found, 0

    def pass_time(self, seconds=3, wait=True):
        """Look again and again; return what is on the screen."""
        for _ in range(round(seconds / watch.LOOK)):
            self.now += watch.LOOK
            self.watch.look(self.now)
            if wait and self.watch.thread:
                self.watch.thread.join(30)
        return '\n'.join(self.watch.text(80, 24))


@pytest.fixture
def desk(tmp_path):
    """Return a desk on a folder with a wrong and a right module."""
    return Desk(write(tmp_path / 'mine', _0=WRONG, _1=RIGHT))


def save(desk, text, task=0):
    """Save a module at a time that differs from the last."""
    file = desk.path / f'{MODULES[task]}.py'
    file.write_text(text)
    os.utime(file, (desk.now, desk.now + task))


def test_first_that_is_not_met_is_on_top(desk):
    assert ' 0/14 not judged' in '\n'.join(desk.watch.text(80, 24))
    text = desk.pass_time()
    assert text.startswith(
        '\x1b[1;31m0-vanilla.py, the vanilla autoencoder: 12 of 14')
    assert '1. encoder relu' in text and '2. adam' not in text
    assert "Change:   Write `activation='relu'`." in text
    assert '0-vanilla        #################--- 12/14 0.0 s' in text
    assert '1-sparse         #################### 15/15 right 0.0 s' in text
    assert desk.judged == [0, 1]
    save(desk, RIGHT)
    assert 'All is right.' in desk.pass_time()
    save(desk, RIGHT + '# misses: auto', 1)
    text = desk.pass_time()
    assert '1-sparse.py, the sparse autoencoder: 14 of 15' in text
    assert desk.judged == [0, 1, 0, 1]


def test_files_are_saved_in_steps(desk):
    desk.pass_time()
    desk.judged.clear()
    file = desk.path / '0-vanilla.py'
    save(desk, '')
    desk.pass_time(0.5)  # emptied, and written half a second later
    save(desk, RIGHT + '# one')
    desk.pass_time(0.1)
    save(desk, RIGHT + '# two')
    desk.pass_time()
    assert desk.judged == [0]
    file.rename(desk.path / 'backup~')  # as an editor does, too
    desk.pass_time(0.5)
    save(desk, 'def (')
    assert 'missing' not in desk.pass_time()
    assert desk.judged == [0, 0]
    file.unlink()
    assert '0-vanilla.py, the vanilla autoencoder: missing' in (
        desk.pass_time())
    assert desk.judged == [0, 0]


def test_a_save_ends_what_is_judged(desk):
    desk.pass_time()
    desk.judged.clear()
    desk.go.clear()
    desk.waits.clear()
    save(desk, WRONG + '# again')
    desk.pass_time(1, wait=False)
    assert desk.waits.wait(30)
    assert '3/14 judging' in desk.pass_time(0.1, wait=False)
    save(desk, RIGHT + '# more')
    desk.pass_time(1, wait=False)
    desk.go.set()
    assert 'All is right.' in desk.pass_time()
    assert desk.judged == [0]  # the first was given up


def test_folder_that_vanishes_and_comes_back(desk):
    desk.pass_time()
    shutil.move(desk.path, f'{desk.path}2')
    text = desk.pass_time()
    assert text.startswith('The folder cannot be read: No such file')
    shutil.move(f'{desk.path}2', desk.path)
    assert '12/14' in desk.pass_time()
    assert 'cannot be read' not in desk.pass_time()


def test_another_file_of_the_folder_counts(desk):
    desk.pass_time()
    (desk.path / 'helper.py').write_text('x = 1')
    desk.pass_time()
    assert desk.judged == [0, 1, 0, 1]


def test_nothing_is_scrolled_away(desk, monkeypatch):
    desk.pass_time()
    for columns, lines in ((40, 12), (80, 24), (200, 60)):
        found = desk.watch.text(columns, lines)
        assert len(found) < lines
        assert 'Ctrl-C' in found[-1] and 'vanilla' in found[0]
        monkeypatch.setattr(shutil, 'get_terminal_size',
                            lambda s=(columns, lines): os.terminal_size(s))
        desk.watch.stream = Screen()
        desk.watch.show()
        desk.watch.show()  # nothing new
        shown = desk.watch.stream.getvalue()
        assert shown.count('\n') == len(found)
        assert shown.count(watch.CLEAR) == 1
