// As much of the Messages API as Claude Code needs.
import { Model } from '../shared/model.mjs';

export class MessagesModel extends Model {
  async answer(url, asked, response) {
    if (url.includes('/count_tokens')) return this.json(response, 200, { input_tokens: 10 });
    if (!url.startsWith('/v1/messages')) {
      return this.json(response, 404, { type: 'error', error: { type: 'not_found_error', message: 'There is nothing here' } });
    }
    // Requests without tools ask for titles and the like.
    const said = (asked.tools ?? []).length > 0 ? await this.says(asked) : 'Title';
    const isText = typeof said === 'string';
    const number = this.requests.length;
    const block = isText
      ? { type: 'text', text: said }
      : { type: 'tool_use', id: `toolu_${number}`, name: said.tool, input: said.input };
    const message = {
      id: `msg_${number}`, type: 'message', role: 'assistant', model: asked.model, content: [block],
      stop_reason: isText ? 'end_turn' : 'tool_use', stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 },
    };
    if (!asked.stream) return this.json(response, 200, message);
    const write = this.events(response);
    const event = (type, data) => write(type, { type, ...data });
    event('message_start', { message: { ...message, content: [], stop_reason: null } });
    event('content_block_start', { index: 0, content_block: isText ? { type: 'text', text: '' } : { ...block, input: {} } });
    const delta = isText
      ? { type: 'text_delta', text: said }
      : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) };
    event('content_block_delta', { index: 0, delta });
    event('content_block_stop', { index: 0 });
    event('message_delta', { delta: { stop_reason: message.stop_reason, stop_sequence: null }, usage: { output_tokens: 1 } });
    event('message_stop', {});
    return response.end();
  }
}
