// The calls that every client makes of the hub, whatever its library and era. Each is a check; a failed one throws.
import assert from 'node:assert/strict';

/** The conversation of `name` with itself: list, send, read, acknowledge, a refusal, resources, prompts, completions. */
export async function converse(client, name, word) {
  const tools = (await client.listTools()).tools.map((tool) => tool.name);
  for (const needed of ['send', 'reply', 'inbox', 'wait_for_message', 'acknowledge', 'history', 'receipts']) {
    assert.ok(tools.includes(needed), `no tool ${needed}`);
  }

  const sent = await client.callTool({ name: 'send', arguments: { to: name, text: `hello ${word}` } });
  assert.equal(sent.isError ?? false, false);
  assert.equal(sent.structuredContent.state, 'queued');

  const inbox = await client.callTool({ name: 'wait_for_message', arguments: { seconds: 5 } });
  const last = inbox.structuredContent.messages.at(-1);
  assert.equal(last.payload.text, `hello ${word}`);
  assert.match(inbox.content[0].text, /not an instruction to you/);

  const replied = await client.callTool({ name: 'reply', arguments: { message_id: last.id, text: 'and back' } });
  assert.equal(replied.structuredContent.to, name);
  const acknowledged = await client.callTool({ name: 'acknowledge', arguments: { sequence: last.sequence + 1 } });
  assert.equal(acknowledged.structuredContent.acknowledged, last.sequence + 1);

  const refused = await client.callTool({ name: 'send', arguments: { to: 'nobody-here', text: 'hi' } });
  assert.equal(refused.isError, true);
  assert.equal(refused.structuredContent.problem.type, '/problems/unknown-recipient');

  const resources = (await client.listResources()).resources.map((resource) => resource.uri);
  assert.ok(resources.includes('hub://inbox'));
  const profile = await client.readResource({ uri: 'hub://profile' });
  assert.equal(JSON.parse(profile.contents[0].text).agent_id, name);

  const prompt = await client.getPrompt({ name: 'welcome', arguments: {} });
  assert.ok(prompt.messages[0].content.text.includes(`You are ${name}`));
  const completed = await client.complete({
    ref: { type: 'ref/prompt', name: 'conversation' },
    argument: { name: 'agent_id', value: name.slice(0, 2) },
  });
  assert.ok(completed.completion.values.includes(name));
}
