// @digitalbazaar/vc with its Data Integrity cryptosuites, did:key and bitstring status lists.
import {documents} from './surroundings.mjs';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as disclosing from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as lists from '@digitalbazaar/vc-bitstring-status-list';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {driver as didKeyDriver} from '@digitalbazaar/did-method-key';
import {cryptosuite as ecdsaRdfc2019} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsaRdfc2022} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {Ed25519Signature2020} from '@digitalbazaar/ed25519-signature-2020';
import {answer} from './answering.mjs';

const driver = didKeyDriver();
driver.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from});
driver.use({multibaseMultikeyHeader: 'zDna', fromMultibase: EcdsaMultikey.from});
driver.use({multibaseMultikeyHeader: 'z82L', fromMultibase: EcdsaMultikey.from});

async function documentLoader(url) {
  const document = url.startsWith('did:key:') ? await driver.get({url}) : documents.get(url);
  if(document === undefined) {
    throw new Error(`not among the given documents: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

const verifying = [
  new DataIntegrityProof({cryptosuite: eddsaRdfc2022}),
  new DataIntegrityProof({cryptosuite: ecdsaRdfc2019}),
  new DataIntegrityProof({cryptosuite: disclosing.createVerifyCryptosuite()}),
  new Ed25519Signature2020()
];

const signed = {
  'eddsa-rdfc-2022': () => eddsaRdfc2022,
  'ecdsa-rdfc-2019': () => ecdsaRdfc2019,
  'ecdsa-sd-2023': mandatoryPointers => disclosing.createSignCryptosuite({mandatoryPointers})
};

async function signing({cryptosuite, key, created, mandatoryPointers}) {
  const {from} = cryptosuite.startsWith('ecdsa') ? EcdsaMultikey : Ed25519Multikey;
  const options = {signer: (await from(key)).signer(), date: new Date(created)};
  if(cryptosuite === 'Ed25519Signature2020') {
    return new Ed25519Signature2020(options);
  }
  return new DataIntegrityProof({...options, cryptosuite: signed[cryptosuite](mandatoryPointers)});
}

async function verify({credential}) {
  const {verified, error, statusResult} = await vc.verifyCredential({
    credential, suite: verifying, documentLoader, checkStatus: lists.checkStatus
  });
  if(!verified) {
    throw error ?? statusResult?.error ?? new Error(JSON.stringify(statusResult));
  }
  // a status that is set is a result like others, and left to the caller to judge
  const set = (statusResult?.results ?? []).filter(({status}) => status);
  if(set.length) {
    throw new Error(`set: ${set.map(({credentialStatus}) => credentialStatus.statusPurpose).join(', ')}`);
  }
}

await answer({
  verify,

  async issue({credential, ...options}) {
    return vc.issue({credential, suite: await signing(options), documentLoader});
  },

  async derive({credential, selectivePointers}) {
    const cryptosuite = disclosing.createDiscloseCryptosuite({selectivePointers});
    return vc.derive({verifiableCredential: credential, suite: new DataIntegrityProof({cryptosuite}), documentLoader});
  },

  async statusList({id, issuer, validFrom, statusPurpose, indexes, ...options}) {
    const list = await lists.createList({length: 131072});
    indexes.forEach(index => list.setStatus(index, true));
    const credential = {...await lists.createCredential({id, list, statusPurpose}), issuer, validFrom};
    return vc.issue({credential, suite: await signing(options), documentLoader});
  }
});
