package graph

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
)

// deeds are what an Event's verb says of a person. Of "updated" the changes say it.
var deeds = map[string]string{
	"created": "Created", "deleted": "Deleted", "restored": "Restored", "deactivated": "Deactivated", "reactivated": "Reactivated",
	"linked": "Taken over from local administration", "unlinked": "Made local: the connection was removed", "revived": "Brought back",
	"link_asked": "A connection asked to take over this person", "link_approved": "Take-over by the connection approved",
	"merged": "Merged with a duplicate", "role_changed": "", "updated": "",
}

// labels are the columns of a person as an administrator calls them, in the order
// in which changes are told. The others follow from these.
var labels = []struct{ column, name string }{
	{user.FieldRole, "Role"}, {user.FieldUserName, "User name"}, {user.FieldDisplayName, "Display name"}, {user.FieldFormattedName, "Full name"},
	{user.FieldGivenName, "Given name"}, {user.FieldFamilyName, "Family name"}, {user.FieldEmail, "E-mail address"}, {user.FieldTitle, "Title"},
	{user.FieldDepartmentID, "Department"}, {user.FieldManagerID, "Manager"}, {user.FieldEmployeeNumber, "Employee number"},
	{user.FieldCostCenter, "Cost centre"}, {user.FieldDivision, "Division"}, {user.FieldCompany, "Company"}, {user.FieldUserType, "User type"},
	{user.FieldPreferredLanguage, "Language"}, {user.FieldLocale, "Locale"}, {user.FieldTimezone, "Time zone"}, {user.FieldExternalID, "External id"},
}

// mostTold is how many changes a summary tells one by one.
const mostTold = 4

// tell is the summary of an entry.
func (t *teller) tell(ctx context.Context, e *HistoryEntry) (string, error) {
	by, err := t.by(ctx, e)
	if err != nil {
		return "", err
	}
	if e.Event == nil {
		return ofRequest(e.Log, by), nil
	}
	_, verb, _ := strings.Cut(e.Event.Kind, ".")
	deed, known := deeds[verb]
	if !known {
		deed = sentence(strings.ReplaceAll(verb, "_", " "))
	}
	if id := idIn(e.Event.Data.After, "merged_into"); id != nil {
		name, err := t.person(ctx, id)
		if err != nil {
			return "", err
		}
		deed = "Merged into " + name + " and deleted"
	}
	var told []string
	if deed != "" {
		told = append(told, deed)
	}
	if verb != "created" && verb != "deleted" {
		changes, err := t.changes(ctx, e.Event)
		if err != nil {
			return "", err
		}
		told = append(told, changes...)
	}
	if len(told) == 0 {
		told = []string{"Changed"}
	}
	return strings.Join(told, "; ") + by, nil
}

// ofRequest is the summary of a request that made no event.
func ofRequest(l *ent.ProvisioningLog, by string) string {
	switch outcomeOf(l) {
	case LogOutcomeRefused:
		return fmt.Sprintf("%s%s; refused: %s", l.Operation, by, l.Detail)
	case LogOutcomeFailed:
		return fmt.Sprintf("%s%s; failed: %s", l.Operation, by, l.Detail)
	}
	return l.Operation + by
}

// by says who did it.
func (t *teller) by(ctx context.Context, e *HistoryEntry) (string, error) {
	if e.Log != nil && e.Log.ConnectionID != nil {
		c, err := t.loader.connectionBy(ctx, e.Log.ConnectionID)
		if c == nil {
			return " by a connection that was removed", err
		}
		return " by the connection " + c.Name, err
	}
	if e.Event == nil {
		return "", nil
	}
	if k := actor.Kind(e.Event.Actor); k == actor.Token && e.Event.ActorID != nil {
		token, err := one(t.loader.tokensBy(ctx, *e.Event.ActorID))(*e.Event.ActorID)
		switch {
		case err != nil:
			return "", err
		case token == nil:
			return " by a token that was removed", nil
		case token.ConnectionID == nil:
			return " by the token " + token.Name, nil
		}
		c, err := t.loader.connectionBy(ctx, token.ConnectionID)
		if c == nil {
			return " by a connection that was removed", err
		}
		return " by the connection " + c.Name, err
	}
	name, err := t.loader.actorName(ctx, e.Event)
	if name == nil {
		return " by somebody who was removed", err
	}
	return " by " + *name, err
}

// changes tells what an event changed, the most important in front.
func (t *teller) changes(ctx context.Context, e *ent.Event) (told []string, err error) {
	more := 0
	why, _ := e.Data.After["reason"].(string)
	for _, l := range labels {
		old, err := t.valueIn(ctx, e.Data.Before, l.column)
		if err != nil {
			return nil, err
		}
		now, err := t.valueIn(ctx, e.Data.After, l.column)
		if err != nil {
			return nil, err
		}
		switch {
		case old == now:
			continue
		case len(told) == mostTold:
			more++
		case now == "":
			told = append(told, fmt.Sprintf("%s %s removed", l.name, old))
		case old == "":
			told = append(told, fmt.Sprintf("%s set to %s", l.name, now))
		case l.column == user.FieldRole && why != "":
			told = append(told, fmt.Sprintf("%s changed from %s to %s, because %s", l.name, old, now, why))
		default:
			told = append(told, fmt.Sprintf("%s changed from %s to %s", l.name, old, now))
		}
	}
	if !reflect.DeepEqual(e.Data.Before[user.FieldAttributes], e.Data.After[user.FieldAttributes]) {
		if len(told) == 0 {
			return []string{"Other attributes changed"}, nil
		}
		more++
	}
	if more > 0 {
		told = append(told, many(more, "more change"))
	}
	return told, nil
}

// valueIn is a value as people know it: a name where the column has an id.
func (t *teller) valueIn(ctx context.Context, values map[string]any, column string) (string, error) {
	switch column {
	case user.FieldDepartmentID:
		if name, _ := values[user.FieldDepartmentName].(string); name != "" {
			return short(name), nil
		}
		id := idIn(values, column)
		if id == nil {
			return "", nil
		}
		d, err := one(t.loader.departmentsBy(ctx, *id))(*id)
		if d == nil {
			return "a department that was removed", err
		}
		return short(d.Name), err
	case user.FieldManagerID:
		if id := idIn(values, column); id != nil {
			return t.person(ctx, id)
		}
		column = user.FieldManagerValue
	}
	text, _ := values[column].(string)
	return short(text), nil
}

func (t *teller) person(ctx context.Context, id *uuid.UUID) (string, error) {
	u, err := one(t.loader.peopleBy(ctx, *id))(*id)
	if u == nil {
		return "somebody who was removed", err
	}
	return short(access.NameOf(u)), err
}

// maxTold is how much of a value a summary tells, in bytes.
const maxTold = 80

func short(text string) string {
	if len(text) <= maxTold {
		return text
	}
	at := maxTold
	for !utf8.RuneStart(text[at]) {
		at--
	}
	return text[:at] + "…"
}
