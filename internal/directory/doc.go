// Package directory holds the rules about people, groups and departments: who a
// newly sent person is, what follows when one leaves, what a group may contain.
// Every door uses it: SCIM today, GraphQL and the console after it. It knows
// neither HTTP nor the words of a protocol.
//
// The path of a new person:
//
//	Match      who is this? one query, before the transaction (docs/matching.md)
//	Provision  makes, links or revives the person, inside the transaction
//
// and of everything later: Update, which notices when a person is deactivated or
// comes back, Remove, and for groups CreateGroup, UpdateGroup, ChangeMembers and
// RemoveGroup. What administrators do by hand has verbs of its own, such as
// MergeDepartments and CreateLocalGroup. There is one path for deactivation;
// nothing sets active bare.
package directory
