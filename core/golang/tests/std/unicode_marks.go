package main

import (
	"fmt"
	"unicode"
)

func main() {
	for _, c := range "\b5Ὂg̀9! ℃ᾭ" {
		fmt.Printf("%q", c)
		for _, f := range []func(rune) bool{unicode.IsControl, unicode.IsDigit, unicode.IsGraphic, unicode.IsLetter, unicode.IsLower, unicode.IsMark, unicode.IsNumber, unicode.IsPrint, unicode.IsPunct, unicode.IsSpace, unicode.IsSymbol, unicode.IsTitle, unicode.IsUpper} {
			fmt.Print(" ", f(c))
		}
		fmt.Println()
	}
}
