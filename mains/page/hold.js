/* Dragging with the pointer, and sliders with the keyboard. */

/* Follow a pointer from where it is pressed on an element until it is let go,
   or lost: to a menu, to a gesture of the system. Returns a function that
   lets go of it, too. */
function follow(element, {start, move}) {
  let held = null;
  element.addEventListener('pointerdown', event => {
    // Of several fingers, the first is followed, for as long as it is there.
    if (event.button || (held !== null && element.hasPointerCapture(held))) {
      return;
    }
    start(event);
    held = event.pointerId;
    element.setPointerCapture(held);
  });
  element.addEventListener('pointermove', event => {
    if (event.pointerId !== held) return;
    if (event.buttons) move(event);
    else held = null;
  });
  for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) {
    element.addEventListener(end, event => {
      if (event.pointerId === held) held = null;
    });
  }
  return () => { held = null; };
}

/* Return where an event is on an element of 1 x 1. */
function position(event, element) {
  const box = element.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width,
          (event.clientY - box.top) / box.height];
}

function listenToPad() {
  const element = find('pad');
  pad.endStroke = follow(element, {
    // On a test digit, a drawing starts anew.
    start: event => setPad(null, [...pad.strokes, [position(event, element)]]),
    move(event) {
      const events = event.getCoalescedEvents?.() ?? [];
      pad.strokes[pad.strokes.length - 1].push(
        ...(events.length ? events : [event]).map(
          one => position(one, element)));
      update(pad);
    },
  });
  find('undo').addEventListener('click', undo);
  find('clear').addEventListener('click', () => {
    if (pad.digit || pad.strokes.length) setPad(null, []);
  });
  addEventListener('keydown', event => {
    const {key, code, ctrlKey, metaKey, altKey, shiftKey} = event;
    // Where a layout has no Latin letters, the place of the key decides.
    const z = /^[a-z]$/i.test(key) ? key.toLowerCase() === 'z'
                                   : code === 'KeyZ';
    if (!z || ctrlKey === metaKey || altKey || shiftKey) return;
    event.preventDefault();  // Safari would open a closed tab again
    undo();
  });
}

/* Make a slider for a value of a column's code. `drag` is called with the
   event, where the drag began and the slider, and returns the value. */
function slider(column, place, label, drag) {
  const element = make('div', {
    role: 'slider', tabindex: -1, 'aria-label': label,
    'aria-orientation': 'vertical', 'aria-valuemin': column.low,
    'aria-valuemax': column.high});
  let begin = null;
  const move = event => column.setValue(place, drag(event, begin, element));
  follow(element, {
    start(event) {
      begin = {y: event.clientY, value: column.code[place]};
      move(event);
    },
    move,
  });
  element.addEventListener('keydown', event => {
    const {low, high} = column, value = column.code[place];
    const step = (high - low) / 50;
    const to = {ArrowUp: value + step, ArrowDown: value - step,
                PageUp: value + 10 * step, PageDown: value - 10 * step,
                Home: low, End: high}[event.key];
    if (to === undefined) return;
    event.preventDefault();
    column.setValue(place, to);
  });
  return element;
}

/* Make a group of sliders one stop of the tab key: within it, the arrow keys
   to the left and right move on. */
function group(label, sliders) {
  sliders.forEach((element, i) => {
    element.addEventListener('keydown', event => {
      const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
      if (!step) return;
      event.preventDefault();
      sliders[i + step]?.focus();
    });
    element.addEventListener('focus', () => {
      for (const other of sliders) other.tabIndex = -1;
      element.tabIndex = 0;
    });
  });
  sliders[0].tabIndex = 0;
  return make('div', {role: 'group', 'aria-label': label}, ...sliders);
}

/* Show a value of the code on its slider. */
function showSlider(column, element, place) {
  const value = column.code[place];
  const text = show(value);
  if (element.getAttribute('aria-valuetext') !== text) {
    element.setAttribute('aria-valuetext', text);
    element.setAttribute('aria-valuenow', column.clamp(value));
    element.title = `${element.getAttribute('aria-label')}: ${text}`;
  }
  element.classList.toggle('changed', column.source !== 'encoder'
                           && value !== column.output(0)[place]);
}
