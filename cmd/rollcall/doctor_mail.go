package main

import (
	"context"
	"strings"
	"time"
)

const mailLimit = 15 * time.Second

// checkMail greets the mail server and sends nothing.
func (p *program) checkMail(ctx context.Context) finding {
	f := finding{Check: "mail", State: green}
	server, err := p.env.mailServer()
	switch {
	case err != nil:
		f.State, f.Says, f.Remedy = red, err.Error(), "Write "+settingMail+"=smtp://user:password@smtp.example.com:587?from=rollcall@example.com, or leave it out"
		return f
	case server == nil:
		f.Says = "none is sent"
		if public, err := p.env.publicURL("127.0.0.1:8080"); err == nil && strings.HasPrefix(public, "https://") {
			f.State, f.Remedy = yellow, "Administrators who don't look at the console aren't told that a client secret ends: set "+settingMail
		}
		return f
	}
	f.Says = server.String()
	ctx, cancel := context.WithTimeout(ctx, mailLimit)
	defer cancel()
	if err := server.Check(ctx); err != nil {
		f.State, f.Says = red, f.Says+": "+err.Error()
		f.Remedy = "Look whether host, port, user and password in " + settingMail + " are right, and whether this machine may reach the server; mails wait for up to a day and a half"
		return f
	}
	if server.InTheClear() {
		f.Remedy = "Mail goes to the server in the clear: leave tls=none out unless it is on a network of your own"
		f.State = yellow
	}
	return f
}
