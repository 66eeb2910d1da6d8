"""A solution and its models, as the judge sees them: through a worker.

The judge draws inputs and weights, and computes with NumPy what is right.
Nothing here trusts what a worker says but numbers that are compared.
"""
from dataclasses import dataclass, replace
from functools import cached_property, wraps
from pathlib import Path

import numpy as np

from checker import formulas
from checker.assignment import MAIN, NAMES
from checker.faults import ProtocolError, RequirementNotMet, WorkerDied
from checker.formulas import Layer

ROLES = ('encoder', 'decoder', 'auto')
# More values than any model of these sizes has.
MOST = 5_000_000
# How weights are drawn: the factors of kernels and biases. See `randomize`.
FACTORS = {'zero': (0, 0), 'biases': (0, 1)}


def arguments(task, rng):
    """Return arguments that no module can know, and those of the main script.

    They have several layers, and few; the last two hidden layers are equal,
    and no other sizes, so that each tells its layer. The decoder of task 2
    gives back heights and widths of `2 ** filters * n - 4`, with three
    filters or more.
    """
    if task == 2:
        sizes = (4 + rng.permutation(9)).tolist()
        height, width = rng.permutation([12, 20, 28])[:2].tolist()
        return [((height, width, int(rng.integers(2, 4))), sizes[:3],
                 ((height + 4) // 8, (width + 4) // 8, sizes[2])),
                ((28, 12, 1), sizes[3:7], (2, 1, sizes[6])), MAIN[task]]
    sizes = (12 + rng.permutation(29)).tolist()
    code = rng.permutation(np.arange(3, 8)).tolist()
    several = int(rng.integers(3, 6))
    weight = [(round(rng.uniform(0.01, 0.1), 3),) * (task == 1)
              for _ in range(2)]
    # The main script of task 3 has one hidden layer, the others have two.
    return [(sizes[0], [*sizes[1:several], sizes[several - 1]], code[0],
             *weight[0]),
            (sizes[6], sizes[7:9 if task == 3 else 8], code[1], *weight[1]),
            MAIN[task]]


def once(function):
    """Let a function of models run once: what it returns or raises stays."""
    @wraps(function)
    def kept(models, *args):
        key = function.__name__, *args
        if key not in models.kept:
            try:
                models.kept[key] = function(models, *args)
            except RequirementNotMet as fault:
                models.kept[key] = fault
        if isinstance(models.kept[key], RequirementNotMet):
            raise models.kept[key]
        return models.kept[key]
    return kept


@dataclass
class Look:
    """What the models give for a batch, with some weights.

    Attributes:
        how, mode: Strings, see `Models.randomize` and `Models.give`.
        x: Array, the inputs.
        encoder, decoder: Lists of `Layer`, see `Models.chain`.
        z: Array, the code, or the sample.
        encoded: List of the code, or of the mean and the log variance.
        decoded: Array, what the decoder makes of `z`.
        rebuilt: Array, what `auto` makes of `x`.
        scale: Array, by how much the values of a code were multiplied.
    """

    how: str
    mode: str
    x: np.ndarray
    encoder: list
    decoder: list
    z: np.ndarray
    encoded: list
    decoded: np.ndarray
    rebuilt: np.ndarray
    scale: np.ndarray


@dataclass
class Step:
    """One batch of `auto.fit`.

    Attributes:
        x: Array, its inputs.
        encoder, decoder: Lists of `Layer`, see `Models.chain`, as before it.
        before, after, gradients: Lists of arrays, of the weights of both.
        missing: List of the places of weights that have no gradient.
        iteration: Integer, how many steps the optimizer took before.
        history: Dict, what `fit` returns.
        held: Array, the inputs of its validation, or None.
    """

    x: np.ndarray
    encoder: list
    decoder: list
    before: list
    after: list
    gradients: list
    missing: list
    iteration: int
    history: dict
    held: np.ndarray

    @property
    def loss(self):
        """The loss that `fit` prints."""
        return self.history['loss']


class Solution:
    """A module of a solution, and the models that it builds when asked to.

    Args:
        task: Integer, the number of the task.
        worker: A `Process` or a `Local` of `process`.
        path: String, its file.
        rng: A generator of random numbers.

    Attributes:
        notes: List of strings, what is worth a mention but no fault.
        unmet: Integer, how many requirements are not met so far.
        keras: Tuple of two integers, the version of Keras.
        order: Tuple, the places of the latent representation, the mean and
            the log variance among the outputs of the encoder of task 3.
        cases: List of `Models`, those that could be built.
    """

    def __init__(self, task, worker, path, rng):
        """Have the module imported.

        Raises:
            RequirementNotMet: If it cannot be, or has no `autoencoder`.
        """
        self.task, self.worker, self.rng = task, worker, rng
        self.notes, self.cases, self.unmet = [], [], 0
        self.order, name = (0, 1, 2), Path(path).name
        found, _ = self.ask(f'importing {name}', 'load', path=str(path))
        self.keras = tuple(map(int, str(found['keras']).split('.')[:2]))
        functions = '`, `'.join(map(str, found['functions']))
        if not found['callable']:
            raise RequirementNotMet(
                f'{name} has a function `autoencoder`.', 'No `autoencoder`, '
                + (f'only `{functions}`.' if functions else
                   'nor any other function.'),
                'Call the function `autoencoder`.', 'module')
        for library, wrong, does, line in (
                ('Keras', found['policy'] not in ('float32', 'float64'),
                 f'sets the policy `{found["policy"]}` for all of Keras when '
                 'it is imported: layers then compute with 16 bits, of which '
                 'the assignment says nothing, and no number can be compared',
                 ' (`set_global_policy` or `set_dtype_policy`)'),
                ('TensorFlow', not found['eager'], 'disables eager '
                 'execution, without which nothing has a value', '')):
            if wrong:
                raise RequirementNotMet(
                    f'{name} leaves the settings of {library} as they are.',
                    f'It {does}.', f'Remove the line that does so{line}.',
                    'module')
        parameters, names = found['parameters'], NAMES[task]
        if parameters and tuple(parameters[:len(names)]) != names:
            self.note(f'The parameters are called {", ".join(parameters)}; '
                      f'the assignment calls them {", ".join(names)}.')

    def note(self, text):
        """Keep what is worth a mention, once."""
        self.notes += [text] * (text not in self.notes)

    def build(self):
        """Build the models for all arguments, those drawn first.

        Raises:
            RequirementNotMet: If some cannot be built; `cases` has the
                others.
        """
        faults = []
        for args in arguments(self.task, self.rng):
            try:
                self.cases.append(Models(self, args))
            except RequirementNotMet as fault:
                if fault.ended:
                    raise
                faults.append(fault)
        if faults:
            raise faults[0]

    def ask(self, what, do, arrays=(), **more):
        """Return the worker's answer.

        Args:
            what: String, what this makes the solution do.
            do: String, the worker's method.
            arrays: List of arrays for it.
            more: Other arguments.

        Raises:
            RequirementNotMet: If the solution raises an exception, ends the
                process, takes too long, or answers nonsense.
        """
        expected = f'{what[0].upper()}{what[1:]} works.'
        try:
            answer, found = self.worker.ask(do, arrays, **more)
        except (WorkerDied, ProtocolError) as end:
            change = ('Look for an endless loop, or for training in the '
                      'module. `--time-limit 300` gives it more time.'
                      if 'time limit' in str(end) else
                      'Look for `os._exit`, for what takes too much memory, '
                      'or for what writes to the descriptors of the process.')
            raise RequirementNotMet(expected, f'{end}, while {what}.', change,
                                    'module', ended=True) from end
        if 'error' in answer:
            error = answer['error']
            raise RequirementNotMet(
                expected, f'{error["type"]}: {error["message"]}', error={
                    **error, 'what': what, 'task': self.task,
                    'order': self.order})
        return answer, found


class Models:
    """The three models for some arguments: a case to judge.

    Args:
        solution: A `Solution`.
        args: Tuple, the arguments for its function.

    Attributes:
        main: Whether the arguments are those of the main script.
        inputs, code: Tuples, the shapes of an input and of a code.
        sizes: List, the argument with the nodes or filters of each layer.
        order: The roles in which the solution returned the models.
        changed: What the caller's list is after the call.
        shared: Whether `auto` has the weights of the other two.
        values: Dict from a role to its weights, as the judge set them.
        shapes: Dict from a role to the shapes of its outputs for 2 inputs.
        places: Tuple, see `Solution.order`.
        swapped: Whether the layer of the log variance comes first.
        steps: List of `Step`, all that the optimizer did.
        summed: Whether a penalty is summed over the batch, as some versions
            of Keras do.
        kept: Dict, see `once`.
    """

    def __init__(self, solution, args):
        """Build the models."""
        self.solution, self.args, self.rng = solution, args, solution.rng
        self.task, self.variational = solution.task, solution.task == 3
        self.main, self.scale = args == MAIN[self.task], np.ones(1)
        self.call = f'autoencoder({", ".join(map(str, args))})'
        self.inputs = tuple(np.atleast_1d(args[0]).tolist())
        self.code = tuple(np.atleast_1d(args[2]).tolist())
        self.sizes, self.lambtha = args[1], (args[3:] or (0,))[0]
        self.names, self.steps, self.kept = NAMES[self.task], [], {}
        self.places, self.swapped, self.summed = (0, 1, 2), False, False
        # The activations of the last layers of a half, in the assignment.
        self.ends = {'encoder': ['None'] * 2 if self.variational else [
            'relu'], 'decoder': ['sigmoid']}
        returned, _ = self.ask(
            f'calling {self.call}', 'build',
            args=[{'tuple': arg} if isinstance(arg, tuple) else arg
                  for arg in args])
        self.case, self.changed = int(returned['case']), returned['second']
        self._take(returned)
        self.shapes = {role: [found.shape for found in self.give(
            role, np.zeros((2, *(self.code if role == 'decoder' else
                                 self.inputs))),
            place=self.order.index(role))] for role in ROLES}
        self._learn_weights()

    def ask(self, what, do, arrays=(), **more):
        """Return the worker's answer, see `Solution.ask`."""
        return self.solution.ask(what, do, arrays, **more)

    def _take(self, returned):
        """Find out which model is which."""
        models, kind = returned['models'], str(returned['kind'])
        three = returned['several'] and len(models) == 3
        other = [m['kind'] for m in models if not m['model']]
        if not three or other:
            raise RequirementNotMet(
                f'{self.call} returns `encoder, decoder, auto`, three Keras '
                'models.', f'One of the three is of type {other[0]}, no '
                'model.' if three else f'It returns a value of type {kind}'
                + f' of {len(models)}' * bool(returned['several']) + '.',
                'Make each a `keras.Model(inputs, outputs)`.' if three else
                'End with `return encoder, decoder, auto`.',
                'order-of-models')
        shapes = {'encoder': [self.inputs, self.code],
                  'decoder': [self.code, self.inputs],
                  'auto': [self.inputs, self.inputs]}
        names = [next((role for role in ROLES if shapes[role] == [
            tuple(model[key] or ()) for key in ('input', 'output')]), '')
            for model in models]
        self.order = (tuple(names) if sorted(names) == sorted(ROLES)
                      else ROLES)

    def _learn_weights(self):
        """Ask for the shapes of the weights."""
        # Eager execution spares the compiling; the main script has it.
        found, _ = self.ask(
            f'calling `get_weights` after {self.call}', 'weights',
            case=self.case, eager=not self.main,
            models=[self.order.index(role) for role in ROLES])
        self.weights = dict(zip(ROLES, found['weights']))
        self.shared = bool(found['shared'])
        total = sum(np.prod(w['shape'], dtype=object)
                    for weights in found['weights'] for w in weights)
        if total > MOST:
            raise RequirementNotMet(
                'The models have the layers of the assignment.',
                f'They have {total:,} weights.', '', 'hidden-layers')
        self.values = {role: [np.zeros(w['shape']) for w in weights]
                       for role, weights in self.weights.items()}

    def give(self, role, x, mode='call', batch=None, place=None, repeat=1):
        """Return the outputs that a model gives for inputs, in a list.

        Args:
            role: String, which model.
            x: Array, the inputs.
            mode: 'call', 'train' for a call with `training=True`, or
                'predict'.
            batch: Integer, the size of a batch, or None for all at once.
            place: Integer, its place in what was returned, if that is not
                that of its role.
            repeat: Integer, how often each input is given.
        """
        what = {'call': f'calling `{role}` of ',
                'train': f'calling `{role}` with `training=True` of ',
                'predict': f'calling `{role}.predict` of '}[mode]
        return self.ask(
            what + self.call, 'call', [np.asarray(x, 'float32')],
            case=self.case, mode=mode, batch=batch or len(x) * repeat,
            model=ROLES.index(role) if place is None else place,
            repeat=repeat)[1]

    def encode(self, x, mode='call', batch=None, repeat=1):
        """Return what the encoder gives: a list of the code, or of three.

        Raises:
            RequirementNotMet: If that of task 3 has no three outputs.
        """
        found = self.give('encoder', x, mode, batch, repeat=repeat)
        if not self.variational:
            return found[:1] * 2
        shape = (len(x) * repeat, *self.code)
        if len(found) != 3:
            self.check_not_plain()
            raise RequirementNotMet(
                'The encoder gives three outputs: the latent representation, '
                'the mean and the log variance.', f'It gives {len(found)}.',
                'End with `encoder = keras.Model(inputs, [latent, mean, '
                'log_variance])`.', 'order-of-outputs')
        for output in found:
            if output.shape != shape:
                raise RequirementNotMet(
                    f'Each output of the encoder has {self.code[0]} values '
                    f'for an input.', f'One has the shape {output.shape} for '
                    f'{shape[0]} inputs.', 'Make each the output of a '
                    '`Dense(latent_dims)`.', 'shapes')
        return [np.asarray(found[place], 'float64') for place in self.places]

    def check_not_plain(self):
        """Raise what is not met by an encoder that is not variational."""
        chain, rest = self.kernels('encoder')
        if self.variational and len(self.shapes['encoder']) == 1 and (
                not rest and len(chain) <= len(self.sizes) + 1):
            raise RequirementNotMet(
                'The encoder of a variational autoencoder has a layer for '
                'the mean and one for the log variance, draws the latent '
                'representation from them, and gives all three.',
                'It is that of a plain autoencoder: it has no such layers, '
                'draws nothing, and gives one output. The divergence is '
                'missing then, too.', 'After the hidden layers, make the '
                'three outputs and the loss as in the entry, which is task 3 '
                'whole.', 'a-plain-autoencoder')

    def data(self, count):
        """Return inputs in [0, 1], many of them 0 or 1 as in MNIST."""
        x = self.rng.uniform(-0.5, 1.5, (count, *self.inputs))
        return np.clip(x, 0, 1).astype('float32')

    def randomize(self, encoder='random', decoder='random'):
        """Draw the weights of encoder and decoder.

        Both are drawn in one of these ways:
            'random': kernels and biases; the largest output of a last layer
                is about 3 in the encoder, and 8 before a sigmoid.
            'scaled': each unit is multiplied by a factor from 1e-4 to 1e4,
                which the next layer divides by, and some get -10,000. That
                changes nothing but what is no `relu`. Last layers have
                factors, too.
            'zero': all are 0.
            'biases': the same but for biases in (0, 0.4).
            'still': the log variance is -40, so that there is no noise.
            'heavy': codes for which the penalty of task 1 is about 1.
            'open': all units of a `relu` stay above 0, so that the output
                has an inverse.
        """
        self.scale = np.ones(1)
        values = {role: [self._draw(weight['shape'], how) for weight in
                         self.weights[role]] for role, how in (
                             ('encoder', encoder), ('decoder', decoder))}
        chains = [self.chain(role, values[role]) for role in ROLES[:2]]
        if all(chains):
            self._adapt(encoder, decoder, *chains)
        self.set_weights({role: [value.astype('float32') for value in drawn]
                          for role, drawn in values.items()})

    def _draw(self, shape, how):
        """Return a drawn weight, see `randomize`."""
        kernel, bias = FACTORS.get(how, (1, 1))
        if len(shape) > 1:
            return kernel * np.sqrt(2 / np.prod(
                shape[:-1])) * self.rng.normal(size=shape)
        drawn = bias * self.rng.uniform(-0.4, 0.4, shape)
        return abs(drawn) if how == 'biases' else drawn

    def _adapt(self, how, decoding, encoder, decoder):
        """Change drawn weights in place, see `randomize`."""
        def multiply(layer, factor, after=()):
            for part in filter(lambda part: part is not None, (
                    layer.kernel, layer.bias)):
                part *= factor
            for other in after:
                other.kernel /= np.reshape(factor, (-1, 1))

        count = len(self.ends['encoder'])
        hidden, heads = encoder[:-count], encoder[-count:]
        x = self.data(64).astype('float64')
        h = formulas.output(x, hidden)
        if how not in FACTORS:
            for layer in heads:
                multiply(layer, min(1, 3 / abs(formulas.affine(
                    h, layer)).max()))
        z = formulas.output(h, heads[:1])
        if self.variational:
            z = z + 3 * self.rng.normal(size=z.shape)
        if decoding not in FACTORS:
            # Keras takes the loss of large logits with a clip, or without.
            multiply(decoder[-1], min(1, 8 / abs(formulas.affine(
                formulas.output(z, decoder[:-1]), decoder[-1])).max()))
        if how == 'still':
            heads[1].kernel[:], heads[1].bias[:] = 0, -40
        if how == 'heavy':
            multiply(heads[0], 1 / (self.lambtha * abs(z).sum(1).mean()))
        if how == 'scaled':
            for layer, *after in [*zip(hidden, hidden[1:]), *(
                    (layer, *heads) for layer in hidden[-1:]), *(
                    (heads[0], decoder[0]),) * (count == 1), *zip(
                        decoder, decoder[1:])]:
                units = layer.kernel.shape[-1]
                factor = 10 ** self.rng.uniform(-4, 4, units)
                multiply(layer, factor, after)
                if layer is heads[0]:
                    self.scale = factor
                if layer.bias is not None:
                    layer.bias[self.rng.permutation(units)[:units // 3]] = -1e4
            multiply(decoder[-1], 10 ** self.rng.uniform(
                -1, 1.5, self.inputs[-1]))
            for layer, largest in zip(heads, (10, 4) if count > 1 else ()):
                multiply(layer, self.rng.uniform(1, largest, self.code))
        if decoding == 'open' and all(one.bias is not None
                                      for one in decoder):
            for layer in decoder:
                layer.bias[:] = 0
                before = formulas.affine(z, layer)
                layer.bias -= before.mean(0)
                z = before - before.mean(0)
                if layer is not decoder[-1]:
                    shift = 6 * abs(z).max(0) + 0.2
                    layer.bias += shift
                    z += shift
            multiply(decoder[-1], 0.3 / z.std(0).max())

    def set_weights(self, values):
        """Set the weights of encoder and decoder.

        Args:
            values: Dict from a role to a list of arrays; a role that is left
                out keeps its own.
        """
        self.values.update(values)
        keep = [[place for place, w in enumerate(self.weights[role])
                 if w['kind'] != 'f' or w['name'].split('/')[-1].startswith(
                     ('moving', 'gamma'))]
                for role in ROLES[:2]]
        shapes = [[w['shape'] for w in self.weights[role]] for role in ROLES]
        self.ask('setting the weights of `encoder` and `decoder`',
                 'set_weights',
                 [value for role, kept in zip(ROLES, keep) for place, value
                  in enumerate(self.values[role]) if place not in kept],
                 case=self.case, keep=keep, copy=not self.shared
                 and shapes[0] + shapes[1] == shapes[2])

    def kernels(self, role, values=None):
        """Return the layers that have kernels, in the order of use.

        Returns:
            List of `Layer` that form a chain from the model's input on, and
            a list of the others.
        """
        rank = 4 if self.task == 2 else 2
        rest = []
        for place, weight in enumerate(values or self.values[role]):
            if weight.ndim >= 2:
                rest.append(Layer(weight, place))
            elif (rest and rest[-1].bias is None
                  and rest[-1].kernel.shape[-1:] == weight.shape):
                rest[-1].bias = weight
        size = (self.code if role == 'decoder' else self.inputs)[-1]
        chain = []
        while True:
            for i, layer in enumerate(rest):
                if layer.kernel.ndim == rank and (
                        layer.kernel.shape[-2] == size):
                    chain.append(rest.pop(i))
                    size = layer.kernel.shape[-1]
                    break
            else:
                return chain, rest

    def right_sizes(self, role):
        """Return the sizes of the layers of a model in the assignment."""
        if role == 'decoder':
            return [*self.sizes[::-1], self.inputs[-1]]
        return [*self.sizes, *(() if self.task == 2 else self.code)]

    def chain(self, role, values=None):
        """Return the layers of a model as the assignment wants them.

        Those of the variational encoder end with the mean's and the log
        variance's.

        Returns:
            List of `Layer` with the weights as they are, or None if there
            are other layers.
        """
        chain, rest = self.kernels(role, values)
        ends = self.ends[role]
        if [layer.kernel.shape[-1] for layer in chain] != self.right_sizes(
                role) or len(rest) != len(ends) - 1 or any(
                layer.kernel.shape[-2:] != chain[-1].kernel.shape[-2:]
                for layer in rest) or self.task == 2 and any(
                layer.kernel.shape[:2] != (3, 3) for layer in chain):
            return None
        chain += rest
        if rest and self.swapped:
            chain[-2:] = chain[:-3:-1]
        for layer, end in zip(chain[-len(ends):], ends):
            layer.activation = end
        if self.task == 2:
            for layer in chain:
                layer.padding, layer.resize = 'same', (
                    'pooling' if role == 'encoder' else 'upsampling')
            if role == 'decoder':
                chain[-1].resize, chain[-2].padding = '', 'valid'
        return chain

    def right_codes(self, x, encoder):
        """Return what is right for the encoder to give, as in a `Look`."""
        count = len(self.ends['encoder'])
        h = formulas.output(np.asarray(x, 'float64'), encoder[:-count])
        return [formulas.output(h, [layer]) for layer in encoder[-count:]]

    @cached_property
    def looks(self):
        """List of `Look`: ways of drawing weights, modes, sizes of batches."""
        many = 256 if self.main else 32
        plan = {'random': [('call', many, None), ('train', many, None),
                           ('train', 1, None)],
                'scaled': [('call', 64, None), ('train', 64, None)]}
        if self.main:
            plan['random'] += [('call', 96, None), ('predict', 300, 256),
                               ('predict', 10, 32)]
        if self.variational:
            plan['open'] = plan['random']
        found = []
        for how, looks in plan.items():
            self.randomize(how.replace('open', 'random'), how)
            chains = self.chain('encoder'), self.chain('decoder')
            for mode, count, batch in looks:
                x = self.data(count)
                z, *encoded = self.encode(x, mode, batch)
                found.append(Look(
                    how, mode, x, *chains, z, encoded,
                    self.give('decoder', z, mode, batch)[0],
                    self.give('auto', x, mode, batch)[0], self.scale))
        return found

    @once
    def differs(self, role, place=0):
        """Return the first `Look` in which a half gives what is not right.

        Args:
            role: String, 'encoder' or 'decoder'.
            place: Integer, 1 for the log variance, else 0.

        Returns:
            A `Look`, or None if it gives what is right throughout.
        """
        for look in self.looks:
            if role == 'decoder':
                right = look.decoder and formulas.output(
                    np.asarray(look.z, 'float64'), look.decoder)
                wrong = not look.decoder or not formulas.same(
                    look.decoded, right)
            else:
                wrong = not look.encoder or not formulas.same(
                    look.encoded[place] / look.scale, self.right_codes(
                        look.x, look.encoder)[place] / look.scale)
            if wrong:
                return look
        return None

    def is_right(self, role):
        """Tell whether a half gives what it should."""
        return bool(self.chain(role)) and not any(
            self.differs(role, place) for place in range(
                len(self.ends[role])))

    @property
    def are_right(self):
        """Whether both halves give what they should."""
        return self.is_right('encoder') and self.is_right('decoder')

    def step(self, x, iteration=None, held=None):
        """Train `auto` on one batch and return the `Step`.

        Args:
            x: Array, the batch.
            iteration: Integer, to how many steps to set the optimizer
                before, or None.
            held: Array, inputs to validate with, or None.

        Raises:
            RequirementNotMet: If `fit` fails, or prints no loss.
        """
        before = [*self.values['encoder'], *self.values['decoder']]
        layers = [chain and [replace(layer) for layer in chain] for chain in
                  (self.chain('encoder'), self.chain('decoder'))]
        last = self.steps[-1].iteration + 1 if self.steps else 0
        found, arrays = self.ask(
            f'calling `auto.fit(x, x)` after {self.call}', 'fit',
            [x] if held is None else [x, held], case=self.case,
            batch=len(x), iteration=iteration)
        history = {str(name): float(value)
                   for name, value in found['history'].items()}
        if 'loss' not in history:
            raise RequirementNotMet(
                '`auto.fit` prints a loss.', 'It prints '
                f'{", ".join(history) or "nothing"}.',
                'A `train_step` returns a dict with the key `loss`.',
                'not-compiled')
        if [a.shape for a in arrays] != [b.shape for b in before] * 2:
            raise ProtocolError('It has other weights than before.')
        step = Step(x, *layers, before, arrays[len(before):],
                    arrays[:len(before)], list(found['missing']),
                    last if iteration is None else iteration, history, held)
        cut = len(self.values['encoder'])
        self.values.update(encoder=step.after[:cut],
                           decoder=step.after[cut:])
        self.steps.append(step)
        return step

    @cached_property
    def description(self):
        """What the worker says of the layers: dict of lists, by role."""
        try:
            return self.ask('looking at the layers', 'describe',
                            case=self.case)[0]['layers']
        except RequirementNotMet:
            return {}
