import type { Browser } from 'playwright-core';
import type { Figures } from './budgets.ts';
import { openPage, quantile, slowDown, timed, type WatchedPage } from './page.ts';
import { drawnAnswer, untilOtherDrawing, untilOtherRows } from './scripts.ts';

const rounds = 3;
/** What the charts show one after another; each is another answer, and another drawing. */
const keys = ['cpu.max', 'mem.avg', 'mem.max'];

interface Chart {
  readonly view: string;
  readonly search: string;
  readonly api: string;
  readonly drawing: string;
  /** The field whose value is what is drawn. */
  readonly field: string;
}

const hexbin: Chart = {
  view: 'Scatter',
  search: 'x=cpu.avg&y=cpu.p95',
  api: '/api/servers/bins',
  drawing: '.hexbin-plot path[class^="tone-"]',
  field: '.view-keys label:nth-of-type(2) select',
};
/** Of as many servers as are drawn one by one. */
const map: Chart = {
  view: 'Map',
  search: 'q=account:100000000007,100000000008&color=cpu.avg',
  api: '/api/servers/groups',
  drawing: '.map-plot path[class*="tone"]',
  field: '.view-keys select',
};

type ChartFigure = 'chartClickP95' | 'hexbinDraw' | 'slowHexbinDraw' | 'mapDraw' | 'slowMapDraw';

export async function charts(browser: Browser, url: string): Promise<Pick<Figures, ChartFigure>> {
  return {
    hexbinDraw: await drawn(browser, url, hexbin, 1),
    slowHexbinDraw: await drawn(browser, url, hexbin, 4),
    mapDraw: await drawn(browser, url, map, 1),
    slowMapDraw: await drawn(browser, url, map, 4),
    chartClickP95: await clicks(browser, url),
  };
}

/** The longest of a first drawing and of those of other values. */
async function drawn(browser: Browser, url: string, { view, search, api, drawing, field }: Chart, cpu: number) {
  const { page, rest } = await openPage(browser);
  await page.goto(`${url}/servers?${search}`);
  await rest();
  await slowDown(page, cpu);
  const script = drawnAnswer(api, drawing);
  const times = [await timed(page, script, () => page.getByRole('link', { name: view, exact: true }).click())];
  for (const key of keys) {
    await rest();
    times.push(await timed(page, script, () => page.locator(field).selectOption(key)));
  }
  await page.context().close();
  return Math.max(...times);
}

/** Bars lead to a list; hexagons and areas narrow what is drawn. */
async function clicks(browser: Browser, url: string): Promise<number> {
  const watched = await openPage(browser);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    times.push(
      await clickedBar(watched, url, round),
      await clickedIn(watched, `${url}/servers?view=scatter&y=${keys[round]}`, hexbin, '.hexbin-plot .cursor'),
      await clickedIn(watched, `${url}/servers?view=map&color=${keys[round]}`, map, '.map-cursor'),
    );
  }
  await watched.page.context().close();
  return quantile(times, 0.95);
}

async function clickedBar({ page, rest }: WatchedPage, url: string, round: number): Promise<number> {
  await page.goto(url);
  await rest();
  return timed(page, untilOtherRows, () =>
    page
      .locator('.histogram .bar-link')
      .nth(round * 3)
      .click(),
  );
}

async function clickedIn({ page, rest }: WatchedPage, url: string, { drawing }: Chart, place: string): Promise<number> {
  await page.goto(url);
  await rest();
  const box = await page.locator(place).boundingBox();
  if (box === null) throw new Error(`nothing is drawn at ${url}`);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  return timed(page, untilOtherDrawing(drawing), () => page.mouse.click(box.x + box.width / 2, box.y + box.height / 2));
}
