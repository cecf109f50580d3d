package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestPublicURL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ setting, listening, want string }{
		{"", "127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"", "0.0.0.0:8080", "http://localhost:8080"},
		{"", "[::]:8080", "http://localhost:8080"},
		{"https://training.example/", "0.0.0.0:8080", "https://training.example"},
		{"training.example", "0.0.0.0:8080", ""},
		{"ftp://training.example", "0.0.0.0:8080", ""},
		{"https://training.example/app", "0.0.0.0:8080", ""},
		{"https://user:secret@training.example", "0.0.0.0:8080", ""},
	} {
		env := environment(func(name string) string {
			if name == settingPublicURL {
				return c.setting
			}
			return ""
		})
		got, err := env.publicURL(c.listening)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("publicURL(%q) with %q = %q, %v; want %q", c.listening, c.setting, got, err, c.want)
		}
	}
}

func TestSecretKeyIsMadeOnce(t *testing.T) {
	t.Parallel()
	sh := inFolder(t)
	keys := make([]string, 8)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			key, err := secretKey(sh.environment())
			if err != nil {
				t.Error(err)
			}
			keys[i] = string(key)
		})
	}
	all.Wait()
	for _, k := range keys {
		if len(k) != keyLength || k != keys[0] {
			t.Fatal("several starts at once got different keys")
		}
	}
	folder := filepath.Dir(strings.TrimPrefix(sh.env[settingDatabase], "sqlite:"))
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 || files[0].Name() != "secret.key" {
		t.Fatalf("the folder holds %v (%v)", files, err)
	}
	if info, _ := files[0].Info(); info.Mode().Perm() != 0o600 {
		t.Errorf("the key's mode is %v", info.Mode())
	}
}

func TestSecretKeyFileIsChecked(t *testing.T) {
	t.Parallel()
	sh := inFolder(t)
	file, _ := keyFile(sh.environment())
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("c2hvcnQ=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sh.fails(exitFailed, "the secret key in "+file+" can't be used", "serve")
}
