package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rollcall/rollcall/graph"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/notify"
	"github.com/rollcall/rollcall/internal/oauth"
	"github.com/rollcall/rollcall/internal/outbound"
	"github.com/rollcall/rollcall/internal/seal"
	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/scim"
	"github.com/rollcall/rollcall/web"
)

// gcPercent lets the heap grow to four times what lives in it before it is collected:
// with 10,000 people in, the server takes 58 MiB. With 350 it took 61 and was no faster.
const gcPercent = 300

const (
	headerLimit = 64 << 10
	drainLimit  = 25 * time.Second
)

// server is everything that runs under rollcall serve.
type server struct {
	store     *store.Store
	access    *access.Access
	signOns   *access.SignOns
	lookupTXT directory.LookupTXT
	scim      *scim.Server
	api       *graph.Server
	health    *health
	metrics   *metrics
	mail      *notify.Notifier // nil without a mail server
	log       *slog.Logger
	flushLog  func()
	listener  net.Listener
	ops       net.Listener // nil when there is no second address
	publicURL string
	http      http.Server
}

// serverOptions are what serve and demo ask for beyond the settings.
type serverOptions struct {
	noMigrate bool
	noLimit   bool // of requests, unless the setting says otherwise
	level     slog.Level
	prepare   func(context.Context) error // runs when the address is ours, before the store is opened
}

// serverSettings are those that newServer hands on, read before it listens.
type serverSettings struct {
	rate     float64 // requests a second, 0 for no limit
	proxies  proxies
	networks []netip.Prefix
	oldKeys  [][]byte
	mail     *notify.Server // nil for none
}

func (p *program) serverSettings(o serverOptions) (set serverSettings, err error) {
	if set.rate, err = p.env.rateLimit(); err != nil {
		return set, err
	}
	if o.noLimit && p.env(settingRateLimit) == "" {
		set.rate = 0
	}
	if set.proxies, err = p.env.trustedProxies(); err != nil {
		return set, err
	}
	if set.networks, err = p.env.allowedNetworks(); err != nil {
		return set, err
	}
	if set.oldKeys, err = p.env.oldKeys(); err != nil {
		return set, err
	}
	set.mail, err = p.env.mailServer()
	return set, err
}

// newServer listens and opens everything, but answers nobody before run. Its
// errors are sentences for the operator.
func (p *program) newServer(ctx context.Context, o serverOptions) (_ *server, err error) {
	s := &server{}
	s.log, s.flushLog = newLogger(p.stderr, o.level)
	set, err := p.serverSettings(o)
	if err != nil {
		return nil, err
	}
	if err := s.listen(ctx, p.env); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.publicURL, err = p.env.publicURL(s.listener.Addr().String()); err != nil {
		return nil, err
	}
	if o.prepare != nil {
		if err := o.prepare(ctx); err != nil {
			return nil, err
		}
	}
	key, err := secretKey(p.env)
	if err != nil {
		return nil, err
	}
	if s.store, err = store.Open(ctx, p.env.databaseURL(), store.Options{NoMigrate: o.noMigrate}); err != nil {
		return nil, err
	}
	box, err := seal.New(append([][]byte{key}, set.oldKeys...)...)
	if err != nil {
		return nil, err
	}
	s.access = access.New(s.store)
	s.signOns = access.NewSignOns(s.store, box)
	out := outbound.New(set.networks)
	s.health = &health{store: s.store}
	s.metrics = newMetrics()
	rules := directory.New(s.store)
	s.scim = scim.New(scim.Options{Store: s.store, Directory: rules, Access: s.access,
		PublicURL: s.publicURL, RateLimit: set.rate, Key: key, Log: s.log})
	s.lookupTXT = p.lookupTXT()
	s.api = graph.New(graph.Options{Store: s.store, Directory: rules, Access: s.access, SignOns: s.signOns,
		SignOnAddresses: s.signOnAddresses, ImportSAML: sso.ImportSAML(out, s.store.Now), PinSAML: sso.PinSAML(s.store.Now),
		Discover: sso.Discover(out, s.store.Now), LookupTXT: s.lookupTXT, Filter: s.scim.UserFilter,
		PublicURL: s.publicURL, Inside: "http://" + reachable(s.listener.Addr().String()),
		RateLimit: min(set.rate, 1) * graph.DefaultRateLimit, Observe: s.metrics.operationDone, Log: s.log})
	s.metrics.watch(s.store, s.access, s.signOns, s.scim)
	if set.mail != nil {
		if s.mail, err = notify.New(notify.Options{Store: s.store, Server: set.mail, PublicURL: s.publicURL, Observe: s.metrics.mailTried, Log: s.log}); err != nil {
			return nil, err
		}
	}
	signIn := sso.New(sso.Options{Store: s.store, Access: s.access, Directory: rules, SignOns: s.signOns, Outbound: out,
		PublicURL: s.publicURL, Key: key, Log: s.log})
	tokens := oauth.New(oauth.Options{Store: s.store, Access: s.access, Client: out, Log: s.log})
	app := web.App(s.api.Explore)
	s.http = http.Server{
		Handler: &door{proxies: set.proxies, headers: headersOf(s.publicURL), log: s.log, routes: append([]route{
			{path: "/scim", below: true, room: s.scim, done: s.metrics.scimDone},
			{path: "/oauth", below: true, room: tokens},
			{path: "/graphql", room: s.api},
			{path: "/download", below: true, room: s.api.Download()},
			{path: "/healthz", room: s.health},
			{path: "/readyz", room: s.health},
			{path: "/signin", below: true, room: signIn},
			{path: "/signout", below: true, room: signIn},
			{path: "/passkeys", below: true, room: signIn},
			{path: "/graphiql", room: app},
			{path: "/assets", below: true, room: app},
			{path: "/", room: app},
		}, consoleRoutes(app)...)},
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      120 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    headerLimit,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	s.http.RegisterOnShutdown(s.api.Close) // of the streams, which would hold it up
	return s, nil
}

func (s *server) listen(ctx context.Context, env environment) error {
	addr, err := env.addr()
	if err != nil {
		return err
	}
	ops, err := env.opsAddr()
	if err != nil {
		return err
	}
	if s.listener, err = listen(ctx, addr, settingAddr); err != nil || ops == "" {
		return err
	}
	if s.ops, err = listen(ctx, ops, settingOpsAddr); err != nil {
		return errors.Join(err, s.listener.Close())
	}
	return nil
}

func listen(ctx context.Context, addr, setting string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("another program listens on %s: stop it, or choose another address with %s, as in %s=127.0.0.1:8081", addr, setting, setting)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s (%s): %w", addr, setting, err)
	}
	return l, nil
}

