/** Texts of features/home. */
export const home = {
  "home.title": "Home",
  "home.none": "Nothing is connected yet",
  "home.noneText":
    "Connect the directory in which your people are kept. They then come in, change and leave by themselves.",
  "home.connect": "Connect a directory",
  "home.verdict.failing":
    "{count, plural, one {{name} is not in sync} other {# of {all} connections are not in sync}}",
  "home.verdict.kept":
    "{count, plural, one {One person or group is kept back} other {# people or groups are kept back}}; all others are in sync",
  "home.verdict.late": "{count, plural, one {{name} is late} other {# connections are late}}",
  "home.verdict.degraded": "Something needs a look",
  "home.verdict.paused":
    "{count, plural, one {{name} is paused} other {# connections are paused}}; nothing comes in through {count, plural, one {it} other {them}}",
  "home.verdict.waiting":
    "{count, plural, one {{name} has not been heard from yet} other {None of the # connections has been heard from yet}}",
  "home.verdict.good": "Everything is in sync",
  "home.verdict.partly":
    "Everything is in sync; {count, plural, one {{name} has not been heard from yet} other {# connections have not been heard from yet}}",
  "home.about":
    "{people, plural, one {One person} other {# people}} through {connections, plural, one {one connection} other {# connections}}.",
  "home.aboutHeard": "Last heard",
  "home.hands": "What needs a hand",
  "home.handsNone": "Nothing needs you. When something does, it stands here, the most harmful first.",
  "home.hand.late": "Look at the connection",
  "home.hand.setup": "Open the set-up",
  "home.hand.request": "See the request",
  "home.hand.resume": "Look at the connection",
  "home.hand.token": "See the tokens",
  "home.hand.mapping": "See the mapping",
  "home.hand.person": "Look at {name}",
  "home.hand.people": "See who waits",
  "home.hand.problem":
    "{targets, plural, =0 {{requests, plural, one {One request fails} other {# requests fail}}} one {One person or group is kept back} other {# people or groups are kept back}}: {detail}",
  "home.hand.linkOne": "{name} waits until you allow {connection} to take the account over",
  "home.hand.linkMany": "{count} people wait until you allow {connection} to take their accounts over",
  "home.hand.linkText":
    "The directory wants to create {count, plural, one {somebody who is} other {people who are}} here already as local {count, plural, one {person} other {people}}. Nothing has changed; approve it on the person’s page.",
  "home.hand.credentialsEnd":
    "The SCIM credential of {connection} {ended, select, yes {ended} other {ends}} {when}",
  "home.hand.credentialsText":
    "When it ends the directory is turned away. Make its successor now: both work for a while.",
  "home.hand.unusedText":
    "{ended, select, yes {The directory is turned away} other {When it ends the directory is turned away}}: another one lasts longer, but was never used. Enter that at the provider, or make a new one.",
  "home.hand.accounts":
    "{count, plural, one {An account waits} other {# accounts wait}} for you to say whose {count, plural, one {it is} other {they are}}",
  "home.hand.accountsText": "Somebody has signed in well at the provider, and nobody here is it by its id.",
  "home.hand.accountsSee": "Decide",
  "home.hand.secretEnds":
    "The client secret of {connection} {ended, select, yes {ended} other {ends}} {when}",
  "home.hand.keyEnds":
    "The certificate of our key for {connection} {ended, select, yes {ended} other {ends}} {when}",
  "home.hand.secretText":
    "{ended, select, yes {Nobody can sign in through it. Add its successor.} other {When it ends nobody can sign in through it. Add its successor now: both count for a while.}}",
  "home.hand.certificateEnds":
    "The certificate of the provider behind {connection} {ended, select, yes {ended} other {ends}} {when}",
  "home.hand.certificateText":
    "{ended, select, yes {Nobody can sign in through it. Pin its successor, by importing the metadata again.} other {When it ends nobody can sign in through it. Pin its successor now, by importing the metadata again: both count for a while.}}",
  "home.hand.signOn": "See single sign-on",
  "home.hand.vouch": "An owner has to confirm the single sign-on of {connection}",
  "home.hand.vouchText": "Until then learners alone come in this way, and rules give no roles.",
  "home.hand.domain": "The TXT record of {name} is gone: the domain counts as unproved {when}",
  "home.hand.domainLapsed": "{name} is not proved any more",
  "home.hand.domainText":
    "Its people are led to their provider, and linked by name, only while the record is there.",
  "home.hand.domainSee": "See the domain",
  "home.hand.waiting": "{connection} has not been heard from yet",
  "home.hand.waitingText": "Follow its set-up up to Test connection, which is pressed at the provider.",
  "home.hand.paused": "{connection} is paused",
  "home.hand.pausedText":
    "Its directory is turned away, and its people stay as they are until you resume it.",
  "home.hand.lastSeen": "last seen",
  "home.figure.heard": "Last heard",
  "home.figure.never": "never",
  "home.figure.rhythm": "Usual rhythm",
  "home.figure.rhythmNone": "not known yet",
  "home.figure.rhythmEvery": "every {time}",
  "home.figure.rhythmChange": "when something changes",
  "home.figure.in": "People in",
  "home.figure.inNote": "{active} active",
  "home.figure.failing": "Failing",
  "home.figure.failingNote": "people or groups, last 24 hours",
  "home.figure.waiting": "People waiting",
  "home.figure.waitingNote": "{managers} for a manager, {links} to be taken over",
  "home.days": "Requests of the last 14 days from {name}",
  "home.open": "Open",
  "home.setup": "Finish the set-up",
  "home.waitingText":
    "Nobody has called yet. The set-up says what to click, and turns green when the directory calls.",
} as const;
