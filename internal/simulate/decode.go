package simulate

// resource is what the client reads of a user or a group.
type resource struct {
	id       string
	schemas  schemas
	kind     string // meta.resourceType
	location string
	values   values
	primary  bool // the work address is the primary one
	manager  string
	members  []string
}

// schemas is the set of known URIs in the attribute of that name.
type schemas uint8

const (
	hasUser schemas = 1 << iota
	hasGroup
	hasEnterprise
	hasList
	hasError
)

var knownSchemas = map[string]schemas{
	coreUser: hasUser, coreGroup: hasGroup, enterprise: hasEnterprise, listURN: hasList, errorURN: hasError,
}

// page is a ListResponse; of its resources the first is kept whole.
type page struct {
	schemas  schemas
	total    int
	resource resource
	count    int
	members  bool // one of the resources has members
}

// failure is an Error.
type failure struct {
	schemas schemas
	status  string
	detail  string
}

func (r *reader) resource(u *resource) {
	*u = resource{members: u.members[:0]}
	r.object("the body", func(key string) { r.field(u, key) })
}

func (r *reader) field(u *resource, key string) {
	switch key {
	case "schemas":
		u.schemas = r.schemas()
	case "id":
		u.id = r.text("id")
	case "meta":
		r.object("meta", func(key string) {
			switch key {
			case "resourceType":
				u.kind = r.text("meta.resourceType")
			case "location":
				u.location = r.text("meta.location")
			case "version", "created", "lastModified":
				r.text("meta." + key)
			default:
				r.skip()
			}
		})
	case "userName":
		u.values[userName] = r.text(key)
	case "externalId":
		u.values[externalID] = r.text(key)
	case "active":
		u.values[active] = r.boolean(key)
	case "displayName":
		u.values[displayName] = r.text(key)
	case "title":
		u.values[title] = r.text(key)
	case "preferredLanguage":
		u.values[preferredLanguage] = r.text(key)
	case "name":
		r.subs("name", &u.values, nameParts)
	case "emails":
		r.emails(u)
	case "phoneNumbers":
		r.phones(u)
	case "addresses":
		r.addresses(u)
	case "roles", "entitlements", "ims", "photos", "x509Certificates", "groups":
		r.array(key, func(where string) { r.object(where, func(string) { r.skip() }) })
	case "members":
		r.array(key, func(where string) {
			r.object(where, func(sub string) {
				if sub == "value" {
					u.members = append(u.members, r.text("members.value"))
					return
				}
				r.skip()
			})
		})
	case enterprise:
		r.object(enterprise, func(sub string) {
			if sub == "manager" {
				r.manager(u)
				return
			}
			r.sub("", &u.values, enterpriseParts, sub)
		})
	default:
		r.skip()
	}
}

var (
	nameParts       = map[string]attribute{"givenName": givenName, "familyName": familyName, "formatted": formatted}
	enterpriseParts = map[string]attribute{"employeeNumber": employeeNumber, "department": department, "costCenter": costCentre}
	addressParts    = map[string]attribute{
		"formatted": officeAddress, "streetAddress": street, "locality": city,
		"region": region, "postalCode": postalCode, "country": country,
	}
	phoneKinds = map[string]attribute{"work": workPhone, "mobile": mobilePhone, "fax": fax}
)

func (r *reader) subs(where string, v *values, parts map[string]attribute) {
	r.object(where, func(key string) { r.sub(where+".", v, parts, key) })
}

func (r *reader) sub(prefix string, v *values, parts map[string]attribute, key string) {
	if a, known := parts[key]; known {
		v[a] = r.text(prefix + key)
		return
	}
	r.skip()
}

func (r *reader) emails(u *resource) {
	r.array("emails", func(where string) {
		var kind, value string
		var primary bool
		r.object(where, func(key string) {
			switch key {
			case "type":
				kind = r.text("emails.type")
			case "value":
				value = r.text("emails.value")
			case "primary":
				primary = r.boolean("emails.primary") == yes
			default:
				r.skip()
			}
		})
		if kind == "work" {
			r.once(u, workEmail)
			u.values[workEmail], u.primary = value, primary
		}
	})
}

func (r *reader) phones(u *resource) {
	r.array("phoneNumbers", func(where string) {
		var kind, value string
		r.object(where, func(key string) {
			switch key {
			case "type":
				kind = r.text("phoneNumbers.type")
			case "value":
				value = r.text("phoneNumbers.value")
			default:
				r.skip()
			}
		})
		if a, known := phoneKinds[kind]; known {
			r.once(u, a)
			u.values[a] = value
		}
	})
}

func (r *reader) addresses(u *resource) {
	r.array("addresses", func(where string) {
		var kind string
		var parts values
		r.object(where, func(key string) {
			if key == "type" {
				kind = r.text("addresses.type")
				return
			}
			r.sub("addresses.", &parts, addressParts, key)
		})
		if kind != "work" {
			return
		}
		for _, a := range addressParts {
			if parts[a] != "" {
				r.once(u, a)
				u.values[a] = parts[a]
			}
		}
	})
}

// once notes a type that comes twice: Entra cannot tell the two apart.
func (r *reader) once(u *resource, a attribute) {
	if u.values[a] != "" {
		r.fault("%s must be there once, not twice", paths[a])
	}
}

func (r *reader) manager(u *resource) {
	r.object("manager", func(key string) {
		if key == "value" {
			u.manager = r.text("manager.value")
			return
		}
		r.skip()
	})
}

func (r *reader) page(p *page) {
	*p = page{total: -1, resource: resource{members: p.resource.members[:0]}}
	var spare resource
	r.object("the body", func(key string) {
		switch key {
		case "schemas":
			p.schemas = r.schemas()
		case "totalResults":
			p.total = r.integer(key)
		case "startIndex", "itemsPerPage":
			r.integer(key)
		case "Resources":
			r.array(key, func(where string) {
				u := &spare
				if p.count == 0 {
					u = &p.resource
				}
				*u = resource{members: u.members[:0]}
				p.count++
				r.object(where, func(key string) { r.field(u, key) })
				p.members = p.members || len(u.members) > 0
			})
		default:
			r.skip()
		}
	})
}

func (r *reader) failure(f *failure) {
	*f = failure{}
	r.object("the body", func(key string) {
		switch key {
		case "schemas":
			f.schemas = r.schemas()
		case "status":
			f.status = r.text(key)
		case "detail":
			f.detail = r.text(key)
		case "scimType":
			r.text(key)
		default:
			r.skip()
		}
	})
}

func (r *reader) schemas() schemas {
	var found schemas
	r.array("schemas", func(string) {
		s := knownSchemas[r.text("schemas")]
		if s&found != 0 {
			r.fault("schemas must not name a schema twice")
		}
		found |= s
	})
	return found
}
