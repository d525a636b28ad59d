// Lists and calls through the inspector's command line, once for each era.
import { Agent, HUB, run } from '../shared/hub.mjs';
import { expect, Verdict } from '../shared/verdict.mjs';

const agent = await Agent.join('mcp-inspector');
const verdict = new Verdict('mcp-inspector', { suite: '@modelcontextprotocol/inspector --cli', version: '2.12.0' });

async function inspect(era, ...more) {
  const { code, out } = await run(process.env.INSPECTOR, [
    '--cli', '--server-url', `${HUB}/mcp`, '--transport', 'http', '--protocol-era', era,
    '--header', `Authorization: Bearer ${agent.key}`, ...more,
  ], { seconds: 60 });
  expect(code === 0, `It ended with ${code}`);
  return JSON.parse(out.slice(out.indexOf('{')));
}

for (const era of ['modern', 'legacy']) {
  await verdict.check(`${era}: tools/list`, async () => {
    const names = (await inspect(era, '--method', 'tools/list')).tools.map(tool => tool.name);
    expect(names.includes('send') && names.includes('inbox'), `The tools are ${names}`);
  });
  await verdict.check(`${era}: tools/call`, async () => {
    const result = await inspect(era, '--method', 'tools/call', '--tool-name', 'send',
      '--tool-args-json', JSON.stringify({ to: agent.id, text: `hello from ${era}` }));
    expect(result.structuredContent.state === 'queued', JSON.stringify(result));
  });
  await verdict.check(`${era}: resources/read`, async () => {
    const result = await inspect(era, '--method', 'resources/read', '--uri', 'hub://inbox');
    expect(result.contents[0].text.includes(`| hello from ${era}`), JSON.stringify(result));
  });
  await verdict.check(`${era}: prompts/list`, async () => {
    const names = (await inspect(era, '--method', 'prompts/list')).prompts.map(prompt => prompt.name);
    expect(names.includes('welcome'), `The prompts are ${names}`);
  });
}

process.exit(verdict.finish());