// run serves until ctx ends. Then it refuses new work, lets what is under way
// finish, has the workers write what they hold, and closes the store.
func (s *server) run(ctx context.Context) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var workers errgroup.Group
	workers.Go(func() error { return s.scim.Run(background) })
	workers.Go(func() error { return s.access.Run(background) })
	workers.Go(func() error { return s.api.Run(background) })
	if s.mail != nil {
		workers.Go(func() error { return s.mail.Run(background) })
	}
	workers.Go(func() error { s.keepRetention(background); return nil })
	workers.Go(func() error { s.keepPurging(background); return nil })
	workers.Go(func() error { s.keepWarning(background); return nil })
	workers.Go(func() error { s.keepWatchingDomains(background); return nil })

	ended := make(chan error, 2)
	go func() { ended <- s.http.Serve(s.listener) }()
	ready := s.log.With("address", s.listener.Addr().String())
	if s.ops != nil {
		ready = ready.With("ops", s.ops.Addr().String())
		ops := http.Server{Handler: s.opsDoor(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: s.http.ErrorLog}
		defer func() { _ = ops.Close() }()
		go func() { ended <- ops.Serve(s.ops) }()
	}
	ready.Info("ready", "database", s.store.Redacted(), "version", thisBuild().Version, "open", s.publicURL)

	var err error
	select {
	case <-ctx.Done():
	case err = <-ended:
	}
	err = errors.Join(err, s.drain())
	stop()
	return errors.Join(err, workers.Wait(), s.close())
}

// consoleRoutes are the pages of the console.
func consoleRoutes(app http.Handler) (routes []route) {
	for _, room := range web.ConsoleRooms {
		routes = append(routes, route{path: "/" + room, below: true, room: app})
	}
	return routes
}

// opsDoor is what the second address answers.
func (s *server) opsDoor() http.Handler {
	return &door{headers: headersOf(""), log: s.log, routes: []route{
		{path: "/healthz", room: s.health}, {path: "/readyz", room: s.health}, {path: "/metrics", room: s.metrics},
	}}
}

func (s *server) drain() error {
	s.health.draining.Store(true)
	s.log.Info("draining")
	limit, cancel := context.WithTimeout(context.Background(), drainLimit)
	defer cancel()
	if err := s.http.Shutdown(limit); err != nil {
		return errors.Join(fmt.Errorf("requests were cut off after %s", drainLimit), s.http.Close())
	}
	return nil
}

// close gives back what newServer has opened. Listeners that served are closed
// already.
func (s *server) close() error {
	defer s.flushLog()
	_ = s.listener.Close()
	if s.ops != nil {
		_ = s.ops.Close()
	}
	if s.store == nil {
		return nil
	}
	return s.store.Close()
}
