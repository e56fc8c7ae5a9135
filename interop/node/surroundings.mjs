// What a peer may see: the documents that it was given, and no network. To be imported before any library.
import net from 'node:net';
import {webcrypto} from 'node:crypto';

export const documents = new Map();

globalThis.crypto ??= webcrypto; // Node 18 has it in the module only
globalThis.CryptoKey ??= webcrypto.CryptoKey;
console.log = console.error; // standard output belongs to the answers

net.Socket.prototype.connect = () => {
  throw new Error('a peer has no network');
};

globalThis.fetch = async resource => {
  const url = typeof resource === 'string' ? resource : resource.url ?? String(resource);
  const document = documents.get(url);
  if(document === undefined) {
    return new Response('{}', {status: 404, statusText: 'not among the given documents'});
  }
  return new Response(JSON.stringify(document), {headers: {'content-type': 'application/ld+json'}});
};
