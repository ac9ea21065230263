// Package pem wraps bytes in lines of base64 between BEGIN and END.
package pem

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"slices"
	"strings"
)

type Block struct {
	Type    string
	Headers map[string]string
	Bytes   []byte
}

// Decode finds the first block; rest is what stands behind it.
func Decode(data []byte) (p *Block, rest []byte) {
	for rest = data; ; {
		i := bytes.Index(rest, []byte("-----BEGIN "))
		if i < 0 || i > 0 && rest[i-1] != '\n' {
			if i >= 0 {
				rest = rest[i+11:]
				continue
			}
			return nil, data
		}
		line, body, _ := strings.Cut(string(rest[i+11:]), "\n")
		rest = []byte(body)
		name, ok := strings.CutSuffix(strings.TrimRight(line, " \t\r"), "-----")
		if !ok {
			continue
		}
		p = &Block{Type: name, Headers: map[string]string{}}
		for {
			line, next, found := strings.Cut(body, "\n")
			k, v, colon := strings.Cut(line, ":")
			if !found || !colon {
				break
			}
			p.Headers[strings.TrimSpace(k)] = strings.TrimSpace(v)
			body = next
		}
		text, after, found := strings.Cut(body, "-----END "+name+"-----")
		if !found || text != "" && !strings.HasSuffix(text, "\n") {
			continue
		}
		end, after, _ := strings.Cut(after, "\n")
		if strings.TrimRight(end, " \t\r") != "" {
			continue
		}
		var err error
		if p.Bytes, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), "")); err == nil {
			return p, []byte(after)
		}
	}
}

func Encode(out io.Writer, b *Block) error {
	var s strings.Builder
	s.WriteString("-----BEGIN " + b.Type + "-----\n")
	if len(b.Headers) > 0 {
		var keys []string
		for k := range b.Headers {
			if strings.Contains(k, ":") {
				return errors.New("pem: cannot encode a header key that contains a colon")
			}
			if k != "Proc-Type" {
				keys = append(keys, k)
			}
		}
		slices.Sort(keys)
		if _, ok := b.Headers["Proc-Type"]; ok {
			keys = append([]string{"Proc-Type"}, keys...)
		}
		for _, k := range keys {
			s.WriteString(k + ": " + b.Headers[k] + "\n")
		}
		s.WriteString("\n")
	}
	text := base64.StdEncoding.EncodeToString(b.Bytes)
	for len(text) > 0 {
		n := min(64, len(text))
		s.WriteString(text[:n] + "\n")
		text = text[n:]
	}
	s.WriteString("-----END " + b.Type + "-----\n")
	_, err := io.WriteString(out, s.String())
	return err
}

func EncodeToMemory(b *Block) []byte {
	var buf bytes.Buffer
	if Encode(&buf, b) != nil {
		return nil
	}
	return buf.Bytes()
}
