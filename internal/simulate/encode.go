package simulate

import (
	"github.com/go-json-experiment/json/jsontext"
)

// dialect is one of the two ways in which Entra writes PATCH.
type dialect uint8

const (
	legacy  dialect = iota // capital verbs, booleans as strings, one operation for each attribute
	flagged                // what ?aadOptscim062020 asks for: as the RFC has it, paths folded into one object
)

func (d dialect) verb(add bool) string {
	switch {
	case d == legacy && add:
		return "Add"
	case d == legacy:
		return "Replace"
	case add:
		return "add"
	}
	return "replace"
}

func (d dialect) remove() string {
	if d == legacy {
		return "Remove"
	}
	return "remove"
}

// appendUser writes the body of a POST under the default mapping. Entra sends
// meta and an empty list of roles, and never the manager.
func appendUser(b []byte, v *values) []byte {
	b = append(b, `{"schemas":["`+coreUser+`","`+enterprise+`"]`...)
	b = appendText(b, `,"externalId":`, v[externalID])
	b = appendText(b, `,"userName":`, v[userName])
	b = append(b, `,"active":`...)
	b = appendBool(b, v[active])
	if v[officeAddress] != "" {
		b = append(b, `,"addresses":[{"type":"work"`...)
		b = appendText(b, `,"formatted":`, v[officeAddress])
		b = appendText(b, `,"streetAddress":`, v[street])
		b = appendText(b, `,"locality":`, v[city])
		b = appendText(b, `,"region":`, v[region])
		b = appendText(b, `,"postalCode":`, v[postalCode])
		b = appendText(b, `,"country":`, v[country])
		b = append(b, `}]`...)
	}
	b = appendText(b, `,"displayName":`, v[displayName])
	b = appendText(b, `,"emails":[{"primary":true,"type":"work","value":`, v[workEmail])
	b = append(b, `}],"meta":{"resourceType":"User"}`...)
	b = appendText(b, `,"name":{"formatted":`, v[formatted])
	b = appendText(b, `,"familyName":`, v[familyName])
	b = appendText(b, `,"givenName":`, v[givenName])
	b = append(b, '}')
	b = appendPhones(b, v)
	b = appendText(b, `,"preferredLanguage":`, v[preferredLanguage])
	b = appendText(b, `,"title":`, v[title])
	b = append(b, `,"roles":[]`...)
	b = appendText(b, `,"`+enterprise+`":{"employeeNumber":`, v[employeeNumber])
	b = appendText(b, `,"department":`, v[department])
	b = appendText(b, `,"costCenter":`, v[costCentre])
	return append(b, `}}`...)
}

func appendPhones(b []byte, v *values) []byte {
	open := `,"phoneNumbers":[`
	for _, p := range []struct {
		kind   string
		number string
	}{{"work", v[workPhone]}, {"mobile", v[mobilePhone]}, {"fax", v[fax]}} {
		if p.number == "" {
			continue
		}
		b = append(b, open...)
		b = append(b, `{"type":"`+p.kind+`"`...)
		b = appendText(b, `,"value":`, p.number)
		b = append(b, '}')
		open = ","
	}
	if open == "," {
		b = append(b, ']')
	}
	return b
}

// appendGroup writes the body of a POST of a group, with the schema URI of
// Microsoft's own that no server knows.
func appendGroup(b []byte, name, objectID string) []byte {
	b = append(b, `{"schemas":["`+coreGroup+`","`+adGroup+`"]`...)
	b = appendText(b, `,"externalId":`, objectID)
	b = appendText(b, `,"displayName":`, name)
	return append(b, `,"meta":{"resourceType":"Group"}}`...)
}

const (
	patchOpen  = `{"schemas":["` + patchOp + `"],"Operations":[`
	patchClose = `]}`
)

// appendPatch writes the edits of a user or a group.
func appendPatch(b []byte, d dialect, edits []edit) []byte {
	b = append(b, patchOpen...)
	first := len(b)
	for _, e := range edits {
		if d == legacy || e.attribute.valuePath() {
			b = appendOperation(appendComma(b, first), d, e)
		}
	}
	if d == flagged {
		b = appendFolded(b, first, edits, true)
		b = appendFolded(b, first, edits, false)
		for _, e := range edits {
			if e.attribute == active {
				b = appendOperation(appendComma(b, first), d, e)
			}
		}
	}
	return append(b, patchClose...)
}

