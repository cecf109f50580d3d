/** Texts of features/log. */
export const log = {
  "log.title": "Provisioning log",
  "log.about":
    "Every request of your identity provider: what it asked, what came of it, and what it changed.",
  "log.view": "What to show",
  "log.view.requests": "Requests",
  "log.view.cycles": "Cycles",
  "log.view.causes": "Failing now",
  "log.search": "Words",
  "log.searchHint": "A name, “created”, “group Sales”…",
  "log.outcome": "Outcome",
  "log.outcome.any": "Any outcome",
  "log.outcome.CHANGED": "Changed",
  "log.outcome.UNCHANGED": "Nothing to change",
  "log.outcome.READ": "Answered",
  "log.outcome.MISSING": "Not there",
  "log.outcome.REFUSED": "Refused",
  "log.outcome.FAILED": "Failed",
  "log.more": "More filters",
  "log.moreSet": "More filters ({count})",
  "log.connection": "Connection",
  "log.connection.any": "Any connection",
  "log.connection.gone": "removed connection",
  "log.method": "Method",
  "log.method.any": "Any method",
  "log.type": "Reason",
  "log.type.any": "Any reason",
  "log.person": "Person",
  "log.reference": "Reference",
  "log.referenceHint": "Paste it, or the whole error text",
  "log.inCycle": "Only one cycle",
  "log.what": "What happened",
  "log.took": "Took",
  "log.when": "When",
  "log.clear": "Clear the filters",
  "log.empty": "Your identity provider has not called yet",
  "log.emptyText":
    "As soon as it does, each of its requests is here within a second. Set up a connection, then press “Test connection” over there.",
  "log.emptyAct": "To the connections",
  "log.noHits": "No request is like that",
  "log.noHitsText":
    "Rows are kept as long as the organization’s settings say. Take a filter away, or look at a longer time.",
  "log.pause": "Pause",
  "log.resume": "Go on",
  "log.fresh":
    "{count, plural, =0 {Paused; nothing new so far} one {Paused; # new request} other {Paused; # new requests}}",
  "log.showFresh": "{count, plural, one {Show # new request} other {Show # new requests}}",
  "log.capped":
    "The newest {count} rows are kept here while you follow. Older ones are in the log: load the page again and turn its pages, or filter.",
  "log.cycle.started": "Began",
  "log.cycle.requests": "Requests",
  "log.cycle.writes": "Changes",
  "log.cycle.failures": "Refused",
  "log.cycle.state": "State",
  "log.cycle.running": "Going on",
  "log.cycle.well": "All well",
  "log.cycle.failed": "{count, plural, one {# refused} other {# refused}}",
  "log.cycle.client": "Client",
  "log.cycle.empty": "No cycle yet",
  "log.cycle.emptyText":
    "A cycle is what an identity provider sends in one go, without a silence of five minutes. Entra starts one about every 40 minutes.",
  "log.cause.empty": "Nothing fails now",
  "log.cause.emptyText":
    "Everybody whom your identity provider sends has arrived. What failed earlier and went well since is not counted.",
  "log.cause.targets":
    "{count, plural, =0 {Nobody is known by it yet} one {# person or group is kept back} other {# people or groups are kept back}}",
  "log.cause.requests": "{count, plural, one {# request} other {# requests}} in the last 24 hours",
  "log.cause.last": "Last seen",
  "log.cause.example": "Open the newest request",
  "log.cause.all": "All requests of this kind",
  "log.cause.cause": "Cause",
  "log.back": "Provisioning log",
  "log.gone": "There is no such request",
  "log.goneText": "The reference isn’t quite right, or the row is older than what is kept.",
  "log.explain": "What it means",
  "log.holder": "See who has it",
  "log.todo": "What to do",
  "log.warnings": "What is odd about it",
  "log.changes": "What it changed",
  "log.changes.none": "It changed nothing.",
  "log.sent": "What came, and what we answered",
  "log.request": "Request",
  "log.response": "Answer",
  "log.noRequest": "The request had no body.",
  "log.noResponse": "Status {status}. The bodies of answers are kept only when something was refused.",
  "log.cut": "It was longer than 16 kB; what is behind that was not kept.",
  "log.curl": "Send it again with curl",
  "log.curlText":
    "The token is left out: put a working one of this connection into SCIM_TOKEN. Sending a change again may change something.",
  "log.copyCurl": "Copy as curl",
  "log.facts": "The facts",
  "log.status": "Status",
  "log.scimType": "SCIM’s word for it",
  "log.path": "Asked for",
  "log.client": "Client",
  "log.address": "Network address",
  "log.activity": "Client’s correlation id",
  "log.token": "Token",
  "log.cycle": "Cycle",
  "log.cycle.open": "All requests of that cycle",
  "log.events": "In the audit trail",
  "log.events.open": "{count, plural, one {# event} other {# events}}",
  "log.target": "All requests about the same",
  "log.target.open": "Show them",
  "log.why.CHANGED": "The request was accepted, and something is different now: see below.",
  "log.why.UNCHANGED":
    "The request was answered. Everything was as it asked already, so nothing was written.",
  "log.why.READ":
    "Your identity provider looked something up. It does that before each change, and changes nothing.",
  "log.why.missing":
    "It looked for somebody, or something, that isn’t here. That is usual before it makes a person, and after it deleted one.",
  "log.why.uniqueness":
    "Somebody else here has that user name, external id or group name already, upper and lower case aside.",
  "log.do.uniqueness":
    "See who has the name. If that is somebody else, give one of the two another name in your directory; the next cycle tries again by itself. If it is the same person or group, restart provisioning at your identity provider, so that it looks again; if it is kept here by hand, merge the two under People → Likely duplicates. An owner’s, administrator’s or auditor’s account is never taken over: leave that person out at your identity provider, or take the role away first, on the person’s page.",
  "log.why.mutability":
    "The request would change something that can’t be changed, or that this connection doesn’t own.",
  "log.do.mutability":
    "Take that attribute out of the mapping, or see who owns the person: a local administrator’s data is not overwritten by a directory until it is linked.",
  "log.why.invalidValue": "A value is missing, has the wrong type, or is longer than is allowed.",
  "log.do.invalidValue":
    "The sentence above names the attribute. Correct the value for this person in your directory, or the expression in the attribute mapping if it concerns many.",
  "log.why.invalidSyntax":
    "The body isn’t what SCIM asks for: broken JSON, or a part that has to be there is missing.",
  "log.do.invalidSyntax":
    "Look at the request below. With Entra, Okta and the other known clients this shouldn’t happen: send us the reference. With a client of your own, compare with docs/scim.md.",
  "log.why.invalidPath":
    "A PATCH names an attribute that there isn’t, or writes its path in a way that can’t be read.",
  "log.do.invalidPath":
    "Check the target attribute in the mapping, letter by letter. A custom attribute is named by its whole URN; copy it from the connection’s page.",
  "log.why.noTarget": "A PATCH speaks of a value, such as the work address, that this person doesn’t have.",
  "log.do.noTarget":
    "Usually the next cycle sends the whole person and heals it. If it comes again, restart provisioning for this person at your identity provider.",
  "log.why.invalidFilter":
    "The filter of a search can’t be read, or asks for something that can’t be searched.",
  "log.do.invalidFilter":
    "Set the matching attribute of the mapping to userName or externalId. A client of your own finds the filters that work in docs/scim.md.",
  "log.why.tooMany": "The request asks for more at once than is allowed, or its search finds too much.",
  "log.do.tooMany": "Let the client ask in pages, or with a narrower filter.",
  "log.why.sensitive":
    "The request asks for something that must not stand in an address, such as a password.",
  "log.do.sensitive": "Take that attribute out of the filter or mapping.",
  "log.why.paging":
    "A list was to be continued at a place that there isn’t any more, or with a count that can’t be.",
  "log.do.paging":
    "The client has to begin the list again from its first page. Known clients do that by themselves.",
  "log.why.401":
    "The request had no token, or one that is wrong, expired, revoked, or of another organization; or the connection is paused.",
  "log.do.401":
    "A paused connection is resumed under Connections. Otherwise compare the last four letters with those under Tokens. If none fits, make a new token for the connection and paste it into “Secret token” at your identity provider, then test the connection.",
  "log.why.403":
    "The token is good, but what it asks is not allowed: the change isn’t this directory’s to make, or the address doesn’t offer that.",
  "log.do.403":
    "The sentence above says what. Who is in a group that gives a role is often only an owner’s to change, here in the console.",
  "log.why.404": "The request is about somebody, or a group, that isn’t here: deleted, or never made.",
  "log.do.404":
    "Mostly nothing: the client makes what is missing anew in its next cycle. If it keeps coming, restart provisioning at your identity provider, so that it forgets the old id.",
  "log.why.405": "There is no such method at this address.",
  "log.do.405":
    "Check the tenant URL at your identity provider: copy it once more from the connection’s set-up guide.",
  "log.why.409": "The request clashes with something that is here already.",
  "log.do.409":
    "Find the other person or group by the name in the sentence above, and decide which of both is right.",
  "log.why.412":
    "The person changed since the client last read it, so its change was not applied over the newer one.",
  "log.do.412": "Nothing: the client reads the person again and repeats its change.",
  "log.why.413": "The body is larger than 1 MB, or has more operations than are allowed at once.",
  "log.do.413": "Let the client send smaller parts. Entra does by itself; with others lower the batch size.",
  "log.why.415": "The request doesn’t say that it is SCIM.",
  "log.do.415": "The client has to send Content-Type: application/scim+json, or application/json.",
  "log.why.429": "The client asked faster than the server lets it.",
  "log.do.429":
    "Nothing: it waits and tries again. If it happens all day, the operator can raise ROLLCALL_RATE_LIMIT.",
  "log.why.501":
    "The request asks for a part of SCIM that isn’t built, or sends groups while they are switched off for the connection.",
  "log.do.501":
    "Groups: switch them on in the connection’s settings, or their mapping off at your identity provider. Anything else: take it out of the client’s settings, and tell us if you need it.",
  "log.why.503": "The server, or its database, couldn’t answer just then.",
  "log.do.503":
    "Nothing for you: the client tries again. If it stays so, tell the operator; rollcall doctor says what is wrong.",
  "log.why.4xx": "The request was refused. Nothing was changed.",
  "log.do.4xx":
    "The sentence above says why. Correct it in your directory or its mapping; the next cycle tries again.",
  "log.why.5xx": "We have made a mistake, or the database failed. Nothing of this request was kept.",
  "log.do.5xx":
    "The client tries again by itself. If it stays so, give the operator the reference: the server’s log has the details.",
  "log.export.title": "Export the log",
  "log.export.all":
    "The file has every request that is kept, without the bodies; the filters don’t count, but for the time.",
  "log.export.bounded":
    "The file has every request of the time that is chosen in the filter, without the bodies; the other filters don’t count.",
} as const;
