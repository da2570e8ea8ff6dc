/*
 * What runs in the page that is measured, as text: this folder's types know no page. Each is an expression that gives a
 * promise of what the comment says, unless it says otherwise.
 */

/** A row that is not waiting for its values. */
export const filledRow = '.grid-rows tr:has(th)';

/** Of a promise that should have come long ago: a bench that waits for ever tells nothing. */
const mostMs = 60_000;

/** Resolves with `from` to the end of the frame that shows what there is now. */
const painted = (from: string): string =>
  `requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - ${from})))`;

/**
 * Milliseconds from the next key or click, as the browser was told of it, to the frame after which a value that is computed
 * of the page is another one, and not empty.
 */
const untilOther = (value: string): string => `new Promise((resolve, reject) => {
  const value = () => ${value};
  const old = value();
  let start = NaN;
  const begin = ({ timeStamp }) => { start = timeStamp; };
  document.addEventListener('keydown', begin, { capture: true, once: true });
  document.addEventListener('click', begin, { capture: true, once: true });
  const changes = new MutationObserver(() => {
    const now = value();
    if (now === old || now === '' || Number.isNaN(start)) return;
    changes.disconnect();
    ${painted('start')};
  });
  changes.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
  setTimeout(() => reject(new Error('nothing new: ' + old.slice(0, 200))), ${mostMs});
})`;

/** The servers of the list, once all of its rows are filled. */
const listed = `document.querySelector('.grid-rows .waiting') !== null ? ''
  : [...document.querySelectorAll('.grid-rows th a')].map((link) => link.getAttribute('href')).join()`;

/** To the rows of another list, or to the first ones. */
export const untilOtherRows = untilOther(listed);

/** To something of this kind. */
export const untilThere = (selector: string): string =>
  untilOther(`document.querySelector('${selector}') === null ? '' : 'there'`);

const drawing = (selector: string) =>
  `[...document.querySelectorAll('${selector}')].map((path) => path.getAttribute('d')).join()`;

/** To another drawing, or to one server beside it. */
export const untilOtherDrawing = (selector: string): string =>
  untilOther(`${drawing(selector)} + (document.querySelector('.peek .facts') === null ? '' : ' and a server')`);

/**
 * Milliseconds of work from an answer of the API that was read to another drawing in the page, and from the beginning of the
 * frame that shows it to its end. What lies between is waiting for the screen.
 */
export const drawnAnswer = (path: string, selector: string): string => `new Promise((resolve, reject) => {
  const value = () => ${drawing(selector)};
  const old = value();
  const { json } = Response.prototype;
  let readAt = NaN;
  Response.prototype.json = async function () {
    const data = await json.call(this);
    if (this.url.includes('${path}')) readAt = performance.now();
    return data;
  };
  const changes = new MutationObserver(() => {
    const now = value();
    if (now === old || now === '' || Number.isNaN(readAt)) return;
    changes.disconnect();
    Response.prototype.json = json;
    const made = performance.now() - readAt;
    requestAnimationFrame(() => {
      const start = performance.now();
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(made + performance.now() - start);
      port2.postMessage(null);
    });
  });
  changes.observe(document.body, { childList: true, subtree: true, attributes: true });
  setTimeout(() => reject(new Error('nothing drawn: ${path}')), ${mostMs});
})`;

/** Milliseconds since the page was asked for, to the frame with the first row that has values. */
export const untilRow = `new Promise((resolve) => {
  const look = () => {
    if (document.querySelector('${filledRow}') === null) requestAnimationFrame(look);
    else ${painted('0')};
  };
  look();
})`;

/** Milliseconds from the next key to the frame after the field that has the focus took it. */
export const untilTaken = `new Promise((resolve) => {
  const field = document.activeElement;
  let start = NaN;
  field.addEventListener('keydown', ({ timeStamp }) => { start = timeStamp; }, { once: true });
  field.addEventListener('input', () => ${painted('start')}, { once: true });
})`;

