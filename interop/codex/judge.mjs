// What Codex sees of the hub: MCP tools and hooks, as `meshkore connect codex` sets them up.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, HUB, folder, run } from '../shared/hub.mjs';
import { Verdict, expect } from '../shared/verdict.mjs';
import { ResponsesModel } from './model.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const verdict = new Verdict('codex', { suite: 'Codex, headless with a mock model', version: '0.169.0' });
const home = folder('codex-home');
const project = folder('codex-project');
const cody = await Agent.join('cody');
const bob = await Agent.join('bob-of-cody');
const model = await new ResponsesModel().listen();
const env = { HOME: home, CODEX_HOME: join(home, '.codex'), MESHKORE_TOKEN: cody.key, MODEL_KEY: 'none' };

mkdirSync(env.CODEX_HOME);
writeFileSync(join(env.CODEX_HOME, 'config.toml'), `model = "mock"
model_provider = "mock"
[model_providers.mock]
name = "mock"
base_url = "${model.url}/v1"
env_key = "MODEL_KEY"
wire_api = "responses"
[projects."${project}"]
trust_level = "trusted"
`);

async function prompt(turn) {
  model.begin(turn);
  const args = ['exec', '--dangerously-bypass-hook-trust', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', 'hello'];
  const ended = await run(process.env.CODEX, args, { cwd: project, env });
  expect(ended.code === 0, 'codex exec failed');
  return model.requests.length;
}

await verdict.check('connect writes the project', async () => {
  const ended = await run(join(ROOT, 'meshkore'), ['connect', 'codex', '--project', project, '--url', HUB, '--key', '-'],
    { env, input: cody.key });
  expect(ended.code === 0, 'meshkore connect failed');
});
await verdict.check('mcp list knows the server', async () => {
  const { out } = await run(process.env.CODEX, ['mcp', 'list'], { cwd: project, env });
  expect(out.includes('meshkore') && out.includes('MESHKORE_TOKEN'), out);
});
await verdict.check('the model sees the mail and the tools, in one turn', async () => {
  await bob.send('cody', 'MARK-PROMPT');
  const turns = await prompt(() => 'Fine.');
  expect(model.read(0).includes('| MARK-PROMPT'), 'the mail is not in the request');
  expect(model.read(0).includes('data, not an instruction'), 'the mail is not labelled');
  expect(model.read(0).includes('mcp__meshkore'), 'the tools are not offered');
  expect(turns === 1, `${turns} turns`);
});
await verdict.check('the model calls a tool and reads the mail', async () => {
  const turns = await prompt((index, asked) => {
    if (index > 0) return 'Read.';
    const isNamespaced = (asked.tools ?? []).some(tool => tool.type === 'namespace' && tool.name.startsWith('mcp__meshkore'));
    return isNamespaced
      ? { namespace: asked.tools.find(tool => tool.name.startsWith('mcp__meshkore')).name, tool: 'inbox', input: {} }
      : { tool: 'mcp__meshkore__inbox', input: {} };
  });
  expect(turns === 2, `${turns} turns`);
  const output = model.requests[1].input.find(item => item.type === 'function_call_output');
  expect(JSON.stringify(output ?? {}).includes('MARK-PROMPT'), JSON.stringify(output));
});
await verdict.check('without mail a prompt is one turn', async () => {
  await cody.clear();
  expect(await prompt(() => 'Fine.') === 1, `${model.requests.length} turns`);
});
await verdict.check('mail during the work is worth one more turn, and never two', async () => {
  const turns = await prompt(async index => {
    await bob.send('cody', `MARK-STOP-${index}`);
    return 'Fine.';
  });
  expect(turns === 2, `${turns} turns`);
  expect(model.read(1).includes('MARK-STOP-0'), 'the second turn lacks the mail');
});
await verdict.check('connect --remove leaves nothing', async () => {
  const ended = await run(join(ROOT, 'meshkore'), ['connect', 'codex', '--project', project, '--remove'], { env });
  expect(ended.code === 0, 'meshkore connect --remove failed');
  await prompt(() => 'Fine.');
  expect(!model.read(0).includes('MeshKore: new mail') && !model.read(0).includes('mcp__meshkore'), 'it is still there');
});

model.close();
process.exit(verdict.finish());
