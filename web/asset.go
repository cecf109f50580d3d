package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// assetKinds are the files that are served. What isn't in it, source maps for
// one, isn't there.
var assetKinds = map[string]string{
	".js":    "text/javascript; charset=utf-8",
	".css":   "text/css; charset=utf-8",
	".svg":   "image/svg+xml",
	".ttf":   "font/ttf",
	".woff2": "font/woff2",
}

// assetPolicy is what scripts have to keep to that run as workers: they load
// scripts of this server at most.
const assetPolicy = "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// asset answers with a file that pages are made of. Its name changes with what is
// in it, so that browsers keep it for a year.
func (a *app) asset(w http.ResponseWriter, r *http.Request) {
	kind := assetKinds[path.Ext(r.URL.Path)]
	body, packed, err := a.read(strings.TrimPrefix(r.URL.Path, "/"))
	switch {
	case kind == "" || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid):
		http.NotFound(w, r)
		return
	case err != nil:
		panic(err) // the door logs it
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", assetPolicy)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if packed {
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
		} else if body, err = unpack(body); err != nil {
			panic(err) // the door logs it
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// read finds a file, compressed or not.
func (a *app) read(name string) (body []byte, packed bool, err error) {
	if body, err = fs.ReadFile(a.files, name+".gz"); err == nil {
		return body, true, nil
	}
	body, err = fs.ReadFile(a.files, name)
	return body, false, err
}

func unpack(body []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
