// Package user looks users up in /etc/passwd and /etc/group.
package user

import (
	"os"
	"strconv"
	"strings"
)

type User struct {
	Uid      string
	Gid      string
	Username string
	Name     string
	HomeDir  string
}

type Group struct {
	Gid  string
	Name string
}

type (
	UnknownUserError    string
	UnknownUserIdError  int
	UnknownGroupError   string
	UnknownGroupIdError string
)

func (e UnknownUserError) Error() string    { return "user: unknown user " + string(e) }
func (e UnknownUserIdError) Error() string  { return "user: unknown userid " + strconv.Itoa(int(e)) }
func (e UnknownGroupError) Error() string   { return "group: unknown group " + string(e) }
func (e UnknownGroupIdError) Error() string { return "group: unknown groupid " + string(e) }

// find gives the first line of a file whose field n is what.
func find(file string, n int, what string) ([]string, error) {
	b, err := os.ReadFile(file)
	for _, line := range strings.Split(string(b), "\n") {
		if f := strings.Split(line, ":"); len(f) > 2 && n < len(f) && f[n] == what {
			return append(f, "", "", "", ""), nil
		}
	}
	return nil, err
}

func toUser(f []string) *User {
	name, _, _ := strings.Cut(f[4], ",")
	return &User{f[2], f[3], f[0], name, f[5]}
}

func Current() (*User, error) {
	id := strconv.Itoa(os.Getuid())
	if f, _ := find("/etc/passwd", 2, id); f != nil {
		return toUser(f), nil
	}
	u := &User{Uid: id, Gid: strconv.Itoa(os.Getgid()), Username: os.Getenv("USER"), HomeDir: os.Getenv("HOME")}
	if id == "0" && u.Username == "" {
		u.Username = "root"
	}
	if u.Username == "" || u.HomeDir == "" {
		missing := "$USER"
		if u.Username != "" {
			missing = "$HOME"
		} else if u.HomeDir == "" {
			missing += ", $HOME"
		}
		return u, currentError("user: Current requires cgo or " + missing + " set in environment")
	}
	return u, nil
}

type currentError string

func (e currentError) Error() string { return string(e) }

func Lookup(username string) (*User, error) {
	f, err := find("/etc/passwd", 0, username)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, UnknownUserError(username)
	}
	return toUser(f), nil
}

func LookupId(uid string) (*User, error) {
	n, err := strconv.Atoi(uid)
	if err != nil {
		return nil, err
	}
	f, err := find("/etc/passwd", 2, uid)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, UnknownUserIdError(n)
	}
	return toUser(f), nil
}

func LookupGroup(name string) (*Group, error) {
	f, err := find("/etc/group", 0, name)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, UnknownGroupError(name)
	}
	return &Group{f[2], f[0]}, nil
}

func LookupGroupId(gid string) (*Group, error) {
	f, err := find("/etc/group", 2, gid)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, UnknownGroupIdError(gid)
	}
	return &Group{f[2], f[0]}, nil
}

func (u *User) GroupIds() ([]string, error) {
	ids := []string{u.Gid}
	b, err := os.ReadFile("/etc/group")
	for _, line := range strings.Split(string(b), "\n") {
		if f := strings.Split(line, ":"); len(f) > 3 && f[2] != u.Gid {
			for _, n := range strings.Split(f[3], ",") {
				if n == u.Username {
					ids = append(ids, f[2])
				}
			}
		}
	}
	return ids, err
}
