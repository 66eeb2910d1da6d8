"""The probe: it looks at a solution's models once, through a worker.

For each set of arguments it has the models built, sets weights that it draws,
calls the models, takes steps of `fit`, and returns an `Observation`.
"""

from dataclasses import asdict, replace
from itertools import product

import numpy as np

from checker import drawing, noise, reference
from checker.assignment import ALL, EPOCH, HALVES, NAMES, ROLES
from checker.faults import (
    Failure,
    Fault,
    MachineFailure,
    ProtocolError,
    WorkerDied,
)
from checker.observation import (
    Observation,
    Optimizer,
    Pass,
    Sample,
    Step,
    Weight,
)
from checker.source import readable
from checker.weights import layouts
from checker.words import counted

# What is looked at, one after the other.
STAGES = ('build', 'call', 'fit')
# More values than any model of these sizes has.
MOST_WEIGHTS = 5_000_000
# What is asked about an optimizer.
SETTINGS = (
    'beta_1',
    'beta_2',
    'epsilon',
    'amsgrad',
    'weight_decay',
    'clipnorm',
    'clipvalue',
    'global_clipnorm',
    'use_ema',
    'gradient_accumulation_steps',
    'loss_scale_factor',
)
WAYS = {
    'call': '',
    'train': ' with `training=True`',
    'predict': ' in `predict`',
}


def ask(worker, what, do, arrays=(), **more):
    """Return the answer of the worker's method `do`, a dict and arrays.

    Args:
        worker: A `process.Process`.
        what: String, what this makes the solution do, such as 'calling ...'.
        do: String, the name of the method.
        arrays: List of arrays to send.
        **more: What else the method takes.

    Raises:
        Failure: If the solution raises an exception, ends the process, takes
            too long, or answers nonsense.
    """
    expected = f'{what[0].upper()}{what[1:]} works.'
    try:
        answer, found = worker.ask(do, arrays, **more)
    except (WorkerDied, ProtocolError) as end:
        change = (
            'Look for `os._exit`, or for something that takes too much memory '
            "or writes to the process's file descriptors."
        )
        if 'time limit' in str(end):
            change = (
                'Look for an endless loop, or for training in the module. '
                '`--time-limit 300` gives it more time.'
            )
        fault = Fault(f'{end}, while {what}.', 'module', expected, change)
        raise Failure(fault, ended=True) from end
    if 'error' in answer:
        error = _known(answer['error'])
        fault = Fault(
            error['message'], '', expected, error={**error, 'what': what}
        )
        raise Failure(fault)
    return answer, found


def _known(error):
    """Return what a worker says of an exception, in the types that it has.

    A module can forge an answer: what is of other types is none.
    """
    types = {
        'type': str,
        'message': str,
        'lines': list,
        'layers': list,
        'path': str,
    }
    return {name: kind(error[name]) for name, kind in types.items()}


def load(worker, task, path):
    """Have a module imported; return what is known of it.

    Returns:
        The version of Keras, a tuple of two integers, and a list of notes.

    Raises:
        Failure: If it cannot be imported, or cannot be judged.
    """
    found, _ = ask(worker, f'importing {path.name}', 'load', path=str(path))
    functions = '`, `'.join(map(str, found['functions']))
    if not found['callable']:
        others = 'nor any other function.'
        if functions:
            others = f'only `{functions}`.'
        raise Failure(
            Fault(
                f'{path.name} has no function `autoencoder`, {others}',
                'module',
                change='Rename the function to `autoencoder`.',
            )
        )
    if found['policy'] not in ('float32', 'float64'):
        raise Failure(
            Fault(
                f'It sets the policy `{found["policy"]}` for all of Keras '
                'when it is imported. Layers then compute with 16 bits, which '
                'the assignment does not ask for, and the numbers become '
                'too coarse to compare.',
                'module',
                change='Remove the line that sets it '
                '(`set_global_policy` or `set_dtype_policy`).',
            )
        )
    if not found['eager']:
        raise Failure(
            Fault(
                'It disables eager execution. Without that, no tensor has a '
                'value.',
                'module',
                change='Remove the line that disables it.',
            )
        )
    keras = tuple(map(int, str(found['keras']).split('.')[:2]))
    parameters, names = found['parameters'], NAMES[task]
    if not parameters or tuple(parameters[: len(names)]) == names:
        return keras, []
    return keras, [
        f'The parameters are called {", ".join(map(str, parameters))}; the '
        f'assignment calls them {", ".join(names)}.'
    ]


