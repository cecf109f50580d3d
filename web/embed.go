package web

import (
	"embed"
	"io/fs"
)

// all: lets the placeholder in, which is all there is before the first build.
//
//go:embed all:dist
var files embed.FS

// built is what vite has built, with text compressed.
var built, _ = fs.Sub(files, "dist")
