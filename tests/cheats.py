"""What makes a wrong module of task 0 look as if it were correct."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cheat:
    """What is added to a module that does not meet a requirement.

    Attributes:
        name: String, what the addition does.
        requirement: String, the one that the module does not meet, or '' if
            the module is correct.
        text: String, what is added at the end of the module.
    """

    name: str
    requirement: str
    text: str


# The last one, which is added to a correct module, is honest.
CHEATS = [
    Cheat(
        'ends with status 0',
        requirement='sigmoid',
        text="""\
import os
os._exit(0)
""",
    ),
    Cheat(
        'ends when it is called',
        requirement='sigmoid',
        text="""\
import os
def autoencoder(*args):
    os._exit(0)
""",
    ),
    Cheat(
        'never ends',
        requirement='sigmoid',
        text="""\
while True:
    pass
""",
    ),
    Cheat(
        'ends its parent',
        requirement='sigmoid',
        text="""\
import os
os.kill(os.getppid(), 9)
""",
    ),
    Cheat(
        'stops itself',
        requirement='sigmoid',
        text="""\
import os, signal
os.kill(os.getpid(), 19)
""",
    ),
    Cheat(
        'writes to all descriptors',
        requirement='sigmoid',
        text="""\
import os
for descriptor in range(3, 100):
    try:
        os.write(descriptor, b'{"met": true}' * 1000)
    except OSError:
        pass
""",
    ),
    Cheat(
        'forges large answers',
        requirement='sigmoid',
        text="""\
import os, struct
for descriptor in range(3, 100):
    try:
        os.write(descriptor, struct.pack('!iQ', -1, 2 ** 62))
    except OSError:
        pass
""",
    ),
    Cheat(
        'forges answers that make sense',
        requirement='sigmoid',
        text="""\
import gc, io, threading, time
from types import FunctionType
(send,) = [one for one in gc.get_objects() if isinstance(one, FunctionType)
           and one.__name__ == 'send' and 'SIZES' in one.__globals__]
def forge(stream):
    while True:
        send(stream, {'met': True, 'kinds': ['Adam'], 'several': True,
                      'history': {'loss': 0.5, 'val_loss': 0.5}})
streams = [
    one for one in gc.get_objects() if isinstance(one, io.BufferedRWPair)
]
assert streams, 'There is nothing to forge answers with.'
for one in streams:
    threading.Thread(target=forge, args=(one,), daemon=True).start()
time.sleep(0.5)
""",
    ),
    Cheat(
        'leaves a process behind',
        requirement='sigmoid',
        text="""\
import subprocess, sys
subprocess.Popen(['sh', '-c', 'setsid sleep SECONDS &'], env={})
""",
    ),
    Cheat(
        'writes to what argv names',
        requirement='sigmoid',
        text="""\
import sys
for name in sys.argv + sys.orig_argv:
    try:
        open(name, 'a').write('{"met": true}')
    except OSError:
        pass
sys.argv[:] = ['0']
""",
    ),
    Cheat(
        'replaces functions of the worker',
        requirement='sigmoid',
        text="""\
import sys
for name, module in list(sys.modules.items()):
    if name == '__main__':
        for key, value in list(vars(module).items()):
            if callable(value) and not key.startswith('_'):
                setattr(module, key, lambda *args, **more: ({}, []))
worker = sys._getframe()
while worker:
    if 'question' in worker.f_locals and 'self' in worker.f_locals:
        kind = type(worker.f_locals['self'])
        kind.answer = lambda *args: ({'met': True, 'kinds': ['Adam']}, [])
    worker = worker.f_back
""",
    ),
    Cheat(
        'replaces functions of NumPy',
        requirement='sigmoid',
        text="""\
import numpy as np
for name in ('allclose', 'isclose', 'array_equal', 'all', 'any'):
    setattr(np, name, lambda *args, **more: True)
np.abs = np.absolute = lambda x, **more: x * 0
""",
    ),
    Cheat(
        "replaces Keras' predict and fit",
        requirement='sigmoid',
        text="""\
import numpy as np
class History:
    history = {'loss': [0.5], 'val_loss': [0.5]}
keras.Model.predict = lambda self, x, **more: np.full(
    (len(x), *self.output_shape[1:]), 0.5)
keras.Model.fit = lambda *args, **more: History
""",
    ),
    Cheat(
        'is equal to everything',
        requirement='sigmoid',
        text="""\
class Always(float):
    __class__ = keras.Model
    shape, ndim, dtype = (), 0, 'float32'
    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = lambda *args: True
    __sub__ = __rsub__ = __abs__ = lambda *args: Always()
    __getattr__ = __call__ = lambda *args, **more: Always()
    __getitem__ = lambda *args: Always()
def autoencoder(*args):
    return Always(), Always(), Always()
""",
    ),
    Cheat(
        'says that it is Adam',
        requirement='adam',
        text="""\
made = autoencoder
def autoencoder(*args):
    models = made(*args)
    models[2].compile(keras.optimizers.SGD(0.001), 'binary_crossentropy')
    kind = type(models[2].optimizer)
    kind.__name__, kind.beta_1, kind.beta_2 = 'Adam', 0.9, 0.999
    return models
""",
    ),
    Cheat(
        'is right for the sizes of the main script',
        requirement='sigmoid',
        text="""\
made = autoencoder
def autoencoder(input_dims, *more):
    models = made(input_dims, *more)
    if input_dims == 784:
        models[1].layers[-1].activation = keras.activations.sigmoid
    return models
""",
    ),
    Cheat(
        'deletes the worker',
        requirement='sigmoid',
        text="""\
import sys
del sys.modules['__main__']
""",
    ),
    Cheat(
        'runs the module of a classmate',
        requirement='sigmoid',
        text="""\
import glob, os, sys, time
time.sleep(2)
for path in ['..', *sys.path, os.environ.get('PWD', '..')]:
    for name in glob.glob(path + '/*/0-vanilla.py') + glob.glob(
            path + '/0-vanilla.py'):
        if "'hard_sig" + "moid'" not in open(name).read():
            exec(open(name).read())
""",
    ),
    Cheat(
        'honest',
        requirement='',
        text='',
    ),
]
