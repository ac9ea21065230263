package main

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"fmt"
)

func main() {
	for _, n := range []int{16, 24, 32, 15} {
		key := make([]byte, n)
		for i := range key {
			key[i] = byte(i * 7)
		}
		blk, err := aes.NewCipher(key)
		if err != nil {
			var k aes.KeySizeError
			fmt.Println(err, errors.As(err, &k))
			continue
		}
		out := make([]byte, 16)
		blk.Encrypt(out, []byte("exampleplaintext"))
		fmt.Println(hex.EncodeToString(out), blk.BlockSize())
		blk.Decrypt(out, out)
		fmt.Println(string(out))
		g, err := cipher.NewGCM(blk)
		fmt.Println(err, g.NonceSize(), g.Overhead())
		nonce := []byte("0123456789ab")
		for _, p := range []string{"", "x", "a somewhat longer plaintext of more than two blocks"} {
			c := g.Seal(nil, nonce, []byte(p), []byte("extra"))
			fmt.Println(hex.EncodeToString(c))
			back, err := g.Open(nil, nonce, c, []byte("extra"))
			fmt.Println(string(back), err)
			c[0] ^= 1
			_, err = g.Open(nil, nonce, c, []byte("extra"))
			fmt.Println(err)
		}
		iv := []byte("fedcba9876543210")
		buf := []byte("sixteen byte blk0123456789abcdef")
		cipher.NewCBCEncrypter(blk, iv).CryptBlocks(buf, buf)
		fmt.Println(hex.EncodeToString(buf))
		cipher.NewCBCDecrypter(blk, iv).CryptBlocks(buf, buf)
		fmt.Println(string(buf))
		s := []byte("stream of any length")
		cipher.NewCTR(blk, iv).XORKeyStream(s, s)
		fmt.Println(hex.EncodeToString(s))
		cipher.NewCTR(blk, iv).XORKeyStream(s, s)
		fmt.Println(string(s))
		func() {
			defer func() { fmt.Println(recover()) }()
			cipher.NewCBCEncrypter(blk, iv[:3])
		}()
		func() {
			defer func() { fmt.Println(recover()) }()
			cipher.NewCBCEncrypter(blk, iv).CryptBlocks(s, s)
		}()
	}
}
