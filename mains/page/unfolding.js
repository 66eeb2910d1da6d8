/* The replay of a training: how test digits were reconstructed after some of
   its epochs, as a callback has recorded it. */

const GLIDE = 600;   // milliseconds from the codes of one epoch to the next
const PAUSE = 1000;  // at each, when it plays

// The losses of an epoch, in their order, and how they are drawn. For the
// variational autoencoder, the terms of val_loss follow.
const NAMES = ['loss', 'val_loss', 'cross-entropy', 'KL divergence'];
const LOSSES = [{place: 0, stroke: '--accent', dashes: []},
                {place: 1, stroke: '--bar', dashes: [1, 4]}];
const TERMS = [2, 3].map(place => (
  {name: NAMES[place], place, stroke: '--bar', dashes: [1, 4]}));

/* Read what was recorded of a training: its snapshots after `epochs`, with
   reconstructions and either codes, of digits with `labels`, or the usage of
   each value; and its losses. */
function readTraining({images, values, epochs, ...others}) {
  const pixels = bytes(images), all = numbers(values);
  const part = (array, i) => array.subarray(
    i * array.length / epochs.length, (i + 1) * array.length / epochs.length);
  return {...others, epochs, snapshots: epochs.map((_, i) => ({
    images: part(pixels, i), values: part(all, i)}))};
}

/* Show a training of a column. Returns a function that draws it on the way
   from one epoch to another, of which `part` is done. */
function viewTraining(column, training) {
  const {epochs, snapshots, losses, labels} = training;
  const at = {from: 0, to: 0, part: 1};
  const count = Math.min(snapshots[0].images.length / 784, digits.length);
  const row = label => make(
    'div', {class: 'digits', role: 'img', 'aria-label': label},
    ...Array.from({length: count}, () => make('canvas')));
  const before = row('Ten test digits');
  const after = row('Their reconstructions');
  [...before.children].forEach(
    (image, i) => drawImage(image, digits[i].pixels));
  const text = make('p', {class: 'note', role: 'status'});
  const canvas = make('canvas', {role: 'img'});
  const caption = make('figcaption');
  const values = () => mix([snapshots[at.from].values,
                            snapshots[at.to].values], at.part);
  const drawValues = sharpen(canvas, (context, width, height) =>
    (labels ? drawCodes : drawUsage)(context, width, height, values(),
                                     training, column));
  const curve = make('canvas', {class: 'curve', role: 'img', 'aria-label':
    'The losses of each epoch, with a point at the one shown'});
  const drawCurve = sharpen(curve, (context, width, height) =>
    drawLosses(context, width, height, losses, LOSSES, epochs[at.to]));
  canvas.setAttribute('aria-label', labels
    ? `The codes of ${labels.length} test digits in the latent plane`
    : 'How much each value of the code is used');
  if (!labels) canvas.className = 'usage';
  find('trainings').append(titled(
    column, before, after, text, make(
      'div', {class: 'pair'},
      make('figure', {}, labels
        ? framed(make('div', {class: 'plane'}, canvas)) : canvas, caption),
      make('figure', {}, curve, make(
        'figcaption', {},
        'Line: loss, on training digits. Dots: val_loss, on test digits.')))));
  const terms = losses[0]?.length > 2 ? TERMS : [];
  const drawTerms = terms.map(({name, ...term}) => {
    const canvas = make('canvas', {class: 'term', role: 'img', 'aria-label':
      `The ${name} of each epoch, with a point at the one shown`});
    const caption = make('figcaption', {}, `The ${name}, on test digits: one `
      + 'of the two terms of val_loss.');
    find('trainings').lastChild.lastChild.append(
      make('figure', {}, canvas, caption));
    return sharpen(canvas, (context, width, height) =>
      drawLosses(context, width, height, losses, [term], epochs[at.to]));
  });

  return (from, to, part) => {
    const place = epoch => Math.max(
      epochs.filter(one => one <= epoch).length - 1, 0);
    Object.assign(at, {from: place(from), to: place(to), part});
    const snapshot = snapshots[at.to], epoch = epochs[at.to];
    [...after.children].forEach((image, i) => drawImage(
      image, snapshot.images.subarray(784 * i, 784 * (i + 1)), {high: 255}));
    drawValues();
    drawCurve();
    for (const draw of drawTerms) draw();
    setText(text, epoch === 0 ? 'Before training: the weights are random.'
      : `After epoch ${epoch} of ${losses.length}: `
        + losses[epoch - 1].map((loss, i) =>
          `${NAMES[i]} ${showLoss(loss)}`).join(', '));
    setText(caption, labels
      ? `The codes of ${labels.length.toLocaleString('en')} test digits`
      : usageText(snapshot.values, training, column));
  };
}

function showLoss(loss) {
  return loss === null ? 'unknown' : show(loss, loss < 10 ? 4 : 2);
}

