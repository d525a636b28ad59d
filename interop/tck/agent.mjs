// The agent that the TCK's scenarios describe (its scenarios/*.feature): an ordinary agent of the hub, which reads its
// inbox by REST and answers tasks by the verbs that /context tells every agent. What to do is in the message id's prefix.

const text = words => ({ parts: [{ text: words }] });
const file = { parts: [{ raw: Buffer.from('Generated file content').toString('base64'), filename: 'output.txt', mediaType: 'text/plain' }] };
const link = { parts: [{ url: 'https://example.com/output.txt', filename: 'output.txt', mediaType: 'text/plain' }] };
const data = { parts: [{ data: { key: 'value', count: 42 } }] };

const state = (word, words) => ({ type: 'task', state: word, ...(words ? { text: words } : {}) });
const artifact = (content, more = {}) => ({ type: 'task', artifact: { name: 'result', ...content, ...more } });
const lifecycle = (...between) => [state('working'), ...between, state('completed')];
const sleep = ms => new Promise(done => setTimeout(done, ms));

/** Longer names first, where one begins another. A function in a list is waited for. */
const SCENARIOS = [
  ['tck-complete-task', [state('completed', 'Hello from TCK')]],
  ['tck-artifact-text', [artifact(text('Generated text content')), state('completed')]],
  ['tck-artifact-file-url', [artifact(link), state('completed')]],
  ['tck-artifact-file', [artifact(file), state('completed')]],
  ['tck-artifact-data', [artifact(data), state('completed')]],
  ['tck-message-response', [{ type: 'message', text: 'Direct message response' }]],
  ['tck-input-required', [state('input-required')]],
  ['tck-reject-task', [state('rejected', 'rejected')]],
  ['tck-stream-001', lifecycle(artifact(text('Stream hello from TCK')))],
  ['tck-stream-002', [state('completed')]],
  ['tck-stream-003', lifecycle(artifact(text('Stream task lifecycle')))],
  ['tck-stream-ordering-001', lifecycle(artifact(text('Ordered output')))],
  ['tck-stream-artifact-text', lifecycle(artifact(text('Streamed text content')))],
  ['tck-stream-artifact-file', lifecycle(artifact(file))],
  ['tck-stream-artifact-chunked', lifecycle(
    artifact(text('chunk-1 '), { artifact_id: 'chunked' }),
    artifact(text('chunk-2'), { artifact_id: 'chunked', append: true, last_chunk: true }))],
  ['test-resubscribe-message-id', lifecycle(() => sleep(4000))],
];

function scenario(messageId) {
  const found = SCENARIOS.find(([prefix]) => messageId.startsWith(prefix));
  return found ? found[1] : [state('completed', `No scenario is called ${messageId}`)];
}

/** Answers what comes until `signal` says to stop. */
export async function answerTasks(agent, signal) {
  let after = 0;
  while (!signal.aborted) {
    const page = await agent.get(`/messages?after=${after}&wait=5`);
    after = page.after;
    for (const message of page.messages) {
      const isQuestion = message.payload?.type === 'task' && !message.payload.state;
      if (isQuestion) answer(agent, message).catch(failure => console.error('agent:', failure.message));
    }
  }
}

async function answer(agent, message) {
  for (const step of scenario(message.payload.message_id)) {
    if (typeof step === 'function') await step();
    else await agent.post('/send', { to: message.from, thread: message.thread, payload: step });
  }
}
