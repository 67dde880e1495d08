// Node's HTTP without Node's fetch: an ES import of node:http reads all that it exports, and three of these (WebSocket
// and its events) load undici, which nothing here uses: 15 MB of every process, and the time to load it.
export const http = process.getBuiltinModule("node:http");
export const https = process.getBuiltinModule("node:https");