/** What the server took of the newest answer to a query: milliseconds from its request to its first byte. No promise. */
export const serverShare = (query: string): string => `(() => {
  const isAsked = ({ name }) => {
    const { pathname, searchParams } = new URL(name);
    return pathname === '/api/servers' && searchParams.get('q') === ${JSON.stringify(query)} && searchParams.get('from') === '0';
  };
  const { requestStart, responseStart } = performance.getEntriesByType('resource').findLast(isAsked);
  return responseStart - requestStart;
})()`;

/** The servers in the page, from the first row on. No promise. */
export const listedIds = `[...document.querySelectorAll('.grid-rows tr:has(th)')]
  .sort((a, b) => a.getAttribute('aria-rowindex') - b.getAttribute('aria-rowindex'))
  .map((row) => Number(row.querySelector('th a').getAttribute('href').split('/').at(-1)))`;

/**
 * The lengths of all frames, the most rows that were in the page, and for how long no row with values was in the middle of the
 * list, of four seconds of 400 pixels a frame.
 */
export const scrolled = `new Promise((resolve) => {
  const box = document.querySelector('.grid-scroll');
  const { left, top, height } = box.getBoundingClientRect();
  const frames = [];
  let mostRowNodes = 0;
  let longestBlank = 0;
  let last = performance.now();
  let rowAt = last;
  const end = last + 4000;
  const step = (now) => {
    frames.push(now - last);
    last = now;
    mostRowNodes = Math.max(mostRowNodes, document.querySelectorAll('.grid-rows tr').length);
    if (document.elementFromPoint(left + 20, top + height / 2)?.closest('tr')?.querySelector('th')) rowAt = now;
    longestBlank = Math.max(longestBlank, now - rowAt);
    box.scrollTop += 400;
    if (now < end) requestAnimationFrame(step);
    else resolve({ frames: frames.slice(2), mostRowNodes, longestBlank });
  };
  requestAnimationFrame(step);
})`;

/** Milliseconds from a jump to a part of the whole height to its rows. */
export const jumpedTo = (part: number): string => `new Promise((resolve) => {
  const box = document.querySelector('.grid-scroll');
  const start = performance.now();
  box.scrollTop = box.scrollHeight * ${part};
  const look = () => {
    const { left, top } = box.getBoundingClientRect();
    const row = document.elementFromPoint(left + 20, top + 200)?.closest('tr');
    if (row?.querySelector('th')) resolve(performance.now() - start);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(() => requestAnimationFrame(look));
})`;

/**
 * From the first moment of a page on: what it shifted (the worst five seconds that are not a second apart, as
 * https://web.dev/articles/cls has it), how long it took to answer keys and clicks, and tasks that held it up. No promise.
 */
export const watched = `
  window.seen = { shift: 0, interactions: {}, longTasks: [], paintedAt: 0, renders: 0 };
  const observe = (type, take, more) => new PerformanceObserver((list) => list.getEntries().forEach(take))
    .observe({ type, buffered: true, ...more });
  const shifts = { sum: 0, from: 0, last: -Infinity };
  observe('layout-shift', ({ hadRecentInput, startTime, value }) => {
    if (hadRecentInput) return;
    if (startTime - shifts.last > 1000 || startTime - shifts.from > 5000) Object.assign(shifts, { sum: 0, from: startTime });
    shifts.sum += value;
    shifts.last = startTime;
    window.seen.shift = Math.max(window.seen.shift, shifts.sum);
  });
  observe('largest-contentful-paint', (entry) => { window.seen.paintedAt = entry.startTime; });
  observe('longtask', (entry) => { window.seen.longTasks.push(entry.duration); });
  observe('event', ({ interactionId, duration }) => {
    if (interactionId === 0) return;
    window.seen.interactions[interactionId] = Math.max(window.seen.interactions[interactionId] ?? 0, duration);
  }, { durationThreshold: 16 });
`;

/** Counts frames that show something else of the page's main part from now on. No promise. */
export const countFrames = `(() => {
  window.seen.renders = 0;
  let isCounted = false;
  new MutationObserver(() => {
    if (isCounted) return;
    isCounted = true;
    window.seen.renders++;
    requestAnimationFrame(() => { isCounted = false; });
  }).observe(document.querySelector('main'), { childList: true, subtree: true, characterData: true, attributes: true });
})()`;
