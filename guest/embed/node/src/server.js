// What can be asked over HTTP.

import { createServer } from "node:http";

import { Fault } from "./fault.js";
import { Hub, Refusal } from "./hub.js";

/**
 * @typedef {import("node:http").IncomingMessage} Request
 * @typedef {import("node:http").ServerResponse} Response
 */

const BODY_BYTES_MAX = 1_048_576;
const TOPICS_MAX = 100;
const TOPIC_LENGTH_MAX = 4_096;
const SUBSCRIBERS_MAX = 10_000;
const RETRY_SECONDS = 2;

/** Ends a request, with a text for the client. */
class HttpError extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * Listens; resolves once it does.
 * @param {ConstructorParameters<typeof Hub>[0] & { host?: string, port?: number }} options port 0: any that is free
 */
export async function serve({ host = "127.0.0.1", port = 0, ...options }) {
  const hub = new Hub(options);
  await hub.start().catch(async (error) => {
    await hub.close();
    throw error;
  });
  const server = createServer((request, response) => {
    answer(hub, request, response).catch((error) => refuse(response, error));
  });
  await new Promise((resolve) => server.listen(port, host, () => resolve(undefined)));
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  const close = async () => {
    server.close();
    await hub.close();
    server.closeAllConnections();
  };
  return { url: `http://${host}:${address.port}`, close };
}

/** @param {Hub} hub @param {Request} request @param {Response} response */
async function answer(hub, request, response) {
  if (!URL.canParse(request.url ?? "", "http://hub")) throw new HttpError(400, "no such path");
  const { pathname, searchParams } = new URL(request.url ?? "", "http://hub");
  switch (`${request.method} ${pathname}`) {
    case "GET /events": {
      if (hub.status.subscribers >= SUBSCRIBERS_MAX || hub.isCrowded) throw new HttpError(503, "too many subscribers");
      return hub.subscribe(topics(searchParams), response);
    }
    case "POST /publish": {
      if (hub.isCrowded) throw new HttpError(503, "too many publications");
      const form = new URLSearchParams(await body(request));
      const kind = form.get("type") ?? undefined;
      if (kind !== undefined && /[\r\n\0]/.test(kind)) throw new HttpError(400, "`type` is one line");
      const id = await hub.publish({ topics: topics(form), kind, data: form.get("data") ?? "" });
      return void response.end(`${id}\n`);
    }
    case "GET /status":
      return void response.setHeader("content-type", "application/json").end(`${JSON.stringify(hub.status)}\n`);
    default:
      throw new HttpError(404, "there are GET /events?topic=, POST /publish and GET /status");
  }
}

/** @param {URLSearchParams} form */
function topics(form) {
  const topics = form.getAll("topic");
  if (topics.length === 0) throw new HttpError(400, "`topic` is missing");
  if (topics.length > TOPICS_MAX) throw new HttpError(400, `more than ${TOPICS_MAX} topics`);
  if (topics.some((topic) => topic === "" || topic.length > TOPIC_LENGTH_MAX)) {
    throw new HttpError(400, `a topic has 1 to ${TOPIC_LENGTH_MAX} characters`);
  }
  return topics;
}

/** @param {Request} request */
async function body(request) {
  const pieces = [];
  let length = 0;
  // Reading stops early where it is too much, and the answer is still to be sent.
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    length += piece.length;
    if (length > BODY_BYTES_MAX) throw new HttpError(413, `more than ${BODY_BYTES_MAX} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

/** @param {Response} response @param {unknown} error */
function refuse(response, error) {
  if (response.destroyed) return;
  // What went wrong within a component is no business of a client's.
  if (error instanceof Fault && error.kind !== "resting") console.error(`policy: ${error.kind}: ${error.message}`);
  const [status, text] =
    error instanceof HttpError ? [error.status, error.message]
    : error instanceof Refusal ? [403, error.message]
    : error instanceof Fault ? [503, "the policy failed"]
    : [500, "internal error"];
  if (status === 500) console.error(error);
  if (status === 503) response.setHeader("retry-after", RETRY_SECONDS);
  if (status === 413) response.setHeader("connection", "close");
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8").end(`${text}\n`);
}
