package access

import (
	"context"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/passkey"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// maxPasskeys is how many passkeys a person can have.
const maxPasskeys = 20

// Passkeys are the passkeys of a person of the actor's organization, oldest
// first. It must not be called inside store.Write.
func (a *Access) Passkeys(ctx context.Context, person uuid.UUID) ([]*ent.Passkey, error) {
	return a.store.Read().Passkey.Query().Where(passkey.UserID(person)).Order(passkey.ByID()).All(ctx)
}

// RenamePasskey gives one of a person's passkeys another name. Errors:
// fault.NotFound when the person has no such passkey, fault.Invalid on name.
func (a *Access) RenamePasskey(ctx context.Context, tx *store.Tx, person, id uuid.UUID, name string) (*ent.Passkey, error) {
	name, err := passkeyName(name)
	if err != nil {
		return nil, err
	}
	k, err := passkeyOf(ctx, tx, person, id)
	if err != nil || k.Name == name {
		return k, err
	}
	k, err = tx.Passkey.UpdateOneID(k.ID).SetName(name).Save(ctx)
	if err != nil {
		return nil, err
	}
	tx.Name(id, "renamed")
	return k, nil
}

// RemovePasskey makes one of a person's passkeys worthless. Errors:
// fault.NotFound when the person has no such passkey.
func (a *Access) RemovePasskey(ctx context.Context, tx *store.Tx, person, id uuid.UUID) error {
	k, err := passkeyOf(ctx, tx, person, id)
	if err != nil {
		return err
	}
	return removePasskey(ctx, tx, k)
}

// RemovePasskeys makes all passkeys of a person worthless and returns how many
// that were.
func (a *Access) RemovePasskeys(ctx context.Context, tx *store.Tx, person uuid.UUID) (int, error) {
	all, err := tx.Passkey.Query().Where(passkey.UserID(person), store.Lock).Order(passkey.ByID()).All(ctx)
	if err != nil {
		return 0, err
	}
	for _, k := range all {
		if err := removePasskey(ctx, tx, k); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}

func removePasskey(ctx context.Context, tx *store.Tx, k *ent.Passkey) error {
	if err := tx.Passkey.DeleteOneID(k.ID).Exec(ctx); err != nil {
		return err
	}
	tx.Name(k.ID, "removed")
	return nil
}

// tooManyPasskeys refuses another passkey to a person who has some.
func tooManyPasskeys(has int) error {
	if has < maxPasskeys {
		return nil
	}
	return fault.New(fault.Conflict, "you have %d passkeys, which is the limit; remove one first", has)
}

func passkeyOf(ctx context.Context, tx *store.Tx, person, id uuid.UUID) (*ent.Passkey, error) {
	k, err := tx.Passkey.Query().Where(passkey.ID(id), passkey.UserID(person), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no such passkey; it may have been removed").Because(err)
	}
	return k, err
}

func passkeyName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > maxName || strings.ContainsFunc(name, unicode.IsControl) {
		return "", fault.New(fault.Invalid, "a passkey needs a name of at most %d characters, so that you know it again", maxName).On("name")
	}
	return name, nil
}

// holder is a person as the WebAuthn library wants one.
type holder struct {
	user        *ent.User
	credentials []webauthn.Credential
}

func holderOf(u *ent.User, keys []*ent.Passkey) (*holder, error) {
	h := &holder{user: u, credentials: make([]webauthn.Credential, len(keys))}
	for i, k := range keys {
		if err := decodeDocument(k.Credential, &h.credentials[i]); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// WebAuthnID implements webauthn.User.
func (h *holder) WebAuthnID() []byte { return h.user.ID[:] }

// WebAuthnName implements webauthn.User.
func (h *holder) WebAuthnName() string { return h.user.UserName }

// WebAuthnDisplayName implements webauthn.User.
func (h *holder) WebAuthnDisplayName() string { return NameOf(h.user) }

// WebAuthnCredentials implements webauthn.User.
func (h *holder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }

// documentOf is a value of the WebAuthn library in the form in which a column
// keeps it.
func documentOf(value any) (schema.Document, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var d schema.Document
	err = json.Unmarshal(text, &d)
	return d, err
}

func decodeDocument(d schema.Document, into any) error {
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
