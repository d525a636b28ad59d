// Stands between the TCK and the hub, for three things that the TCK does not do. It sends no credentials: they are added.
// It follows the card's addresses: they are made to point here. It calls many messages by one messageId, while this hub
// takes a messageId for one message, as specification §3.3.1 allows ("Send Message operations MAY be idempotent"): each
// gets an ending of its own, which answers are freed of again.
import { createServer, request } from 'node:http';

const ENDING = /~tck\d+~/g;
let count = 0;

export async function startProxy(hubUrl, key) {
  const server = createServer((asked, answer) => {
    const chunks = [];
    asked.on('data', chunk => chunks.push(chunk));
    asked.on('end', () => forward(asked, Buffer.concat(chunks), answer));
  });
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${server.address().port}`;

  function forward(asked, bytes, answer) {
    const body = bytes.toString('latin1').replace(/("messageId"\s*:\s*"[^"]+)"/g, (_, id) => `${id}~tck${++count}~"`);
    const headers = { ...asked.headers, host: new URL(hubUrl).host, authorization: `Bearer ${key}` };
    delete headers['transfer-encoding'];
    if (bytes.length > 0) headers['content-length'] = String(body.length);
    const call = request(hubUrl + asked.url, { method: asked.method, headers }, given => {
      const isStream = (given.headers['content-type'] ?? '').startsWith('text/event-stream');
      const freed = text => text.replace(ENDING, '').replaceAll(hubUrl, url);
      given.setEncoding('latin1');
      if (isStream) {
        answer.writeHead(given.statusCode, given.headers);
        let rest = '';
        given.on('data', chunk => {
          const lines = (rest + chunk).split('\n');
          rest = lines.pop();
          for (const line of lines) answer.write(freed(line) + '\n', 'latin1');
        });
        given.on('end', () => answer.end(rest, 'latin1'));
        given.on('error', () => answer.destroy());
      } else {
        let text = '';
        given.on('data', chunk => { text += chunk; });
        given.on('end', () => {
          text = freed(text);
          const kept = { ...given.headers };
          if (kept['content-length']) kept['content-length'] = String(text.length);
          answer.writeHead(given.statusCode, kept);
          answer.end(text, 'latin1');
        });
      }
    });
    call.on('error', failure => {
      if (!answer.headersSent) answer.writeHead(502);
      answer.end(failure.message);
    });
    answer.on('close', () => call.destroy());
    call.end(body, 'latin1');
  }

  return { url, close: () => server.closeAllConnections() || server.close() };
}
