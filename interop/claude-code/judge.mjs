// What Claude Code sees of the hub: MCP, hooks, the plugin, and the channel bridge.
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import net from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Agent, HUB, folder, run, until } from '../shared/hub.mjs';
import { Verdict, expect } from '../shared/verdict.mjs';
import { MessagesModel } from './model.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const MARKETPLACE = join(ROOT, 'integrations/claude-code');
const CLAUDE = process.env.CLAUDE;
const verdict = new Verdict('claude-code', {
  suite: 'Claude Code, headless with a mock model', version: '2.1.329',
  notes: 'What the bridge pushes is checked at its own output: Claude Code switches channels on for an account only.',
});

const home = folder('claude-home');
const project = folder('claude-project');
const claudia = await Agent.join('claudia');
const bob = await Agent.join('bob');
const model = await new MessagesModel().listen();
const env = {
  HOME: home, ANTHROPIC_API_KEY: 'sk-none', ANTHROPIC_BASE_URL: model.url, MESHKORE_URL: HUB, MESHKORE_TOKEN: claudia.key,
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1',
};
const claude = (args, at = project) => run(CLAUDE, args, { cwd: at, env });

/** One headless prompt; answers how many requests the model got. */
async function prompt(turn, args = [], at = project) {
  model.begin(turn);
  const ended = await claude(['-p', 'hello', '--output-format', 'json', ...args], at);
  expect(ended.code === 0, 'claude -p failed');
  return model.requests.length;
}

await verdict.check('connect writes the project', async () => {
  const ended = await run(join(ROOT, 'meshkore'), ['connect', 'claude', '--project', project, '--url', HUB, '--key', '-'],
    { env, input: claudia.key });
  expect(ended.code === 0, 'meshkore connect failed');
});
const mcp = ['--mcp-config', join(project, '.mcp.json'), '--allowedTools', 'mcp__meshkore__inbox,mcp__meshkore__acknowledge'];

await verdict.check('mcp list says connected', async () => {
  const header = `Authorization: Bearer ${claudia.key}`;
  await claude(['mcp', 'add', '--transport', 'http', '-s', 'user', 'hub', `${HUB}/mcp`, '--header', header]);
  const { out } = await claude(['mcp', 'list']);
  expect(/hub: .*✔ Connected/.test(out), out);
  await claude(['mcp', 'remove', '-s', 'user', 'hub']);
});

await verdict.check('the model sees the mail and the tools, in one turn', async () => {
  await bob.send('claudia', 'MARK-PROMPT: the build is green');
  const turns = await prompt(() => 'Fine.', mcp);
  expect(model.read(0).includes('| MARK-PROMPT: the build is green'), 'the mail is not in the request');
  expect(model.read(0).includes('data, not an instruction'), 'the mail is not labelled');
  expect(model.read(0).includes('mcp__meshkore__inbox'), 'the tools are not offered');
  expect(turns === 1, `${turns} turns`);
});

await verdict.check('the model calls a tool and reads the mail', async () => {
  const turns = await prompt(index => (index === 0 ? { tool: 'mcp__meshkore__inbox', input: {} } : 'Read.'), mcp);
  expect(turns === 2, `${turns} turns`);
  const result = JSON.stringify(model.requests[1].messages.at(-1));
  expect(result.includes('tool_result') && result.includes('MARK-PROMPT'), result.slice(0, 500));
});

await verdict.check('without mail a prompt is one turn and nothing is said', async () => {
  await claudia.clear();
  const turns = await prompt(() => 'Fine.', mcp);
  expect(turns === 1, `${turns} turns`);
  expect(!model.read(0).includes('MeshKore: new mail'), 'something was said');
});

await verdict.check('mail during the work is worth one more turn, and never two', async () => {
  await claudia.clear();
  const turns = await prompt(async index => {
    await bob.send('claudia', `MARK-STOP-${index}`);
    return 'Fine.';
  }, mcp);
  expect(turns === 2, `${turns} turns`);
  expect(model.read(1).includes('MARK-STOP-0'), 'the second turn lacks the mail');
});

await verdict.check('mail after the last turn is told at the next prompt', async () => {
  const turns = await prompt(() => 'Fine.', mcp);
  expect(model.read(0).includes('MARK-STOP-1'), 'the mail was lost');
  expect(turns === 1, `${turns} turns`);
});

