import type { Page } from 'playwright-core';

/**
 * Every text of the catalogue between brackets, and as much longer as texts of other languages are: whatever words a page shows
 * without them stand in its code.
 */
const catalogue = (real: string): string => `
import { korean as real } from ${JSON.stringify(real)};
const marked = (text) => /[^\\d\\s]/.test(text) ? '⟦' + text + ' ㅡㅡㅡㅡ'.repeat(Math.ceil(text.length / 8)) + '⟧' : text;
const pseudo = (value) => {
  if (typeof value === 'string') return marked(value);
  if (typeof value === 'function') return (...given) => pseudo(value(...given));
  if (Array.isArray(value)) return value.map(pseudo);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, pseudo(each)]));
};
export const korean = pseudo(real);
`;

/** For a browser that asks for Korean. */
export async function speakPseudo(page: Page): Promise<void> {
  await page.route(/\/assets\/korean-[^?]*\.js$/, (route) =>
    route.fulfill({ contentType: 'text/javascript', body: catalogue(`${route.request().url()}?real`) }),
  );
}

/** English sentences that are shown, and in no text of the catalogue; what clouds, commands and code say is in `code`, `pre` and marked data. */
export const untranslated = `(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = new Set();
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.textContent.trim();
    if (!/[a-z]{2,} [a-z]{2,}/i.test(text)) continue;
    if (node.parentElement.closest('code, pre, noscript, script, style, [lang]:not(html), [translate="no"]') !== null) continue;
    if (node.parentElement.closest('*').textContent.includes('⟦')) continue;
    if (node.parentElement.checkVisibility()) found.add(text.slice(0, 120));
  }
  return [...found];
})()`;
