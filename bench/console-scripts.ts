/*
 * What runs in the page that is measured, as text: this folder's types know no page. Each is an expression that gives a
 * promise of what the comment says.
 */

/** A row that is not waiting for its values. */
export const filledRow = '.grid-rows tr:has(th)';

/** Milliseconds from the next key or click that the page hears to the frame after its table is another one with rows in it. */
export const untilPainted = `new Promise((resolve) => {
  const old = document.querySelector('table[role="grid"]');
  let start = NaN;
  const begin = () => { start = performance.now(); };
  document.addEventListener('keydown', begin, { capture: true, once: true });
  document.addEventListener('click', begin, { capture: true, once: true });
  const changes = new MutationObserver(() => {
    const grid = document.querySelector('table[role="grid"]');
    if (grid === old || document.querySelector('${filledRow}') === null) return;
    changes.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)));
  });
  changes.observe(document.body, { childList: true, subtree: true, characterData: true });
})`;

/** The lengths of all frames, and the most rows that were in the page, of four seconds of 400 pixels a frame. */
export const scrolled = `new Promise((resolve) => {
  const box = document.querySelector('.grid-scroll');
  const frames = [];
  let mostRowNodes = 0;
  let last = performance.now();
  const end = last + 4000;
  const step = (now) => {
    frames.push(now - last);
    last = now;
    mostRowNodes = Math.max(mostRowNodes, document.querySelectorAll('.grid-rows tr').length);
    box.scrollTop += 400;
    if (now < end) requestAnimationFrame(step);
    else resolve({ frames: frames.slice(2), mostRowNodes });
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

/** From the first moment of a page on: what it shifted, how long it took to answer keys and clicks, and tasks that held it up. */
export const watched = `
  window.seen = { shifts: 0, interactions: {}, longTasks: [], paintedAt: 0 };
  const observe = (type, take, more) => new PerformanceObserver((list) => list.getEntries().forEach(take))
    .observe({ type, buffered: true, ...more });
  observe('layout-shift', (entry) => { if (!entry.hadRecentInput) window.seen.shifts += entry.value; });
  observe('largest-contentful-paint', (entry) => { window.seen.paintedAt = entry.startTime; });
  observe('longtask', (entry) => { window.seen.longTasks.push(entry.duration); });
  observe('event', ({ interactionId, duration }) => {
    if (interactionId === 0) return;
    window.seen.interactions[interactionId] = Math.max(window.seen.interactions[interactionId] ?? 0, duration);
  }, { durationThreshold: 16 });
`;

/** Milliseconds from the next key that the page hears to the frame after something of this kind is in it. */
export const untilThere = (selector: string): string => `new Promise((resolve) => {
  let start = NaN;
  document.addEventListener('keydown', () => { start = performance.now(); }, { capture: true, once: true });
  const changes = new MutationObserver(() => {
    if (document.querySelector('${selector}') === null) return;
    changes.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)));
  });
  changes.observe(document.body, { childList: true, subtree: true });
})`;
