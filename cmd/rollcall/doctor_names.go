package main

import (
	"fmt"
	"slices"
	"strings"
)

const settingPrefix = "ROLLCALL_"

// variablesOfOthers begin like settings and are none: the token of rollcall
// simulate, and what the scripts of the guides read.
var variablesOfOthers = []string{simulateTokenVariable, "ROLLCALL_URL", "ROLLCALL_TOKEN", "ROLLCALL_BASE"}

// checkNames finds variables that look like settings but that nothing reads. Their
// values are not shown: one may be a secret.
func (p *program) checkNames() []finding {
	known := slices.Clone(variablesOfOthers)
	for _, s := range settings {
		known = append(known, s.name)
	}
	var findings []finding
	slices.Sort(p.variables)
	for _, v := range p.variables {
		name, _, _ := strings.Cut(v, "=")
		if !strings.HasPrefix(strings.ToUpper(name), settingPrefix) || slices.Contains(known, name) {
			continue
		}
		nearest, distance := "", 0
		for _, s := range settings {
			if d := edits(strings.ToUpper(name), s.name); nearest == "" || d < distance {
				nearest, distance = s.name, d
			}
		}
		f := finding{Check: "settings", State: yellow, Says: name + " is set, but there is no such setting"}
		if distance <= 4 {
			f.Remedy = fmt.Sprintf("If %s is meant, rename it to %s; else unset it", nearest, nearest)
		} else {
			f.Remedy = fmt.Sprintf("Unset it, or see below what is meant; the nearest is %s", nearest)
		}
		findings = append(findings, f)
	}
	return findings
}

// edits is how many letters must be added, removed or replaced to turn a into b.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
