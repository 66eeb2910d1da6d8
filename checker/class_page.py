"""`--html FILE`: a class on one page, which needs no server and no script."""
import base64
import hashlib
import re
from html import escape
from string import Template

from checker.assignment import ENTRIES, HERE, MODULES, table
from checker.report import entries, first_unmet, report


def page(folders, tasks, seed):
    """Return the page of some `Folder`s; what students wrote is escaped."""
    text = (HERE / 'class.html').read_text(encoding='utf-8')
    script = re.search('(?s)<script>(.*)</script>', text)[1]
    rows, anchors = misses(folders, tasks), entries(folders)
    reports = [*(report_of(number, folder, anchors)
                 for number, folder in enumerate(folders)),
               *map(entry_of, anchors)]
    return Template(text).substitute(
        hash=base64.b64encode(hashlib.sha256(
            script.encode()).digest()).decode(),
        right=sum(folder.right for folder in folders), count=len(folders),
        seed=seed, tasks=''.join(
            f'\n<th scope="col">{task}<span class="wide">'
            f'{MODULES[task][1:]}</span></th>' for task in tasks),
        folders='\n'.join(row_of(number, folder, tasks)
                          for number, folder in enumerate(folders)),
        misses='\n'.join(rows), reports='\n'.join(reports),
        unmissed=sum(len(table(task)) for task in tasks) - len(rows))


def link(number, folder):
    """Return the name of a folder, which leads to its report."""
    return f'<a href="#folder-{number}">{escape(folder.name)}</a>'


def row_of(number, folder, tasks):
    """Return the row of a folder."""
    row = f'<th scope="row" class="name">{link(number, folder)}</th>'
    sum_met = 0
    for met, total, word in map(folder.cell, tasks):
        text = f'{met}/{total}' if word == 'wrong' else escape(word)
        row += (f'<td data-sort="{met}" class="'
                f'{"right" if word == "right" else "wrong"}">{text}</td>')
        sum_met += met
    return f'<tr>{row}<td class="wide">{sum_met}</td></tr>'


def misses(folders, tasks):
    """Return rows of the requirements that anybody misses, by how many."""
    found = {(task, row.name, row.sentence): []
             for task in tasks for row in table(task)}
    for number, folder in enumerate(folders):
        for task, result in folder.results.items():
            for one in first_unmet(result):
                found[task, one['name'], one['sentence']].append(
                    link(number, folder))
    return [f'<tr><td>{task}</td><td>{name}</td><td class="wide">'
            + re.sub('`([^`]+)`', r'<code>\1</code>', escape(sentence))
            + f'</td><td class="miss" data-sort="{len(who)}"><span class="bar"'
            f' style="width: {100 * len(who) / len(folders):.0f}%"></span>'
            f'<details><summary>{len(who)}</summary>{", ".join(who)}'
            '</details></td></tr>' for (task, name, sentence), who in sorted(
                found.items(), key=lambda row: -len(row[1])) if who]


def report_of(number, folder, anchors):
    """Return the report of a folder, with links to the entries."""
    text = escape(report(folder, columns=10 ** 6, below=True))
    for anchor in anchors:
        title = escape('"{}"'.format(ENTRIES[anchor].split('\n')[0]))
        text = text.replace(f'{title} below',
                            f'<a href="#entry-{anchor}">{title}</a>')
    return section(f'folder-{number}', folder.name, re.sub(
        r'(?m)^(\d-\w+\.py, the .*)', r'<b>\1</b>', text))


def entry_of(anchor):
    """Return an entry of docs/mistakes.md, its links as links."""
    title, _, text = ENTRIES[anchor].partition('\n')
    return section(f'entry-{anchor}', title, re.sub(
        r'\[([^]]*)\]\(\s*#([\w-]+)\)', r'<a href="#entry-\2">\1</a>',
        escape(text.strip())))


def section(name, title, text):
    """Return what a click opens: a title, and a text in HTML."""
    return (f'<section class="report" id="{name}"><a class="close" '
            f'href="#top">Close</a><h2>{escape(title)}</h2>'
            f'<pre>{text}</pre></section>')