func appendOperation(b []byte, d dialect, e edit) []byte {
	b = append(b, `{"op":"`+d.verb(e.add)+`"`...)
	b = appendText(b, `,"path":`, paths[e.attribute])
	b = append(b, `,"value":`...)
	if d == flagged && e.attribute == active {
		b = appendBool(b, e.value)
	} else {
		b = appendQuoted(b, e.value)
	}
	return append(b, '}')
}

// appendFolded writes the one operation without a path in which the flag
// dialect collects plain attributes under dotted and URN keys.
func appendFolded(b []byte, first int, edits []edit, add bool) []byte {
	open := true
	for _, e := range edits {
		if e.add != add || e.attribute.valuePath() || e.attribute == active {
			continue
		}
		if open {
			b = appendComma(b, first)
			b = append(b, `{"op":"`+flagged.verb(add)+`","value":{`...)
		} else {
			b = append(b, ',')
		}
		open = false
		b = appendQuoted(b, paths[e.attribute])
		b = append(b, ':')
		b = appendQuoted(b, e.value)
	}
	if !open {
		b = append(b, `}}`...)
	}
	return b
}

// appendManager writes the PATCH that sets a manager. Entra sends the bare id
// or, by its own documentation, a list with a reference; under the flag also a
// key of the folded object.
func appendManager(b []byte, d dialect, rare, add bool, base, id string) []byte {
	b = append(b, patchOpen+`{"op":"`+d.verb(add)+`"`...)
	switch {
	case rare && d == flagged:
		b = appendText(b, `,"value":{"`+managerPath+`":`, id)
		b = append(b, '}')
	case rare:
		b = appendText(b, `,"path":"`+managerPath+`","value":[{"$ref":`, base+"/Users/"+id)
		b = appendText(b, `,"value":`, id)
		b = append(b, `}]`...)
	default:
		b = appendText(b, `,"path":"`+managerPath+`","value":`, id)
	}
	return append(b, `}`+patchClose...)
}

func appendManagerRemoval(b []byte, d dialect) []byte {
	return append(b, patchOpen+`{"op":"`+d.remove()+`","path":"`+managerPath+`"}`+patchClose...)
}

func appendMembers(b []byte, d dialect, ids []string) []byte {
	b = append(b, patchOpen+`{"op":"`+d.verb(true)+`","path":"members","value":[`...)
	b = appendReferences(b, d, ids)
	return append(b, `]}`+patchClose...)
}

// appendMembersRemoval writes who leaves: a list of values in the legacy
// dialect, one value path each under the flag.
func appendMembersRemoval(b []byte, d dialect, ids []string) []byte {
	b = append(b, patchOpen...)
	if d == legacy {
		b = append(b, `{"op":"Remove","path":"members","value":[`...)
		b = appendReferences(b, d, ids)
		return append(b, `]}`+patchClose...)
	}
	first := len(b)
	for _, id := range ids {
		b = appendComma(b, first)
		b = appendText(b, `{"op":"remove","path":`, `members[value eq "`+id+`"]`)
		b = append(b, '}')
	}
	return append(b, patchClose...)
}

func appendReferences(b []byte, d dialect, ids []string) []byte {
	first := len(b)
	for _, id := range ids {
		b = appendComma(b, first)
		if d == legacy {
			b = append(b, `{"$ref":null,"value":`...)
		} else {
			b = append(b, `{"value":`...)
		}
		b = appendQuoted(b, id)
		b = append(b, '}')
	}
	return b
}

func appendComma(b []byte, first int) []byte {
	if len(b) == first {
		return b
	}
	return append(b, ',')
}

// appendText writes a key and its text, or nothing where there is no text.
// Keys that open an object are only used for attributes that everybody has.
func appendText(b []byte, key, text string) []byte {
	if text == "" {
		return b
	}
	return appendQuoted(append(b, key...), text)
}

func appendQuoted(b []byte, text string) []byte {
	b, err := jsontext.AppendQuote(b, text)
	if err != nil {
		panic("simulate: text is not UTF-8: " + err.Error()) // all text is our own, or was read as JSON
	}
	return b
}

func appendBool(b []byte, value string) []byte {
	if value == yes {
		return append(b, "true"...)
	}
	return append(b, "false"...)
}
