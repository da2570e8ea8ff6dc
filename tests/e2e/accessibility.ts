import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { z } from 'zod';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const Report = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
  passes: z.array(z.object({ id: z.string() })),
});

/**
 * What axe finds wrong with a page as it is now: `rule: element`.
 *
 * @param rules all where absent
 * @throws Error where it looked at nothing
 */
export async function violationsOf(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  // By the debugger: the content policy of the page lets no script in.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe.source);
  const found = await page.evaluate(
    `axe.run({ runOnly: ${JSON.stringify(rules ?? tags)}, resultTypes: ['violations'] })`,
  );
  const { violations, passes } = Report.parse(found);
  if (passes.length === 0 && rules === undefined) throw new Error('axe looked at nothing');
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
