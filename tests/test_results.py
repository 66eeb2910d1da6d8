"""The tables in the texts are those that are recorded."""

from conftest import ROOT, once, run_python

pytestmark = once

EXPERIMENTS = ROOT / 'experiments'


def test_texts_have_the_tables_that_are_printed():
    printed = ''.join(
        run_python(file).stdout
        for file in (
            EXPERIMENTS / 'tables.py',
            ROOT / 'benchmarks' / 'report.py',
        )
    )
    tables = [
        part for part in printed.strip().split('\n\n') if part.startswith('|')
    ]
    texts = [
        file.read_text(encoding='utf-8')
        for file in (
            ROOT / 'README.md',
            *ROOT.glob('docs/*.md'),
            *ROOT.glob('experiments/results/*.md'),
        )
    ]
    assert len(tables) > 15
    missing = [
        table for table in tables if not any(table in text for text in texts)
    ]
    assert not missing, '\n\n'.join(missing)


def test_tables_do_without_tensorflow():
    done = run_python(
        '-c',
        'import sys, tables; tables.main(); '
        'print("tensorflow" in sys.modules)',
        PYTHONPATH=str(EXPERIMENTS),
    )
    assert done.stdout.endswith('\nFalse\n')
