package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Status is what the page tells. Strangers see it: apart from a demonstration
// it holds nothing about customers.
type Status struct {
	Problem   string // why the server can't serve; "" when it can
	Version   string
	Database  string // its kind
	PublicURL string // without a slash at the end
	Demo      *Demo  // nil outside a demonstration
}

// Demo is what the page counts in a demonstration.
type Demo struct {
	Organization                            string // slug
	Organizations, People, Groups, Requests int
	LastRequest                             time.Time // zero: none yet
}

//go:embed page.html
var source string

//go:embed page.css
var style string

var page = template.Must(template.New("page").Funcs(template.FuncMap{"count": count}).Parse(source))

// policy allows the page its own style sheet and nothing else.
var policy = func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

// view is a Status as the template wants it.
type view struct {
	Status
	Style     template.CSS
	TenantURL string
	Slug      string // of commands that the page suggests
	Public    bool   // identity providers can reach the address
	Last      string
}

// Page returns the handler of the page. It asks for the status each time.
func Page(status func(context.Context) Status) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "This page can only be read.", http.StatusMethodNotAllowed)
			return
		}
		var body bytes.Buffer
		v := viewOf(status(r.Context()))
		if err := page.Execute(&body, v); err != nil {
			panic(err) // the door logs it
		}
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		if v.Problem != "" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_, _ = w.Write(body.Bytes())
	})
}

func viewOf(s Status) view {
	v := view{Status: s, Style: template.CSS(style), Slug: "acme", TenantURL: s.PublicURL + "/scim/v2/acme",
		Public: strings.HasPrefix(s.PublicURL, "https://")}
	if s.Demo != nil {
		v.Slug, v.TenantURL, v.Last = s.Demo.Organization, s.PublicURL+"/scim/v2/"+s.Demo.Organization, "none yet"
		if !s.Demo.LastRequest.IsZero() {
			v.Last = s.Demo.LastRequest.UTC().Format("2 January 2006, 15:04:05 UTC")
		}
	}
	return v
}

// count writes a number with commas between thousands.
func count(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
