// One request a line on standard input: documents to know, or what to verify. One answer a line: milliseconds, or why it was refused.
import {createInterface} from 'node:readline';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as jose from 'jose';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {driver as didKeyDriver} from '@digitalbazaar/did-method-key';
import {cryptosuite as ecdsaRdfc2019} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsaRdfc2022} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';

const documents = new Map();
const driver = didKeyDriver();
driver.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from});
driver.use({multibaseMultikeyHeader: 'zDna', fromMultibase: EcdsaMultikey.from});
driver.use({multibaseMultikeyHeader: 'z82L', fromMultibase: EcdsaMultikey.from});

const suites = {
  'eddsa-rdfc-2022': new DataIntegrityProof({cryptosuite: eddsaRdfc2022}),
  'ecdsa-rdfc-2019': new DataIntegrityProof({cryptosuite: ecdsaRdfc2019})
};

async function documentLoader(url) {
  const document = url.startsWith('did:key:') ? await driver.get({url}) : documents.get(url);
  if(document === undefined) {
    throw new Error(`not among the given documents: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

async function verifyCredentials({credentials, suite, now}) {
  for(const credential of credentials) {
    const result = await vc.verifyCredential({credential, suite: suites[suite], documentLoader, now: new Date(now)});
    if(!result.verified) {
      throw result.error;
    }
  }
}

async function verifyTokens({tokens, jwk, now}) {
  const key = await jose.importJWK(jwk, 'EdDSA');
  for(const token of tokens) {
    await jose.jwtVerify(token, key, {algorithms: ['EdDSA'], currentDate: new Date(now)});
  }
}

for await (const line of createInterface({input: process.stdin})) {
  const request = JSON.parse(line);
  let answer;
  try {
    Object.entries(request.documents ?? {}).forEach(([url, document]) => documents.set(url, document));
    const before = process.cpuUsage();
    await (request.tokens ? verifyTokens(request) : verifyCredentials(request));
    const {user, system} = process.cpuUsage(before);
    answer = {milliseconds: (user + system) / 1000};
  } catch(error) {
    answer = {refused: [error, ...error.errors ?? []].map(each => each.message).join(': ')};
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
