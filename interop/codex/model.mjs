// As much of the Responses API as Codex needs.
import { Model } from '../shared/model.mjs';

export class ResponsesModel extends Model {
  async answer(url, asked, response) {
    if (!url.startsWith('/v1/responses')) {
      return this.json(response, 404, { error: { message: 'There is nothing here', type: 'invalid_request_error' } });
    }
    const said = await this.says(asked);
    const number = this.requests.length;
    const item = typeof said === 'string'
      ? { id: `msg_${number}`, type: 'message', role: 'assistant', status: 'completed',
          content: [{ type: 'output_text', text: said, annotations: [] }] }
      : { id: `fc_${number}`, type: 'function_call', status: 'completed', call_id: `call_${number}`,
          ...(said.namespace ? { namespace: said.namespace } : {}), name: said.tool, arguments: JSON.stringify(said.input) };
    const begun = {
      id: `resp_${number}`, object: 'response', created_at: 1_700_000_000, model: asked.model, output: [], status: 'in_progress',
      parallel_tool_calls: true, tool_choice: 'auto', tools: [], error: null, incomplete_details: null, instructions: null,
      metadata: {},
    };
    const usage = {
      input_tokens: 1, input_tokens_details: { cached_tokens: 0 }, output_tokens: 1,
      output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 2,
    };
    const write = this.events(response);
    let sequence = 0;
    const event = (type, data) => write(type, { type, sequence_number: sequence++, ...data });
    event('response.created', { response: begun });
    event('response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress' } });
    if (item.type === 'message') {
      event('response.output_text.delta', { item_id: item.id, output_index: 0, content_index: 0, delta: said });
    }
    event('response.output_item.done', { output_index: 0, item });
    event('response.completed', { response: { ...begun, status: 'completed', output: [item], usage } });
    return response.end();
  }
}
