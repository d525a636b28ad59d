// Starts the fixtures, runs the suite for both revisions, and counts scenarios: those that the revision's list of requirements scores.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, Verdict } from '../shared/verdict.mjs';

const VERSION = '0.2.0-alpha.12';
const SCORED = { '2026-07-28': 37, '2025-11-25': 30 };
const MARK = /^([✓✗]) (\S+): (\d+) passed, (\d+) failed/;
const UNSCORED = /^ {2}[✓✗] (\S+) \(/;

const server = spawn(`${process.env.JAVA_HOME}/bin/java`, [
  '--enable-native-access=ALL-UNNAMED', '-cp', process.env.FIXTURES, 'dev.meshkore.interop.fixtures.FixturesMain',
], { stdio: ['ignore', 'pipe', 'inherit'] });
server.on('exit', code => { if (code) process.exit(1); });

async function scenarios(url, revision) {
  const suite = spawn(process.env.SUITE, ['server', '--url', url, '--requirements', revision, '-o', process.env.RESULTS]);
  const results = new Map();
  const unscored = new Set();
  suite.stderr.on('data', bytes => process.stderr.write(bytes));
  const lines = createInterface({ input: suite.stdout });
  lines.on('line', line => {
    const mark = MARK.exec(line);
    if (mark) results.set(mark[2], { isDone: mark[1] === '✓', line });
    const aside = UNSCORED.exec(line);
    if (aside) unscored.add(aside[1]);
  });
  const [code] = await once(suite, 'close');
  return { code, unscored, results };
}

const verdict = new Verdict('mcp-conformance', {
  suite: '@modelcontextprotocol/conformance, server',
  version: VERSION,
  notes: 'Scenarios that the suite scores: 37 for 2026-07-28 and 30 for 2025-11-25. Those it runs without scoring (tasks and others) are not counted.',
});
try {
  const [url] = await once(createInterface({ input: server.stdout }), 'line');
  for (const [revision, count] of Object.entries(SCORED)) {
    const { code, unscored, results } = await scenarios(url, revision);
    const scored = [...results].filter(([name]) => !unscored.has(name));
    for (const [name, { isDone, line }] of scored) {
      await verdict.check(`${revision} ${name}`, () => expect(isDone, line));
    }
    expect(scored.length === count && code === 0, `${revision}: ${scored.length} of ${count} scenarios were scored, code ${code}`);
  }
} finally {
  server.removeAllListeners('exit');
  server.kill();
}
process.exit(verdict.finish());
