// One request a line on standard input, one answer a line on standard output: {"result"} or {"refused"}.
// A request without a call gives documents only, and has no answer.
import {createInterface} from 'node:readline';
import {documents} from './surroundings.mjs';

export async function answer(calls) {
  for await (const line of createInterface({input: process.stdin})) {
    const {call, given, argument} = JSON.parse(line);
    Object.entries(given).forEach(([url, document]) => documents.set(url, document));
    if(call === undefined) {
      continue; // nothing but documents
    }
    process.stdout.write(`${JSON.stringify(await outcome(calls[call], argument))}\n`);
  }
}

async function outcome(call, argument) {
  try {
    return {result: await call(argument) ?? null};
  } catch(error) {
    return {refused: reasons(error)};
  }
}

// What an error says, with the errors inside of it.
export function reasons(error) {
  const inner = [error.cause, ...error.errors ?? [], ...error.details?.event ? [error.details.event] : []];
  const own = error.message ?? JSON.stringify(error);
  return [...new Set([own, ...inner.filter(Boolean).map(reasons)])].join(': ');
}
