// Package notify tells people by mail what they have to know while they aren't looking
// at the console.
//
//	SecretEnds, CredentialsEnd
//	            → within the transaction that notes what is to be told, insert one job
//	              for each person whom it concerns: it is there if that commits
//	Run         → works the jobs, on any replica: looks the person up anew, writes the
//	              mail from a template, and hands it to the operator's mail server;
//	              tries again for a day and a half where that fails
//
// River keeps the jobs. They hold ids, never addresses or names: whoever has left or
// lost the role meanwhile gets nothing. When something is to be told is not decided
// here but by the rules, which know nothing of mail.
package notify
