"""Run a main, then put its model and a copy of that on one page."""

import runpy
import shutil
import sys

from common import ROOT

output, data = sys.argv[1:]


def run(script, *words):
    """Run a script of the folder mains."""
    sys.argv = [script, *words, '--data', data]
    runpy.run_path(str(ROOT / 'mains' / script), run_name='__main__')


run('0-main.py', '--epochs', '2', '--output', output)
shutil.copytree(output, f'{output}-2')
run('compare.py', output, f'{output}-2', '--output', f'{output}.html')
