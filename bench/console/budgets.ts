interface Budget {
  readonly what: string;
  readonly limit: number;
  /** At least so much, and not at most. */
  readonly isLeast?: boolean;
  readonly digits?: number;
  /** A slower machine takes more of it. */
  readonly isWork?: boolean;
}

function work(what: string, limit: number): Budget {
  return { what: `${what}, ms`, limit, isWork: true };
}

function most(what: string, limit: number, digits = 0): Budget {
  return { what, limit, digits };
}

function least(what: string, limit: number): Budget {
  return { what, limit, isLeast: true, digits: 1 };
}

/** What the console is held to, in the order in which it is told. KB and MB are of 1,000 and 1,000,000 bytes. */
export const budgets = {
  firstScripts: most('first load, scripts, KB gzip', 210, 1),
  firstStyles: most('first load, styles, KB gzip', 25, 1),
  firstRequests: most('first load, requests', 12),
  largestChunk: most('largest script loaded later, KB gzip', 60, 1),
  whole: most('whole console, KB gzip', 380, 1),
  largestPaint: work('largest contentful paint', 1000),
  usable: work('list usable: a row is painted, a key taken', 1000),
  slowPaint: work('largest contentful paint, slow', 2500),
  slowUsable: work('list usable, slow', 2500),
  interactionP95: work('interaction to next paint, p95', 100),
  slowInteractionP95: work('interaction to next paint, p95, 4× CPU', 200),
  shiftMax: most('cumulative layout shift, worst page', 0.02, 3),
  framesPerSecond: least('scrolling, frames a second', 55),
  frameP95: most('scrolling, frame p95, ms', 20, 1),
  slowFramesPerSecond: least('scrolling, frames a second, 4× CPU', 20),
  rowNodes: most('row nodes', 45),
  blankScrolled: most('scrolling, longest without rows, ms', 100),
  blankJumped: work('jump to the middle and the end, without rows', 100),
  keyP95: work('key to new rows painted, p95', 250),
  smallKeyP95: work('key to new rows painted of 10,000, p95', 120),
  serverShareP95: work('… of which the server takes, p95', 120),
  staleLists: most('lists of an older query after quick typing', 0),
  sortP95: work('sort, p95', 300),
  peekP95: work('a server beside the list, p95', 150),
  chartClickP95: work('click in a chart to what it leads to, p95', 300),
  hexbinDraw: work('hexbin drawn', 50),
  mapDraw: work('map drawn', 50),
  slowHexbinDraw: work('hexbin drawn, 4× CPU', 120),
  slowMapDraw: work('map drawn, 4× CPU', 120),
  liveTask: work('live run, longest task', 50),
  liveRenders: most('live run, renders a second', 4, 1),
  liveHeap: most('live run, heap growth, MB', 5, 1),
  heap: most('heap after a long tour, MB', 120, 1),
  detachedRows: most('rows kept that are in no page', 0),
  exportFirstByte: work('export as CSV, first byte', 500),
  export: work('export as CSV', 5000),
  exportHeap: most('export, heap growth of the page, MB', 1, 1),
  exportMemory: most('export, memory growth of the browser, MB', 20),
  cliHelp: work('fleetgauge --help, by its launcher', 150),
  cliList: work('fleetgauge server list, by its launcher', 300),
} as const satisfies Record<string, Budget>;

export type Figure = keyof typeof budgets;
export type Figures = Readonly<Record<Figure, number>>;

export const figureNames = Object.keys(budgets).filter(isFigure);

function isFigure(name: string): name is Figure {
  return Object.hasOwn(budgets, name);
}

export function budgetOf(name: Figure): Budget {
  return budgets[name];
}

/** What could not be measured is over. */
export function isOver(name: Figure, value: number): boolean {
  const { limit, isLeast = false } = budgetOf(name);
  return !(isLeast ? value >= limit : value <= limit);
}
