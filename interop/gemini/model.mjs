// As much of the Gemini API as Gemini CLI needs.
import { Model } from '../shared/model.mjs';

export class GeminiModel extends Model {
  async answer(url, asked, response) {
    const action = url.replace(/\?.*/, '').split(':').pop();
    if (action === 'countTokens') return this.json(response, 200, { totalTokens: 10 });
    if (!['generateContent', 'streamGenerateContent'].includes(action)) {
      return this.json(response, 404, { error: { code: 404, message: 'There is nothing here', status: 'NOT_FOUND' } });
    }
    // Requests without tools choose a model or check what was said.
    const said = asked.tools ? await this.says(asked) : '{}';
    const part = typeof said === 'string' ? { text: said } : { functionCall: { name: said.tool, args: said.input } };
    const answer = {
      candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
    };
    if (action === 'generateContent') return this.json(response, 200, answer);
    this.events(response)(null, answer);
    return response.end();
  }

  /** The names of the tools offered in request `index`. */
  tools(index) {
    return (this.requests[index]?.tools ?? []).flatMap(tool => tool.functionDeclarations ?? []).map(one => one.name);
  }
}