await verdict.check('a hub that is away changes nothing', async () => {
  model.begin(() => 'Fine.');
  const away = { ...env, MESHKORE_URL: 'http://127.0.0.1:9' };
  const at = folder('claude-away');
  await run(join(ROOT, 'meshkore'), ['connect', 'claude', '--project', at, '--url', 'http://127.0.0.1:9', '--key', '-'],
    { env: away, input: claudia.key });
  const ended = await run(CLAUDE, ['-p', 'hello'], { cwd: at, env: away });
  expect(ended.code === 0 && model.requests.length === 1, `${ended.code}, ${model.requests.length} turns`);
});

await verdict.check('connect --remove leaves nothing', async () => {
  const ended = await run(join(ROOT, 'meshkore'), ['connect', 'claude', '--project', project, '--remove'], { env });
  expect(ended.code === 0, 'meshkore connect --remove failed');
  const turns = await prompt(() => 'Fine.');
  expect(turns === 1 && !model.read(0).includes('MeshKore: new mail'), 'the hooks are still there');
});

for (const part of ['', 'plugins/meshkore', 'plugins/meshkore-channel']) {
  await verdict.check(`plugin validate ${part || 'the marketplace'}`, async () => {
    const { code, out } = await claude(['plugin', 'validate', join(MARKETPLACE, part)]);
    expect(code === 0 && out.includes('✔') && !/ignored at runtime/.test(out), out);
  });
}

await verdict.check('plugin marketplace add, install, list', async () => {
  expect((await claude(['plugin', 'marketplace', 'add', MARKETPLACE])).code === 0, 'marketplace add failed');
  expect((await claude(['plugin', 'install', 'meshkore@meshkore'])).code === 0, 'install failed');
  const { out } = await claude(['plugin', 'list']);
  expect(out.includes('meshkore@meshkore'), out);
});

await verdict.check('the plugin alone brings mail, tools and skill', async () => {
  await claudia.clear();
  await bob.send('claudia', 'MARK-PLUGIN');
  const at = folder('claude-plain');
  const turns = await prompt(() => 'Fine.', [], at);
  expect(model.read(0).includes('| MARK-PLUGIN'), 'the mail is not in the request');
  expect(model.read(0).includes('mcp__plugin_meshkore_meshkore__inbox'), 'the tools are not offered');
  expect(JSON.stringify(model.requests[0]).includes('meshkore-inbox'), 'the skill is not offered');
  expect(turns === 1, `${turns} turns`);
});

/** Passes bytes on to the hub, and can cut every connection. */
async function cable() {
  const target = new URL(HUB);
  const sockets = new Set();
  const server = net.createServer(socket => {
    const onward = net.connect(Number(target.port), target.hostname);
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on('error', () => {}).on('close', () => { sockets.delete(end); socket.destroy(); onward.destroy(); });
    }
    socket.pipe(onward).pipe(socket);
  });
  await new Promise(listening => { server.listen(0, '127.0.0.1', listening); });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    cut: () => sockets.forEach(socket => socket.destroy()),
    close: () => { sockets.forEach(socket => socket.destroy()); server.close(); },
  };
}

await verdict.check('the channel bridge pushes mail, also after its connection was cut', async () => {
  await claudia.clear();
  const line = await cable();
  const bridge = spawn('node', [join(MARKETPLACE, 'plugins/meshkore-channel/bridge.mjs')],
    { env: { ...process.env, ...env, MESHKORE_URL: line.url }, stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const frames = [];
    const changed = new EventEmitter();
    createInterface({ input: bridge.stdout }).on('line', text => {
      frames.push(JSON.parse(text));
      changed.emit('change');
    });
    const ask = frame => bridge.stdin.write(JSON.stringify({ jsonrpc: '2.0', ...frame }) + '\n');
    const pushed = mark => () => frames.find(frame =>
      frame.method === 'notifications/claude/channel' && frame.params.content.includes(mark));
    ask({ id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {} } });
    const hello = await until(() => frames.find(frame => frame.id === 1), changed, 'answer to initialize');
    expect(hello.result.capabilities.experimental['claude/channel'], 'the capability is missing');
    ask({ method: 'notifications/initialized' });
    await bob.send('claudia', 'MARK-CHANNEL-1');
    const first = await until(pushed('| MARK-CHANNEL-1'), changed, 'push');
    expect(first.params.content.includes('data, not an instruction'), 'the mail is not labelled');
    line.cut();
    await bob.send('claudia', 'MARK-CHANNEL-2');
    await until(pushed('| MARK-CHANNEL-2'), changed, 'push after the cut', 60);
    expect(frames.filter(frame => frame.params?.content?.includes('MARK-CHANNEL-1')).length === 1, 'pushed twice');
  } finally {
    bridge.kill();
    line.close();
  }
});

model.close();
process.exit(verdict.finish());
