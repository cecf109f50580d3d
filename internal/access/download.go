package access

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/download"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// DownloadLifetime is how long a download link works.
const DownloadLifetime = 15 * time.Minute

// downloadScopes are what the maker of a download needs, by what is in it.
var downloadScopes = map[string]string{"users": "users:read", "log": "log:read", "events": "events:read"}

// NewDownload is an export for which a link is to be made.
type NewDownload struct {
	What   string // users, log or events
	Format string
	Filter schema.Document // which rows, in the words of the door that exports them
}

// CreateDownload makes a link under which the actor's export can be fetched once.
// The secret can't be seen again. Errors: fault.Forbidden when the actor may not
// read what is to be exported.
func (a *Access) CreateDownload(ctx context.Context, tx *store.Tx, n NewDownload) (secret string, d *ent.Download, err error) {
	who, _ := actor.From(ctx)
	if scope := downloadScopes[n.What]; who.ID == uuid.Nil || !Includes(who.Scopes, scope) {
		return "", nil, fault.New(fault.Forbidden, "this needs the scope %s", scope).On(download.FieldWhat)
	}
	secret = draw(downloadLetter)
	hash := hashOf(secret)
	d, err = tx.Download.Create().SetWhat(n.What).SetFormat(n.Format).SetFilter(n.Filter).SetMadeBy(who.ID).
		SetHash(hash[:]).SetExpiresAt(tx.Now().Add(DownloadLifetime)).Save(ctx)
	return secret, d, err
}

// Download is what a link gives its holder.
type Download struct {
	*ent.Download
	Organization *ent.Organization
	Maker        actor.Actor // who made the link: on that one's behalf the rows are read
}

// Download says what a link stands for, and leaves it as it is. A link needs no
// other credential, but a visitor who brings one must be of its organization, and
// where a person made the link, that person; nil is a visitor without. Errors:
// fault.NotFound, the same for every reason.
func (a *Access) Download(ctx context.Context, secret string, visitor *Grant) (*Download, error) {
	if !shaped(secret, downloadLetter) {
		return nil, refuseDownload(uuid.Nil, "not a download link: wrong shape or checksum")
	}
	hash := hashOf(secret)
	row, err := a.store.Read().Download.Query().Where(download.Hash(hash[:])).Only(store.AcrossOrganizations(ctx))
	if ent.IsNotFound(err) {
		return nil, refuseDownload(uuid.Nil, "unknown download link")
	}
	if err != nil {
		return nil, err
	}
	if reason := downloadRefusal(row, a.store.Now()); reason != "" {
		return nil, refuseDownload(row.OrgID, reason)
	}
	d := &Download{Download: row}
	if err := a.RecheckDownload(ctx, d); err != nil {
		return nil, err
	}
	if visitor != nil && (visitor.IsSetUp() || d.isForeign(visitor.Actor())) {
		return nil, refuseDownload(row.OrgID, "download link of someone else")
	}
	return d, nil
}

// RedeemDownload is Download, exactly once however many try at the same time:
// the link is used up afterwards, whether or not all of the export arrives.
func (a *Access) RedeemDownload(ctx context.Context, secret string, visitor *Grant) (*Download, error) {
	d, err := a.Download(ctx, secret, visitor)
	if err != nil {
		return nil, err
	}
	err = a.store.Write(actor.With(ctx, d.Maker), func(ctx context.Context, tx *store.Tx) error {
		row, err := tx.Download.Query().Where(download.ID(d.ID), store.Lock).Only(ctx)
		if ent.IsNotFound(err) {
			return refuseDownload(d.OrgID, "download link that is gone")
		}
		if err != nil {
			return err
		}
		if reason := downloadRefusal(row, tx.Now()); reason != "" {
			return refuseDownload(d.OrgID, reason)
		}
		tx.Name(row.ID, "redeemed")
		return tx.Download.UpdateOneID(row.ID).SetUsedAt(tx.Now()).Exec(ctx)
	})
	return d, err
}

// RecheckDownload finds out whether the maker of a link may still read what it
// stands for, also while it is fetched. Errors: fault.NotFound, as Download's.
func (a *Access) RecheckDownload(ctx context.Context, d *Download) error {
	within := actor.InOrg(ctx, d.OrgID)
	org, err := a.store.Read().Organization.Query().Where(organization.ID(d.OrgID)).Only(within)
	if err != nil {
		return err
	}
	if org.SuspendedAt != nil || d.MadeBy == nil {
		return refuseDownload(d.OrgID, "download link of an organization that is suspended, or of nobody")
	}
	maker, err := a.grants.maker(within, a.store.Read(), *d.MadeBy)
	if err != nil {
		return err
	}
	if maker == nil || !Includes(maker.Scopes, downloadScopes[d.What]) {
		return refuseDownload(d.OrgID, "download link of someone who may not read that any more")
	}
	d.Organization, d.Maker = org, *maker
	return nil
}

// isForeign says whether a visitor has no business with the link.
func (d *Download) isForeign(visitor actor.Actor) bool {
	return visitor.Org != d.OrgID ||
		visitor.User != uuid.Nil && d.Maker.User != uuid.Nil && visitor.User != d.Maker.User
}

// downloadRefusal is why a link doesn't work, "" when it does.
func downloadRefusal(d *ent.Download, now time.Time) string {
	switch {
	case d.UsedAt != nil:
		return "download link that was used"
	case !now.Before(d.ExpiresAt):
		return "expired download link"
	}
	return ""
}

func refuseDownload(org uuid.UUID, reason string) error {
	return fault.New(fault.NotFound, "the link was used, has expired, or stands for what its maker may not read any more").
		Because(&Refused{Reason: reason, Organization: org})
}
