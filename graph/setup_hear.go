package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/predicate"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	hearSpan     = 24 * time.Hour // what is older says nothing about this set-up
	hearAtFirst  = 100
	hearMost     = 300 // requests are remembered, and as many older ones that still count
	hearFailures = 5
	hearCustom   = 100
)

// heardFor keeps the rows that a set-up hears: those of its connection, and
// credentials that belong to none: they may have been meant for it, if it was there
// already (ids follow time).
func heardFor(connection uuid.UUID) []predicate.ProvisioningLog {
	return []predicate.ProvisioningLog{provisioninglog.Or(provisioninglog.ConnectionID(connection),
		provisioninglog.And(provisioninglog.ConnectionIDIsNil(), provisioninglog.Status(http.StatusUnauthorized),
			provisioninglog.IDGT(connection)))}
}

// recent brings the newest rows of the last day.
func (f *logFollower) recent(ctx context.Context) ([]*ent.ProvisioningLog, error) {
	return f.query().Where(provisioninglog.IDGT(before(schema.NewID(), hearSpan))).
		Order(provisioninglog.ByID(sql.OrderDesc())).Limit(hearAtFirst).All(store.ByID(ctx))
}

// standing brings the refused requests of the last day that nothing has put right since,
// however many requests came after them.
func (r *Resolver) standing(ctx context.Context, connection uuid.UUID) ([]*ent.ProvisioningLog, error) {
	c, err := r.store.Read().Connection.Get(ctx, connection)
	if err != nil {
		return nil, err
	}
	rows, err := r.store.Read().ProvisioningLog.Query().Where(
		provisioninglog.ConnectionID(connection), provisioninglog.IDGT(before(schema.NewID(), hearSpan)), provisioninglog.StatusGTE(http.StatusBadRequest),
		provisioninglog.StatusNotIn(http.StatusUnauthorized, http.StatusNotFound, http.StatusTooManyRequests)).
		Order(provisioninglog.ByID(sql.OrderDesc())).Limit(hearMost).All(store.ByID(ctx))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	solved, err := r.solved(ctx, &checkup{connection: c, failures: rows})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(rows, solved), nil
}

// hearing is what one set-up has heard so far.
type hearing struct{ requests []heardRequest } // newest first

// heardRequest is what is remembered of a request: no body.
type heardRequest struct {
	id                        uuid.UUID
	at                        time.Time
	method, path              string
	status                    int
	operation, detail, client string
	subject                   string // whom it is about: the name that it sends, else the id
	attributes                int
	custom                    []string
	externalID                string // the one that it sends
}

func (h *hearing) add(rows ...*ent.ProvisioningLog) {
	for _, l := range rows {
		if !slices.ContainsFunc(h.requests, func(r heardRequest) bool { return r.id == l.ID }) {
			h.requests = append(h.requests, heardIn(l))
		}
	}
	slices.SortFunc(h.requests, func(a, b heardRequest) int { return compareIDs(b.id, a.id) })
	if len(h.requests) > hearMost {
		h.requests = append(h.requests[:hearMost:hearMost], h.lasting(h.requests[hearMost:])...)
	}
}

// lasting keeps of the oldest requests those that still count: what is refused to
// this day, and the first person and group.
func (h *hearing) lasting(oldest []heardRequest) []heardRequest {
	keep := map[uuid.UUID]bool{}
	for _, r := range h.refused() {
		keep[r.id] = true
	}
	for _, path := range []string{"/Users", "/Groups"} {
		if r := h.first(path); r != nil {
			keep[r.id] = true
		}
	}
	kept := slices.DeleteFunc(slices.Clone(oldest), func(r heardRequest) bool { return !keep[r.id] })
	return kept[:min(len(kept), hearMost)]
}

// first is the oldest request that has made something.
func (h *hearing) first(path string) *heardRequest {
	for i := range slices.Backward(h.requests) {
		if h.requests[i].isNew(path) {
			return &h.requests[i]
		}
	}
	return nil
}

