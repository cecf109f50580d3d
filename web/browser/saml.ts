import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";

/** keys are a pair of RSA keys, of so many bits. */
export const keys = (bits = 2048) => generateKeyPairSync("rsa", { modulusLength: bits });
export type Keys = ReturnType<typeof keys>;

const day = 86_400_000;

/** der is one value of ASN.1. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const n = body.length;
  const length = n < 128 ? [n] : n < 256 ? [0x81, n] : [0x82, n >> 8, n & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sha256WithRSA = der(0x30, Buffer.from("06092a864886f70d01010b0500", "hex"));
const utcTime = (at: number) =>
  der(0x17, Buffer.from(`${new Date(at).toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`));

/** certificate is a pair's own, valid since yesterday and for so many days to come, in base64. */
export function certificate({ publicKey, privateKey }: Keys, days: number) {
  const commonName = der(0x30, Buffer.from("0603550403", "hex"), der(0x0c, Buffer.from("idp.test")));
  const name = der(0x30, der(0x31, commonName));
  const told = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    sha256WithRSA,
    name,
    der(0x30, utcTime(Date.now() - day), utcTime(Date.now() + days * day)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", told, privateKey));
  return der(0x30, told, sha256WithRSA, signature).toString("base64");
}

const names = {
  assertion: "urn:oasis:names:tc:SAML:2.0:assertion",
  metadata: "urn:oasis:names:tc:SAML:2.0:metadata",
  protocol: "urn:oasis:names:tc:SAML:2.0:protocol",
  signature: "http://www.w3.org/2000/09/xmldsig#",
};

/** metadata is what a provider says of itself. */
export const metadata = (entityId: string, certificates: string[]) =>
  `<EntityDescriptor xmlns="${names.metadata}" entityID="${entityId}"><IDPSSODescriptor protocolSupportEnumeration="${names.protocol}">${certificates
    .map(
      (text) =>
        `<KeyDescriptor use="signing"><KeyInfo xmlns="${names.signature}"><X509Data><X509Certificate>${text}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`,
    )
    .join(
      "",
    )}<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.test/sso"/></IDPSSODescriptor></EntityDescriptor>`;

/** Said is what a provider says unasked, and to whom. */
interface Said {
  issuer: string;
  nameId: string;
  email: string;
  audience: string;
  to: string;
}

/**
 * unasked is the SAMLResponse of somebody who began at the provider, in base64. What is
 * signed is written in its canonical form: namespaces before attributes, those in the
 * order of their names, no empty tags.
 */
export function unasked(said: Said, privateKey: KeyObject) {
  const at = (ms: number) => new Date(Date.now() + ms).toISOString().replace(/\.\d+/, "");
  const [id, now, until] = [`_${randomUUID()}`, at(0), at(5 * 60_000)];
  const opening = `<saml:Assertion xmlns:saml="${names.assertion}" ID="${id}" IssueInstant="${now}" Version="2.0"><saml:Issuer>${said.issuer}</saml:Issuer>`;
  const rest = [
    `<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">${said.nameId}</saml:NameID>`,
    '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">',
    `<saml:SubjectConfirmationData NotOnOrAfter="${until}" Recipient="${said.to}"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>`,
    `<saml:Conditions NotBefore="${at(-60_000)}" NotOnOrAfter="${until}"><saml:AudienceRestriction><saml:Audience>${said.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>`,
    `<saml:AuthnStatement AuthnInstant="${now}" SessionIndex="${id}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`,
    `<saml:AttributeStatement><saml:Attribute Name="mail"><saml:AttributeValue>${said.email}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>`,
  ].join("");
  const digest = createHash("sha256")
    .update(opening + rest)
    .digest("base64");
  const algorithm = (element: string, uri: string) => `<ds:${element} Algorithm="${uri}"></ds:${element}>`;
  const canonical = "http://www.w3.org/2001/10/xml-exc-c14n#";
  const signed = [
    `<ds:SignedInfo xmlns:ds="${names.signature}">`,
    algorithm("CanonicalizationMethod", canonical),
    algorithm("SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
    `<ds:Reference URI="#${id}"><ds:Transforms>`,
    algorithm("Transform", `${names.signature}enveloped-signature`),
    algorithm("Transform", canonical),
    `</ds:Transforms>${algorithm("DigestMethod", "http://www.w3.org/2001/04/xmlenc#sha256")}`,
    `<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`,
  ].join("");
  const value = sign("sha256", Buffer.from(signed), privateKey).toString("base64");
  const signature = `<ds:Signature xmlns:ds="${names.signature}">${signed}<ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature>`;
  const response = `<samlp:Response xmlns:samlp="${names.protocol}" ID="_${randomUUID()}" IssueInstant="${now}" Version="2.0" Destination="${said.to}"><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>`;
  return Buffer.from(`${response}${opening}${signature}${rest}</samlp:Response>`).toString("base64");
}
