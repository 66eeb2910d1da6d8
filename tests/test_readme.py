"""What README.md shows of the checker is what the checker prints."""

import re

from conftest import ROOT, once, run_python

pytestmark = once


def test_report_of_an_empty_file_is_the_one_that_is_shown(tmp_path):
    text = (ROOT / 'README.md').read_text(encoding='utf-8')
    (shown,) = re.findall(r'```\n(0-vanilla\.py, .*?)```', text, re.S)
    run_python('-m', 'checker', '--new', tmp_path / 'mine')
    printed = run_python(
        '-m', 'checker', tmp_path / 'mine', '--tasks', '0', check=False
    ).stdout
    # How the lines are broken depends on the terminal.
    assert ' '.join(shown.split()) in ' '.join(printed.split())
