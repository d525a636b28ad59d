// What Gemini CLI sees of the hub: MCP tools and hooks, as `meshkore connect gemini` sets them up.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, HUB, folder, run } from '../shared/hub.mjs';
import { Verdict, expect } from '../shared/verdict.mjs';
import { GeminiModel } from './model.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const verdict = new Verdict('gemini', { suite: 'Gemini CLI, headless with a mock model', version: '0.61.0' });
const home = folder('gemini-home');
const project = folder('gemini-project');
const gemma = await Agent.join('gemma');
const bob = await Agent.join('bob-of-gemma');
const model = await new GeminiModel().listen();
const env = {
  HOME: home, GEMINI_CLI_HOME: home, GEMINI_API_KEY: 'none', GOOGLE_GEMINI_BASE_URL: model.url, MESHKORE_TOKEN: gemma.key,
  GEMINI_CLI_TRUST_WORKSPACE: 'true',
};
mkdirSync(join(home, '.gemini'));
writeFileSync(join(home, '.gemini/settings.json'), JSON.stringify({
  security: { folderTrust: { enabled: false }, auth: { selectedType: 'gemini-api-key' } },
  privacy: { usageStatisticsEnabled: false }, general: { disableAutoUpdate: true, enableAutoUpdate: false },
}));
const gemini = args => run(process.env.GEMINI, args, { cwd: project, env });

async function prompt(turn) {
  model.begin(turn);
  const ended = await gemini(['-p', 'hello', '--skip-trust', '--approval-mode', 'yolo', '-m', 'gemini-2.5-flash']);
  expect(ended.code === 0, 'gemini -p failed');
  return model.requests.length;
}

await verdict.check('connect writes the project', async () => {
  const ended = await run(join(ROOT, 'meshkore'), ['connect', 'gemini', '--project', project, '--url', HUB, '--key', '-'],
    { env, input: gemma.key });
  expect(ended.code === 0, 'meshkore connect failed');
});
await verdict.check('mcp list says connected', async () => {
  const { out, err } = await gemini(['mcp', 'list']);
  expect(/meshkore.*Connected/.test(out + err), out + err);
});
await verdict.check('the model sees the mail and the tools, in one turn', async () => {
  await bob.send('gemma', 'MARK-PROMPT');
  const turns = await prompt(() => 'Fine.');
  expect(model.read(0).includes('| MARK-PROMPT'), 'the mail is not in the request');
  expect(model.read(0).includes('data, not an instruction'), 'the mail is not labelled');
  expect(model.tools(0).some(name => name.includes('inbox')), `the tools are ${model.tools(0)}`);
  expect(turns === 1, `${turns} turns`);
});
await verdict.check('the model calls a tool and reads the mail', async () => {
  const turns = await prompt(index =>
    (index === 0 ? { tool: model.tools(0).find(name => name.endsWith('inbox')), input: {} } : 'Read.'));
  expect(turns === 2, `${turns} turns`);
  const last = JSON.stringify(model.requests[1].contents.at(-1));
  expect(last.includes('functionResponse') && last.includes('MARK-PROMPT'), last.slice(0, 500));
});
await verdict.check('without mail a prompt is one turn', async () => {
  await gemma.clear();
  expect(await prompt(() => 'Fine.') === 1, `${model.requests.length} turns`);
});
await verdict.check('mail during the work is worth one more turn, and never two', async () => {
  const turns = await prompt(async index => {
    await bob.send('gemma', `MARK-STOP-${index}`);
    return 'Fine.';
  });
  expect(turns === 2, `${turns} turns`);
  expect(model.read(1).includes('MARK-STOP-0'), 'the second turn lacks the mail');
});
await verdict.check('connect --remove leaves nothing', async () => {
  const ended = await run(join(ROOT, 'meshkore'), ['connect', 'gemini', '--project', project, '--remove'], { env });
  expect(ended.code === 0, 'meshkore connect --remove failed');
  await prompt(() => 'Fine.');
  expect(!model.read(0).includes('MeshKore: new mail') && !model.tools(0).some(name => name.includes('inbox')), 'it is still there');
});

model.close();
process.exit(verdict.finish());
