package directory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/department"
	"github.com/rollcall/rollcall/ent/email"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// importing is an import under way. Its maps are by folded user name, but for
// that of departments, which is by folded name.
type importing struct {
	directory *Directory
	rows      []ImportRow
	verdicts  []ImportVerdict
	keys      []string       // of the rows
	first     map[string]int // the row that a user name stands in first
	late      map[int]bool   // rows whose manager is made after them
	until     time.Time      // no row is begun later
	written   map[int]bool   // rows of the batch that were committed

	people      map[string]*ent.User
	ids         map[string]uuid.UUID // of people, and of those who were made since
	emails      map[uuid.UUID][]Email
	deleted     map[string]bool // who could be restored
	owners      map[uuid.UUID]bool
	departments map[string]uuid.UUID
}

// planImport finds out what is to become of each row. It writes nothing.
func (d *Directory) planImport(ctx context.Context, rows []ImportRow) (*importing, error) {
	p := &importing{
		directory: d, rows: rows, verdicts: make([]ImportVerdict, len(rows)), keys: make([]string, len(rows)),
		first: map[string]int{}, late: map[int]bool{}, written: map[int]bool{}, people: map[string]*ent.User{}, ids: map[string]uuid.UUID{},
		emails: map[uuid.UUID][]Email{}, deleted: map[string]bool{}, owners: map[uuid.UUID]bool{}, departments: map[string]uuid.UUID{},
	}
	for i := range rows {
		row := &rows[i]
		for _, text := range []*string{&row.UserName, row.Department, row.Manager} {
			if text != nil {
				*text = strings.TrimSpace(*text)
			}
		}
		p.keys[i] = store.Fold(row.UserName)
		if _, taken := p.first[p.keys[i]]; !taken {
			p.first[p.keys[i]] = i
		}
	}
	if err := p.load(ctx); err != nil {
		return p, err
	}
	for i := range rows {
		p.check(i)
	}
	if err := p.compare(ctx); err != nil {
		return p, err
	}
	p.refuseOrphans()
	return p, nil
}

// loadBatch is how many names one statement asks for.
const loadBatch = 500

// load reads whom and what the rows name.
func (p *importing) load(ctx context.Context) error {
	names, departments := maps.Clone(p.first), map[string]bool{}
	for _, row := range p.rows {
		if row.Manager != nil {
			names[store.Fold(*row.Manager)] = 0
		}
		if row.Department != nil {
			departments[store.Fold(*row.Department)] = true
		}
	}
	read := p.directory.store.Read()
	org, err := read.Organization.Query().Only(ctx)
	if err != nil {
		return err
	}
	since := RestorableSince(org.Settings, p.directory.store.Now())
	for keys := range slices.Chunk(slices.Sorted(maps.Keys(names)), loadBatch) {
		found, err := read.User.Query().Where(user.UserNameKeyIn(keys...), user.DeletedAtIsNil()).All(ctx)
		if err != nil {
			return err
		}
		ids := make([]uuid.UUID, len(found))
		for i, u := range found {
			p.people[u.UserNameKey], p.ids[u.UserNameKey], ids[i] = u, u.ID, u.ID
		}
		rows, err := read.Email.Query().Where(email.UserIDIn(ids...)).Order(email.ByID()).All(store.ByID(ctx))
		if err != nil {
			return err
		}
		for _, e := range rows {
			p.emails[e.UserID] = append(p.emails[e.UserID], emailOf(e))
		}
		gone, err := read.User.Query().Where(user.UserNameKeyIn(keys...), user.DeletedAtGT(since)).Select(user.FieldUserNameKey).Strings(ctx)
		if err != nil {
			return err
		}
		for _, key := range gone {
			p.deleted[key] = true
		}
	}
	for keys := range slices.Chunk(slices.Sorted(maps.Keys(departments)), loadBatch) {
		found, err := read.Department.Query().Where(department.NameKeyIn(keys...)).All(ctx)
		if err != nil {
			return err
		}
		for _, d := range found {
			p.departments[d.NameKey] = d.ID
		}
	}
	owners, err := read.User.Query().Where(user.RoleEQ(user.RoleOWNER), user.Active(true), user.DeletedAtIsNil()).IDs(ctx)
	for _, id := range owners {
		p.owners[id] = true
	}
	return err
}

// check says all that is wrong with a row by itself and beside the others.
func (p *importing) check(i int) {
	row, v := &p.rows[i], &p.verdicts[i]
	problems := slices.Clone(row.Problems)
	add := func(err error) {
		if err != nil {
			problems = append(problems, sentenceOf(err))
		}
	}
	if _, err := checkName(user.FieldUserName, row.UserName); err != nil {
		add(fmt.Errorf("user name: %s", sentenceOf(err)))
	}
	if first := p.first[p.keys[i]]; first != i && row.UserName != "" {
		add(fault.New(fault.Conflict, "the user name %s stands in line %d already", row.UserName, p.rows[first].Line))
	}
	for _, column := range slices.Sorted(maps.Keys(row.Texts)) {
		add(Details{Texts: map[string]*string{column: row.Texts[column]}}.apply(&Profile{}))
	}
	if row.Department != nil && *row.Department != "" {
		if _, err := checkName(user.FieldDepartmentID, *row.Department); err != nil {
			add(fmt.Errorf("department: %s", sentenceOf(err)))
		}
	}
	if row.Manager != nil && *row.Manager != "" {
		add(p.checkManager(i))
	}
	u := p.people[p.keys[i]]
	switch {
	case u != nil:
		v.User = u.ID
	case p.deleted[p.keys[i]]:
		add(fault.New(fault.Conflict, "%s is deleted; restore the person first, or choose another user name", row.UserName))
	}
	if len(problems) > 0 {
		v.refuse(problems...)
	}
}

func (p *importing) checkManager(i int) error {
	row := &p.rows[i]
	key := store.Fold(*row.Manager)
	if key == p.keys[i] {
		return fault.New(fault.Invalid, "nobody can be their own manager")
	}
	_, listed := p.first[key]
	if _, here := p.ids[key]; !here && !listed {
		return fault.New(fault.NotFound, "there is no %s to be the manager, neither here nor in the file", *row.Manager)
	}
	return nil
}

// refuseOrphans refuses rows whose manager would have been made by a row that is
// refused, and those whose manager is in one of them in turn.
func (p *importing) refuseOrphans() {
	reports := map[int][]int{} // rows by the row that makes their manager
	var refused []int
	for i, row := range p.rows {
		if p.verdicts[i].Action == ImportConflict {
			refused = append(refused, i)
			continue
		}
		if row.Manager == nil || *row.Manager == "" {
			continue
		}
		key := store.Fold(*row.Manager)
		if _, here := p.ids[key]; !here {
			reports[p.first[key]] = append(reports[p.first[key]], i)
		}
	}
	for len(refused) > 0 {
		maker := refused[0]
		refused = refused[1:]
		for _, i := range reports[maker] {
			p.verdicts[i].refuse(fmt.Sprintf("the manager %s can't be made: see line %d", *p.rows[i].Manager, p.rows[maker].Line))
			refused = append(refused, i)
		}
	}
}
