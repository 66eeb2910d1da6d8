"""Run command lines in turn, which answer before they import TensorFlow.

Prints the status, the output and the errors of each as JSON.
"""

import contextlib
import io
import json
import runpy
import sys

answers = []
for command in json.loads(sys.argv[1]):
    sys.argv = command
    out, err = io.StringIO(), io.StringIO()
    status = None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            runpy.run_path(sys.argv[0], run_name='__main__')
        except SystemExit as end:
            status = end.code
    answers.append([status, out.getvalue(), err.getvalue()])
    assert 'tensorflow' not in sys.modules, sys.argv
print(json.dumps(answers))
