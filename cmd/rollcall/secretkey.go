package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rollcall/rollcall/internal/store"
)

const keyLength = 32

// secretKey returns the installation's key: the setting, or else what is kept
// beside the SQLite file, made at the first start.
func secretKey(env environment) ([]byte, error) {
	if text := env.get(settingSecretKey); text != "" {
		key, err := parseKey(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", settingSecretKey, err)
		}
		return key, nil
	}
	path, err := keyFile(env)
	if err != nil {
		return nil, err
	}
	if err := makeKeyFile(path); err != nil {
		return nil, fmt.Errorf("make the secret key: %w", err)
	}
	return readKeyFile(path)
}

// keyFile is where the key is kept when the setting is empty.
func keyFile(env environment) (string, error) {
	file, err := store.FileOf(env.databaseURL())
	if err != nil {
		return "", err
	}
	if file == "" {
		return "", fmt.Errorf("with PostgreSQL %s must be set: make one with openssl rand -base64 32 and keep it as safe as the database", settingSecretKey)
	}
	return filepath.Join(filepath.Dir(file), "secret.key"), nil
}

// makeKeyFile makes the file unless it is there. Of several that start at once
// one wins, and nobody sees half a key.
func makeKeyFile(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".secret.key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	key := make([]byte, keyLength)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the program instead
	_, err = fmt.Fprintln(draft, base64.StdEncoding.EncodeToString(key))
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	if err := os.Link(draft.Name(), path); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func readKeyFile(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the secret key: %w", err)
	}
	key, err := parseKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("the secret key in %s can't be used: %w", path, err)
	}
	return key, nil
}

func parseKey(text string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace([]byte(text))))
	if err != nil || len(key) != keyLength {
		return nil, errors.New("it must be 32 random bytes in base64; make one with openssl rand -base64 32")
	}
	if bytes.Count(key, key[:1]) == len(key) {
		return nil, errors.New("it is one byte repeated and no secret; make one with openssl rand -base64 32")
	}
	return key, nil
}
