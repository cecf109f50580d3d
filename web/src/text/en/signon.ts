/** Texts of features/connections/signon. */
export const signon = {
  "signon.title": "Single sign-on",
  "signon.none": "Nobody signs in through this connection yet",
  "signon.noneText":
    "People can sign in with the account that they have there. It works with and without provisioning, and each can be switched off without harming the other.",
  "signon.noneReader": "Owners and administrators can set it up.",
  "signon.protocol": "How do people sign in there?",
  "signon.protocol.OIDC": "OpenID Connect",
  "signon.protocol.OIDC.about":
    "The simpler one: two ids and a secret. Take it unless something speaks against it.",
  "signon.protocol.SAML": "SAML 2.0",
  "signon.protocol.SAML.about": "For providers or rules that ask for it. Certificates instead of a secret.",
  "signon.begin": "Begin",
  "signon.unvouched": "An owner has to confirm this",
  "signon.unvouchedText":
    "Until then learners alone come in this way, and rules give no roles: whoever sets up a provider could be anybody who signs in there. Ask an owner to look at this page and to confirm it. A change of the provider or of the rules needs it again.",
  "signon.unvouchedOwner":
    "Until then learners alone come in this way, and rules give no roles. Look at the registration, the secrets and the rules below: whoever sets up a provider could be anybody who signs in there. If it is your organization’s own, confirm it.",
  "signon.vouch": "Confirm as it stands",
  "signon.vouched": "Confirmed. Owners, administrators and auditors can sign in this way now.",
  "signon.otherProtocol": "Choose another protocol",
  "signon.address.redirectUri": "Redirect URI",
  "signon.address.redirectUri.about":
    "Exactly as it stands here, with {scheme} and without a slash at the end.",
  "signon.address.afterLogoutUrl": "Address after signing out",
  "signon.address.afterLogoutUrl.about":
    "If you like: who signs out there comes back here. Microsoft takes it as one more redirect URI, others as a post-logout or sign-out redirect URI.",
  "signon.address.frontChannelLogoutUrl": "Front-channel logout URL",
  "signon.address.backChannelLogoutUrl": "Back-channel logout URL",
  "signon.address.backChannelLogoutUrl.about":
    "If the provider has such a thing: it tells this server by itself, without a browser, who has signed out there.",
  "signon.address.frontChannelLogoutUrl.about": "If you like: who signs out there is signed out here too.",
  "signon.address.entityId": "Identifier (Entity ID)",
  "signon.address.entityId.about": "It is also where the metadata is.",
  "signon.address.replyUrl": "Reply URL (ACS)",
  "signon.address.replyUrl.about": "Also called assertion consumer service, or single sign-on URL.",
  "signon.address.logoutUrl": "Logout URL",
  "signon.address.logoutUrl.about": "If you like: who signs out there is signed out here too.",
  "signon.make.ENTRA.OIDC": "1. Register Rollcall with Microsoft",
  "signon.ENTRA.OIDC.make.1":
    "In the Microsoft Entra admin center open **App registrations** and press **New registration**.",
  "signon.ENTRA.OIDC.make.2":
    "Give it a name, such as `Training`, and choose **Accounts in this organizational directory only** (single tenant).",
  "signon.ENTRA.OIDC.make.3":
    "Under **Redirect URI** choose **Web**, not Single-page application, paste the redirect URI from below, and press **Register**.",
  "signon.ENTRA.OIDC.fetch.1":
    "On the **Overview** page copy the **Application (client) ID** and the **Directory (tenant) ID**.",
  "signon.ENTRA.OIDC.fetch.2":
    "Open **Certificates & secrets**, then **Client secrets**, press **New client secret**, choose when it ends, and press **Add**.",
  "signon.ENTRA.OIDC.fetch.3":
    "Copy the secret from the column **Value** at once: Microsoft shows it this once. The **Secret ID** beside it is not the secret.",
  "signon.ENTRA.OIDC.fetch.4":
    "Provisioning doesn’t go through this registration: it needs a second, non-gallery enterprise application. Map `objectId` to `externalId` there, and everybody whom it sends is known when they sign in.",
  "signon.make.ENTRA.SAML": "1. Make an enterprise application at Microsoft",
  "signon.ENTRA.SAML.make.1":
    "In the Microsoft Entra admin center open **Enterprise applications**, press **New application**, then **Create your own application**, and choose **Integrate any other application you don’t find in the gallery (Non-gallery)**. The one that provisions will do.",
  "signon.ENTRA.SAML.make.2":
    "Open **Single sign-on**, choose **SAML**, and press **Edit** at **Basic SAML Configuration**.",
  "signon.ENTRA.SAML.make.3": "Paste the identifier and the reply URL from below, and press **Save**.",
  "signon.ENTRA.SAML.make.4":
    "Open **Users and groups** and assign who may sign in. The attributes can stay as they are: people are told apart by their object id, which Entra sends by itself.",
  "signon.ENTRA.SAML.fetch.1": "Back in **Single sign-on**, look for **SAML Certificates**.",
  "signon.ENTRA.SAML.fetch.2": "Copy the **App Federation Metadata Url** and paste it here.",
  "signon.ENTRA.SAML.fetch.3":
    "If this server can’t reach it, download **Federation Metadata XML** and paste what is in the file.",
  "signon.ENTRA.SAML.fetch.4":
    "In the provisioning of Entra, map `objectId` to `externalId`: then everybody whom it sends is known when they sign in.",
  "signon.make.OKTA.OIDC": "1. Make an app integration at Okta",
  "signon.OKTA.OIDC.make.1":
    "In Okta’s admin console open **Applications**, then **Applications**, and press **Create App Integration**.",
  "signon.OKTA.OIDC.make.2":
    "Choose **OIDC - OpenID Connect** and **Web Application**. The grant type **Authorization Code** is all it takes.",
  "signon.OKTA.OIDC.make.3":
    "Paste the redirect URI from below under **Sign-in redirect URIs**, choose under **Assignments** who may sign in, and press **Save**.",
  "signon.OKTA.OIDC.fetch.1":
    "On the tab **General** copy **Client ID** and, under **Client Secrets**, the secret.",
  "signon.OKTA.OIDC.fetch.2":
    "The issuer is the address of your Okta organization, without a path: `https://your-name.okta.com`.",
  "signon.OKTA.OIDC.fetch.3":
    "Okta tells people apart by its user id. If Okta provisions here, it sends the same id as `externalId`, so that everybody is known.",
  "signon.make.OKTA.SAML": "1. Make an app integration at Okta",
  "signon.OKTA.SAML.make.1":
    "In Okta’s admin console open **Applications**, then **Applications**, press **Create App Integration**, and choose **SAML 2.0**.",
  "signon.OKTA.SAML.make.2":
    "Paste the reply URL from below as **Single sign-on URL**, and the identifier as **Audience URI (SP Entity ID)**.",
  "signon.OKTA.SAML.make.3":
    'Set **Name ID format** to **Persistent** and the value to `user.getInternalProperty("id")`, the id that Okta provisions as `externalId`. Finish, and assign who may sign in under **Assignments**.',
  "signon.OKTA.SAML.fetch.1": "Open the tab **Sign On** of the application.",
  "signon.OKTA.SAML.fetch.2": "Copy the **Metadata URL** and paste it here.",
  "signon.OKTA.SAML.fetch.3": "If this server can’t reach it, open the address and paste what it shows.",
  "signon.make.GOOGLE.OIDC": "1. Make a client at Google",
  "signon.GOOGLE.OIDC.make.1":
    "In the Google Cloud console choose a project of your organization and open **APIs & Services**, then **OAuth consent screen**. Choose **Internal**, so that only your own accounts can sign in.",
  "signon.GOOGLE.OIDC.make.2":
    "Open **Credentials**, press **Create credentials**, then **OAuth client ID**.",
  "signon.GOOGLE.OIDC.make.3":
    "Choose **Web application**, paste the redirect URI from below under **Authorized redirect URIs**, and press **Create**.",
  "signon.GOOGLE.OIDC.fetch.1": "Copy **Client ID** and **Client secret**.",
  "signon.GOOGLE.OIDC.fetch.2":
    "Google tells people apart by a number that provisioning doesn’t send. Use the time window for first sign-ins below, or decide under People, Waiting accounts.",
  "signon.make.GENERIC.OIDC": "1. Register Rollcall with the provider",
  "signon.GENERIC.OIDC.make.1":
    "Make a confidential (web) client for the authorization code flow with PKCE and the scopes `openid profile email`.",
  "signon.GENERIC.OIDC.make.2": "Enter the redirect URI from below.",
  "signon.GENERIC.OIDC.fetch.1": "Copy the client id and the client secret.",
  "signon.GENERIC.OIDC.fetch.2":
    "The issuer is the address below which `/.well-known/openid-configuration` answers, exactly as the provider writes it.",
  "signon.make.GENERIC.SAML": "1. Register Rollcall with the provider",
  "signon.GENERIC.SAML.make.1":
    "Make a SAML 2.0 application with the identifier and the reply URL from below; or import our metadata, which is at the identifier.",
  "signon.GENERIC.SAML.make.2":
    "Let it send a NameID that never changes (persistent), best the one that is provisioned as `externalId`, and sign its assertions with SHA-256.",
  "signon.GENERIC.SAML.fetch.1": "Copy the address of the provider’s metadata, or the document itself.",
  "signon.GENERIC.SAML.fetch.2": "Without metadata, enter its parts one by one.",
  "signon.paste": "2. Paste what the provider shows",
  "signon.pasteAbout": "Nobody can sign in before you switch it on.",
  "signon.try": "3. Test it, and switch it on",
  "signon.tryLater":
    "When what stands above is saved, a test shows what the provider sends and whom it would sign in.",
  "signon.clientId": "Client ID",
  "signon.entraClientId": "Application (client) ID",
  "signon.tenantId": "Directory (tenant) ID",
  "signon.issuer": "Issuer",
  "signon.issuerAbout": "The address of the provider, exactly as it writes it.",
  "signon.authority": "Microsoft’s sign-in service",
  "signon.authorityAbout": "Leave it, unless your tenant is in the cloud of the US government or of China.",
  "signon.secret": "Client secret",
  "signon.secretAbout": "It is kept encrypted and never shown again.",
  "signon.entraSecret": "Client secret, the Value",
  "signon.entraSecretAbout": "Not the Secret ID. It is kept encrypted and never shown again.",
  "signon.secretEnds": "It ends on",
  "signon.secretEndsAbout":
    "Nobody can read that from the secret, so we ask: you are warned 60, 30, 14 and 7 days before, and the day before.",
  "signon.hybrid": "Hybrid flow",
  "signon.hybridAbout":
    "Asks for an ID token at once, sent by form. It needs “ID tokens” ticked at the provider, and is not needed for anything else.",
  "signon.keyCredential": "Prove this server by its certificate",
  "signon.keyCredentialAbout":
    "Instead of a client secret. Upload the certificate of the key below at the provider first.",
  "signon.keyCredentialNone": "Make a key below, and upload its certificate at the provider first.",
  "signon.metadataBy": "Where the provider’s metadata comes from",
  "signon.metadataBy.url": "Address",
  "signon.metadataBy.document": "Document",
  "signon.metadataBy.parts": "Part by part",
  "signon.metadataUrl": "Address of the metadata",
  "signon.metadata": "Metadata document (XML)",
  "signon.entityId": "Identifier of the provider",
  "signon.signInUrl": "Sign-in address",
  "signon.signOutUrl": "Logout address",
  "signon.certificates": "Certificates (PEM), at most three",
  "signon.ready": "That is all that is needed. Test it, then switch it on.",
  "signon.saved": "Saved. It holds from the next sign-in on.",
  "signon.savedStillOff": "Saved. Single sign-on is still off.",
  "signon.savedMoved": "Saved, with the new secret. It holds from the next sign-in on.",
  "signon.savedMovedOff": "Saved, with the new secret. Single sign-on is still off.",
  "signon.savedWithout": "Saved. The secrets of the provider before are removed; add the new one’s.",
  "signon.savedOff":
    "Saved, and switched off: the secrets of the provider before are removed, and nobody can sign in until you add the new one’s.",
  "signon.moving": "This is another provider",
  "signon.movingEntra": "This is another directory",
  "signon.movingSecrets":
    "{count, plural, one {The client secret} other {The client secrets}} here must never be shown to it: saving removes {count, plural, one {it} other {them}}.",
  "signon.movingLive":
    "People sign in this way now. With the new provider’s secret in the same act it stays on; without it, it is switched off, and nobody can sign in until you have added the secret and switched it on again.",
  "signon.movingOff": "Enter the new provider’s secret here, or add it later.",
  "signon.movingPeople":
    "{people, plural, one {One person has} other {# people have}} signed in with an account of the provider before, and {sessions, plural, =0 {no session is} one {one session is} other {# sessions are}} open. Their accounts at the new one are other accounts, and are decided about again.",
  "signon.warned": "It is saved; watch this",
  "signon.warned.read": "I have read it",
  "signon.on": "On: people can sign in",
  "signon.off": "Off: nobody can sign in this way",
  "signon.onText":
    "{people, plural, =0 {Nobody has signed in through it yet.} one {One person has signed in through it.} other {# people have signed in through it.}}",
  "signon.next.secret":
    "There is no client secret, so the provider won’t believe this server. Add it under Client secrets, then test and switch on.",
  "signon.next.test":
    "Next, test it: you sign in at the provider in a new tab and see, claim by claim, what it sends and whom it would sign in. Nothing is changed by a test. Then switch it on.",
  "signon.next.switch":
    "The provider takes this server’s secret. When a test has shown what you expect, switch it on: the sign-in page then has a button for it.",
  "signon.untested": "You have not seen a test succeed yet.",
  "signon.toSecret": "Add the client secret",
  "signon.test": "Test sign-in",
  "signon.switchOn": "Switch on",
  "signon.switchOff": "Switch off",
  "signon.on.done": "People can sign in now.",
  "signon.off.done": "Nobody can sign in this way any more.",
  "signon.counts":
    "{people, plural, =0 {Nobody has signed in through it yet.} other {{people, plural, one {One person has} other {# people have}} signed in through it; {sessions, plural, =0 {no session is} one {one session is} other {# sessions are}} open now. {withoutPasskey, plural, =0 {All of them have a passkey as another way in.} one {One of them has no passkey: a one-time link is the only other way in.} other {# of them have no passkey: a one-time link is their only other way in.}}}}",
  "signon.switchOffTitle": "Switch single sign-on of {name} off?",
  "signon.switchOffText":
    "People, provisioning and whose account is whose stay as they are. You can switch it on again at any time.",
  "signon.endSessions":
    "{count, plural, one {End the session that began through it now} other {End the # sessions that began through it now}}",
  "signon.remove": "Remove",
  "signon.removeTitle": "Remove single sign-on of {name}?",
  "signon.removeText":
    "Settings, secrets, whose account is whose and the roles that its rules gave go, and the sessions that began through it end now. The people stay, and so does provisioning. This can’t be undone.",
  "signon.removed": "Single sign-on of {name} is removed.",
  "signon.registration": "Registration",
  "signon.registration.OIDC": "What the provider calls us.",
  "signon.registration.SAML": "What we know of the provider.",
  "signon.change": "Change",
  "signon.addresses": "What the provider has to know",
  "signon.addressesAbout": "Paste these there, letter for letter.",
  "signon.flow": "Flow",
  "signon.flow.code": "authorization code with PKCE",
  "signon.flow.hybrid": "hybrid: code and ID token, sent by form",
  "signon.proof": "This server proves itself by",
  "signon.proof.secret": "a client secret",
  "signon.proof.key": "a certificate",
  "signon.pasted": "it was pasted",
  "signon.pinned": "Certificate of the provider",
  "signon.fingerprint": "SHA-256",
  "signon.ends": "Ends",
  "signon.endUnknown": "not known",
  "signon.ended": "ended",
  "signon.endsSoon": "ends",
  "signon.secrets": "Client secrets",
  "signon.secretsAbout":
    "Two can count at a time: add the new one, see that it works, then remove the old one. Nobody notices.",
  "signon.secretsNone": "There is no client secret",
  "signon.hint": "Ends with",
  "signon.added": "Added",
  "signon.use": "At the provider",
  "signon.acts": "Actions",
  "signon.worked": "worked",
  "signon.refused": "refused",
  "signon.unused": "not used yet",
  "signon.download": "Certificate",
  "signon.removeOne": "Remove the one that ends with {hint}",
  "signon.addSecret": "Add",
  "signon.secretAdded": "The secret is added. It is used from the next sign-in on.",
  "signon.secretRemoved": "The one that ends with {hint} is removed.",
  "signon.removeSecretTitle": "Remove the one that ends with {hint}?",
  "signon.removeSecretText":
    "It is forgotten here, and can’t be brought back. Remove it at the provider too.",
  "signon.keys": "Keys of this server",
  "signon.keysAbout.OIDC":
    "A key with a certificate can stand in for the client secret: upload the certificate at the provider, then choose it under Registration.",
  "signon.keysAbout.SAML":
    "They sign our requests, and open what the provider encrypts for us. The certificate is in our metadata too.",
  "signon.keysNone": "There is no key",
  "signon.makeKey": "Make a key",
  "signon.keyMade": "The key is made. Download its certificate for the provider.",
  "signon.keyFailed": "No key was made",
  "signon.first": "First sign-ins",
  "signon.firstAbout":
    "Whom the directory has sent with the same id is known at once. This is about all others; without it they wait for your decision.",
  "signon.linkUntil": "Link by user name or e-mail address until",
  "signon.linkUntilAbout":
    "For moving in: learners whose address is in a proved domain are linked without asking. At most 90 days; empty for never.",
  "signon.createPeople": "Make people at their first sign-in",
  "signon.createPeopleAbout":
    "Whoever isn’t here becomes a learner. Only while no directory provisions through this connection.",
  "signon.subjectClaim": "Claim to compare with externalId",
  "signon.subjectClaimAbout":
    "Empty for the provider’s own. Choose only what never changes and can’t be chosen by people.",
  "signon.roles": "Roles",
  "signon.rolesAbout":
    "Given at each sign-in, and by a group as soon as its members change: the first rule that fits counts, and whom none fits becomes a learner. Owners stay what they are. Without rules, roles are given here only.",
  "signon.holders":
    "{count, plural, one {A credential of this connection gives} other {# credentials of this connection give}} these roles",
  "signon.holdersText":
    "Whoever holds one of them puts people into its groups, and so gives what the rules give. Look through them, and end those that you don’t know: only owners make new ones while a rule names a group.",
  "signon.holdersMade": "made",
  "signon.holdersUsed": "last used",
  "signon.holdersSee": "See tokens and clients",
  "signon.rolesNone": "There is no rule.",
  "signon.rule": "Rule {n}",
  "signon.rule.by": "What the rule looks at",
  "signon.rule.by.group": "is in the group",
  "signon.rule.by.claim": "has the claim",
  "signon.rule.group": "Group",
  "signon.rule.claim": "Claim",
  "signon.rule.value": "Value",
  "signon.rule.role": "Role",
  "signon.rule.add": "Add a rule",
  "signon.rule.remove": "Remove rule {n}",
  "signon.saml": "SAML",
  "signon.providerInitiated": "People may begin at the provider",
  "signon.providerInitiatedAbout":
    "Such as by a tile in My Apps. They are then asked here before they are signed in: any site could have sent them.",
  "signon.legacySha1": "Accept SHA-1 signatures",
  "signon.legacySha1About": "They can be forged. Only for a provider that can’t do better, and until it can.",
} as const;
