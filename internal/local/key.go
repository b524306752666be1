package local

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/durable"
)

// keyBytes is the length of a random key.
const keyBytes = 32

// keyFile is where the key of a repository without a password is kept: outside the repository, and
// the same for every process of the user.
func keyFile(repository string) (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", backup.Errorf(nil, "there is no place for a key file: %v. Set local.password or local.password_file.", err)
	}
	sum := sha256.Sum256([]byte(repository))
	name := filepath.Base(repository) + "-" + hex.EncodeToString(sum[:4]) + ".key"
	return filepath.Join(dir, "serverbackup", "keys", name), nil
}

// password finds the password of an existing repository.
func (c Config) password() (string, error) {
	switch {
	case c.Password != "":
		return c.Password, nil
	case c.PasswordFile != "":
		return readPassword(c.PasswordFile, "local.password_file")
	}
	file, err := keyFile(c.Repository)
	if err != nil {
		return "", err
	}
	password, err := readPassword(file, "the key file")
	if errors.Is(err, fs.ErrNotExist) {
		return "", &backup.ServiceError{Kind: backup.ErrDenied, Err: err, Message: fmt.Sprintf(
			"The repository %s exists, but there is no key file %s to open it with. Copy the key file from the machine that created the repository, or set local.password or local.password_file.",
			c.Repository, file)}
	}
	return password, err
}

func readPassword(file, what string) (string, error) {
	data, err := os.ReadFile(file) //nolint:gosec // the user names it
	if err != nil {
		return "", fmt.Errorf("%s: %w", what, err)
	}
	password := strings.TrimRight(string(data), "\r\n")
	if password == "" {
		return "", backup.Errorf(nil, "%s %s is empty. Write the password of the repository to it.", what, file)
	}
	return password, nil
}

// newPassword is the password for a repository that is about to be created; notice is set when that
// made a key file.
func (c Config) newPassword() (password string, notice *backup.Notice, err error) {
	if c.Password != "" || c.PasswordFile != "" {
		password, err = c.password()
		return password, nil, err
	}
	file, err := keyFile(c.Repository)
	if err != nil {
		return "", nil, err
	}
	// A key may be left from an earlier try; using it again loses nothing.
	password, err = readPassword(file, "the key file")
	if errors.Is(err, fs.ErrNotExist) {
		password, err = makeKey(file)
	}
	return password, &backup.Notice{
		Summary: "Key of the New Repository",
		Detail: fmt.Sprintf("The repository %s was created with the random key in %s. Keep a copy of that file in another place: "+
			"without it nobody can read the backups. To choose a password yourself, set local.password or local.password_file before the first apply.",
			c.Repository, file),
	}, err
}

// makeKey writes a random key and returns it. The file appears whole or not at all.
func makeKey(file string) (string, error) {
	random := make([]byte, keyBytes)
	_, _ = rand.Read(random) // never fails
	key := base64.RawURLEncoding.EncodeToString(random)
	if err := durable.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", err
	}
	if err := writeFile(file, []byte(key+"\n")); err != nil {
		return "", fmt.Errorf("write the key file: %w", err)
	}
	return key, nil
}

// writeFile makes a file of mode 0600 durable under a temporary name, then renames it.
func writeFile(file string, data []byte) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name())
		}
	}()
	_, err = tmp.Write(data)
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), file); err != nil {
		return err
	}
	return durable.SyncDirectory(filepath.Dir(file))
}

// ownPaths are never backed up: the repository, its cache, and what opens it.
func (c Config) ownPaths() []string {
	paths := []string{c.Repository}
	for _, path := range []string{c.CacheDirectory, c.PasswordFile} {
		if path != "" {
			paths = append(paths, path)
		}
	}
	if file, err := keyFile(c.Repository); err == nil {
		paths = append(paths, file)
	}
	return paths
}
