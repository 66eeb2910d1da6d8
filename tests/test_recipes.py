"""The recipes of docs/recipes.md run as written; the README's tables too."""
import re

import pytest
from conftest import ROOT, run_python


def test_recipes_run_as_written_and_print_what_they_say():
    text = (ROOT / 'docs' / 'recipes.md').read_text()
    code = '\n'.join(re.findall('```python\n(.*?)```', text, re.S))
    printed = run_python('-c', code, PYTHONPATH=str(ROOT)).stdout.splitlines()
    quotes = [' '.join(line.lstrip('> ') for line in quote.splitlines())
              for quote in re.findall('(?:^> .*\n?)+', text, re.M)]
    assert len(printed) == len(quotes) == 4
    number = re.compile(r'\d+\.?\d*')
    for line, quote in zip(printed, quotes):
        assert number.sub('N', line) == number.sub('N', quote)
        # Other versions and processors train a little differently.
        assert [float(n) for n in number.findall(line)] == pytest.approx(
            [float(n) for n in number.findall(quote)], rel=0.15, abs=0.003)


def test_readme_has_the_tables_that_results_prints():
    printed = run_python(ROOT / 'docs' / 'results.py').stdout
    tables = printed.strip().split('\n\n')
    docs = [(ROOT / name).read_text()
            for name in ('README.md', 'docs/results.md')]
    assert len(tables) == 3
    for table in tables:
        assert any(table in text for text in docs), table
