package graph

import (
	"bufio"
	"context"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
)

// downloadPath is what stands before the secret in the address of an export.
const downloadPath = "/download/"

// pageTime is how long the client may take for one page of an export.
const pageTime = 2 * time.Minute

// Download is the handler of /download/{secret}: it sends an export, once, while
// it is read. HEAD only says whether the link works.
func (s *Server) Download() http.Handler { return http.HandlerFunc(s.download) }

func (s *Server) download(w http.ResponseWriter, hr *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	find := s.access.RedeemDownload
	switch hr.Method {
	case http.MethodGet:
	case http.MethodHead:
		find = s.access.Download
	default:
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "A download link is opened by GET.", http.StatusMethodNotAllowed)
		return
	}
	visitor, err := s.authenticate(hr)
	if isUnclear(err) { // this may be somebody whom the link is not for
		s.log.ErrorContext(hr.Context(), "download: look at a credential", "err", err)
		h.Set("Retry-After", "5")
		http.Error(w, "The server can't tell at the moment who you are. Try again; the link still works.", http.StatusServiceUnavailable)
		return
	}
	if err != nil {
		visitor = nil // the link is all that one needs
	}
	d, err := find(hr.Context(), strings.TrimPrefix(hr.URL.Path, downloadPath), visitor)
	if err != nil {
		s.refuseDownload(w, hr, err)
		return
	}
	ctx := actor.With(hr.Context(), d.Maker)
	from, err := s.exportOf(ctx, d)
	if err != nil {
		s.refuseDownload(w, hr, err)
		return
	}
	began := time.Now()
	var rows [][]any
	if hr.Method == http.MethodGet {
		if rows, err = from.next(ctx); err != nil {
			s.refuseDownload(w, hr, err)
			return
		}
	}
	f := fileOf(d, from)
	h.Set("Content-Type", f.kind)
	h.Set("Content-Disposition", f.disposition(s.store.Now()))
	if hr.Method == http.MethodHead {
		return
	}
	sent, err := s.send(ctx, w, f, rows)
	if err != nil {
		level := slog.LevelError
		if hr.Context().Err() != nil { // the client hung up
			level = slog.LevelInfo
		}
		s.log.Log(ctx, level, "export cut off", "id", d.ID, "rows", sent, "err", err)
		panic(http.ErrAbortHandler) // cuts the connection: nobody shall take a part for the whole
	}
	s.log.InfoContext(ctx, "export sent", "id", d.ID, "entity", d.What, "rows", sent, "ms", time.Since(began).Milliseconds())
}

// refuseDownload answers a link that doesn't work, with one sentence whatever the reason.
func (s *Server) refuseDownload(w http.ResponseWriter, hr *http.Request, err error) {
	switch fault.CodeOf(err) {
	case fault.NotFound:
		if why, ok := errors.AsType[*access.Refused](err); ok {
			s.log.InfoContext(hr.Context(), "download refused", "reason", why.Reason, "organization", why.Organization, "client", addressOf(hr))
		}
		http.Error(w, "This link doesn't work. It was used, has expired, or never was one. Make a new export.", http.StatusNotFound)
	case fault.Invalid:
		http.Error(w, "The filter of this export names what isn't there any more. Make a new export.", http.StatusConflict)
	default:
		s.log.ErrorContext(hr.Context(), "download failed", "err", err)
		http.Error(w, "The server could not do this. Try again.", http.StatusInternalServerError)
	}
}

// file is an export in its format.
type file struct {
	*source
	download *access.Download
	kind     string // the media type
	header   []byte
	row      rowWriter
}

func fileOf(d *access.Download, s *source) file {
	if d.Format == "jsonl" {
		return file{s, d, "application/jsonl", nil, appendJSONLine}
	}
	return file{s, d, "text/csv; charset=utf-8; header=present", csvHeader(s.columns), appendCSV}
}

// disposition names the file: organization, what, day, and nothing that a header
// or a file system could misread.
func (f file) disposition(now time.Time) string {
	slug := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' {
			return c
		}
		return -1
	}, f.download.Organization.Slug)
	name := slug + "-" + f.download.What + "-" + now.Format(time.DateOnly) + "." + f.download.Format
	return mime.FormatMediaType("attachment", map[string]string{"filename": name})
}

// send writes the file, of which the first rows are read, page by page and returns
// how many rows it had. Between two pages nothing is held of the database.
func (s *Server) send(ctx context.Context, w http.ResponseWriter, f file, rows [][]any) (n int, err error) {
	out := bufio.NewWriterSize(w, 32<<10)
	_, _ = out.Write(f.header) // its error comes back from Flush
	var line []byte
	for control := http.NewResponseController(w); len(rows) > 0; {
		if err := control.SetWriteDeadline(time.Now().Add(pageTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return n, err
		}
		for _, row := range rows {
			if line, err = f.row(line[:0], f.columns, row); err != nil {
				return n, err
			}
			_, _ = out.Write(line)
		}
		if err := out.Flush(); err != nil {
			return n, err
		}
		n += len(rows)
		if err := s.access.RecheckDownload(ctx, f.download); err != nil {
			return n, err
		}
		if rows, err = f.next(ctx); err != nil {
			return n, err
		}
	}
	return n, out.Flush()
}
