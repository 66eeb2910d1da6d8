/* The interpolation from one digit to another: between their codes, and below
   between their pixels. */

const STEPS = 10;

const way = {
  ends: [],  // the pixels of A and of B, with the numbers of test digits
  step: null,
};

/* Interpolate between two arrays. */
function mix([from, to], part) {
  return from.map((value, i) => (1 - part) * value + part * to[i]);
}

/* Make a row of small images, one for each step. Returns a function that
   draws them, and marks the one where the slider is. */
function strip(title) {
  const images = Array.from({length: STEPS + 1}, () => make(
    'canvas', {width: 28, height: 28}));
  find('way').append(make(
    'figure', {class: 'strip'}, make('figcaption', {}, title),
    make('div', {role: 'img', 'aria-label': `From A to B: ${title}`},
         ...images)));
  return {
    draw: arrays => images.forEach((image, i) => drawImage(image, arrays[i])),
    mark: step => images.forEach(
      (image, i) => image.classList.toggle('here', i === step)),
  };
}

function viewWay() {
  const able = columns.filter(({model}) => !model.decoder.unknown);
  find('way-section').hidden = !able.length;
  const parts = Array.from({length: STEPS + 1}, (_, i) => i / STEPS);
  const strips = able.map(column => strip(
    several ? column.model.title : 'codes mixed'));
  const pixels = strip('pixels mixed');
  const slider = find('way-slider');

  const setEnds = (...ends) => {
    way.ends = ends;
    able.forEach((column, i) => {
      column.ends = ends.map(
        ({pixels, number}) => column.model.locate(pixels, number));
      strips[i].draw(parts.map(
        part => column.model.image(mix(column.ends, part))));
    });
    pixels.draw(parts.map(part => mix(ends.map(end => end.pixels), part)));
    update(...columns);
  };
  const stand = step => {
    slider.value = step;
    slider.setAttribute('aria-valuetext',
                        `${10 * step} % of the way from A to B`);
  };
  const go = () => {
    way.step = Number(slider.value);
    stand(way.step);
    for (const column of able) {
      column.setCode(mix(column.ends, way.step / STEPS), 'way');
    }
  };
  const onTheWay = () => columns.some(({source}) => source === 'way');
  const change = (...ends) => {
    setEnds(...ends);
    if (onTheWay()) go();
  };
  slider.max = STEPS;
  stand(0);
  slider.addEventListener('input', go);
  const onPad = () => ({pixels: pad.pixels, number: pad.digit?.number});
  find('take-a').addEventListener(
    'click', () => change(onPad(), way.ends[1]));
  find('take-b').addEventListener(
    'click', () => change(way.ends[0], onPad()));
  find('other-ends').addEventListener('click', () => change(...twoDigits()));
  pad.views.push(() => {
    for (const one of [...strips, pixels]) {
      one.mark(onTheWay() ? way.step : null);
    }
  });
  setEnds(...[3, 8].map(i => digits[i % digits.length]));
}

/* Return two test digits, of different labels if there are. */
function twoDigits() {
  const any = list => list[Math.floor(Math.random() * list.length)];
  const first = any(digits);
  const others = digits.filter(({label}) => label !== first.label);
  return [first, any(others.length ? others : digits)];
}
