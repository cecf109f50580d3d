/** Texts of the set-up guides. **Bold** is what to click, `code` what to type. */
export const setup = {
  "setup.title": "Set-up guide",
  "setup.titleOf": "Set up {name}",
  "setup.steps": "Steps",
  "setup.step.prepare": "Have ready",
  "setup.step.app": "Application",
  "setup.step.credentials": "Credentials",
  "setup.step.mapping": "Mapping",
  "setup.step.attributes": "Custom attributes",
  "setup.step.start": "Start",
  "setup.step.prepare.title": "What to have ready",
  "setup.step.app.title": "Make the application at the provider",
  "setup.step.credentials.title": "Give it the address and a secret",
  "setup.step.mapping.title": "Check what is sent",
  "setup.step.attributes.title": "Custom attributes, if you need any",
  "setup.step.start.title": "Try one person, then start",
  "setup.back": "Back",
  "setup.next": "Next",
  "setup.finish": "Look at the connection",
  "setup.signOn":
    "Let them sign in with {kind, select, ENTRA {Microsoft} OKTA {Okta} GOOGLE {Google} ONELOGIN {OneLogin} JUMPCLOUD {JumpCloud} other {their work account}}",
  "setup.url": "Tenant URL",
  "setup.notPublic":
    "{kind} can’t call this address: it calls over the internet and by `https`. The server’s operator sets the public address as `ROLLCALL_PUBLIC_URL`.",
  "setup.hasToken": "Token",
  "setup.tokenUsed": "It works.",
  "setup.tokenUnused": "Not used yet.",
  "setup.hasTokenText": "If you no longer have its secret, make another; both work then.",
  "setup.secretHere": "the secret token goes here",
  "setup.picture": "Numbers are those of the steps above. Your provider’s page may have moved a little.",

  "setup.live": "What we hear",
  "setup.live.somebody": "Somebody",
  "setup.live.wrongEnd": "Token wrong: it ends in …{end}",
  "setup.live.wrong": "{client} was turned away",
  "setup.live.test": "Test connection heard",
  "setup.live.call": "The directory is let in",
  "setup.live.before": "The directory has called before",
  "setup.live.callWaiting": "Waiting for the first call",
  "setup.live.callHow":
    "It comes when you test the connection at the provider, in step 3. Keep this page open to see it.",
  "setup.live.person":
    "First person received: {attributes, plural, one {one attribute} other {# attributes}}{undeclared, plural, =0 {} other {, # not declared}}",
  "setup.live.people": "{count, plural, one {One person is} other {# people are}} in",
  "setup.live.personWaiting": "Waiting for the first person",
  "setup.live.group": "First group received",
  "setup.live.groups": "{count} groups are in",
  "setup.live.groupWaiting": "No group yet",
  "setup.live.groupOptional": "Groups are optional: people come in without them.",
  "setup.live.client": "Program: {client}",
  "setup.live.nickname": "These people can’t sign in with Microsoft by themselves",
  "setup.live.nicknameText":
    "Their externalId isn’t Entra’s object id, so each first sign-in will wait for a decision here. In Entra, under **Attribute mapping** (older pages: **Mappings**), map **objectId** to **externalId**, save, and click **Restart provisioning**. Step 4 shows where.",
  "setup.live.more": "{detail}, and {count, plural, one {one more} other {# more}} like it",
  "setup.live.request": "See the request",

  "setup.fix.NO_TOKEN":
    "The request carried no token. Paste the secret into the field for it, and choose bearer token where there is a choice.",
  "setup.fix.CUT_TOKEN":
    "This is no whole token of Rollcall: it was cut, mistyped, or something else was pasted. Copy it again with the button, from `rcs_` to the end.",
  "setup.fix.UNKNOWN_TOKEN":
    "This server has no such token. Perhaps it is another installation’s. Make a token in step 3 and paste that one.",
  "setup.fix.REVOKED": "This token was ended. Make a new one in step 3 and paste it.",
  "setup.fix.EXPIRED": "This token’s time is over. Make a new one in step 3 and paste it.",
  "setup.fix.PAUSED": "The connection is paused. Resume it on its page, then test again.",
  "setup.fix.ORGANIZATION":
    "The token belongs to another organization than the address. Copy the Tenant URL and a token from this page.",
  "setup.fix.TOKEN": "Make a token in step 3, paste it at the provider and test again.",
  "setup.fix.ADMIN":
    "An owner, administrator or auditor is never taken over by a directory. Leave that person out of the directory’s scope, or take the role away first, on the person’s page.",
  "setup.fix.APPROVE":
    "This person is here already, and an approval is needed. Open the person’s page and allow it; the directory tries again by itself.",
  "setup.fix.REFUSE":
    "This person is here already as a local one, and the connection is set to refuse that. Change it under **Settings**, or remove the local person.",
  "setup.fix.REVIVE":
    "The name belongs to somebody who was deactivated. Under **Settings**, let the connection bring deactivated people back.",
  "setup.fix.MERGE":
    "Two people here match. Merge them under **People › Likely duplicates**; the directory tries again by itself.",
  "setup.fix.OTHER":
    "The user name belongs to a person of another connection. One person can come from one directory only: take the person out of one of the two. Being unassigned only deactivates, and keeps the name: delete the person here as well, or remove the connection that you no longer need.",
  "setup.fix.TAKEN":
    "Somebody who came from this directory has the name already. Two people? Give one of them another user name there. The same person? Then the directory has lost track: restart provisioning there, so that it looks the person up again.",
  "setup.fix.DOMAIN":
    "The address is outside the e-mail domains of this connection. Add the domain under **Settings**, or leave the person out of the directory’s scope.",
  "setup.fix.GROUPS":
    "Groups are sent, but switched off here. Switch them on under **Settings**, or switch the group mapping off at the provider.",
  "setup.fix.BUSY": "Too many requests in a second. The directory waits and tries again; nothing is lost.",
  "setup.fix.SERVER":
    "This was our fault. The directory tries again by itself; if it goes on, tell the operator the reference of the request.",
  "setup.fix.DATA":
    "The directory was told so, too. The request shows what it sent, and where it went wrong.",

  "setup.mapping.title": "The mapping to compare with",
  "setup.mapping.about":
    "For users. Change the row with the note; the others are as Entra begins. More attributes do no harm: they are kept, too.",
  "setup.mapping.source": "In Entra",
  "setup.mapping.target": "Sent as",
  "setup.mapping.note": "Note",
  "setup.mapping.changed": "Change this one",
  "setup.mapping.csv": "Download as CSV",

  "setup.link.title": "Connect your directory to {organization}",
  "setup.link.about":
    "{kind} will send its people to {organization} by itself: six steps set that up, for the connection {name}. This link opens nothing else, and ends",
  "setup.link.from": "{name} of {organization} sent you this link. Ask there if something is unclear.",
  "setup.link.fromProgram": "Ask whoever sent you this link if something is unclear.",
  "setup.link.incomplete": "This link isn’t complete",
  "setup.link.incompleteText":
    "Open it again from the message in which you got it. If it was cut off there, ask whoever sent it to you for a new one.",
  "setup.link.over": "This link no longer works",
  "setup.link.overText":
    "It has expired or was ended, or it wasn’t copied whole. Ask whoever sent it to you for a new one. What you have set up stays.",
  "setup.link.expired": "This link has expired",
  "setup.link.ended": "This link was ended",
  "setup.link.askFor":
    "If you still need it, ask {name} of {organization} for a new one. What you have set up stays.",
  "setup.link.askSender":
    "If you still need it, ask whoever sent it to you for a new one. What you have set up stays.",
  "setup.link.paused": "The connection is paused: calls are turned away until {organization} resumes it.",
  "setup.link.notPublic":
    "{kind} can’t call this address: it calls over the internet and by `https`. Tell whoever sent you this link before you go on.",
  "setup.link.makeAnother": "Make another token",
  "setup.link.hasTokenText": "If you no longer have its secret, make another; this one works for a day more.",
  "setup.link.finish":
    "When all is green under “What we hear”, that is all: people go on coming in by themselves, and you can close this page.",
  "setup.link.ENTRA.mapping.4":
    "Click **Ok**, then **Save** and **Yes**. If you don’t want groups, open **Provision Microsoft Entra ID Groups**, set **Enabled** to **No**, and tell whoever sent you this link.",
  "setup.link.ENTRA.attributes.1":
    "Most directories need none: go on with step 6. Otherwise agree with whoever sent you this link on a name, such as `urn:scim:acme:User:Division`. Once it was sent it is listed below; declare it then, so that it has a type.",
  "setup.link.OKTA.attributes.1":
    "Agree with whoever sent you this link on a name, such as `urn:scim:acme:User:Division`. In Okta open **Directory › Profile Editor**, choose the application and click **Add Attribute**. Once it was sent it is listed below; declare it then.",
  "setup.link.ONELOGIN.attributes.1":
    "Agree with whoever sent you this link on a name, such as `urn:scim:acme:User:Division`. Once it was sent it is listed below; declare it then, so that it has a type.",
  "setup.link.JUMPCLOUD.attributes.1":
    "Agree with whoever sent you this link on a name, such as `urn:scim:acme:User:Division`. Once it was sent it is listed below; declare it then, so that it has a type.",
  "setup.link.GENERIC.attributes.1":
    "Agree with whoever sent you this link on a name, such as `urn:scim:acme:User:Division`. Once it was sent it is listed below; declare it then, so that it has a type.",
  "setup.link.fix.PAUSED": "The connection is paused. Ask whoever sent you this link to resume it.",
  "setup.link.fix.ADMIN":
    "This person has an administrative role here, and such people are never taken over by a directory. Leave the person out of the directory’s scope, or ask whoever sent you this link.",
  "setup.link.fix.APPROVE":
    "This person is here already, and an approval is needed. Ask whoever sent you this link for it; the directory tries again by itself.",
  "setup.link.fix.REFUSE":
    "This person is here already, and the connection is set to refuse that. Ask whoever sent you this link to change it.",
  "setup.link.fix.REVIVE":
    "The name belongs to somebody who was deactivated here. Ask whoever sent you this link to let the connection bring deactivated people back.",
  "setup.link.fix.MERGE":
    "Two people here match. Ask whoever sent you this link to merge them; the directory tries again by itself.",
  "setup.link.fix.DOMAIN":
    "The address is outside the e-mail domains of this connection. Ask whoever sent you this link to add the domain, or leave the person out of the directory’s scope.",
  "setup.link.fix.GROUPS":
    "Groups are sent, but switched off here. Switch the group mapping off at the provider, or ask whoever sent you this link to switch groups on.",
  "setup.link.fix.SERVER":
    "This was the fault of this server. The directory tries again by itself; if it goes on, tell whoever sent you this link.",

  "setup.hand": "Hand this to your IT administrator",
  "setup.hand.text":
    "Whoever opens the link sees this set-up and nothing else, without an account: the address, a token to make, and what is heard. Send it to one person, by a way that only that person reads.",
  "setup.hand.name": "Whom is it for?",
  "setup.hand.nameHint": "IT of Contoso",
  "setup.hand.days": "The link works for",
  "setup.hand.daysOf": "{count, plural, one {# day} other {# days}}",
  "setup.hand.act": "Make the link",
  "setup.hand.link": "the set-up link",
  "setup.hand.until": "You can end it at any time, here or under Tokens. It ends by itself on",
  "setup.hand.done": "Done",
  "setup.links": "Set-up links",
  "setup.links.opened": "Opened",
  "setup.links.never": "Not opened yet",
  "setup.links.ends": "Ends",
  "setup.links.end": "End",
  "setup.links.endOne": "End the link for {name}",
  "setup.links.endTitle": "End the link for {name}?",
  "setup.links.endText":
    "Whoever has it sees nothing any more, at once. The token that was made with it goes on working; end that one under Tokens. This can’t be undone.",
  "setup.links.ended": "The link for {name} is ended.",

  "setup.ENTRA.prepare.1":
    "An account in Microsoft Entra that may manage enterprise applications. The role **Cloud Application Administrator** is enough.",
  "setup.ENTRA.prepare.2":
    "A Microsoft Entra ID **P1** or **P2** plan if you want to assign groups. Without it, people are assigned one by one.",
  "setup.ENTRA.prepare.3":
    "One test account, or your own, for the first try; and the name of the group with everybody who is to come in. Nested groups bring nobody: only direct members count.",
  "setup.ENTRA.prepare.4":
    "Fifteen minutes. After that, changes arrive by themselves, about every 40 minutes.",
  "setup.ENTRA.app.why":
    "**Provisioning needs a non-gallery enterprise application.** If there is one already, for signing in with SAML, open it and go on with step 3. An app registration (OpenID Connect) won’t do, for Entra can’t provision through it: make a second application beside it.",
  "setup.ENTRA.app.1":
    "In the Entra admin center (`entra.microsoft.com`) open **Entra ID › Enterprise apps**, also called **Enterprise applications**, and click **New application**.",
  "setup.ENTRA.app.2": "Click **Create your own application**.",
  "setup.ENTRA.app.3": "Give it a name, for example `Rollcall (provisioning)`.",
  "setup.ENTRA.app.4":
    "Choose **Integrate any other application you don’t find in the gallery (Non-gallery)**. The other two choices can’t provision.",
  "setup.ENTRA.app.5": "Click **Create** and wait until the application opens.",
  "setup.ENTRA.credentials.1":
    "In the application open **Provisioning** and click **New configuration**, or **Connect your application**. In the older pages: **Get started**, and **Provisioning Mode: Automatic**. If it asks for an authentication method, choose **Bearer authentication**.",
  "setup.ENTRA.credentials.2": "Paste the **Tenant URL** from above as it is, with nothing after it.",
  "setup.ENTRA.credentials.3": "Make a token above, copy it, and paste it as **Secret token**.",
  "setup.ENTRA.credentials.4":
    "Click **Test connection**. Under “What we hear” it turns green within seconds. Then click **Create**, or **Save**.",
  "setup.token.ENTRA.credentials.3": "Paste the secret of the token above (`{hint}`) as **Secret token**.",
  "setup.token.OKTA.credentials.4":
    "Choose **HTTP Header** as **Authentication Mode**, and paste the secret of the token above (`{hint}`) beside **Bearer**.",
  "setup.token.ONELOGIN.credentials.3":
    "Paste the secret of the token above (`{hint}`) as **SCIM Bearer Token**.",
  "setup.token.JUMPCLOUD.credentials.3": "Paste the secret of the token above (`{hint}`) as **Token Key**.",
  "setup.token.GENERIC.credentials.2":
    "Enter the secret of the token above (`{hint}`) as bearer token. In a script it goes into the header `Authorization: Bearer rcs_…`.",
  "setup.ENTRA.mapping.1":
    "Under **Provisioning** open **Attribute mapping** (older pages: **Mappings**) and click **Provision Microsoft Entra ID Users**.",
  "setup.ENTRA.mapping.2":
    "Click **Edit** in the row of `externalId`. It begins with `mailNickname`, which is not unique and changes when somebody marries.",
  "setup.ENTRA.mapping.3": "Set **Source attribute** to `objectId`, which never changes.",
  "setup.ENTRA.mapping.4":
    "Click **Ok**, then **Save** and **Yes**. If you don’t want groups, open **Provision Microsoft Entra ID Groups**, set **Enabled** to **No**, and switch groups off in this connection’s settings too.",
  "setup.ENTRA.attributes.1":
    "Most directories need none: go on with step 6. Otherwise declare the attribute below. Its whole name is what Entra wants to know, letter by letter.",
  "setup.ENTRA.attributes.2":
    "In **Provision Microsoft Entra ID Users** tick **Show advanced options** and click **Edit attribute list for customappsso**.",
  "setup.ENTRA.attributes.3": "In the last row paste the whole name, choose the type, and click **Save**.",
  "setup.ENTRA.attributes.4":
    "Back in the mapping click **Add New Mapping**, choose the source, and the new name as **Target attribute**.",
  "setup.ENTRA.start.1":
    "Under **Users and groups** click **Add user/group** and assign your test account. Entra passes over whoever is not assigned.",
  "setup.ENTRA.start.2":
    "Under **Provisioning** click **Provision on demand**, choose that account and click **Provision**. The person appears under “What we hear” within seconds.",
  "setup.ENTRA.start.3":
    "Under **Users and groups** assign the groups and people who are to come in. Begin with a small group if you can.",
  "setup.ENTRA.start.4":
    "Under **Provisioning** click **Start provisioning**. The first people arrive within 40 minutes.",
  "setup.ENTRA.start.5":
    "Under **Provisioning › Overview › Properties** (older pages: **Settings**) enter an address for notifications. Entra writes to it when it stops provisioning.",

  "setup.OKTA.prepare.1":
    "An Okta account that is a **Super admin**, or may manage applications. Provisioning needs Okta’s Lifecycle Management.",
  "setup.OKTA.prepare.2": "One test account, and the names of the groups that are to come in.",
  "setup.OKTA.app.1":
    "In the Okta Admin Console open **Applications › Applications**. If the platform’s sign-on application is there, open it and go on with line 3.",
  "setup.OKTA.app.2":
    "Otherwise click **Browse App Catalog**, search for **SCIM 2.0 Test App (Header Auth)**, click **Add Integration** and go on with the next step.",
  "setup.OKTA.app.3": "In your own application open **General** and, under **App Settings**, click **Edit**.",
  "setup.OKTA.app.4": "Set **Provisioning** to **SCIM** and click **Save**. A tab **Provisioning** appears.",
  "setup.OKTA.credentials.1": "Open **Provisioning › Integration** and click **Edit**.",
  "setup.OKTA.credentials.2": "Paste the Tenant URL from above as **SCIM connector base URL**.",
  "setup.OKTA.credentials.3":
    "Enter `userName` as **Unique identifier field for users**. Tick **Push New Users**, **Push Profile Updates** and **Push Groups**.",
  "setup.OKTA.credentials.4":
    "Choose **HTTP Header** as **Authentication Mode**, make a token above and paste it beside **Bearer**.",
  "setup.OKTA.credentials.5": "Click **Test Connector Configuration**, then **Save**.",
  "setup.OKTA.mapping.1":
    "Open **Provisioning › To App**, click **Edit**, and tick **Create Users**, **Update User Attributes** and **Deactivate Users**.",
  "setup.OKTA.mapping.2": "Leave **Sync Password** off: Rollcall never stores passwords. Click **Save**.",
  "setup.OKTA.mapping.3":
    "Below, under **Attribute Mappings**, see that department, title, employee number and manager are mapped as you want them.",
  "setup.OKTA.attributes.1":
    "Declare the attribute below. In Okta open **Directory › Profile Editor**, choose the application and click **Add Attribute**.",
  "setup.OKTA.attributes.2":
    "Enter the last part of the name as **External name**, and all before it, without the last colon, as **External namespace**. Then map it under **Mappings**.",
  "setup.OKTA.start.1":
    "Under **Assignments** assign your test account. The person appears here within seconds.",
  "setup.OKTA.start.2": "Then assign the groups whose members are to come in.",
  "setup.OKTA.start.3": "Under **Push Groups** choose the groups that are to exist here as groups.",

  "setup.ONELOGIN.prepare.1":
    "An account that is an administrator of OneLogin, with provisioning in its plan.",
  "setup.ONELOGIN.prepare.2": "One test account, and the role whose members are to come in.",
  "setup.ONELOGIN.app.1":
    "In OneLogin’s administration open **Applications › Applications** and click **Add App**.",
  "setup.ONELOGIN.app.2": "Search for **SCIM Provisioner with SAML (SCIM v2 Enterprise)** and choose it.",
  "setup.ONELOGIN.app.3": "Give it a name and click **Save**.",
  "setup.ONELOGIN.credentials.1": "In the application open **Configuration**.",
  "setup.ONELOGIN.credentials.2": "Paste the Tenant URL from above as **SCIM Base URL**.",
  "setup.ONELOGIN.credentials.3": "Make a token above and paste it as **SCIM Bearer Token**.",
  "setup.ONELOGIN.credentials.4": "Under **API Status** click **Enable**, then **Save**.",
  "setup.ONELOGIN.mapping.1":
    "Open **Parameters**. `scimusername` should be the user name with which people sign in.",
  "setup.ONELOGIN.mapping.2":
    "For groups: click **Groups**, tick **Include in User Provisioning**, and make a rule that sets groups from roles.",
  "setup.ONELOGIN.mapping.3":
    "Open **Provisioning**, tick **Enable provisioning**, and choose **Suspend** for people who are deleted in OneLogin.",
  "setup.ONELOGIN.attributes.1": "Declare the attribute below, so that it has a type here.",
  "setup.ONELOGIN.attributes.2":
    "In OneLogin add it to the **SCIM JSON Template** under **Configuration**, with its URN in `schemas` and as the key of its object.",
  "setup.ONELOGIN.start.1":
    "Under **Users** of the application add your test account and approve the pending creation.",
  "setup.ONELOGIN.start.2": "Then, under **Access**, choose the role whose members are to come in.",
  "setup.ONELOGIN.start.3":
    "If approvals are required, untick **Create user**, **Update user** and **Delete user** under **Provisioning › Require admin approval**.",

  "setup.JUMPCLOUD.prepare.1": "An account that is an administrator of JumpCloud.",
  "setup.JUMPCLOUD.prepare.2": "A user group with one test account, and the groups that are to come in.",
  "setup.JUMPCLOUD.app.1":
    "In the JumpCloud Admin Portal open **SSO Applications** and click **Add New Application**.",
  "setup.JUMPCLOUD.app.2":
    "Choose **Custom Application**, and tick **Export users to this app (Identity Management)**.",
  "setup.JUMPCLOUD.app.3": "Give it a name and click **Save Application**.",
  "setup.JUMPCLOUD.credentials.1":
    "Open **Identity Management** and choose **SCIM 2.0** as **SCIM Version**.",
  "setup.JUMPCLOUD.credentials.2": "Paste the Tenant URL from above as **Base URL**.",
  "setup.JUMPCLOUD.credentials.3": "Make a token above and paste it as **Token Key**.",
  "setup.JUMPCLOUD.credentials.4":
    "Enter an address nobody has yet as **Test User Email**, click **Test Connection**, then **Activate**. The test makes that person here and deactivates it again.",
  "setup.JUMPCLOUD.mapping.1":
    "Under **Attribute mapping** see that `userName` and the e-mail address are what you expect.",
  "setup.JUMPCLOUD.mapping.2":
    "Tick **Enable management of User Groups and Group Membership in this application** if groups are to come in.",
  "setup.JUMPCLOUD.attributes.1": "Declare the attribute below, so that it has a type here.",
  "setup.JUMPCLOUD.attributes.2":
    "In JumpCloud, under **Attribute mapping**, add a row with the whole name as **SCIM attribute**.",
  "setup.JUMPCLOUD.start.1":
    "Under **User Groups** tick the group with your test account and click **Save**.",
  "setup.JUMPCLOUD.start.2": "When the person is here, tick the groups that are to come in.",
  "setup.JUMPCLOUD.start.3": "People who leave all of these groups are deactivated here, not deleted.",

  "setup.GENERIC.prepare.1": "A program that speaks SCIM 2.0 (RFC 7643 and 7644) and sends a bearer token.",
  "setup.GENERIC.prepare.2":
    "It must reach this server over the network. `{url}/ServiceProviderConfig` says what is supported, and needs no token.",
  "setup.GENERIC.app.1":
    "Where the program manages what it provisions, add an application or target of the kind **SCIM 2.0** with a bearer token.",
  "setup.GENERIC.credentials.1": "Enter the Tenant URL from above as the address, base URL or endpoint.",
  "setup.GENERIC.credentials.2":
    "Make a token above and enter it as bearer token. In a script it goes into the header `Authorization: Bearer rcs_…`.",
  "setup.GENERIC.credentials.3": "Test the connection, or send `GET {url}/Users?count=1`.",
  "setup.GENERIC.mapping.1":
    "Send a key that never changes as `externalId`, the name with which people sign in as `userName`, and an address in `emails` with `primary`.",
  "setup.GENERIC.mapping.2":
    "Department, manager, employee number and the like belong to `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User`.",
  "setup.GENERIC.attributes.1":
    "Declare the attribute below, so that it has a type here and can be filtered by.",
  "setup.GENERIC.attributes.2": "Send it below its URN, as a key of the user.",
  "setup.GENERIC.start.1": "Provision one test account first. It appears here at once.",
  "setup.GENERIC.start.2":
    "Then all others. Leavers are best sent with `active` false: they keep their history.",
} as const;
