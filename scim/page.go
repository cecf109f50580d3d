package scim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Pages by index (RFC 7644 §3.4.2.4) are offsets, which shift when somebody is
// removed between two pages and cost more the further they go. So the server
// remembers where the page before ended, and goes on from there; without the
// memory (another replica, a jump) the offset serves. Pages by cursor (RFC 9865)
// carry the place themselves.

// position is where a page begins: behind a row, or at an offset.
type position struct {
	after  uuid.UUID
	offset int
}

const (
	pageTimeout   = 15 * time.Minute
	maxRemembered = 4096
	cursorTimeout = time.Hour
)

// question identifies a listing apart from its page: who asks, and for what.
func question(r *request, c catalog, l listing) [sha256.Size]byte {
	return sha256.Sum256([]byte(r.conn.ID.String() + "\x00" + c.t.Name + "\x00" + l.filter + "\x00" + l.sortBy + "\x00" +
		strconv.FormatBool(l.descending)))
}

func (s *Server) place(r *request, c catalog, l listing) (position, error) {
	if l.byCursor {
		if l.cursor == "" {
			return position{}, nil
		}
		after, err := s.cursors.open(l.cursor, question(r, c, l), r.start)
		return position{after: after}, err
	}
	if l.start > 1 {
		if after, ok := s.pages.recall(pageKey{question(r, c, l), l.start}, r.start); ok {
			return position{after: after}, nil
		}
	}
	return position{offset: l.start - 1}, nil
}

// keepPlace notes where the next page begins.
func (s *Server) keepPlace(r *request, c catalog, l listing, body *listBody, last uuid.UUID) {
	switch {
	case last == uuid.Nil:
	case l.byCursor:
		body.NextCursor = s.cursors.seal(last, question(r, c, l), r.start.Add(cursorTimeout))
	default:
		s.pages.keep(pageKey{question(r, c, l), l.start + body.ItemsPerPage}, last, r.start)
	}
}

type pageKey struct {
	question [sha256.Size]byte
	start    int
}

type remembered struct {
	after uuid.UUID
	until time.Time
}

// pageMemory remembers where pages ended.
type pageMemory struct {
	mu     sync.Mutex
	places map[pageKey]remembered
}

func newPageMemory() *pageMemory { return &pageMemory{places: map[pageKey]remembered{}} }

func (m *pageMemory) recall(k pageKey, now time.Time) (uuid.UUID, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.places[k]
	return p.after, ok && now.Before(p.until)
}

func (m *pageMemory) keep(k pageKey, after uuid.UUID, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.places) >= maxRemembered {
		for old := range m.places { // any: who needs it falls back to the offset
			delete(m.places, old)
			break
		}
	}
	m.places[k] = remembered{after, now.Add(pageTimeout)}
}

// cursorKey signs cursors, so that nobody makes one up.
type cursorKey []byte

func newCursorKey(secret []byte) cursorKey {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte("rollcall scim cursor"))
	return m.Sum(nil)
}

const (
	cursorBody = 16 + 8 // id, expiry
	cursorMAC  = 16
)

func (k cursorKey) seal(after uuid.UUID, q [sha256.Size]byte, until time.Time) string {
	b := make([]byte, 0, cursorBody+cursorMAC)
	b = append(b, after[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(until.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(b, k.sign(b, q)...))
}

func (k cursorKey) sign(body []byte, q [sha256.Size]byte) []byte {
	m := hmac.New(sha256.New, k)
	m.Write(body)
	m.Write(q[:])
	return m.Sum(nil)[:cursorMAC]
}

// open reads a cursor that was made for the same question.
func (k cursorKey) open(text string, q [sha256.Size]byte, now time.Time) (uuid.UUID, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) != cursorBody+cursorMAC || !hmac.Equal(b[cursorBody:], k.sign(b[:cursorBody], q)) {
		return uuid.Nil, refuse("invalidCursor", "The cursor was not made by this server for this query; begin again with an empty cursor")
	}
	if now.Unix() >= int64(binary.BigEndian.Uint64(b[16:])) {
		return uuid.Nil, refuse("expiredCursor", "The cursor is older than %s; begin again with an empty cursor", cursorTimeout)
	}
	return uuid.UUID(b[:16]), nil
}
