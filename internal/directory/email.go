package directory

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/email"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/store"
)

// profileOf is ProfileOf with the e-mail rows.
func profileOf(ctx context.Context, tx *store.Tx, u *ent.User) (*Profile, error) {
	p := ProfileOf(u)
	rows, err := tx.Email.Query().Where(email.UserID(u.ID)).Order(email.ByID()).All(ctx)
	for _, e := range rows {
		p.Emails = append(p.Emails, emailOf(e))
	}
	return p, err
}

// emailOf reads an e-mail row.
func emailOf(e *ent.Email) Email {
	kind := ""
	if e.Kind != nil {
		kind = *e.Kind
	}
	return Email{e.Value, kind, e.Primary}
}

// replaceEmail gives a profile another primary address and leaves the others;
// nil takes them all away. The list in the attributes stays the same as the rows.
func (p *Profile) replaceEmail(address *string) {
	if equalText(p.PrimaryEmail(), address) {
		return
	}
	attributes := maps.Clone(p.Attributes)
	if attributes == nil {
		attributes = schema.Document{}
	}
	sent, _ := attributes["emails"].([]any)
	delete(attributes, "emails")
	p.Emails, p.Attributes = p.emailsWith(address), attributes
	if len(p.Emails) == 0 {
		return
	}
	list := make([]any, len(p.Emails))
	for i, e := range p.Emails {
		list[i] = e.document(sent)
	}
	attributes["emails"] = list
}

func (p *Profile) emailsWith(address *string) []Email {
	if address == nil {
		return nil
	}
	replaced := p.PrimaryEmail()
	first := Email{Value: *address, Primary: true}
	rest := slices.DeleteFunc(slices.Clone(p.Emails), func(e Email) bool {
		if replaced != nil && e.Value == *replaced {
			first.Kind = e.Kind
			return true
		}
		return store.Fold(e.Value) == store.Fold(*address)
	})
	return append([]Email{first}, rest...)
}

// document is the address as the attributes keep it: as it was sent, if it was.
func (e Email) document(sent []any) any {
	for _, s := range sent {
		if m, ok := s.(map[string]any); ok && m["value"] == e.Value && (m["primary"] == true) == e.Primary {
			return m
		}
	}
	m := map[string]any{"value": e.Value}
	if e.Kind != "" {
		m["type"] = e.Kind
	}
	if e.Primary {
		m["primary"] = true
	}
	return m
}

// replaceEmails writes the e-mail rows of a person anew.
func replaceEmails(ctx context.Context, tx *store.Tx, owner uuid.UUID, emails []Email) error {
	if _, err := tx.Email.Delete().Where(email.UserID(owner)).Exec(ctx); err != nil {
		return err
	}
	return insertEmails(ctx, tx, owner, emails)
}

// setEmail puts the primary address of a profile into a mutation where it differs.
func setEmail(m *ent.UserMutation, u *ent.User, p *Profile) {
	switch e := p.PrimaryEmail(); {
	case equalText(u.Email, e):
	case e == nil:
		m.ClearEmail()
	default:
		m.SetEmail(*e)
	}
}
