"""The recipes of docs/recipes.md run as written."""
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
