// A model on loopback that speaks as much of the Messages API as Claude Code needs. It keeps every request; `turn` decides each answer:
// a text, or {tool, input}. Requests without tools (titles and the like) are answered by themselves and not counted.
import http from 'node:http';

export class Model {
  /** Every request of the conversation proper, as JSON. */
  requests = [];
  turn = () => 'Done.';

  listen() {
    this.server = http.createServer((request, response) => {
      let body = '';
      request.on('data', bytes => { body += bytes; });
      request.on('end', () => this.#answer(request.url, body, response));
    });
    return new Promise(resolve => {
      this.server.listen(0, '127.0.0.1', () => {
        this.url = `http://127.0.0.1:${this.server.address().port}`;
        resolve(this);
      });
    });
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** What the model read in request `index`, as one text. */
  read(index) {
    return JSON.stringify(this.requests[index]?.messages ?? []) + JSON.stringify(this.requests[index]?.system ?? '');
  }

  tools(index) {
    return (this.requests[index]?.tools ?? []).map(tool => tool.name);
  }

  async #answer(url, body, response) {
    const asked = body ? JSON.parse(body) : {};
    if (url.includes('/count_tokens')) return this.#json(response, 200, { input_tokens: 10 });
    if (!url.startsWith('/v1/messages')) {
      return this.#json(response, 404, { type: 'error', error: { type: 'not_found_error', message: 'There is nothing here' } });
    }
    const counts = (asked.tools ?? []).length > 0;
    if (counts) this.requests.push(asked);
    const said = counts ? await this.turn(this.requests.length - 1, asked) : 'Title';
    const block = typeof said === 'string'
      ? { type: 'text', text: said }
      : { type: 'tool_use', id: `toolu_${this.requests.length}`, name: said.tool, input: said.input };
    const message = {
      id: `msg_${this.requests.length}`, type: 'message', role: 'assistant', model: asked.model, content: [block],
      stop_reason: block.type === 'text' ? 'end_turn' : 'tool_use', stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    };
    if (!asked.stream) return this.#json(response, 200, message);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const event = (type, data) => response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
    const isText = block.type === 'text';
    event('message_start', { message: { ...message, content: [], stop_reason: null } });
    event('content_block_start', { index: 0, content_block: isText ? { type: 'text', text: '' } : { ...block, input: {} } });
    event('content_block_delta', {
      index: 0,
      delta: isText
        ? { type: 'text_delta', text: block.text }
        : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) },
    });
    event('content_block_stop', { index: 0 });
    event('message_delta', { delta: { stop_reason: message.stop_reason, stop_sequence: null }, usage: { output_tokens: 1 } });
    event('message_stop', {});
    return response.end();
  }

  #json(response, status, value) {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  }
}