def observe(worker, arguments, keras, rng, last='fit'):
    """Return the `Observation` of the models for some arguments.

    Args:
        worker: A `process.Process` that has loaded the module.
        arguments: An `assignment.Arguments`.
        keras: Tuple of two integers, the version of Keras.
        rng: A `numpy.random.Generator`.
        last: String, the last of `STAGES` to look at.
    """
    observation = Observation(arguments, keras)
    probe = Probe(worker, arguments, rng)
    looks = {
        'build': (probe.build, probe.weigh, probe.find_layouts),
        'call': (probe.pass_batches, probe.sample),
        'fit': (probe.ask_optimizer, probe.fit_batches),
    }
    for stage in STAGES[: STAGES.index(last) + 1]:
        if stage == 'fit' and observation.missing:
            break
        for look in looks[stage]:
            try:
                observation = understood(look, observation)
            except Failure as failure:
                return replace(
                    observation,
                    failure=failure.fault,
                    stage=stage,
                    ended=failure.ended,
                )
    return observation


def understood(look, *arguments):
    """Return what a function makes of the answers of a worker.

    Raises:
        Failure: If the answers are so unusual, or forged, that it fails.
    """
    try:
        return look(*arguments)
    except (Failure, MachineFailure):
        raise
    except Exception as error:
        fault = Fault(
            'This cannot be judged: '
            f'{type(error).__name__}: {readable(str(error))}',
            'module',
            change='Check that all three are ordinary Keras models.',
        )
        raise Failure(fault) from error