func heardIn(l *ent.ProvisioningLog) heardRequest {
	r := heardRequest{id: l.ID, at: l.CreatedAt, method: l.Method, path: l.Path, status: l.Status,
		operation: l.Operation, detail: l.Detail, client: l.Client}
	var body map[string]any
	_ = json.Unmarshal([]byte(l.RequestBody), &body) // cut at 16 kB: then it says nothing
	for _, name := range []string{"userName", "displayName"} {
		if text, ok := body[name].(string); ok && r.subject == "" {
			r.subject = store.Fold(text)
		}
	}
	if r.subject == "" && l.TargetID != nil {
		r.subject = l.TargetID.String()
	}
	if strings.HasPrefix(r.path, "/Users") && r.status < http.StatusBadRequest {
		r.externalID = externalIDIn(body)
	}
	if r.isNew("/Users") {
		r.attributes, r.custom = countedIn(body)
	}
	return r
}

// isNew says whether the request has made something.
func (r *heardRequest) isNew(path string) bool {
	return r.method == http.MethodPost && strings.HasPrefix(r.path, path) && r.status == http.StatusCreated
}

// externalIDIn is the externalId that a request sends, as an attribute of the person
// or as a value of a patch; "" for none.
func externalIDIn(body map[string]any) string {
	of := func(object map[string]any) string {
		for name, value := range object {
			if text, ok := value.(string); ok && strings.EqualFold(name, "externalId") {
				return text
			}
		}
		return ""
	}
	if text := of(body); text != "" {
		return text
	}
	operations, _ := body["Operations"].([]any)
	for _, o := range operations {
		operation, _ := o.(map[string]any)
		path, _ := operation["path"].(string)
		switch value := operation["value"].(type) {
		case map[string]any:
			if text := of(value); text != "" && path == "" {
				return text
			}
		case string:
			if strings.EqualFold(path, "externalId") {
				return value
			}
		}
	}
	return ""
}

// objectID says whether the newest externalId has the form of Entra's object id; nil
// when none was sent.
func (h *hearing) objectID() *bool {
	for _, r := range h.requests {
		if r.externalID != "" {
			_, err := uuid.Parse(r.externalID)
			is := err == nil && len(r.externalID) == len(uuid.Nil.String())
			return &is
		}
	}
	return nil
}

// countedIn is how many attributes with a value a person came with, and the names
// of those that no standard knows.
func countedIn(body map[string]any) (count int, custom []string) {
	for key, value := range body {
		if key == "schemas" || key == "meta" || saysNothing(value) {
			continue
		}
		inner, isObject := value.(map[string]any)
		if !isObject || !strings.HasPrefix(store.Fold(key), "urn:") {
			count++
			continue
		}
		standard := strings.HasPrefix(store.Fold(key), "urn:ietf:params:scim:schemas:")
		for name, value := range inner {
			if saysNothing(value) {
				continue
			}
			if count++; !standard {
				custom = append(custom, key+":"+name)
			}
		}
	}
	slices.Sort(custom)
	return count, custom[:min(len(custom), hearCustom)]
}

func saysNothing(value any) bool {
	list, isList := value.([]any)
	return value == nil || value == "" || isList && len(list) == 0
}

// progress is what the requests come to.
func (h *hearing) progress() *SetUpProgress {
	p := &SetUpProgress{Call: h.call(), Failures: h.failures()}
	if r := h.first("/Users"); r != nil {
		p.Person = &SetUpPerson{At: r.at, Operation: r.operation, Attributes: r.attributes, Custom: append([]string{}, r.custom...), ObjectID: h.objectID(), RequestID: r.id}
	}
	if r := h.first("/Groups"); r != nil {
		p.Group = &SetUpGroup{At: r.at, Operation: r.operation}
	}
	return p
}

var tokenEnd = regexp.MustCompile(`it ends in …(.+)$`)

func (h *hearing) call() *SetUpCall {
	if len(h.requests) == 0 {
		return &SetUpCall{State: SetUpCallStateWaiting}
	}
	r := h.requests[0]
	at := r.at.Truncate(time.Second)
	c := &SetUpCall{State: SetUpCallStateLetIn, At: &at, Client: filled(r.client)}
	if r.status != http.StatusUnauthorized {
		c.IsTest = r.method == http.MethodGet && strings.Contains(r.path, "filter=")
		return c
	}
	c.State, c.RequestID = SetUpCallStateTurnedAway, &r.id
	fix := fixIn(credentialFixes, r.detail, SetUpFixToken)
	if c.Fix = &fix; tokenEnd.MatchString(r.detail) {
		c.TokenEnd = &tokenEnd.FindStringSubmatch(r.detail)[1]
	}
	return c
}

