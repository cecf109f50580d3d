package simulate

import (
	"strings"
	"testing"
)

func TestLoad_counts_every_operation(t *testing.T) {
	t.Parallel()
	_, base := newServer(t, "")
	o := Options{Base: base, Token: secret, Users: 130, Groups: 1, Seed: 5, Cycles: []string{CycleInitial}}
	report, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	noneWrong(t, report)
	for _, kind := range []string{LoadLookup, LoadGet, LoadPatch, LoadList, LoadMember} {
		t.Run(kind, func(t *testing.T) {
			result, err := Load(t.Context(), o, kind, 140)
			if err != nil {
				t.Fatal(err)
			}
			if result.Wrong != 0 {
				t.Fatalf("%d wrong, the first: %+v", result.Wrong, result.WrongAnswers[0])
			}
			if result.Operations != 140 || result.PerSecond <= 0 || result.P50 <= 0 || result.P50 > result.P99 || result.P99 > result.Max {
				t.Errorf("result %+v", result)
			}
		})
	}
}

func TestLoad_says_what_it_lacks(t *testing.T) {
	t.Parallel()
	_, base := newServer(t, "")
	o := Options{Base: base, Token: secret, Users: 10}
	for kind, says := range map[string]string{
		LoadGet:    "play the initial cycle first",
		LoadList:   "nobody to list",
		LoadMember: "there is no group",
		"flood":    `load "flood" is not`,
	} {
		if _, err := Load(t.Context(), o, kind, 10); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: the error is %v", kind, err)
		}
	}
}