class Probe:
    """The models for some arguments, as a worker has them.

    Each method that takes an `Observation` returns it with more in it.

    Args:
        worker: A `process.Process`.
        arguments: An `assignment.Arguments`.
        rng: A `numpy.random.Generator`.

    Attributes:
        case: Integer, the number by which the worker knows the models.
        places: Dict from a role to the place of its model in what the
            function returned.
    """

    def __init__(self, worker, arguments, rng):
        """Keep what to ask, and about what."""
        self.worker, self.arguments, self.rng = worker, arguments, rng
        self.case, self.places = 0, dict(zip(ROLES, range(3)))

    def ask(self, what, do, arrays=(), **more):
        """Return the answer about these models, see `ask`."""
        return ask(self.worker, what, do, arrays, case=self.case, **more)

    def inputs(self, count):
        """Return inputs, see `drawing`."""
        return drawing.inputs_for(self.arguments, count, self.rng)

    # ---- the models ----

    def build(self, observation):
        """Have the function called; find out which model is which."""
        call = self.arguments.call
        values = [
            {'tuple': value} if isinstance(value, tuple) else value
            for value in self.arguments.values
        ]
        returned, _ = ask(self.worker, f'calling {call}', 'build', args=values)
        fault = wrong_return(call, returned)
        if fault:
            raise Failure(fault)
        self.case = int(returned['case'])
        missing = missing_models(returned['models'])
        if missing:
            returned = {**returned, **self.complete()}
        roles = roles_of(self.arguments, returned['models'])
        self.places = {role: roles.index(role) for role in ROLES}
        shapes, kinds = {}, {}
        for role in ROLES:
            zeros = np.zeros((2, *self.arguments.shape(role, 'input')))
            kind, arrays = self._give(role, zeros, 'call')
            shapes[role] = [array.shape for array in arrays]
            kinds[role] = kind
        layers = self.ask('looking at the layers', 'describe')[0]['layers']
        described = {role: layers[self.places[role]] for role in ROLES}
        return replace(
            observation,
            changed=returned['second'],
            missing=missing,
            roles=roles,
            shapes=shapes,
            kinds=kinds,
            described=described,
        )

    def complete(self):
        """Have models made for those that are None so far."""
        arguments = self.arguments
        found, _ = self.ask(
            f'completing the models of {arguments.call}',
            'complete',
            inputs=arguments.inputs,
            code=arguments.code,
            layers=[asdict(layer) for layer in arguments.layers('decoder')],
        )
        return found

    def weigh(self, observation):
        """Find out which weights the models have."""
        # Eager execution spares the compiling; the main script has it.
        found, _ = self.ask(
            f'calling `get_weights` after {self.arguments.call}',
            'weights',
            models=[self.places[role] for role in ROLES],
            eager=not self.arguments.main,
        )
        self.places = dict(zip(ROLES, range(3)))
        weights = {
            role: [
                Weight(tuple(one['shape']), one['trainable'], one['numeric'])
                for one in found['weights'][place]
            ]
            for place, role in enumerate(HALVES)
        }
        total = sum(
            np.prod(weight.shape, dtype=object)
            for half in weights.values()
            for weight in half
        )
        if total > MOST_WEIGHTS:
            raise Failure(
                Fault(f'The models have {total:,} weights.', 'hidden-layers')
            )
        return replace(
            observation, weights=weights, shared=bool(found['shared'])
        )

    def find_layouts(self, observation):
        """Find out which weights are which layer's, and which output which.

        Where several ways fit, because layers have the same shape, that is
        taken whose outputs are most like those of the solution.
        """
        arguments = self.arguments
        candidates = {
            role: layouts(
                arguments.layers(role),
                [weight.shape for weight in observation.weights[role]],
            )
            for role in HALVES
        }
        first = {
            role: found[0] if found else None
            for role, found in candidates.items()
        }
        observation = replace(observation, layouts=first)
        if has_three_outputs(observation):
            self.set_weights(observation, self.draw(observation, 'random'))
            x = self.inputs(16)
            found = [self.encode_often(x, 'call', 300) for _ in range(2)]
            observation = replace(observation, outputs=noise.outputs(*found))
        for role in HALVES:
            if len(candidates[role]) > 1:
                observation = self._choose_layout(
                    observation, role, candidates[role]
                )
        return observation

    def _choose_layout(self, observation, role, candidates):
        """Take the layout of a half whose outputs are most like its own."""
        drawn = self.draw(observation, 'random')
        self.set_weights(observation, drawn)
        arguments = self.arguments
        if role == 'encoder':
            x = self.inputs(64)
            found = self.encode(observation, x, 'call')
            found = found[-arguments.heads :]
            compute = reference.encode
        else:
            x = np.abs(self.rng.normal(size=(64, *arguments.code)))
            found = self.give('decoder', x, 'call')
            compute = decode_in_list
        likeness = []
        for layout in candidates:
            pairs = layout.pairs(drawn.arrays[role])
            expected = compute(arguments, pairs, x)
            likeness.append(alike(found, expected))
        best = candidates[int(np.argmax(likeness))]
        return replace(
            observation, layouts={**observation.layouts, role: best}
        )

    # ---- weights ----

    def draw(self, observation, encoder, decoder=None):
        """Return `drawing.Drawn` weights in some way, see `drawing`."""
        return drawing.draw(observation, self.rng, encoder, decoder)

    def set_weights(self, observation, drawn):
        """Set weights: all that training changes or the layouts name."""
        keep = [kept_places(observation, role) for role in HALVES]
        arrays = [
            np.asarray(array, 'float32')
            for role, kept in zip(HALVES, keep)
            for place, array in enumerate(drawn.arrays[role])
            if place not in kept
        ]
        self.ask(
            'setting the weights of `encoder` and `decoder`',
            'set_weights',
            arrays,
            keep=keep,
        )

    # ---- calls ----

    def _give(self, role, x, mode, batch=None, repeat=1):
        """Return the type of what a model gives, and a list of arrays."""
        answer, arrays = self.ask(
            f'calling `{role}` of {self.arguments.call}{WAYS[mode]}',
            'call',
            [np.asarray(x, 'float32')],
            mode=mode,
            batch=batch or len(x) * repeat,
            repeat=repeat,
            model=self.places[role],
        )
        return str(answer['kind']), arrays

    def give(self, role, x, mode, batch=None, repeat=1):
        """Return what a model gives for inputs, a list of arrays.

        Args:
            role: String, which model.
            x: Array, the inputs; each is given `repeat` times.
            mode: String, see `observation.Pass`.
            batch: Integer, the size of a batch, or None for all at once.
            repeat: Integer.
        """
        return self._give(role, x, mode, batch, repeat)[1]

    def encode(self, observation, x, mode, batch=None):
        """Return what the encoder gives, in task 3 in the usual order."""
        found = self.give('encoder', x, mode, batch)
        if not observation.outputs or len(found) != 3:
            return found
        return [found[place] for place in observation.outputs]

    def encode_often(self, x, mode, repeats):
        """Return three outputs for repeated inputs.

        Each is an array `(inputs, repeats, *code)`.
        """
        found = self.give('encoder', x, mode, repeat=repeats)
        return [
            np.asarray(one, 'float64').reshape(len(x), repeats, -1)
            for one in found
        ]

    def pass_batches(self, observation):
        """Call the models with batches of several sizes, in all modes."""
        plan = [('call', 32, None), ('train', 32, None), ('train', 1, None)]
        if self.arguments.main:
            # The script trains with 256 and predicts ten.
            plan = [
                ('call', 96, None),
                ('train', 256, None),
                ('train', 1, None),
                ('predict', 266, 256),
            ]
        plans = {
            'random': plan,
            'scaled': [('call', 64, None), ('train', 64, None)],
        }
        if self.arguments.variational:
            plans['still'] = plan
        passes = []
        for name, batches in plans.items():
            drawn = self.draw(observation, name)
            self.set_weights(observation, drawn)
            passes += [
                self._pass_batch(observation, drawn, *batch)
                for batch in batches
            ]
        return replace(observation, passes=passes)

    def _pass_batch(self, observation, drawn, mode, count, batch):
        """Return the `Pass` of one batch."""
        x = self.inputs(count)
        encoded = self.encode(observation, x, mode, batch)
        shape = count, *self.arguments.code
        fed = np.asarray(encoded[0], 'float32')
        if fed.shape != shape or not np.isfinite(fed).all():
            fed = self.rng.normal(size=shape)
        if self.arguments.variational:
            # A sample may be anything; of large ones, float32 makes
            # something else than float64.
            fed = np.clip(fed, -30, 30)
        fed = np.asarray(fed, 'float32')
        return Pass(
            drawn.name,
            drawn.pairs,
            mode,
            x,
            encoded,
            fed,
            self.give('decoder', fed, mode, batch)[0],
            self.give('auto', x, mode, batch)[0],
        )

    def sample(self, observation):
        """Encode a few inputs many times, and decode what comes of it."""
        if not observation.outputs:
            return observation
        usual, repeats = 'call', 2000
        if self.arguments.main:
            usual, repeats = 'predict', 1000
        elif self.arguments.brief:
            repeats = 500
        samples = []
        for name, mode in product(('scaled', 'noisy'), (usual, 'train')):
            self.set_weights(observation, self.draw(observation, name))
            samples.append(
                self._sample_inputs(observation, mode, repeats, name)
            )
        return replace(observation, samples=samples)

    def _sample_inputs(self, observation, mode, repeats, name):
        """Return a `Sample`; only 'noisy' ones are decoded.

        A sample of which the log variance is large is nothing that a decoder
        would meet.
        """
        x = self.inputs(4)
        found, again = (self.encode_often(x, mode, repeats) for _ in range(2))
        encoded = [found[place] for place in observation.outputs]
        again = again[observation.outputs[0]]
        if name == 'scaled':
            return Sample(mode, encoded, again)
        decoded = []
        for place, values in enumerate(encoded):
            # What is the same each time is decoded once.
            given = values if place == 0 else values[:, :1]
            found = self.give(
                'decoder', given.reshape(-1, *self.arguments.code), mode
            )[0]
            decoded.append(found.reshape(*given.shape[:2], -1))
        rebuilt = self.give('auto', x, mode, repeat=repeats)[0]
        return Sample(
            mode, encoded, again, decoded, rebuilt.reshape(4, repeats, -1)
        )

    # ---- training ----

    def ask_optimizer(self, observation):
        """Ask what the optimizer of `auto` is."""
        found, _ = self.ask(
            'looking at the optimizer',
            'optimizer',
            steps=ALL,
            names=list(SETTINGS),
        )
        kinds = list(map(str, found['kinds']))
        optimizer = Optimizer(kinds)
        if kinds:
            rates = np.array(found['rates'], 'float64')
            optimizer = Optimizer(
                kinds,
                dict(found['settings']),
                np.broadcast_to(rates, ALL),
            )
        return replace(observation, optimizer=optimizer)

    def fit_batches(self, observation):
        """Fit `auto` to batches of several sizes, with several weights."""
        if not observation.optimizer.kinds:
            return observation
        sizes = (32, 1)
        if self.arguments.main:
            sizes = (256, 96, 1)
        elif self.arguments.brief:
            sizes = (32,)
        steps = []

        def take(drawn, x, **more):
            steps.append(self.step(observation, drawn, x, steps, **more))

        blank = [self.draw(observation, 'blank') for _ in sizes]
        batches = [self.inputs(count) for count in sizes]
        for drawn, x in zip([*blank, blank[0]], [*batches, batches[0]]):
            take(drawn, x, looks=True)
        names = {1: ['code'], 3: ['code', 'extreme']}
        for name in names.get(self.arguments.task, []):
            for base, x in zip(blank, batches):
                drawn = self.draw(observation, name)
                take(drawing.with_decoder(drawn, base), x, looks=True)
        self._fit_known(observation, sizes, take)
        return replace(observation, steps=steps)

    def _fit_known(self, observation, sizes, take):
        """Take the steps whose losses and gradients the reference knows."""
        if not all(observation.layouts.values()):
            take(self.draw(observation, 'random'), self.inputs(sizes[0]))
            return
        name = 'still' if self.arguments.variational else 'random'
        for count in sizes[-2:]:
            drawn = self.draw(observation, name)
            if drawn.pairs['encoder']:
                x = self._clear_inputs(drawn, count)
                take(drawn, x, held=self.inputs(max(count // 2, 2)))
        if not self.arguments.brief:
            self._fit_unusual(observation, take)
        if self.arguments.main:
            for iteration in (EPOCH - 1, ALL - 1):
                drawn = self.draw(observation, 'random')
                take(drawn, self.inputs(96), iteration=iteration)

    def _fit_unusual(self, observation, take):
        """Take steps with much noise, and one with large kernels."""
        if self.arguments.variational:
            drawn, x = self.draw(observation, 'noisy'), self.inputs(1)
            copies = 1024 if self.arguments.main else 4096
            for _ in range(2):
                take(drawn, x, copies=copies)
        zeros = np.zeros((1, *self.arguments.inputs), 'float32')
        take(self.draw(observation, 'large'), zeros)

    def _clear_inputs(self, drawn, count):
        """Return inputs for which no unit is next to the edge of its `relu`.

        There, the gradient of float32 may be another than that of float64.
        """
        x = self.inputs(max(2 * count, 16))
        margins = reference.margins(self.arguments, drawn.pairs, x)
        return x[np.argsort(margins)[-count:]]

    def step(
        self,
        observation,
        drawn,
        x,
        steps,
        copies=1,
        held=None,
        iteration=None,
        looks=False,
    ):
        """Train `auto` on one batch; return the `Step`.

        Args:
            observation: An `Observation`.
            drawn: `Drawn`, the weights to begin with.
            x: Array, the batch.
            steps: List of the steps so far.
            copies: Integer, how often each input is in the batch.
            held: Array, inputs to validate with, or None.
            iteration: Integer, to how many steps to set the optimizer.
            looks: Whether to see first what encoder and `auto` give.

        Raises:
            Failure: If `fit` fails, or prints no loss.
        """
        self.set_weights(observation, drawn)
        encoded, rebuilt = [], None
        if looks:
            encoded = self.encode(observation, x, 'call')
            rebuilt = self.give('auto', x, 'call')[0]
        found, arrays = self.ask(
            f'calling `auto.fit(x, x)` after {self.arguments.call}',
            'fit',
            [x] if held is None else [x, held],
            copies=copies,
            iteration=iteration,
        )
        history = {
            str(name): float(value) for name, value in found['history'].items()
        }
        if 'loss' not in history:
            raise Failure(
                Fault(
                    f'It prints {", ".join(history) or "nothing"} instead.',
                    'not-compiled',
                    '`auto.fit` prints a loss.',
                    'Return a dict with the key `loss` from `train_step`.',
                )
            )
        count = sum(map(len, observation.weights.values()))
        before, gradients, after = (
            arrays[place * count : (place + 1) * count] for place in range(3)
        )
        trained = self._pairs_of(observation, after)
        last = steps[-1].iteration + 1 if steps else 0
        return Step(
            drawn.name,
            drawn.pairs,
            trained,
            x,
            copies,
            held,
            last if iteration is None else iteration,
            history,
            before,
            gradients,
            after,
            tuple(map(int, found['missing'])),
            encoded,
            rebuilt,
        )

    def _pairs_of(self, observation, arrays):
        """Return pairs of the arrays for encoder and decoder."""
        cut = len(observation.weights['encoder'])
        halves = {'encoder': arrays[:cut], 'decoder': arrays[cut:]}
        return {
            role: layout.pairs(
                [np.asarray(a, 'float64') for a in halves[role]]
            )
            if layout
            else None
            for role, layout in observation.layouts.items()
        }


def kept_places(observation, role):
    """Return the places of weights that stay as they are, a list.

    These are what training does not change, such as the state of random
    numbers, if the assignment has no such weight.
    """
    weights = observation.weights[role]
    layout = observation.layouts.get(role)
    if layout:
        named = {place for pair in layout.places for place in pair}
    else:
        named = {p for p, one in enumerate(weights) if len(one.shape) > 1}
    return [
        place
        for place, one in enumerate(weights)
        if not one.numeric or not (one.trainable or place in named)
    ]


def decode_in_list(arguments, pairs, z):
    """Return a list of the reconstructions."""
    return [reference.decode(arguments, pairs, z)]


def alike(found, expected):
    """Return how much lists of arrays go together, the sum of correlations."""
    total = 0.0
    for one, other in zip(found, expected):
        one, other = np.ravel(one), np.ravel(other)
        if one.shape == other.shape and one.std() > 0 and other.std() > 0:
            total += abs(np.corrcoef(one, other)[0, 1])
    return total


def has_three_outputs(observation):
    """Tell whether an encoder gives sample, mean and log variance."""
    arguments = observation.arguments
    shapes = [(2, *arguments.code)] * 3
    return arguments.variational and observation.shapes['encoder'] == shapes


def wrong_return(call, returned):
    """Return the `Fault` of what a function returned, or None."""
    expected = f'{call} returns `encoder, decoder, auto`, three Keras models.'
    models, kind = returned['models'], str(returned['kind'])
    if not returned['several']:
        return Fault(
            f'It returns a value of type {kind}.', 'order-of-models', expected
        )
    if len(models) != 3:
        return Fault(
            f'It returns {counted(len(models), "value")}, in a {kind}.',
            'order-of-models',
            expected,
        )
    others = [str(one['kind']) for one in models if not one['model']]
    if others and not missing_models(models):
        return Fault(
            f'One of the three is of type {others[0]}, which is no model.',
            'order-of-models',
            expected,
            'Make each a `keras.Model(inputs, outputs)`.',
        )
    return None


def missing_models(models):
    """Return the roles of those of three models that are None so far.

    Args:
        models: List of three dicts, see `worker.about`.

    Returns:
        Tuple, the last of `ROLES`. It is empty if none is missing, or if
        something else than None stands before or between those that are.
    """
    kinds = ['model' if one['model'] else one['kind'] for one in models]
    for missing in (ROLES[1:], ROLES[2:]):
        present = len(ROLES) - len(missing)
        if kinds == ['model'] * present + ['NoneType'] * len(missing):
            return missing
    return ()


def roles_of(arguments, models):
    """Return the roles of three models in their order, judging by shapes."""
    roles = []
    for model in models:
        shapes = [tuple(model[end] or ()) for end in ('input', 'output')]
        fitting = [
            role
            for role in ROLES
            if shapes
            == [arguments.shape(role, end) for end in ('input', 'output')]
        ]
        roles += fitting[:1]
    if sorted(roles) != sorted(ROLES):
        return ROLES
    return tuple(roles)
