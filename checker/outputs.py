"""The files that the command writes, and how it writes them."""

import json
import os
import re
import sys
from pathlib import Path

from checker.class_page import page
from checker.report import Layout, entries, entry_text, report
from checker.streams import send
from checker.tables import csv_of


def is_standard_output(path):
    """Tell whether a path is `-`, or leads to where this process prints."""
    if str(path) == '-':
        return True
    try:
        return os.path.samestat(os.stat(path), os.fstat(sys.stdout.fileno()))
    except (OSError, ValueError):  # a stream may have no number
        return False


def write(path, text):
    """Write a text to a file or to standard output.

    Raises:
        OSError: If the file cannot be written.
    """
    data = text.encode(errors='backslashreplace')
    if is_standard_output(path):
        send(data)
    else:
        Path(path).write_bytes(data)


def files_of(folders, options):
    """Yield the paths to write to, and the text for each."""
    if options.reports:
        yield from reports_of(folders, options)
    if options.csv:
        yield options.csv, csv_of(folders, options.tasks)
    if options.html:
        yield options.html, page(folders, options.tasks, options.seed)
    if options.json:
        yield options.json, json_of(folders, options.seed)


def reports_of(folders, options):
    """Yield a file for each folder, and the report to write to it."""
    taken = set()
    for folder in folders:
        name = re.sub(r'[/\\]', '-', folder.name)
        name = name.encode()[:200].decode(errors='ignore')
        while name.lower() in taken:
            name += '_'
        taken.add(name.lower())
        parts = [
            folder.name,
            report(folder, options.seed, Layout(entries_below=True)),
            *(entry_text(anchor) for anchor in entries([folder])),
        ]
        yield options.reports / f'{name}.txt', '\n'.join(parts)


def json_of(folders, seed):
    """Return every verdict as JSON."""
    values = [
        {
            'folder': folder.name,
            'right': folder.is_correct,
            'seed': seed,
            'notes': folder.notes,
            'tasks': [*folder.results.values()],
        }
        for folder in folders
    ]
    return json.dumps(values, indent=1) + '\n'
