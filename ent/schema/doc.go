// Package schema describes Rollcall's entities, one file for each. It says what
// is stored and what is unique; who may see a row, how keys are folded and how
// versions grow is the business of internal/store, and what an administrator
// may do is the business of internal/directory.
//
// Every entity but Organization carries org_id. There are no foreign keys to
// organizations: each insert would take a share lock on the same row, and eight
// writers of one customer would queue for it.
package schema
