// A model on loopback that an assistant talks to in place of its own. It keeps every request of the conversation proper, and
// `turn(index, request)` decides each answer: a text, or {tool, input}.
import http from 'node:http';

export class Model {
  requests = [];
  turn = () => 'Done.';

  listen() {
    this.server = http.createServer((request, response) => {
      let body = '';
      request.on('data', bytes => { body += bytes; });
      request.on('end', async () => {
        try {
          await this.answer(request.url, body ? JSON.parse(body) : {}, response);
        } catch (failure) {
          console.log(`      the model failed: ${failure.stack}`);
          response.destroy();
        }
      });
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

  /** Forgets what was asked; answers by `turn` from now on. */
  begin(turn) {
    this.requests.length = 0;
    this.turn = turn;
  }

  /** All that the model read in request `index`, tools included, as one text. */
  read(index) {
    return JSON.stringify(this.requests[index] ?? {});
  }

  /** Keeps a request and answers what the model says to it. */
  async says(asked) {
    this.requests.push(asked);
    return this.turn(this.requests.length - 1, asked);
  }

  json(response, status, value) {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  }

  /** Begins Server-Sent Events; answers what writes one. */
  events(response) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    return (name, data) => response.write(`${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(data)}\n\n`);
  }
}