function usageText(values, {digits}, {model}) {
  const count = digits.toLocaleString('en'), all = model.codeSize;
  const below = least => values.filter(value => value < least).length;
  return model.variational
    ? `The KL divergence of each value of the code, averaged over ${count} `
      + `test digits. It is below 0.01 for ${below(0.01)} of ${all}: these `
      + 'say next to nothing about a digit.'
    : 'How often each unit of the code fires. A full bar means for all '
      + `${count} test digits. Dead units, which fire for none: `
      + `${below(1e-4)} of ${all}.`;
}

/* Draw codes of two values, each as its digit's label. */
function drawCodes(context, width, height, values, training, {model}) {
  let most = 0;
  for (const snapshot of training.snapshots) {
    most = snapshot.values.reduce((a, b) => Math.max(a, Math.abs(b)), most);
  }
  const high = 1.05 * most, low = model.variational ? -high : 0;
  drawPaper(context, width, height);
  drawAxes(context, width, height, low, high);
  const codes = training.labels.map(
    (_, i) => [values[2 * i], values[2 * i + 1]]);
  drawLabels(context, width, low, high, codes, training.labels, '10px');
}

/* Draw how much each value of a code is used, as bars. */
function drawUsage(context, width, height, values, training, {model}) {
  let most = model.variational ? 0 : 1;
  for (const snapshot of training.snapshots) {
    most = snapshot.values.reduce((a, b) => Math.max(a, b), most);
  }
  const wide = width / values.length, gap = wide > 4 ? 2 : 0;
  context.fillStyle = color('--empty');
  context.fillRect(0, 0, width, height);
  context.fillStyle = color('--bar');
  values.forEach((value, i) => {
    const high = height * value / most;
    context.fillRect(i * wide, height - high, wide - gap, high);
  });
}

/* Draw some losses by epoch, with points on them at one epoch. */
function drawLosses(context, width, height, losses, lines, epoch) {
  const [least, most] = extremes(
    losses.flatMap(row => lines.map(({place}) => row[place]))
      .filter(loss => loss !== null));
  const left = 8 + 7 * showLoss(most).length, foot = 20;
  const x = at => left + (width - left - 12) * (losses.length > 1
    ? (at - 1) / (losses.length - 1) : 0.5);
  const y = loss => 8 + (height - foot - 16) * (most - loss)
    / (most - least || 1);
  drawPaper(context, width, height);
  context.font = '12px system-ui, sans-serif';
  context.fillStyle = color('--soft');
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const loss of [most, least]) {
    context.fillText(showLoss(loss), left - 6, y(loss));
  }
  context.textBaseline = 'bottom';
  context.textAlign = 'left';
  context.fillText('epoch 1', left, height - 2);
  context.textAlign = 'right';
  context.fillText(losses.length, width - 8, height - 2);
  context.lineWidth = 2;
  for (const {place, stroke, dashes} of lines) {
    context.strokeStyle = context.fillStyle = color(stroke);
    context.setLineDash(dashes);
    context.lineCap = 'round';
    context.beginPath();
    losses.forEach((row, at) => {
      if (row[place] !== null) context.lineTo(x(at + 1), y(row[place]));
    });
    context.stroke();
    const here = losses[epoch - 1]?.[place] ?? null;
    if (here === null) continue;
    context.beginPath();
    context.arc(x(epoch), y(here), 5, 0, 2 * Math.PI);
    context.fill();
  }
}

function viewUnfolding() {
  const shown = columns.filter(column => column.model.unfolding);
  if (!shown.length) return;
  find('unfolding').hidden = false;
  const trainings = shown.map(
    column => readTraining(column.model.unfolding));
  const views = shown.map((column, i) => viewTraining(column, trainings[i]));
  const epochs = [...new Set(trainings.flatMap(one => one.epochs))].sort(
    (a, b) => a - b);
  const slider = find('epoch'), play = find('play');
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  let from = 0, to = 0, begin = null, timer = null;

  const draw = part => views.forEach(view => view(from, to, part));
  const glide = now => {
    begin ??= now;
    const part = still.matches ? 1 : Math.min((now - begin) / GLIDE, 1);
    draw(part);
    if (part < 1) requestAnimationFrame(glide);
    else [from, begin] = [to, null];
  };
  const go = place => {
    slider.value = place;
    slider.setAttribute('aria-valuetext', `after epoch ${epochs[place]}`);
    setText(find('epoch-text'), `epoch ${epochs[place]}`);
    const gliding = from !== to;
    if (gliding) begin = null;
    from = to;
    to = epochs[place];
    if (!gliding) requestAnimationFrame(glide);
  };
  const pause = () => {
    clearInterval(timer);
    timer = null;
    setText(play, 'Play');
  };
  pause();
  slider.max = epochs.length - 1;
  slider.addEventListener('input', () => {
    pause();
    go(Number(slider.value));
  });
  play.addEventListener('click', () => {
    if (timer) return pause();
    setText(play, 'Pause');
    const last = epochs.length - 1;
    const next = () => {
      go(Number(slider.value) + 1);
      if (Number(slider.value) === last) pause();
    };
    if (Number(slider.value) === last) go(0);
    else next();
    timer = setInterval(next, PAUSE);
  });
  from = to = epochs[epochs.length - 1];
  go(epochs.length - 1);
}
