package access

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"math"
	"slices"
	"time"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// UseProviderCertificate is what is pinned of a SAML provider: not ours, but nobody can
// sign in when it has ended. The other uses are those of secrets.
const UseProviderCertificate = "provider_certificate"

// warnAt are the days before a secret ends at which there is a warning. One more
// comes when it has ended.
var warnAt = []int{60, 30, 14, 7, 1}

// stageOf is how many of the warnings are due.
func stageOf(expires, now time.Time) (stage, days int) {
	left := expires.Sub(now)
	if left <= 0 {
		return len(warnAt) + 1, 0
	}
	days = int(math.Ceil(left.Hours() / 24))
	for _, at := range warnAt {
		if days <= at {
			stage++
		}
	}
	return stage, days
}

// Ending is a secret, or the provider's certificate, of which it is time to warn.
type Ending struct {
	*ent.SignOn
	Use     string
	Hint    string // what people recognise it by, "" where it isn't shown
	Ends    time.Time
	Days    int  // until then, rounded up; 0: it has ended
	Covered bool // another one of the same use lasts longer
}

// Warn leaves an Event for each secret of the actor's organization by which the server
// proves itself to a provider and that ends within 60, 30, 14, 7 days or one, or has
// ended, and for the SAML provider's certificate that lasts longest: one for each of
// these, however often and on however many replicas it runs. tell, unless it is nil,
// passes each on within the same transaction. It returns how many that were.
func (s *SignOns) Warn(ctx context.Context, tell func(context.Context, *store.Tx, Ending) error) (warned int, err error) {
	all, err := s.store.Read().SignOn.Query().Where(signon.Enabled(true)).All(ctx)
	if err != nil {
		return 0, err
	}
	for _, on := range all {
		if due, _, _ := dueOf(on, s.store.Now()); len(due) == 0 {
			continue
		}
		n := 0
		err := s.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			n = 0
			current, err := s.locked(ctx, tx, on.ConnectionID)
			if fault.CodeOf(err) == fault.NotFound || err == nil && !current.Enabled { // since it was read
				return nil
			}
			if err != nil {
				return err
			}
			due, err := warn(ctx, tx, current)
			if n = len(due); err != nil || tell == nil {
				return err
			}
			for _, e := range due {
				if err := tell(ctx, tx, e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return warned, err
		}
		warned += n
	}
	return warned, nil
}

// dueOf is what of a SignOn it is time to warn of, and its marks once that was done.
func dueOf(on *ent.SignOn, now time.Time) (due []Ending, secrets []schema.SignOnSecret, warned map[string]int) {
	secrets = slices.Clone(on.Secrets)
	for i, k := range secrets {
		if k.ExpiresAt == nil || k.Use != proofOf(on) {
			continue
		}
		stage, days := stageOf(*k.ExpiresAt, now)
		if stage > k.Warned {
			secrets[i].Warned = stage
			due = append(due, Ending{on, k.Use, k.Hint, *k.ExpiresAt, days, covered(k, secrets)})
		}
	}
	c := lastPinned(on)
	if c == nil {
		return due, secrets, nil
	}
	sum := sha256.Sum256(c.Raw)
	print := hex.EncodeToString(sum[:])
	warned = map[string]int{print: on.Warned[print]} // those of earlier ones go
	if stage, days := stageOf(c.NotAfter, now); stage > warned[print] {
		warned[print] = stage
		due = append(due, Ending{on, UseProviderCertificate, "", c.NotAfter.UTC(), days, false})
	}
	return due, secrets, warned
}

// covered says whether one of the secrets does what k does, for longer.
func covered(k schema.SignOnSecret, secrets []schema.SignOnSecret) bool {
	return slices.ContainsFunc(secrets, func(other schema.SignOnSecret) bool {
		return other.Use == k.Use && other.ID != k.ID && (other.ExpiresAt == nil || k.ExpiresAt != nil && other.ExpiresAt.After(*k.ExpiresAt))
	})
}

// Needed says whether nobody can sign in once a secret has ended: the server proves
// itself by its kind, and no other of these lasts longer.
func Needed(on *ent.SignOn, k schema.SignOnSecret) bool {
	return k.Use == proofOf(on) && !covered(k, on.Secrets)
}

// lastPinned is the pinned certificate that lasts longest, nil for none: while the
// provider changes its certificate, the old one ends without harm.
func lastPinned(on *ent.SignOn) (last *x509.Certificate) {
	for _, text := range on.Settings.Certificates {
		if c := Certificate(text); c != nil && (last == nil || c.NotAfter.After(last.NotAfter)) {
			last = c
		}
	}
	return last
}

// Certificate reads the first block of a text in PEM, nil when that is no certificate.
func Certificate(text string) *x509.Certificate {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil
	}
	return c
}

// verbs are those of the Events, by use: while it still works, and once it has ended.
var verbs = map[string][2]string{
	UseClientSecret:        {"secret_expires", "secret_expired"},
	UseSigningKey:          {"key_expires", "key_expired"},
	UseProviderCertificate: {"certificate_expires", "certificate_expired"},
}

// warn notes what is due now. The last of several is what the Event tells of: it is one
// for each SignOn.
func warn(ctx context.Context, tx *store.Tx, on *ent.SignOn) ([]Ending, error) {
	due, secrets, warned := dueOf(on, tx.Now())
	if len(due) == 0 {
		return nil, nil
	}
	for _, e := range due {
		verb, after := verbs[e.Use][0], map[string]any{"connection_id": on.ConnectionID, "days": e.Days, "expires_at": e.Ends}
		if e.Days == 0 {
			verb = verbs[e.Use][1]
		}
		if e.Hint != "" {
			after["hint"] = "…" + e.Hint
		}
		tx.Note(ent.TypeSignOn, on.ID, verb, after)
	}
	kept, err := json.Marshal(secrets)
	if err != nil {
		return nil, err
	}
	marks, err := json.Marshal(warned)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, "UPDATE sign_ons SET secrets = ?, warned = ? WHERE id = ?", string(kept), string(marks), on.ID)
	return due, err
}
