package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// version is set by the linker in releases (-X main.version=1.2.3).
var version string

// build is what this program was built from.
type build struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go"`
	System  string `json:"system"`
}

func thisBuild() build {
	b := build{Version: version, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if b.Version == "" {
		b.Version = strings.Trim(info.Main.Version, "()") // (devel) where there is no tag
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			b.Commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			b.Commit += " with changes"
		}
	}
	return b
}

func (p *program) versionCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "version",
		Short: "Show what this program was built from",
		Example: `  rollcall version
  rollcall version --json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			b := thisBuild()
			if asJSON {
				return writeJSON(p.stdout, b)
			}
			_, err := fmt.Fprintf(p.stdout, "rollcall %s\ncommit   %s\ngo       %s %s\n", b.Version, cmp.Or(b.Commit, "unknown"), b.Go, b.System)
			return err
		},
	}
	jsonFlag(c, &asJSON)
	return c
}
