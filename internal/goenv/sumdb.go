package goenv

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// A SumDB is the checksum database that GOSUMDB names.
type SumDB struct {
	Off   bool
	Name  string // "" if it is not known: for a value that go refuses
	Key   string // the verifier key: NAME+HASH+KEY; "" if Name is
	URL   string // the server to ask instead of the one of that name; it may hold a password
	Known bool   // go knows the key by the name
	Err   error
}

// The names that the go command knows, as SHA-256 sums: the name of a registry stands in no file of ours. The alias is a
// second server of the same database, and the key is that of both, as cmd/go/internal/modfetch has it, without the name.
const (
	knownKey   = "+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
	knownSumDB = "9da5f32d964125123cc368f231b473bea59307f811c7b9b2e731601e586b82b5"
	aliasSumDB = "7fa4043c8f9d788bb7468db474df18d4e0e3d0d324082c928171788a3a1d3d29"
)

func nameSum(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// parseSumDB reads GOSUMDB. The value of GOROOT/go.env is what names the database of which value may be the alias.
func parseSumDB(value, gorootValue string) SumDB {
	if value == "off" {
		return SumDB{Off: true}
	}
	if nameSum(value) == aliasSumDB {
		db := SumDB{Known: true, URL: "https://" + value}
		if f := strings.Fields(gorootValue); len(f) > 0 && nameSum(f[0]) == knownSumDB {
			db.Name, db.Key = f[0], f[0]+knownKey
		}
		return db
	}
	fields := strings.Fields(value)
	switch {
	case len(fields) == 0:
		return SumDB{Err: errors.New("missing GOSUMDB")}
	case len(fields) > 2:
		return SumDB{Err: errors.New("invalid GOSUMDB: too many fields")}
	}
	var db SumDB
	if nameSum(fields[0]) == knownSumDB {
		db.Name, db.Key, db.Known = fields[0], fields[0]+knownKey, true
	} else {
		v, err := note.NewVerifier(fields[0])
		if err != nil {
			return SumDB{Err: fmt.Errorf("invalid GOSUMDB: %v", err)}
		}
		if !validSumDBName(v.Name()) {
			return SumDB{Err: fmt.Errorf("invalid sumdb name (must be host[/path]): %s", v.Name())}
		}
		db.Name, db.Key = v.Name(), fields[0]
	}
	if len(fields) == 2 {
		if _, err := url.Parse(fields[1]); err != nil {
			if e, ok := errors.AsType[*url.Error](err); ok {
				err = e.Err // without the URL, which may hold a password
			}
			return SumDB{Err: fmt.Errorf("invalid GOSUMDB URL: %v", err)}
		}
		db.URL = fields[1]
	}
	return db
}

func validSumDBName(name string) bool {
	u, err := url.Parse("https://" + name)
	return err == nil && !strings.HasSuffix(name, "/") && u.Host != "" && u.RawPath == "" &&
		*u == url.URL{Scheme: "https", Host: u.Host, Path: u.Path}
}

// String names the database and its server as they may be shown.
func (db SumDB) String() string {
	switch {
	case db.Off:
		return "off"
	case db.URL == "":
		return db.Name
	}
	u, err := url.Parse(db.URL)
	if err != nil {
		return db.Name
	}
	if db.Name == "" {
		return redacted(u)
	}
	return db.Name + " at " + redacted(u)
}

// AsksSumDB reports whether go asks the checksum database about a version of the module that go.sum does not have.
func (e *Env) AsksSumDB(modulePath string) bool {
	return !e.SumDB.Off && e.SumDB.Err == nil && !e.NoSumDB.Match(modulePath)
}
