"""The options of the command."""

import argparse
import secrets
from pathlib import Path

from checker.folder import FILES
from checker.outputs import is_standard_output

SEEDS = 2**31


def tasks(text):
    """Return the tasks that a text lists, such as `0,2`."""
    try:
        return sorted({'0123'.index(one or ' ') for one in text.split(',')})
    except ValueError:
        raise wrong('numbers from 0 to 3 with commas', text) from None


def jobs(text):
    """Return a whole number above 0."""
    return number(text, int, 'a positive number', 1, 10**6)


def seconds(text):
    """Return a number above 0."""
    return number(text, float, 'a positive number', 1e-6, 10**6)


def seed(text):
    """Return a random seed."""
    last = SEEDS - 1
    return number(text, int, f'an integer from 0 to {last}', 0, last)


def number(text, kind, expected, least, most):
    """Return the number that a text gives, between two others."""
    try:
        value = kind(text)
    except ValueError:
        raise wrong(expected, text) from None
    if not least <= value <= most:
        raise wrong(expected, text)
    return value


def wrong(expected, text):
    """Return the error about an argument that is not what it has to be."""
    return argparse.ArgumentTypeError(f'expected {expected}, got {text!r}')


FILE_OPTIONS = {
    '--csv': 'write the table of results to FILE, for a spreadsheet',
    '--html': 'write a page to FILE with the table, the mistakes that were '
    'made and all reports',
    '--json': 'write every verdict to FILE, for a program',
}
OPTIONS = {
    '--new': {
        'metavar': 'DIR',
        'type': Path,
        'help': 'write files to DIR that you can start from, and check '
        'nothing; files '
        'that are there already are left unchanged',
    },
    '--watch': {
        'action': 'store_true',
        'help': 'keep running, and check a file again each time you save it',
    },
    '--tasks': {
        'metavar': '0,1,2,3',
        'type': tasks,
        'default': [0, 1, 2, 3],
        'help': 'check only these tasks (default: all; a task whose file is '
        'missing counts as wrong)',
    },
    '--jobs': {
        'metavar': 'N',
        'type': jobs,
        'default': 2,
        'help': 'check N modules at the same time (default: 2)',
    },
    '--time-limit': {
        'metavar': 'SECONDS',
        'type': seconds,
        'default': 60,
        'help': 'stop a module that takes longer than this for one step, such '
        'as its import or its training, or ten times as long for all steps '
        '(default: 60)',
    },
    '--seed': {
        'metavar': 'N',
        'type': seed,
        'help': 'check with the same random numbers as a report that printed '
        'this seed (default: a new seed each time)',
    },
    '--reports': {
        'metavar': 'DIR',
        'type': Path,
        'help': 'write a report on each folder to a file in DIR',
    },
    **{
        name: {
            'metavar': 'FILE',
            'type': Path,
            'help': f'{text} (- for standard output)',
        }
        for name, text in FILE_OPTIONS.items()
    },
}


def parse(arguments):
    """Return the options, or end with what is wrong with them.

    Args:
        arguments: List of strings, or None for those of the process.

    Returns:
        Namespace with an attribute for each option; `folders`, a list of
        paths; and `files`, a list of the paths to write to.
    """
    parser = argparse.ArgumentParser(
        prog='check-autoencoders',
        description='Check solutions of the assignment "Autoencoders". This '
        'runs their code, so use a container if you do not trust them.',
    )
    for name, more in OPTIONS.items():
        parser.add_argument(name, **more)
    parser.add_argument(
        'folders',
        nargs='*',
        metavar='DIR',
        type=Path,
        help=f'check the files {", ".join(FILES)} in this folder',
    )
    options = parser.parse_args(arguments)
    if options.seed is None:
        options.seed = secrets.randbelow(SEEDS)
    files = [options.csv, options.html, options.json]
    options.files = [file for file in files if file]
    problem = conflict(options)
    if problem:
        parser.error(problem)
    return options


def conflict(options):
    """Return what is wrong with the options together, or an empty text."""
    writes = bool(options.files or options.reports)
    if options.new:
        if any([options.folders, options.watch, writes]):
            return '--new takes one folder, and no option that writes a table'
        return ''
    if not options.folders:
        return 'the following arguments are required: DIR'
    if options.watch and any([options.folders[1:], writes]):
        return '--watch takes one folder, and no option that writes files'
    if sum(map(is_standard_output, options.files)) > 1:
        return 'only one of the files can go to standard output'
    return ''