// refused are the newest refused requests about each person or group that has not got
// through since.
func (h *hearing) refused() []heardRequest {
	var refused []heardRequest
	settled := map[string]bool{}
	for _, r := range h.requests {
		if r.status < http.StatusBadRequest {
			if r.method != http.MethodGet {
				settled[r.subject] = true
			}
			continue
		}
		if r.status == http.StatusUnauthorized || r.status == http.StatusNotFound || r.subject != "" && settled[r.subject] {
			continue
		}
		settled[r.subject] = true
		refused = append(refused, r)
	}
	return refused
}

// failures are the reasons for which requests are refused.
func (h *hearing) failures() []*SetUpFailure {
	failures := []*SetUpFailure{}
	for _, r := range h.refused() {
		fix := r.fix()
		i := slices.IndexFunc(failures, func(f *SetUpFailure) bool { return f.Fix == fix })
		switch {
		case i >= 0:
			failures[i].Count++
		case len(failures) < hearFailures:
			failures = append(failures, &SetUpFailure{At: r.at, Detail: r.sentence(), Fix: fix, Count: 1, RequestID: r.id})
		}
	}
	return failures
}

type fixRule struct {
	form *regexp.Regexp
	fix  SetUpFix
}

var credentialFixes = []fixRule{
	{regexp.MustCompile(`no (bearer )?token`), SetUpFixNoToken},
	{regexp.MustCompile(`wrong shape|checksum`), SetUpFixCutToken},
	{regexp.MustCompile(`unknown token`), SetUpFixUnknownToken},
	{regexp.MustCompile(`revoked`), SetUpFixRevoked},
	{regexp.MustCompile(`expired`), SetUpFixExpired},
	{regexp.MustCompile(`paused|switched off`), SetUpFixPaused},
	{regexp.MustCompile(`another organization`), SetUpFixOrganization},
}

var refusalFixes = []fixRule{
	{regexp.MustCompile(`administrative role`), SetUpFixAdmin},
	{regexp.MustCompile(`administrator can approve`), SetUpFixApprove},
	{regexp.MustCompile(`does not take over local people`), SetUpFixRefuse},
	{regexp.MustCompile(`belongs to the deactivated`), SetUpFixRevive},
	{regexp.MustCompile(`two people|merge the two`), SetUpFixMerge},
	{regexp.MustCompile(`another connection`), SetUpFixOther},
	{regexp.MustCompile(`is in use`), SetUpFixTaken},
	{regexp.MustCompile(`domain`), SetUpFixDomain},
	{regexp.MustCompile(`[Gg]roups are`), SetUpFixGroups},
}

func fixIn(rules []fixRule, detail string, otherwise SetUpFix) SetUpFix {
	for _, rule := range rules {
		if rule.form.MatchString(detail) {
			return rule.fix
		}
	}
	return otherwise
}

// fix is what to do about a refused request.
func (r *heardRequest) fix() SetUpFix {
	switch {
	case r.status == http.StatusNotImplemented && strings.HasPrefix(r.path, "/Groups"):
		return SetUpFixGroups
	case r.status == http.StatusTooManyRequests:
		return SetUpFixBusy
	case r.status >= http.StatusInternalServerError:
		return SetUpFixServer
	}
	return fixIn(refusalFixes, r.detail, SetUpFixData)
}

var (
	idInText        = regexp.MustCompile(` [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	referenceInText = regexp.MustCompile(` \(reference …\)$`)
)

// sentence is what was answered, with a capital and without ids.
func (r *heardRequest) sentence() string {
	text := r.detail
	if text == "" {
		text = r.operation
	}
	text = referenceInText.ReplaceAllString(idInText.ReplaceAllString(text, " …"), "")
	text = strings.Replace(text, "in use by user …", "in use already", 1)
	return sentence(text)
}

// textOf tells two states of progress apart.
func textOf(p *SetUpProgress) string {
	text, _ := json.Marshal(p) // always encodes
	return string(text)
}
