"""Signals that end the command, in this process: nothing is judged."""

import os
import signal

import pytest

from checker import interrupts

pytestmark = pytest.mark.skipif(os.name == 'nt', reason='needs signals')


@pytest.fixture
def handlers():
    """Let each signal be handled as by a shell, and restore all."""
    numbers = interrupts.numbers()
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize('name', interrupts.NAMES)
def test_the_first_signal_interrupts_and_the_next_do_nothing(handlers, name):
    number = getattr(signal, name)
    interrupts.install()
    with pytest.raises(KeyboardInterrupt) as caught:
        signal.raise_signal(number)
    assert caught.value.status == 128 + number
    for other in interrupts.numbers():
        signal.raise_signal(other)


def test_an_ignored_ctrl_c_counts_but_not_what_nohup_ignores(handlers):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interrupts.install()
    signal.raise_signal(signal.SIGHUP)
    with pytest.raises(interrupts.Interrupted):
        signal.raise_signal(signal.SIGINT)


def test_where_nothing_is_installed_nothing_is_ignored(handlers):
    signal.signal(signal.SIGINT, signal.default_int_handler)
    interrupts.ignore()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
