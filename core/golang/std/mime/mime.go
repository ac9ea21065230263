// Package mime is types of media.
package mime

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

var types = map[string]string{}

func init() {
	for _, line := range strings.Fields(".avif=image/avif .css=text/css;+charset=utf-8 .csv=text/csv;+charset=utf-8 .gif=image/gif .htm=text/html;+charset=utf-8 .html=text/html;+charset=utf-8 .ico=image/vnd.microsoft.icon .jpeg=image/jpeg .jpg=image/jpeg .js=text/javascript;+charset=utf-8 .json=application/json .mjs=text/javascript;+charset=utf-8 .mp3=audio/mpeg .mp4=video/mp4 .pdf=application/pdf .png=image/png .svg=image/svg+xml .tar=application/x-tar .gz=application/gzip .txt=text/plain;+charset=utf-8 .wasm=application/wasm .webp=image/webp .xml=text/xml;+charset=utf-8 .zip=application/zip") {
		ext, t, _ := strings.Cut(line, "=")
		types[ext] = strings.Replace(t, ";+", "; ", 1)
	}
}

func TypeByExtension(ext string) string { return types[strings.ToLower(ext)] }

func ExtensionsByType(typ string) (list []string, err error) {
	want, _, err := ParseMediaType(typ)
	for ext, t := range types {
		if m, _, _ := strings.Cut(t, ";"); m == want && err == nil {
			list = append(list, ext)
		}
	}
	slices.Sort(list)
	return
}

func AddExtensionType(ext, typ string) error {
	if !strings.HasPrefix(ext, ".") {
		return fmt.Errorf("mime: extension %q missing leading dot", ext)
	}
	_, p, err := ParseMediaType(typ)
	if err != nil {
		return err
	}
	if strings.HasPrefix(typ, "text/") && p["charset"] == "" {
		typ += "; charset=utf-8"
	}
	types[strings.ToLower(ext)] = typ
	return nil
}

var ErrInvalidMediaParameter = errors.New("mime: invalid media parameter")

func token(s string) int {
	return len(s) - len(strings.TrimLeftFunc(s, func(r rune) bool {
		return r > ' ' && r < 0x7f && !strings.ContainsRune("()<>@,;:\\\"/[]?=", r)
	}))
}

func ParseMediaType(v string) (mediatype string, params map[string]string, err error) {
	base, rest, _ := strings.Cut(v, ";")
	mediatype = strings.TrimSpace(strings.ToLower(base))
	a, b, slash := strings.Cut(mediatype, "/")
	switch {
	case mediatype == "":
		return "", nil, errors.New("mime: no media type")
	case token(a) == 0 || !slash && token(a) < len(a):
		return "", nil, errors.New("mime: no media type")
	case slash && b == "":
		return "", nil, errors.New("mime: expected token after slash")
	case slash && (token(a) < len(a) || token(b) < len(b)):
		return "", nil, errors.New("mime: unexpected content after media subtype")
	}
	params = map[string]string{}
	for rest = strings.TrimSpace(rest); rest != ""; {
		n := token(rest)
		key := strings.ToLower(rest[:n])
		rest = strings.TrimLeft(rest[n:], " \t")
		if n == 0 || !strings.HasPrefix(rest, "=") {
			if strings.TrimSpace(rest) == ";" {
				return
			}
			return mediatype, nil, ErrInvalidMediaParameter
		}
		rest = strings.TrimLeft(rest[1:], " \t")
		value := ""
		if strings.HasPrefix(rest, `"`) {
			i := 1
			for ; i < len(rest) && rest[i] != '"'; i++ {
				if rest[i] == '\\' && i+1 < len(rest) {
					i++
				}
				value += rest[i : i+1]
			}
			if i >= len(rest) {
				return mediatype, nil, ErrInvalidMediaParameter
			}
			rest = rest[i+1:]
		} else {
			n = token(rest)
			if n == 0 {
				return mediatype, nil, ErrInvalidMediaParameter
			}
			value, rest = rest[:n], rest[n:]
		}
		if _, ok := params[key]; ok {
			return "", nil, errors.New("mime: duplicate parameter name")
		}
		params[key] = value
		rest = strings.TrimSpace(rest)
		if rest != "" && rest[0] != ';' {
			return mediatype, nil, ErrInvalidMediaParameter
		}
		rest = strings.TrimSpace(strings.TrimPrefix(rest, ";"))
	}
	return
}

func FormatMediaType(t string, param map[string]string) string {
	s := strings.ToLower(t)
	var keys []string
	for k := range param {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		v := param[k]
		if v != "" && token(v) == len(v) {
			s += "; " + strings.ToLower(k) + "=" + v
		} else {
			s += "; " + strings.ToLower(k) + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
		}
	}
	return s
}
