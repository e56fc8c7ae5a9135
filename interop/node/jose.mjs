// jose: compact JWS and JWT; it knows nothing of credentials, so the mapping to claims is written here.
import './surroundings.mjs';
import {SignJWT, importJWK, jwtVerify} from 'jose';
import {answer} from './answering.mjs';

// Open Badges 3.0 and CLR 2.0, JSON Web Token Proof Format: registered claims beside the members, or beside `vc`.
// Securing Verifiable Credentials using JOSE and COSE: the credential and nothing beside it.
const FORMS = {
  'VC-JWT': {header: {typ: 'JWT'}, payload: credential => credential, hasClaims: true},
  'VC-JWT of data model 1.1': {header: {typ: 'JWT'}, payload: credential => ({vc: credential}), hasClaims: true},
  'vc+jwt': {header: {typ: 'vc+jwt', cty: 'vc'}, payload: credential => credential, hasClaims: false}
};

await answer({
  async issue({form, credential, jwk, alg, kid}) {
    const {header, payload, hasClaims} = FORMS[form];
    const token = new SignJWT(payload(credential)).setProtectedHeader({alg, kid, ...header});
    if(hasClaims) {
      token
        .setIssuer(credential.issuer.id)
        .setJti(credential.id)
        .setNotBefore(new Date(credential.validFrom ?? credential.issuanceDate))
        .setExpirationTime(new Date(credential.validUntil ?? credential.expirationDate))
        .setSubject(credential.credentialSubject.id);
    }
    return token.sign(await importJWK(jwk, alg));
  },

  async verify({form, token, issuer, subject, jwk, alg}) {
    const {header, hasClaims} = FORMS[form];
    const claims = hasClaims ? {issuer, subject} : {};
    await jwtVerify(token, await importJWK(jwk, alg), {algorithms: [alg], typ: header.typ, ...claims});
  }
});
