package notify

import (
	"bytes"
	"embed"
	htmltemplate "html/template"
	"strings"
	"text/template"
	"unicode"

	"github.com/wneessen/go-mail"
)

//go:embed templates
var templates embed.FS

// Each mail is written twice, as plain text and as HTML. The first line of the text is
// the subject.
var (
	texts = template.Must(template.ParseFS(templates, "templates/*.txt"))
	pages = htmltemplate.Must(htmltemplate.ParseFS(templates, "templates/*.html"))
)

// letter is what the templates are filled with. Names in it are harmless.
type letter struct {
	Greeting     string // the recipient's name, "" when it isn't known
	Role         string
	Organization string
	PublicURL    string
	Subject      string // for the HTML, which shows it as its title
	About        any    // what the template is about
}

// write makes the mail of a template.
func (s *Server) write(name string, l letter) (*mail.Msg, error) {
	var text, page bytes.Buffer
	if err := texts.ExecuteTemplate(&text, name+".txt", l); err != nil {
		return nil, err
	}
	subject, body, _ := strings.Cut(text.String(), "\n")
	l.Subject = subject
	if err := pages.ExecuteTemplate(&page, name+".html", l); err != nil {
		return nil, err
	}
	m := mail.NewMsg(mail.WithNoDefaultUserAgent()) // which would name the library and its version
	m.FromMailAddress(s.from)
	m.Subject(subject)
	m.SetDate()
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834 §5: nobody's absence answers it
	m.SetBodyString(mail.TypeTextPlain, strings.TrimLeft(body, "\n"))
	m.AddAlternativeString(mail.TypeTextHTML, page.String())
	return m, nil
}

// harmless makes of a name that somebody chose one that can do nothing in a mail:
// no new line or header, no turned direction, and no link, for programs make links of
// whatever looks like an address.
func harmless(name string) string {
	var b strings.Builder
	var before rune
	text := []rune(strings.TrimSpace(name))
	for i, r := range text {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			r = ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			r = unicode.ReplacementChar
		case strings.ContainsRune(".@:", r) && before != 0 && before != ' ' && i+1 < len(text) && text[i+1] != ' ':
			b.WriteString(unlinked)
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

// unlinked is the word joiner: nobody sees it, and no program sees an address around it.
const unlinked = "\u2060"
