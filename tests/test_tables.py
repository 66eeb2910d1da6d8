"""The checker's tables: the assignment's sentences, and the mistakes."""

import re
import shutil

import pytest

from checker import mistakes, pages, requirements
from checker.assignment import MODULES
from conftest import ROOT


def words(text):
    """Return the words of a text, without what Markdown adds."""
    return ' '.join(re.sub(r'(?m)^\s+- |`', ' ', text).split())


@pytest.mark.parametrize('task', range(4))
def test_quotes_are_in_the_assignment(task):
    # The files to start from contain the assignment's sentences.
    text = (ROOT / f'checker/new/{MODULES[task]}.txt').read_text()
    call = re.search(r'def (autoencoder\(.*?\)):', text)[1]
    title = words(text).split('Create ')[1].split('.')[0]
    said = f'{words(text)} Write a function def {call}: that creates {title}'
    for row in requirements.table(task):
        for part in row.sentence.split('...'):
            if row.is_quote:
                assert words(part) in said, row


def test_pages_are_written_from_the_tables(tmp_path, monkeypatch):
    names = 'mistakes.md', 'requirements.md'
    for name in names:
        shutil.copy(ROOT / 'docs' / name, tmp_path)
    monkeypatch.setattr(pages, 'DOCS', tmp_path)
    pages.main()
    for name in names:
        assert (tmp_path / name).read_text(encoding='utf-8') == (
            ROOT / 'docs' / name
        ).read_text(encoding='utf-8'), 'make docs writes it'


def test_no_two_mistakes_have_one_anchor():
    anchors = [
        anchor for mistake in mistakes.MISTAKES for anchor in mistake.anchors
    ]
    assert len(anchors) == len(mistakes.ENTRIES)


def test_fix_is_one_line_without_links():
    for anchor in mistakes.ENTRIES:
        fix = mistakes.fix(anchor)
        assert (
            fix.rstrip(')').endswith('.')
            and '](' not in fix
            and '\n' not in fix
        )
    assert mistakes.fix('none') == ''


def test_linked_entries_follow_the_one_that_names_them():
    assert mistakes.with_linked(['whatever', 'divergence-sign'] * 2) == [
        'divergence',
        'sampling-layer',
    ]
