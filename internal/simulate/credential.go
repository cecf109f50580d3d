package simulate

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

const (
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	maxTokenBody  = 64 << 10
	renewBefore   = 5 * time.Minute // or half its life, if that is less
)

// credential is by what the server knows the client: the secret token, or one that
// it gets at a token endpoint and renews before it ends (RFC 6749 §4.4).
type credential struct {
	o    Options
	http *http.Client // nil: the token is for good

	mu      sync.Mutex
	token   string
	renew   time.Time
	secrets []string // that must not get into a report
}

func newCredential(o Options) *credential {
	k := &credential{o: o, token: o.Token}
	if o.TokenURL == "" {
		k.secrets = []string{o.Token}
		return k
	}
	k.secrets = []string{o.ClientSecret}
	k.http = &http.Client{Timeout: timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if o.Client != nil {
		k.http.Transport = cmp.Or(o.Client.Transport, http.DefaultTransport)
	}
	return k
}

// keep sees that there is a token that works for some time yet, and hands a new one
// to present before anybody goes on.
func (k *credential) keep(ctx context.Context, present func(token string)) error {
	if k.http == nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.token != "" && time.Now().Before(k.renew) {
		return nil
	}
	if err := k.fetch(ctx); err != nil {
		return fmt.Errorf("get a token at %s: %w", k.o.TokenURL, err)
	}
	present(k.token)
	return nil
}

func (k *credential) fetch(ctx context.Context) error {
	form := url.Values{"grant_type": {"client_credentials"}}
	if k.o.AssertionFile != "" { // read each time: whoever made it renews it there
		assertion, err := os.ReadFile(k.o.AssertionFile)
		if err != nil {
			return err
		}
		text := strings.TrimSpace(string(assertion))
		k.secrets = append(k.secrets, text)
		form.Set("client_assertion_type", assertionType)
		form.Set("client_assertion", text)
		if k.o.ClientID != "" {
			form.Set("client_id", k.o.ClientID)
		}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, k.o.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	if k.o.ClientSecret != "" {
		request.SetBasicAuth(url.QueryEscape(k.o.ClientID), url.QueryEscape(k.o.ClientSecret))
	}
	began := time.Now()
	response, err := k.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxTokenBody))
	if err != nil {
		return err
	}
	var answer struct {
		Token       string `json:"access_token"`
		Type        string `json:"token_type"`
		Seconds     int    `json:"expires_in"`
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	unread := json.Unmarshal(text, &answer)
	switch {
	case response.StatusCode != http.StatusOK:
		return fmt.Errorf("the server refuses (status %d): %s %s", response.StatusCode, answer.Error, answer.Description)
	case unread != nil:
		return fmt.Errorf("the answer is not JSON: %w", unread)
	case answer.Token == "" || !strings.EqualFold(answer.Type, "Bearer"):
		return errors.New("the answer has no access_token of the token_type Bearer")
	}
	life := time.Duration(answer.Seconds) * time.Second
	if life <= 0 { // RFC 6749 §5.1 lets the server keep silent
		life = time.Hour
	}
	k.token, k.renew = answer.Token, began.Add(life-min(renewBefore, life/2))
	k.secrets = append(k.secrets, answer.Token)
	return nil
}

// hide takes every secret out of a text.
func (k *credential) hide(text string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, secret := range k.secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "[token]")
		}
	}
	return text
}

// checkCredential says what is wrong with how the options name a credential.
func (o Options) checkCredential() error {
	if o.TokenURL == "" {
		switch {
		case o.ClientID != "" || o.ClientSecret != "" || o.AssertionFile != "":
			return errors.New("a client needs a token URL, where it gets its tokens")
		case o.Token == "":
			return errors.New("a token is needed")
		}
		return nil
	}
	u, err := url.Parse(o.TokenURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("token URL %q is not an http or https address", o.TokenURL)
	case o.Token != "":
		return errors.New("give a token or a client, not both")
	case (o.ClientSecret == "") == (o.AssertionFile == ""):
		return errors.New("a client needs either a secret or a file with its assertion")
	case o.ClientSecret != "" && o.ClientID == "":
		return errors.New("a client secret needs a client id")
	}
	return nil
}
