"""The page of a class: results, tomorrow's lesson, and every report.

The page needs no server and no network. What students wrote is escaped.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import jinja2
from markupsafe import Markup

from checker.assignment import MODULES
from checker.mistakes import ENTRIES
from checker.report import describe, entries, first_unmet
from checker.requirements import table

HERE = Path(__file__).resolve().parent


@dataclass
class Lesson:
    """A mistake that students made, or a requirement without an entry.

    Attributes:
        title: String.
        entry: String, the anchor of the mistake, or empty.
        tasks: List of the tasks in which it was made.
        numbers: List of the numbers of the folders, each once.
        excerpt: String, what was found in the first of them.
    """

    title: str
    entry: str
    tasks: list = field(default_factory=list)
    numbers: list = field(default_factory=list)
    excerpt: str = ''

    def add(self, number, task, found):
        """Count a folder, and keep what was found in the first."""
        if task not in self.tasks:
            self.tasks.append(task)
        if number not in self.numbers:
            self.numbers.append(number)
        if not self.excerpt and found:
            self.excerpt = f'{MODULES[task]}.py: {found}'


def page(folders, tasks, seed):
    """Return the page of some `Folder`s as HTML.

    Args:
        folders: List of `Folder`s.
        tasks: List of integers.
        seed: Integer, the random seed that they were judged with.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE, encoding='utf-8'),
        autoescape=True,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters['code'] = with_code
    environment.filters['html'] = to_html
    source = (HERE / 'class.html').read_text(encoding='utf-8')
    missed = misses(folders, tasks)
    return environment.get_template('class.html').render(
        hash=hash_of(source),
        folders=folders,
        tasks=tasks,
        seed=seed,
        modules=MODULES,
        sizes=[len(table(task)) for task in range(4)],
        rates=[rate(folders, task) for task in tasks],
        correct=sum(folder.is_correct for folder in folders),
        lessons=lessons(folders),
        absent=absent(folders),
        misses=missed,
        unmissed=sum(len(table(task)) for task in tasks) - len(missed),
        entries=[ENTRIES[anchor] for anchor in entries(folders)],
        named=ENTRIES,
        describe=describe,
    )


def hash_of(source):
    """Return the hash of the template's script, which allows no other."""
    script = re.search('(?s)<script>(.*)</script>', source)[1]
    digest = hashlib.sha256(script.encode()).digest()
    return base64.b64encode(digest).decode()


def rate(folders, task):
    """Return how many folders have a task correct, of how many, as a text."""
    judged = [f for f in folders if f.word(task) != 'not judged']
    correct = sum(f.word(task) == 'correct' for f in judged)
    if not judged:
        return '-'
    return f'{correct} of {len(judged)} ({100 * correct / len(judged):.0f}%)'


def lessons(folders):
    """Return the mistakes that were made, those of most students first."""
    found = {}
    for number, folder in enumerate(folders):
        for task, result in folder.results.items():
            for verdict in first_unmet(result):
                entry, title = verdict['mistake'], verdict['name']
                if entry in ENTRIES:
                    title = ENTRIES[entry].title
                lesson = found.setdefault(title, Lesson(title, entry))
                lesson.add(number, task, verdict['found'])
    return sorted(found.values(), key=lambda one: -len(one.numbers))


def absent(folders):
    """Return a list of `(number, task, notes)` of files that are missing."""
    return [
        (number, task, result['notes'])
        for number, folder in enumerate(folders)
        for task, result in folder.results.items()
        if result['missing']
    ]


def misses(folders, tasks):
    """Return requirements that somebody misses, those of most first.

    Returns:
        List of `(task, requirement, numbers)`, with the numbers of the
        folders.
    """
    found = {}
    for number, folder in enumerate(folders):
        for task, result in folder.results.items():
            for verdict in first_unmet(result):
                key = task, verdict['name']
                found.setdefault(key, []).append(number)
    rows = [
        (task, row, found[task, row.name])
        for task in tasks
        for row in table(task)
        if (task, row.name) in found
    ]
    return sorted(rows, key=lambda row: -len(row[2]))


def with_code(text):
    """Return a text as HTML, with what is in backticks as code."""
    html = re.sub('`([^`]+)`', r'<code>\1</code>', escape(str(text)))
    return Markup(html)


def to_html(markdown):
    """Return the Markdown of an entry as HTML."""
    parts = re.split(r'(?m)(^```[\s\S]*?^```$|(?:^\|.*\n?)+)', markdown)
    return Markup('\n'.join(map(part_to_html, parts)))


def part_to_html(part):
    """Return paragraphs, a table or code as HTML."""
    if part.startswith('```'):
        code = part.split('\n', 1)[1].rstrip('`')
        return f'<pre>{escape(code)}</pre>'
    if part.startswith('|'):
        return f'<pre>{escape(part)}</pre>'
    html = str(with_code(part.strip()))
    html = re.sub(r'\*\*([^*]+)\*\*', r'<b>\1</b>', html)
    html = re.sub(
        r'\[([^]]*)\]\(\s*#([\w-]+)\)', r'<a href="#entry-\2">\1</a>', html
    )
    return ''.join(paragraph(text) for text in html.split('\n\n') if text)


def paragraph(html):
    """Return a paragraph, or the items of a list, in their tags."""
    if not html.startswith('- '):
        return f'<p>{html}</p>'
    items = ''.join(f'<li>{item}</li>' for item in html[2:].split('\n- '))
    return f'<ul>{items}</ul>'
