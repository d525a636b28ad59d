// Runs the TCK against the agent of agent.mjs, through proxy.mjs, and counts what its JUnit report says.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, HUB } from '../shared/hub.mjs';
import { Verdict } from '../shared/verdict.mjs';
import { answerTasks } from './agent.mjs';
import { startProxy } from './proxy.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const work = resolve(here, '../../.build/interop/tck');
mkdirSync(work, { recursive: true });
const report = join(work, 'junit.xml');

const stop = new AbortController();
const agent = await Agent.join('tck');
const caller = await Agent.join('tck-caller');
const answering = answerTasks(agent, stop.signal);
const proxy = await startProxy(HUB, caller.key);

const pytest = spawn(process.env.TCK_PYTHON, [
  '-m', 'pytest', 'tests/compatibility/', '-q', '--tb=short', '-p', 'no:cacheprovider',
  `--sut-host=${proxy.url}/agents/tck`, '--transport=jsonrpc,http_json', `--junitxml=${report}`,
  ...process.argv.slice(2),
], { cwd: process.env.TCK_HOME, stdio: 'inherit', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
await once(pytest, 'close');
stop.abort();
proxy.close();
await answering;

function version() {
  try {
    return execFileSync('git', ['-C', process.env.TCK_HOME, 'log', '-1', '--format=%h of %cs'], { encoding: 'utf8' }).trim();
  } catch {
    return process.env.TCK_VERSION ?? 'unknown';
  }
}

const accepted = JSON.parse(readFileSync(join(here, 'accepted.json'), 'utf8'));
const isAccepted = reason => accepted.some(one => one.skips.some(start => reason.startsWith(start)));
const verdict = new Verdict('tck', {
  suite: 'A2A TCK, branch 1.0-dev, JSON-RPC and HTTP+JSON',
  version: version(),
  accepted,
  notes: 'Credentials are added and message ids made unique by interop/tck/proxy.mjs. A skip for another reason than the accepted '
    + 'ones fails the run.',
});
const cases = readFileSync(report, 'utf8').matchAll(/<testcase ([^>]*?)(\/>|>([\s\S]*?)<\/testcase>)/g);
for (const [, attributes, , body = ''] of cases) {
  const name = /(?:^|\s)name="([^"]*)"/.exec(attributes)[1];
  const isExpected = /<skipped [^>]*type="pytest\.xfail"/.test(body);
  if (/<(failure|error)[ >]/.test(body) || isExpected) {
    await verdict.check(name, () => { throw isExpected ? 'not met (SHOULD or MAY)' : 'see above'; });
  } else if (/<skipped[ >]/.test(body)) {
    const reason = (/<skipped [^>]*message="([^"]*)"/.exec(body)?.[1] ?? '').replaceAll('&apos;', "'").replaceAll('&#39;', "'");
    if (isAccepted(reason)) {
      verdict.skipped++;
    } else {
      await verdict.check(name, () => { throw `skipped: ${reason}`; });
    }
  } else {
    verdict.passed++;
  }
}
process.exit(verdict.finish());
