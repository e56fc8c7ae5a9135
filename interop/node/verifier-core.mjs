// @digitalcredentials/verifier-core: it verifies, and issues nothing.
import './surroundings.mjs';
import {verifyCredential} from '@digitalcredentials/verifier-core';
import {answer, reasons} from './answering.mjs';

// Whether somebody lists the issuer says nothing about the credential.
const NOT_ASKED = ['registered_issuer'];

await answer({
  async verify({credential}) {
    const {errors = [], log = []} = await verifyCredential({credential, knownDIDRegistries: []});
    const failed = log.filter(({id, valid}) => !valid && !NOT_ASKED.includes(id));
    if(errors.length || failed.length || !log.some(({id, valid}) => id === 'valid_signature' && valid)) {
      throw new Error([...errors.map(reasons), ...failed.map(each => JSON.stringify(each))].join(', '));
    }
  }
});
