// Package sha256 is SHA-224 and SHA-256.
package sha256

import (
	"hash"
	"internal/digest"
)

const (
	Size      = 32
	Size224   = 28
	BlockSize = 64
)

func blocks(s *[8]uint64, p []byte)

var (
	rule    = digest.Rule{[8]uint64{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}, 8, false, false, 32, blocks}
	rule224 = digest.Rule{[8]uint64{0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4}, 8, false, false, 28, blocks}
)

func New() hash.Hash                    { return digest.New(&rule) }
func New224() hash.Hash                 { return digest.New(&rule224) }
func Sum256(data []byte) [Size]byte     { return [Size]byte(digest.Of(&rule, data)) }
func Sum224(data []byte) [Size224]byte  { return [Size224]byte(digest.Of(&rule224, data)) }
