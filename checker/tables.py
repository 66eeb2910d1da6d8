"""The table of a class: as text, and as CSV for a spreadsheet."""

import csv
import io
import re

from checker.assignment import MODULES
from checker.requirements import table

MONTHS = (
    'january february march april may june july august september october '
    'november december januar februar märz mrz mai juni juli oktober dezember '
    'janvier février mars avril juin juillet août septembre octobre novembre '
    'décembre enero febrero marzo abril mayo junio julio agosto septiembre '
    'octubre noviembre diciembre gennaio febbraio aprile maggio giugno luglio '
    'settembre ottobre dicembre janeiro fevereiro março maio junho julho '
    'setembro outubro novembro dezembro'
).split()
# Words beside which a number stays a number, a time or an amount of money.
UNITS = {'e', 't', 'z', 'am', 'pm', 'eur', 'usd', 'gbp', 'chf', 'kr'}
TRUTHS = set(
    'true false wahr falsch vrai faux verdadero verdadeiro falso vero'.split()
)
# What begins a formula, or the name of an error.
FORMULAS = tuple('=+-@#＝＋－＠\t\r')
# Spreadsheets keep 15 digits of a number.
PLAIN_NUMBER = re.compile('0|[1-9][0-9]{0,14}')


def table_of(folders, tasks):
    """Return the table of several `Folder`s as text."""
    rows = [['folder', *(MODULES[task] for task in tasks)]]
    rows += [
        [folder.name, *(folder.short(task) for task in tasks)]
        for folder in folders
    ]
    sizes = [max(map(len, column)) for column in zip(*rows)]
    rows.insert(1, ['-' * size for size in sizes])
    lines = ['  '.join(map(str.ljust, row, sizes)).rstrip() for row in rows]
    notes = [
        f'{folder.name}: {note}' for folder in folders for note in folder.notes
    ]
    correct = sum(folder.is_correct for folder in folders)
    end = f'{correct} of {len(folders)} folders are correct.'
    return '\n'.join(['', *lines, '', *notes, end])


def csv_of(folders, tasks):
    """Return the table as CSV, in cells that spreadsheets leave as they are.

    Cells of what was not judged are empty.
    """
    file = io.StringIO()
    rows = csv.writer(file)
    header = ['folder', 'right', 'met', 'of']
    for task in tasks:
        name = MODULES[task]
        header += [name, f'{name} met', f'{name} of']
    rows.writerow(header)
    for folder in folders:
        rows.writerow(csv_row(folder, tasks))
    # With a mark of its encoding, for Excel.
    return '\ufeff' + file.getvalue()


def csv_row(folder, tasks):
    """Return the cells of a folder."""
    row = [as_text(folder.name), '', '', '']
    if folder.is_judged:
        row[1] = 'yes' if folder.is_correct else 'no'
        row[2] = sum(folder.met(task) for task in tasks)
        row[3] = sum(len(table(task)) for task in tasks)
    for task in tasks:
        word = folder.word(task)
        cells = [word, folder.met(task), len(table(task))]
        if word == 'not judged':
            cells = ['', '', '']
        row += cells
    return row


def as_text(name):
    """Return a name, with an apostrophe if a spreadsheet would change it."""
    return f"'{name}" if is_value(name) else name


def is_value(name):
    """Tell whether a spreadsheet could take a text for something else.

    That is a formula, a truth value, a date, a time, an amount of money or a
    number that would be shown in another way.
    """
    if name.strip().startswith(FORMULAS) or name.casefold() in TRUTHS:
        return True
    if PLAIN_NUMBER.fullmatch(name) or not re.search(r'\d', name):
        return False
    words = re.findall(r'[^\W\d_]+', name.casefold())
    return all(word in UNITS or is_month(word) for word in words)


def is_month(word):
    """Tell whether a word is a month, or short for one."""
    if len(word) < 3:
        return False
    return any(month.startswith(word) for month in MONTHS)
