"""The training: what makes `fit` fast, and what it goes on from."""
import contextlib
import functools
import tempfile
from pathlib import Path
from types import SimpleNamespace

from common.backup import Backup
from common.batches import batches_in_order, shuffled_batches
from common.ending import refuse
from common.files import refusing_to_write, save_whole
from common.start import has_xla, start_tensorflow

# Training steps in one call from Python: the progress bar only moves after
# each call, and more gain nothing.
STEPS_PER_EXECUTION = 32


@contextlib.contextmanager
def fast_and_resumable(auto, x_train, x_test, options):
    """Prepare a `fit` that is fast, and that goes on after an interruption.

    Args:
        auto: Compiled Keras model whose outputs have the shape of its inputs.
        x_train: Array `(n, ...)`, the inputs to learn, in an order that the
            seed and the epoch decide.
        x_test: Array `(n, ...)`, the inputs for `val_loss`.
        options: What `parse_options` returned.

    Yields:
        A namespace of what to give to `fit`: `batches`, `test_batches` and
        `more`, a dictionary of other arguments; and the `backup`, which is to
        be removed when all results are saved.

    Raises:
        SystemExit: With one line. Status 2 if what was interrupted was
            started in another way, 1 if the loss is not finite or a file
            cannot be written, 130 after Ctrl-C.
    """
    tf = start_tensorflow()
    callbacks = tf.keras.callbacks
    backup = Backup(auto, x_train, x_test, options)
    first_epoch = backup.restore()
    with tf.device('CPU'):
        epoch = tf.Variable(first_epoch, dtype='int64')
    with compiled_for_speed(auto):
        try:
            yield SimpleNamespace(
                batches=shuffled_batches(x_train, options.batch_size,
                                         options.seed, epoch),
                test_batches=batches_in_order(x_test, options.batch_size),
                more={
                    'initial_epoch': first_epoch,
                    'verbose': options.verbose or 2,
                    'shuffle': False,  # they are shuffled already
                    'callbacks': [
                        callbacks.LambdaCallback(on_epoch_end=backup.save),
                        callbacks.LambdaCallback(on_epoch_end=lambda *_:
                                                 epoch.assign_add(1))]},
                backup=backup)
        except KeyboardInterrupt:
            refuse('interrupted: the same command goes on after the last '
                   'finished epoch', status=130)
        # Set by backup.save; compiling anew would reset it.
        if auto.stop_training:
            refuse('the loss is not finite any more, so the training stopped. '
                   + backup.kept(), status=1)


@contextlib.contextmanager
def compiled_for_speed(auto):
    """Compile `auto` for a fast `fit`, for as long as this lasts.

    Afterwards it is compiled as before, because these options would be saved
    with it, and they may not suit another machine.

    Args:
        auto: Compiled Keras model.
    """
    tf = start_tensorflow()
    if auto.distribute_strategy.num_replicas_in_sync > 1:
        yield
        return
    config = auto.get_compile_config()
    compile_auto = functools.partial(
        auto.compile, auto.optimizer, config['loss'],
        loss_weights=config['loss_weights'])
    # XLA is slow in the gradient of max pooling, and unmeasured on GPUs.
    pools = any(isinstance(layer, tf.keras.layers.MaxPooling2D)
                for part in auto.layers[1:] for layer in part.layers)
    gpu = tf.config.list_physical_devices('GPU')
    compile_auto(
        steps_per_execution=STEPS_PER_EXECUTION if _takes_rests() else 1,
        **{'jit_compile': True} if not pools and not gpu and has_xla() else {})
    try:
        yield
    finally:
        compile_auto()


def _takes_rests():
    """Tell whether the last steps of an epoch may be fewer than the others.

    Of such a rest, Keras 3.0 to 3.6 lose the losses.
    """
    keras = start_tensorflow().keras
    if not hasattr(keras, 'ops'):  # Keras 2
        return True
    major, minor = getattr(keras, '__version__', '3.0').split('.')[:2]
    return (int(major), int(minor)) >= (3, 7)


def save_models(output, **models):
    """Save models to the folder `output`, as `<name>.keras`.

    Args:
        output: `Path` of the folder.
        **models: Keras models by name.

    Raises:
        SystemExit: With status 1 and one line, if one cannot be written.
    """
    for name, model in models.items():
        file = output / f'{name}.keras'
        # Keras writes in place, and in steps.
        with refusing_to_write(file), tempfile.TemporaryDirectory() as folder:
            model.save(Path(folder) / file.name)
            content = (Path(folder) / file.name).read_bytes()
        save_whole(file, content)
