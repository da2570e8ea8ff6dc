/**
 * Says how a suite ended, from the JSON reports of its first run and, where there was one, of a second run of the files in
 * which something had failed. What passed then has passed, and is named. Skipped tests count as failed.
 *
 * `verdict.cjs failed <report>` prints those files, a line each.
 * `verdict.cjs counts <suite> <causes> <code> <report> [<code> <report>]` prints `<passed> <failed>` and appends why to `causes`.
 */
const { appendFileSync, readFileSync } = require('node:fs');

const [verb, ...rest] = process.argv.slice(2);
if (verb === 'failed') {
  for (const file of filesOf(read(rest[0])).filter(isBad)) console.log(file.name);
} else {
  const [suite, causes, ...runs] = rest;
  const [first, second] = [runOf(runs.slice(0, 2)), runOf(runs.slice(2))];
  const again = new Map(second?.files.map((file) => [file.name, file]));
  const files = [...new Map([...first.files, ...again.values()].map((file) => [file.name, file])).values()];
  const last = second ?? first;
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const bad = tests.length - passed;
  const isWell = bad === 0 && passed > 0 && last.isWell && !files.some(isBad);
  const lines = [
    ...first.files.flatMap((file) => (again.has(file.name) ? whyOf(file, 'failed at first') : whyOf(file))),
    ...(second !== undefined && !first.files.some(isBad)
      ? [`no test failed at first, and yet it ended with code ${first.code}`]
      : []),
    ...[...again.values()].flatMap((file) => (isBad(file) ? whyOf(file) : passedAt(file, first))),
    ...(bad === 0 && !isWell ? [`no test failed, and yet it ended with code ${last.code}`] : []),
  ];
  const short = lines.map((line) => `${suite}: ${line.split('\n').slice(0, 8).join('\n  ').slice(0, 2000)}\n`);
  appendFileSync(causes, short.join(''));
  console.log(`${passed} ${isWell ? 0 : Math.max(1, bad)}`);
}

function passedAt({ name }, { files }) {
  return files.some((file) => file.name === name && isBad(file)) ? [`${name}: passed on its second try`] : [];
}

function runOf([code, path]) {
  if (path === undefined) return undefined;
  const report = read(path);
  return { code, files: filesOf(report), isWell: code === '0' && report.success === true };
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

function filesOf({ testResults = [] }) {
  return testResults;
}

function isBad({ status, message, assertionResults }) {
  return status !== 'passed' || Boolean(message) || assertionResults.some((test) => test.status !== 'passed');
}

function whyOf({ name, message, assertionResults }, how) {
  const bad = assertionResults.filter(({ status }) => status !== 'passed');
  return [
    ...(message ? [`${name}: ${message}`] : []),
    ...bad.map(
      ({ fullName, status, failureMessages: [said = ''] }) => `${name}: ${fullName}: ${how ?? status}: ${said}`,
    ),
  ];
}
